//! A text is read in one of two ways, and both come to the same, refusals included.

use chatspec::decode::{
    decode_client, decode_client_args, decode_client_json, decode_client_packet,
};
use chatspec::json::{Args, Payload};
use chatspec::message::ClientMessage;
use chatspec::refusal::{Code, Refusal};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::generate::{json, like_client_message, name_text};

proptest! {
    #[test]
    fn an_argument_is_read_the_same_in_both_ways(text in texts()) {
        prop_assert_eq!(decode_client_json(&text), by_value(&text));
    }

    #[test]
    fn a_packet_is_read_the_same_in_both_ways(arguments in vec(texts(), 1..3)) {
        let arguments = arguments.join(",");
        // An empty argument would make the name's comma one too many.
        prop_assume!(!arguments.trim().is_empty());
        let packet = format!(r#"["chat",{arguments}]"#);
        prop_assert_eq!(decode_client_packet(&packet), by_arguments(&format!("[{arguments}]")));
    }
}

/// Messages, objects like them, with keys twice and escapes, and what a slip makes of either.
fn texts() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        2 => like_client_message().prop_map(|value| value.to_string()),
        3 => like_client_text(),
    ];
    let slip = (any::<Index>(), any::<bool>(), option::of(select(SLIPS)));
    (text, option::weighted(0.3, slip)).prop_map(|(text, slip)| match slip {
        None => text,
        Some((at, cut, put)) => slipped(&text, at, cut, put),
    })
}

const SLIPS: &[char] = &[
    '"', '\\', '{', '}', '[', ']', ',', ':', '0', ' ', '\u{1}', 'é',
];

/// The text with one character less, or one more, or one for another.
fn slipped(text: &str, at: Index, cut: bool, put: Option<char>) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = at.index(characters.len().max(1));
    if cut && at < characters.len() {
        characters.remove(at);
    }
    if let Some(put) = put {
        characters.insert(at, put);
    }
    characters.into_iter().collect()
}

/// What every text comes to, read as a value.
fn by_value(text: &str) -> Result<ClientMessage, Refusal> {
    decode_client(&Payload::parse(text))
}

fn by_arguments(text: &str) -> Result<ClientMessage, Refusal> {
    match serde_json::from_str::<Args>(text) {
        Ok(args) => decode_client_args(&args),
        Err(_) => Err(Refusal::new(
            Code::BadPayload,
            "the packet is not valid JSON",
        )),
    }
}

#[test]
fn what_lies_between_the_two_ways() {
    for text in [
        "{}",
        r#"{"event":"chat","text":"a\nb","room":null}"#,
        r#"{"event":"chat","text":"a","text":"a"}"#,
        r#"{"event":"chat","text":"a","te\u0078t":"b"}"#,
        r#"{"event":"join","user":null}"#,
        r#"{"event":null}"#,
        r#"{"event":"users","room":1e2,"at":18446744073709551616}"#,
        r#"{"_placeholder":true,"num":0}"#,
        r#"{"_placeholder":true,"num":0,"event":"users"}"#,
        r#"{"event":"joni","user":7}"#,
        r#"{"event":"users","a":"","b":"","c":"","d":"","e":"","f":"","g":""}"#,
        r#"{"event":"users","a":"","b":"","c":"","d":"","e":"","f":"","g":"","a":""}"#,
        r#"{"event":"chat","text":"a"}x"#,
        r#"{"event":"chat","text":"\ud800"}"#,
    ] {
        assert_eq!(decode_client_json(text), by_value(text), "{text}");
        let packet = format!(r#"["chat",{text}]"#);
        let arguments = by_arguments(&format!("[{text}]"));
        assert_eq!(decode_client_packet(&packet), arguments, "{text}");
    }
}

/// The text of an object much like a message of a client, which may have a key twice, blanks and escapes.
fn like_client_text() -> impl Strategy<Value = String> {
    let key = select(vec![
        "event", "user", "room", "text", "message", "bimage", "x", "",
    ]);
    let value = prop_oneof![
        4 => select(vec!["join", "leave", "users", "chat", "image"]).prop_map(Value::from),
        6 => name_text().prop_map(Value::from),
        2 => select(vec![json!(null), json!(true), json!(0), json!(-1.5)]),
        1 => json(),
    ];
    let blank = select(vec!["", "", "", " ", "\n\t"]);
    vec((key, value, blank, any::<bool>()), 0..10).prop_map(|members| {
        let members: Vec<String> = members
            .into_iter()
            .map(|(key, value, blank, escaped)| {
                let value = value.to_string();
                let (key, value) = match escaped {
                    true => (escape(key), value.replace('a', "\\u0061")),
                    false => (key.to_owned(), value),
                };
                format!("{blank}\"{key}\"{blank}:{value}{blank}")
            })
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

/// `text` with its first letter as an escape.
fn escape(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("\\u{:04x}{}", u32::from(first), letters.as_str()),
        None => String::new(),
    }
}
