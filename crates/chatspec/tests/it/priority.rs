//! Where several refusals apply, the first in the order of priority is given (rule `refusal.priority`).

use chatspec::decode::decode_client_json;
use serde_json::json;

/// An image of a byte too many that is no image besides.
fn large() -> String {
    format!("data:image/png;base64,{}", "A".repeat(933_336))
}

#[test]
fn the_first_of_several_is_given() {
    let long = "x".repeat(8_193);
    let wide = "n".repeat(65);
    let large = large();
    for (payload, code, path) in [
        // Shape goes first.
        (json!([{"event": "joni"}]), 99, "$"),
        (json!({"event": 7, "user": "", "room": ""}), 99, "$.event"),
        (
            json!({"event": null, "user": "", "room": ""}),
            99,
            "$.event",
        ),
        // An unknown event before the types of fields.
        (json!({"event": "joni", "user": 7}), 10, "$.event"),
        (json!({"event": "JOIN", "user": 7}), 10, "$.event"),
        (json!({"event": " join"}), 10, "$.event"),
        (json!({"event": ""}), 10, "$.event"),
        // A wrong type of a later field before a bad value of an earlier one.
        (
            json!({"event": "join", "user": "", "room": 7}),
            99,
            "$.room",
        ),
        (
            json!({"event": "leave", "user": wide, "room": null}),
            99,
            "$.room",
        ),
        (
            json!({"event": "chat", "user": "", "room": "", "text": 7}),
            99,
            "$.text",
        ),
        (
            json!({"event": "chat", "user": 7, "room": "", "text": long}),
            99,
            "$.user",
        ),
        (json!({"event": "image", "room": ""}), 99, "$"),
        (
            json!({"event": "image", "room": "", "bimage": []}),
            99,
            "$.bimage",
        ),
        (json!({"event": "image", "bimage": "x"}), 99, "$"),
        // The user before the room, names before sizes.
        (
            json!({"event": "join", "user": "", "room": ""}),
            11,
            "$.user",
        ),
        (
            json!({"event": "join", "user": "a\u{0}", "room": wide}),
            11,
            "$.user",
        ),
        (
            json!({"event": "join", "user": "a", "room": " "}),
            12,
            "$.room",
        ),
        (
            json!({"event": "users", "user": "", "room": ""}),
            12,
            "$.room",
        ),
        (json!({"user": 7, "room": ""}), 12, "$.room"),
        (
            json!({"event": "chat", "user": "", "room": "", "text": long}),
            11,
            "$.user",
        ),
        (
            json!({"event": "chat", "user": "a", "room": "", "text": long}),
            12,
            "$.room",
        ),
        (
            json!({"event": "chat", "user": "a", "room": "b", "text": long}),
            15,
            "$.text",
        ),
        (json!({"event": "chat", "message": long}), 15, "$.message"),
        (
            json!({"event": "image", "room": "", "bimage": "x"}),
            12,
            "$.room",
        ),
        // A size before the content.
        (
            json!({"event": "image", "room": "r", "bimage": large}),
            15,
            "$.bimage",
        ),
        (
            json!({"event": "image", "room": "r", "bimage": "x"}),
            14,
            "$.bimage",
        ),
    ] {
        let text = payload.to_string();
        let refusal = decode_client_json(&text).unwrap_err();
        let shown: String = text.chars().take(80).collect();
        assert_eq!(refusal.code.number(), code, "{shown}: {refusal}");
        assert!(
            refusal.message.starts_with(&format!("{path}: ")),
            "{shown}: {refusal}"
        );
    }
}

#[test]
fn errors_say_where_and_what() {
    for (payload, message) in [
        (
            json!({"event": "join", "user": 5}),
            "$.user: invalid type: integer 5, expected a string",
        ),
        (
            json!({"event": "join", "user": true}),
            "$.user: invalid type: boolean `true`, expected a string",
        ),
        (
            json!({"event": "join", "user": 1.5}),
            "$.user: invalid type: floating point 1.5, expected a string",
        ),
        (
            json!({"event": "join", "user": {}}),
            "$.user: invalid type: object, expected a string",
        ),
        (
            json!({"event": "joni"}),
            "$.event: unknown event \"joni\", expected one of join, leave, users, chat, image",
        ),
        (
            json!({"event": "image", "room": "r"}),
            "$: missing field \"bimage\"",
        ),
        (
            json!({"event": "join", "user": " "}),
            "$.user: a name has 1 to 64 code points, found none after trimming",
        ),
        (
            json!({"event": "join", "user": "a\nb"}),
            "$.user: a name has no code point of category Cc, found U+000A",
        ),
    ] {
        assert_eq!(
            decode_client_json(&payload.to_string())
                .unwrap_err()
                .message,
            message
        );
    }
}
