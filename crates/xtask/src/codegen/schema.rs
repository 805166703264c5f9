//! The protocol as JSON Schema: for each direction what a conforming sender may emit, and what a conforming receiver has
//! to take.
//!
//! The shape is chosen for code generators: one file, local references, one named object per message with its tag as a
//! single-value `enum`, nothing beside a `$ref`, and no keyword that is not in the standard but `discriminator`.

mod definitions;
mod received;
mod sent;
mod tidy;

use std::path::Path;

use chatspec::catalog::Direction;
use serde_json::{Value, json};

use super::{Artifact, json_file};

pub(super) use definitions::definitions;
pub(super) use tidy::tidy;

/// The dialect of every schema.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

pub(super) fn artifacts(_: &Path) -> Vec<Artifact> {
    Direction::ALL
        .into_iter()
        .flat_map(|direction| {
            [
                bundle(direction.name(), &sent(direction)),
                bundle(
                    &format!("{}.receive", direction.name()),
                    &received(direction),
                ),
            ]
        })
        .collect()
}

/// What a conforming sender may emit.
pub fn sent(direction: Direction) -> Value {
    sent::bundle(direction)
}

/// What a conforming receiver has to take.
pub fn received(direction: Direction) -> Value {
    received::bundle(direction)
}

/// The name of the schema in the file `name`.
pub(super) fn id(name: &str) -> String {
    format!("https://chatspec.dev/schemas/v1/{name}.json")
}

/// References to the definitions `names`.
fn references<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    names
        .map(|name| json!({ "$ref": format!("#/$defs/{name}") }))
        .collect()
}

fn bundle(name: &str, schema: &Value) -> Artifact {
    Artifact::made(
        format!("schemas/protocol/v1/{name}.json"),
        json_file(schema),
    )
}

#[cfg(test)]
mod tests;
