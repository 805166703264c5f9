//! The receiver that is a client.

use chatspec::catalog::{Direction, tags};
use serde_json::{Map, Value, json};

pub(super) fn widen(messages: &mut Map<String, Value>, types: &mut Map<String, Value>) {
    // Limits of names, texts and images are those of a hardened server, and no definition is needed for any string.
    types.clear();
    for name in ["ChatMessage", "ImageMessage"] {
        messages[name]["properties"]["from"] = json!({
            "description": "Name of the sender; a server of the core profile sets it no bounds.",
            "type": "string",
        });
    }
    messages["ChatMessage"]["description"] =
        "Someone else has said something. A client ignores a text that is no string.".into();
    messages["ChatMessage"]["properties"]["message"] = json!({
        "description": "The text. A server of the core profile may relay a text of any JSON type, if that is what its sender sent.",
    });
    messages["ImageMessage"]["description"] =
        "Someone else has shown an image. A client ignores what is no data URL of an image.".into();
    messages["ImageMessage"]["properties"]["bimage"] = json!({
        "description": "The image. A server of the core profile may relay any JSON value, if that is what its sender sent.",
    });
    // Any other value of this key is a key that the client does not know.
    messages["ChatMessage"]["properties"]["private"] = json!({
        "description": "`true` if nobody else gets it. Any other value means nothing.",
    });
    messages.insert("UnknownMessage".to_owned(), unknown());
}

/// rule: message.unknown-types
fn unknown() -> Value {
    let known: Vec<&str> = tags(Direction::ServerToClient).collect();
    json!({
        "title": "UnknownMessage",
        "description": "A message of a type that this revision does not know. A client ignores it.",
        "type": "object",
        "properties": { "type": { "type": "string", "not": { "enum": known } } },
        "required": ["type"],
    })
}
