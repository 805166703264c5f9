//! What a conforming sender may emit: closed objects.

use chatspec::catalog::{Direction, Row, messages};
use serde_json::{Map, Value, json};

use super::{DIALECT, definitions, id, references};

pub(super) fn bundle(direction: Direction) -> Value {
    let definitions = definitions(direction);
    let mut defs = Map::new();
    for row in messages(direction) {
        defs.insert(
            row.type_name.to_owned(),
            message(row, &definitions.messages[row.type_name]),
        );
    }
    defs.extend(definitions.types);
    let (title, description) = match direction {
        Direction::ClientToServer => (
            "ClientMessage",
            "Every message that a conforming client may send, as the one argument of the Socket.IO event `chat`.",
        ),
        Direction::ServerToClient => (
            "ServerMessage",
            "Every message that a conforming server may send, as the one argument of the Socket.IO event `chat`.",
        ),
    };
    json!({
        "$schema": DIALECT,
        "$id": id(direction.name()),
        "title": title,
        "description": description,
        "type": "object",
        "oneOf": references(messages(direction).map(|row| row.type_name)),
        "discriminator": { "propertyName": direction.tag_key() },
        "$defs": defs,
    })
}

/// A closed object with its tag first.
fn message(row: &Row, definition: &Value) -> Value {
    json!({
        "title": row.type_name,
        "description": definition["description"],
        "type": "object",
        "properties": tagged_properties(row, definition),
        "required": tagged_required(row, definition),
        "additionalProperties": false,
    })
}

pub(super) fn tagged_properties(row: &Row, definition: &Value) -> Map<String, Value> {
    let mut properties = Map::new();
    properties.insert(
        row.direction.tag_key().to_owned(),
        json!({ "type": "string", "enum": [row.tag] }),
    );
    let fields = definition["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    properties.extend(fields);
    properties
}

pub(super) fn tagged_required(row: &Row, definition: &Value) -> Vec<Value> {
    let mut required = vec![row.direction.tag_key().into()];
    let fields = definition["required"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    required.extend(fields);
    required
}
