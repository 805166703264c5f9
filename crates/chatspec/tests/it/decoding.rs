//! What is encoded decodes to the same, and nothing makes a decoder panic.

use chatspec::catalog::{Direction, tags};
use chatspec::decode::{decode_client, decode_client_args, decode_client_json, decode_server};
use chatspec::json::{Args, Payload};
use chatspec::limits::QUOTE_MAX;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::generate::{
    client_message, json, like_client_message, like_server_message, server_message,
};

proptest! {
    #[test]
    fn a_client_message_survives_the_wire(message in client_message()) {
        let value = message.to_value();
        prop_assert_eq!(&value["event"], message.tag());
        prop_assert_eq!(decode_client_json(&value.to_string()), Ok(message.clone()));
        prop_assert_eq!(decode_client(&Payload::from(value)), Ok(message));
    }

    #[test]
    fn a_server_message_survives_the_wire(message in server_message()) {
        let value = message.to_value();
        prop_assert_eq!(&value["type"], message.tag());
        prop_assert_eq!(decode_server(&value), Ok(Some(message)));
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in vec(any::<u8>(), 0..64)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = decode_client_json(&text);
        let _ = serde_json::from_slice::<Args>(&bytes).map(|args| decode_client_args(&args));
    }

    #[test]
    fn no_text_like_json_makes_a_decoder_panic(text in r#"[\[\]{}:,"\\u0-9deE+. -]{0,40}"#) {
        let _ = decode_client_json(&text);
    }

    #[test]
    fn no_json_makes_a_decoder_panic(value in json()) {
        let _ = decode_client(&Payload::from(value.clone()));
        let _ = decode_server(&value);
    }

    #[test]
    fn an_error_repeats_little_of_the_input(value in prop_oneof![like_client_message(), like_server_message()]) {
        let longest = 300 + 12 * QUOTE_MAX;
        if let Err(refusal) = decode_client(&Payload::from(value.clone())) {
            prop_assert!(refusal.message.len() <= longest, "{}", refusal);
        }
        if let Err(error) = decode_server(&value) {
            prop_assert!(error.to_string().len() <= longest, "{}", error);
        }
    }

    #[test]
    fn unknown_keys_change_nothing(message in client_message(), extra in json()) {
        let mut value = message.to_value();
        value["extra"] = json!(1);
        prop_assert_eq!(decode_client(&Payload::from(value.clone())), Ok(message.clone()));
        // The extra value lies one level below the object.
        value["extra"] = extra;
        if Payload::from(value.clone()).value().is_ok() {
            prop_assert_eq!(decode_client(&Payload::from(value)), Ok(message));
        }
    }
}

#[test]
fn every_tag_of_the_catalog_is_known() {
    for tag in tags(Direction::ClientToServer) {
        let value = json!({"event": tag, "room": "lobby", "bimage": "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="});
        let message = decode_client(&Payload::from(value)).unwrap();
        assert_eq!(message.tag(), tag);
        assert_eq!(message.to_value()["event"], tag);
    }
    for (tag, message) in tags(Direction::ServerToClient).zip([
        "New User a joined room b",
        "User a left room b",
        "Users in room: []",
        "hi",
        "",
    ]) {
        let value = json!({"type": tag, "from": "A", "message": message, "bimage": "x"});
        let message = decode_server(&value).unwrap().expect("a known type");
        assert_eq!(message.tag(), tag);
        assert_eq!(message.to_value()["type"], tag);
    }
}

#[test]
fn unknown_types_are_nothing() {
    assert_eq!(
        decode_server(&json!({"type": "typing", "from": 7})),
        Ok(None)
    );
    for value in [
        json!({}),
        json!({"type": null}),
        json!([]),
        json!("chat"),
        Value::Null,
    ] {
        assert!(decode_server(&value).is_err(), "{value}");
    }
}

#[test]
fn arguments_are_exactly_one_object() {
    let decode = |text: &str| decode_client_args(&serde_json::from_str::<Args>(text).unwrap());
    assert!(decode(r#"[{"event":"users"}]"#).is_ok());
    for (text, message) in [
        ("[]", "$: expected exactly one argument, found 0"),
        ("[{},{}]", "$: expected exactly one argument, found 2"),
        ("[null]", "$: invalid type: null, expected an object"),
        (
            r#"["users"]"#,
            r#"$: invalid type: string "users", expected an object"#,
        ),
        (
            r#"[["chat","a"]]"#,
            "$: invalid type: array, expected an object",
        ),
        (r#"[{"x":1,"x":2}]"#, "$: duplicate key at $.x"),
        (
            r#"[{"_placeholder":true,"num":0}]"#,
            "$: binary attachment at $",
        ),
    ] {
        let refusal = decode(text).unwrap_err();
        assert_eq!(
            (refusal.code.number(), refusal.message.as_str()),
            (99, message),
            "{text}"
        );
    }
}
