//! The shape of a refusal.

use std::path::Path;

use chatspec::refusal::{Code, Refusal};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::schema::{DIALECT, id, tidy};
use super::{Artifact, json_file};

pub(super) fn artifacts(_: &Path) -> Vec<Artifact> {
    vec![Artifact::made(
        "schemas/protocol/v1/refusal.json",
        json_file(&refusal()),
    )]
}

/// The shape of a refusal.
pub(super) fn refusal() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let mut refusal = tidy(Refusal::json_schema(&mut generator));
    let code = tidy(Code::json_schema(&mut generator));
    json!({
        "$schema": DIALECT,
        "$id": id("refusal"),
        "title": "Refusal",
        "description": refusal["description"].take(),
        "type": "object",
        "properties": refusal["properties"].take(),
        "required": refusal["required"].take(),
        "$defs": { "RefusalCode": code },
    })
}
