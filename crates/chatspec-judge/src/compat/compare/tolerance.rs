//! Receivers that lose their patience: nobody breaks today, and everybody does with the next field.

use serde_json::{Value, json};

use crate::compat::change::Peers;
use crate::compat::change::{Category, Change};
use crate::compat::contain::{Engines, Verdict};
use crate::compat::document::DRAFT;
use crate::compat::schema::SchemaError;
use crate::compat::version::{Bundle, Channel, Direction, Message};

/// Receivers that took keys, or messages, that they did not know, and take them no more.
pub(super) fn withdrawn(
    old: &Channel,
    new: &Channel,
    engines: &mut Engines,
) -> Result<Vec<Change>, SchemaError> {
    let mut changes = Vec::new();
    let mut push = |message: Option<&str>, what: &str, how: &str| {
        let mut change = Change::new(Category::Semantic, "tolerance", &old.name, what.to_owned())
            .at(message, None);
        // The one that is new receives: what later versions send, it refuses.
        let peers = match old.direction {
            Direction::ServerToClient => Peers::NewClient,
            _ => Peers::OldClient,
        };
        change = change.breaks(old.direction, &[peers.other()], how);
        change.mend = "let receivers ignore what they do not know";
        changes.push(change.marked("", what));
    };
    for message in &old.received.messages {
        let Some(twin) = new.received.find(message) else {
            continue;
        };
        if open(&old.received, message, engines)? && !open(&new.received, twin, engines)? {
            let how = "every field that is added later breaks such receivers";
            push(
                Some(&message.name),
                "receivers refuse keys that they do not know",
                how,
            );
        }
    }
    if takes_unknown(&old.received) && !takes_unknown(&new.received) {
        let how = "every message that is added later breaks such receivers";
        push(None, "receivers refuse messages that they do not know", how);
    }
    Ok(changes)
}

/// Whether a key that nobody has named may have any value.
fn open(bundle: &Bundle, message: &Message, engines: &mut Engines) -> Result<bool, SchemaError> {
    let mut body = message.body.clone();
    if body.get("additionalProperties").is_none() {
        return Ok(true);
    }
    if let Value::Object(map) = &mut body {
        map.shift_remove("additionalProperties");
    }
    let answer = engines.contained(&bundle.of([&body]), &bundle.of([&message.body]))?;
    Ok(answer.verdict == Verdict::Ok)
}

/// Whether a message with a tag that no version has is taken.
fn takes_unknown(bundle: &Bundle) -> bool {
    let Some(name) = bundle.messages.iter().find_map(tag_name) else {
        return false;
    };
    let mut document = bundle.whole();
    document["$schema"] = json!(DRAFT);
    let stranger = json!({ name: "\u{1f47d} of a version to come" });
    jsonschema::is_valid(&document, &stranger)
}

fn tag_name(message: &Message) -> Option<String> {
    let tag = message.tag.as_ref()?;
    let fields = message.body["properties"].as_object()?;
    let (name, _) = fields
        .iter()
        .find(|(_, field)| field["enum"] == json!([tag]) || field["const"] == json!(tag))?;
    Some(name.clone())
}
