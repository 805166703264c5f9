//! The four schemas, compiled once, as the generator makes them now.

use std::sync::LazyLock;

use chatspec::catalog::Direction;
use jsonschema::Validator;
use serde_json::Value;
use xtask::codegen::schema;

static SENT: LazyLock<[Validator; 2]> =
    LazyLock::new(|| Direction::ALL.map(|d| compile(&schema::sent(d))));
static RECEIVED: LazyLock<[Validator; 2]> =
    LazyLock::new(|| Direction::ALL.map(|d| compile(&schema::received(d))));

fn compile(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).unwrap()
}

/// What a conforming sender may emit.
pub fn sent(direction: Direction) -> &'static Validator {
    &SENT[direction as usize]
}

/// What a conforming receiver has to take.
pub fn received(direction: Direction) -> &'static Validator {
    &RECEIVED[direction as usize]
}
