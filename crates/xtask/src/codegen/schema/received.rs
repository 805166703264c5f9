//! What a conforming receiver has to take: open objects, and the tolerance that the protocol demands.

mod client;
mod server;

use chatspec::catalog::{Direction, Row, messages};
use serde_json::{Map, Value, json};

use super::sent::{tagged_properties, tagged_required};
use super::{DIALECT, definitions, id, references};

pub(super) fn bundle(direction: Direction) -> Value {
    let definitions = definitions(direction);
    let mut types = definitions.types;
    let mut defs = Map::new();
    for row in messages(direction) {
        defs.insert(
            row.type_name.to_owned(),
            message(row, &definitions.messages[row.type_name]),
        );
    }
    let (title, description) = match direction {
        Direction::ClientToServer => {
            server::widen(&mut defs, &mut types);
            (
                "ReceivedClientMessage",
                "What a hardened server takes from a client; it refuses all else. A server of the core profile may take more.",
            )
        }
        Direction::ServerToClient => {
            client::widen(&mut defs, &mut types);
            (
                "ReceivedServerMessage",
                "What a client has to take from a server of any profile. A client ignores keys and types that it does not know.",
            )
        }
    };
    let branches = references(defs.keys().map(String::as_str));
    defs.extend(types);
    json!({
        "$schema": DIALECT,
        "$id": id(&format!("{}.receive", direction.name())),
        "title": title,
        "description": description,
        "type": "object",
        "oneOf": branches,
        "$defs": defs,
    })
}

/// An open object with its tag first.
fn message(row: &Row, definition: &Value) -> Value {
    json!({
        "title": row.type_name,
        "description": definition["description"],
        "type": "object",
        "properties": tagged_properties(row, definition),
        "required": tagged_required(row, definition),
    })
}
