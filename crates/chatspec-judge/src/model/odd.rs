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
    odd(
        "event unknown",
        "send",
        r#"{"event":"dance $nonce"}"#,
        10,
        EVENT,
    ),
    odd(
        "event in other letters",
        "send",
        r#"{"event":" Chat ","room":"$den","text":"$nonce"}"#,
        10,
        EVENT,
    ),
    odd(
        "event a number",
        "send",
        r#"{"event":7,"room":"$den","text":"$nonce"}"#,
        99,
        EVENT,
    ),
    odd("an array", "send", r#"[1,"$nonce"]"#, 99, SHAPE),
    odd("null", "send", "null", 99, SHAPE),
    odd(
        "JSON in a string",
        "send",
        r#""{\"event\":\"chat\",\"room\":\"$den\",\"text\":\"$nonce\"}""#,
        99,
        SHAPE,
    ),
    odd(
        "two arguments",
        "emit",
        r#"{"event":"chat","args":[{"event":"chat","room":"$den","text":"$nonce"},{}]}"#,
        99,
        SHAPE,
    ),
    odd(
        "another event",
        "emit",
        r#"{"event":"message","args":[{"event":"chat","room":"$den","text":"$nonce"}]}"#,
        10,
        OTHER,
    ),
    odd(
        "a key twice",
        "packets",
        r#"["42[\"chat\",{\"event\":\"chat\",\"room\":\"$den\",\"text\":\"1 $nonce\",\"text\":\"2 $nonce\"}]"]"#,
        99,
        ("message.duplicate-keys.refused", None),
    ),
    odd(
        "text a number",
        "send",
        r#"{"event":"chat","room":"$den","text":7}"#,
        99,
        (TYPES.0, None),
    ),
    odd(
        "text null",
        "send",
        r#"{"event":"chat","room":"$den","text":null}"#,
        99,
        (TYPES.0, None),
    ),
    odd(
        "addressee a number",
        "send",
        r#"{"event":"chat","room":"$den","user":7,"text":"$nonce"}"#,
        99,
        TYPES,
    ),
    odd(
        "room of a chat a list",
        "send",
        r#"{"event":"chat","room":["$den"],"text":"$nonce"}"#,
        99,
        (TYPES.0, None),
    ),
    odd(
        "room of users null",
        "send",
        r#"{"event":"users","room":null}"#,
        99,
        (TYPES.0, None),
    ),
    odd(
        "user of a join a number",
        "send",
        r#"{"event":"join","user":7,"room":"$den"}"#,
        99,
        TYPES,
    ),
    odd(
        "room of a join null",
        "send",
        r#"{"event":"join","user":"$ada","room":null}"#,
        99,
        TYPES,
    ),
    odd(
        "room of a leave null",
        "send",
        r#"{"event":"leave","room":null}"#,
        99,
        (TYPES.0, None),
    ),
    odd(
        "image without room",
        "send",
        r#"{"event":"image","bimage":"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="}"#,
        99,
        ("image.fields.refused", Some("image.fields")),
    ),
    odd(
        "image for room null",
        "send",
        r#"{"event":"image","room":null,"bimage":"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="}"#,
        99,
        ("image.fields.refused", None),
    ),
    odd(
        "name empty",
        "send",
        r#"{"event":"join","user":" ","room":"$den"}"#,
        11,
        ("name.length", None),
    ),
    odd(
        "name too long",
        "send",
        r#"{"event":"join","user":{"$repeat":{"text":"X","times":65}},"room":"$den"}"#,
        11,
        ("name.length", None),
    ),
    odd(
        "name that writes backwards",
        "send",
        r#"{"event":"join","user":"\u202e$ada","room":"$den"}"#,
        11,
        ("name.alphabet", None),
    ),
    odd(
        "room empty",
        "send",
        r#"{"event":"chat","room":"","text":"$nonce"}"#,
        12,
        ("name.length", None),
    ),
    odd(
        "name and room wrong",
        "send",
        r#"{"event":"join","user":"\u202e$ada","room":""}"#,
        11,
        ("refusal.priority", None),
    ),
    odd(
        "text too long",
        "send",
        r#"{"event":"chat","room":"$den","text":{"$repeat":{"text":"x","times":8193}}}"#,
        15,
        ("chat.text-size", None),
    ),
    odd(
        "image that is a document",
        "send",
        r#"{"event":"image","room":"$den","bimage":"data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}"#,
        14,
        ("image.content", None),
    ),
];

const fn odd(
    word: &'static str,
    key: &'static str,
    body: &'static str,
    code: u64,
    (rule, core): (&'static str, Option<&'static str>),
) -> Odd {
    Odd {
        word,
        key,
        body,
        code,
        rule,
        core,
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
