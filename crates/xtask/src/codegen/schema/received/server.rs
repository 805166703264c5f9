//! The receiver that is a server.

use chatspec::limits::TEXT_MAX;
use chatspec::name::schema::received_pattern;
use serde_json::{Map, Value, json};

pub(super) fn widen(messages: &mut Map<String, Value>, types: &mut Map<String, Value>) {
    for name in ["UserName", "RoomName"] {
        trim_first(&mut types[name]);
    }
    rule_out_final_line_feed(&mut types["ImageUrl"]);
    take_null(&mut messages["Chat"]);
    bound_message(&mut messages["Chat"]);
    messages.insert("ImplicitUsersRequest".to_owned(), implicit_users());
}

/// White_Space at both ends is trimmed, so only the pattern bounds the length.
fn trim_first(name: &mut Value) {
    let Value::Object(name) = name else { return };
    name.shift_remove("minLength");
    name.shift_remove("maxLength");
    name.insert("pattern".to_owned(), received_pattern().into());
}

/// In some dialects `$` matches before a final line feed too.
fn rule_out_final_line_feed(image: &mut Value) {
    image["not"] = json!({ "pattern": "\\n" });
}

/// In a chat, and nowhere else, `null` is the same as absent for the two names.
fn take_null(chat: &mut Value) {
    for field in ["user", "room"] {
        let name = chat["properties"][field].take();
        chat["properties"][field] = json!({ "anyOf": [name, { "type": "null" }] });
    }
}

/// Without `text`, a string `message` is the text.
fn bound_message(chat: &mut Value) {
    chat["anyOf"] = json!([
        { "required": ["text"] },
        { "properties": { "message": { "maxLength": TEXT_MAX } } },
    ]);
}

/// rule: message.event-absent
fn implicit_users() -> Value {
    json!({
        "title": "ImplicitUsersRequest",
        "description": "An object without `event` lists the users in a room, whatever else it holds.",
        "type": "object",
        "properties": { "room": { "$ref": "#/$defs/RoomName" } },
        "not": { "required": ["event"] },
    })
}
