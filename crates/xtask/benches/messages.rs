//! Single messages: held against the compiled schema, and read from their text. `cargo xtask bench --messages` sets peers
//! beside it.

use std::hint::black_box;

use chatspec::catalog::Direction;
use chatspec::decode::decode_client_json;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;
use xtask::bench::messages::examples;
use xtask::codegen::schema;

fn messages(c: &mut Criterion) {
    let validator = jsonschema::validator_for(&schema::sent(Direction::ClientToServer))
        .expect("the committed schema");
    for (name, text) in examples() {
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert!(validator.is_valid(&value), "{name}");
        assert!(decode_client_json(&text).is_ok(), "{name}");
        c.bench_function(&format!("check {name}"), |b| {
            b.iter(|| validator.is_valid(black_box(&value)))
        });
        c.bench_function(&format!("read {name}"), |b| {
            b.iter(|| decode_client_json(black_box(&text)))
        });
    }
}

criterion_group!(benches, messages);
criterion_main!(benches);
