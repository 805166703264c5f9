//! What is sent, and what is heard as `[name, arguments...]`.

use serde_json::{Value, json};

/// The message that enters a room.
pub fn join(user: &str, room: &str) -> Value {
    json!({"event": "join", "user": user, "room": room})
}

/// The message that says something in the lobby.
pub fn text(words: &str) -> Value {
    json!({"event": "chat", "room": "LOBBY", "text": words})
}

/// The message that says something to one member of the lobby.
pub fn whisper(user: &str, words: &str) -> Value {
    json!({"event": "chat", "room": "LOBBY", "user": user, "text": words})
}

/// The message that shows an image in the lobby.
pub fn image(bimage: &str) -> Value {
    json!({"event": "image", "room": "LOBBY", "bimage": bimage})
}

/// The message that asks who is in a room.
pub fn who(room: &str) -> Value {
    json!({"event": "users", "room": room})
}

/// An acknowledgement of a message that was accepted.
pub fn ack() -> Value {
    json!(["ack"])
}

/// A refusal and its acknowledgement, without their wording.
pub fn refused(code: u8) -> Vec<Value> {
    vec![json!(["refused", code]), json!(["ack", code])]
}

/// Somebody joined.
pub fn newuser(user: &str, room: &str) -> Value {
    json!(["chat", {"type": "newuser", "message": format!("New User {user} joined room {room}")}])
}

/// Somebody left.
pub fn deluser(user: &str, room: &str) -> Value {
    json!(["chat", {"type": "deluser", "message": format!("User {user} left room {room}")}])
}

/// The answer to the question who is there.
pub fn users(listing: &str) -> Value {
    json!(["chat", {"type": "users", "message": format!("Users in room: {listing}")}])
}

/// A text to a room or to everybody.
pub fn chat(from: &str, text: &str) -> Value {
    json!(["chat", {"type": "chat", "from": from, "message": text}])
}

/// A text to one member alone.
pub fn private(from: &str, text: &str) -> Value {
    json!(["chat", {"type": "chat", "from": from, "message": text, "private": true}])
}

/// An image.
pub fn picture(from: &str, bimage: &str) -> Value {
    json!(["chat", {"type": "image", "from": from, "bimage": bimage}])
}
