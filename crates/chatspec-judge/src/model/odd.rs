//! What a right server lets come to nothing, whoever sends it and whatever has been before.

use serde_json::Value;

/// One way to be wrong.
#[derive(Clone, Copy, Debug)]
pub struct Odd {
    /// What it is called.
    pub word: &'static str,
    /// What a step of a fixture does: `send`, `emit` or `packets`.
    pub(super) key: &'static str,
    /// With what, as JSON.
    pub(super) body: &'static str,
    /// The code of the refusal in `hardened`.
    pub code: u64,
    /// The rule that demands the refusal.
    pub rule: &'static str,
    /// The rule of `core` by which it reaches nobody; none where `core` leaves open what comes of it.
    pub core: Option<&'static str>,
}

impl Odd {
    /// One of them, by its number; numbers beyond begin again.
    pub fn number(number: usize) -> &'static Odd {
        &ALL[number % ALL.len()]
    }

    /// How many there are.
    pub fn count() -> usize {
        ALL.len()
    }

    /// The argument of `chat` that it is, as text, where it is one and nothing in it is yet to be generated.
    pub fn argument(&self) -> Option<String> {
        let is_plain = self.key == "send" && !self.body.contains("$repeat");
        is_plain.then(|| self.body.to_owned())
    }

    pub(super) fn value(&self) -> Value {
        serde_json::from_str(self.body).unwrap_or_default()
    }
}

const EVENT: (&str, Option<&str>) = (
    "message.event-unknown.refused",
    Some("message.event-unknown"),
);
const SHAPE: (&str, Option<&str>) = ("message.shape.refused", Some("message.shape"));
const OTHER: (&str, Option<&str>) = ("message.other-event.refused", Some("message.other-event"));
const TYPES: (&str, Option<&str>) = ("message.types.refused", Some("message.types"));

/// Each of them is refused before a server looks who has joined what: `refusal.priority`.
const ALL: &[Odd] = &[
    send(
        "event unknown",
        r#"{"event":"dance $nonce"}"#,
        10,
        EVENT.0,
        EVENT.1,
    ),
    send(
        "event in other letters",
        r#"{"event":" Chat ","room":"$den","text":"$nonce"}"#,
        10,
        EVENT.0,
        EVENT.1,
    ),
    send(
        "event a number",
        r#"{"event":7,"room":"$den","text":"$nonce"}"#,
        99,
        EVENT.0,
        EVENT.1,
    ),
    send("an array", r#"[1,"$nonce"]"#, 99, SHAPE.0, SHAPE.1),
    send("null", "null", 99, SHAPE.0, SHAPE.1),
    send(
        "JSON in a string",
        r#""{\"event\":\"chat\",\"room\":\"$den\",\"text\":\"$nonce\"}""#,
        99,
        SHAPE.0,
        SHAPE.1,
    ),
    emit(
        "two arguments",
        r#"{"event":"chat","args":[{"event":"chat","room":"$den","text":"$nonce"},{}]}"#,
        99,
        SHAPE.0,
        SHAPE.1,
    ),
    emit(
        "another event",
        r#"{"event":"message","args":[{"event":"chat","room":"$den","text":"$nonce"}]}"#,
        10,
        OTHER.0,
        OTHER.1,
    ),
    Odd {
        key: "packets",
        ..send(
            "a key twice",
            r#"["42[\"chat\",{\"event\":\"chat\",\"room\":\"$den\",\"text\":\"1 $nonce\",\"text\":\"2 $nonce\"}]"]"#,
            99,
            "message.duplicate-keys.refused",
            None,
        )
    },
    send(
        "text a number",
        r#"{"event":"chat","room":"$den","text":7}"#,
        99,
        TYPES.0,
        None,
    ),
    send(
        "text null",
        r#"{"event":"chat","room":"$den","text":null}"#,
        99,
        TYPES.0,
        None,
    ),
    send(
        "addressee a number",
        r#"{"event":"chat","room":"$den","user":7,"text":"$nonce"}"#,
        99,
        TYPES.0,
        TYPES.1,
    ),
    send(
        "room of a chat a list",
        r#"{"event":"chat","room":["$den"],"text":"$nonce"}"#,
        99,
        TYPES.0,
        None,
    ),
    send(
        "room of users null",
        r#"{"event":"users","room":null}"#,
        99,
        TYPES.0,
        None,
    ),
    send(
        "user of a join a number",
        r#"{"event":"join","user":7,"room":"$den"}"#,
        99,
        TYPES.0,
        TYPES.1,
    ),
    send(
        "room of a join null",
        r#"{"event":"join","user":"$ada","room":null}"#,
        99,
        TYPES.0,
        TYPES.1,
    ),
    send(
        "room of a leave null",
        r#"{"event":"leave","room":null}"#,
        99,
        TYPES.0,
        None,
    ),
    send(
        "image without room",
        r#"{"event":"image","bimage":"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="}"#,
        99,
        "image.fields.refused",
        Some("image.fields"),
    ),
    send(
        "image for room null",
        r#"{"event":"image","room":null,"bimage":"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="}"#,
        99,
        "image.fields.refused",
        None,
    ),
    send(
        "name empty",
        r#"{"event":"join","user":" ","room":"$den"}"#,
        11,
        "name.length",
        None,
    ),
    send(
        "name too long",
        r#"{"event":"join","user":{"$repeat":{"text":"X","times":65}},"room":"$den"}"#,
        11,
        "name.length",
        None,
    ),
    send(
        "name that writes backwards",
        r#"{"event":"join","user":"\u202e$ada","room":"$den"}"#,
        11,
        "name.alphabet",
        None,
    ),
    send(
        "room empty",
        r#"{"event":"chat","room":"","text":"$nonce"}"#,
        12,
        "name.length",
        None,
    ),
    send(
        "name and room wrong",
        r#"{"event":"join","user":"\u202e$ada","room":""}"#,
        11,
        "refusal.priority",
        None,
    ),
    send(
        "text too long",
        r#"{"event":"chat","room":"$den","text":{"$repeat":{"text":"x","times":8193}}}"#,
        15,
        "chat.text-size",
        None,
    ),
    send(
        "image that is a document",
        r#"{"event":"image","room":"$den","bimage":"data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}"#,
        14,
        "image.content",
        None,
    ),
];

const fn send(
    word: &'static str,
    body: &'static str,
    code: u64,
    rule: &'static str,
    core: Option<&'static str>,
) -> Odd {
    Odd {
        word,
        key: "send",
        body,
        code,
        rule,
        core,
    }
}

const fn emit(
    word: &'static str,
    body: &'static str,
    code: u64,
    rule: &'static str,
    core: Option<&'static str>,
) -> Odd {
    Odd {
        key: "emit",
        ..send(word, body, code, rule, core)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_json() {
        for odd in ALL {
            let value: Result<Value, _> = serde_json::from_str(odd.body);
            assert!(value.is_ok(), "{}", odd.word);
        }
    }
}
