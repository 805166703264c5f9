//! What is read from a string is written as that string.

use chatspec::image::ImageUrl;
use chatspec::json::{Args, Payload};
use chatspec::limits::QUOTE_MAX;
use chatspec::name::{NameKey, RoomName, ShownName, UserName};
use chatspec::text::MessageText;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

#[test]
fn nouns_are_written_as_they_are() {
    let user = UserName::parse(" Zoë ").unwrap();
    let room = RoomName::parse("Küche").unwrap();
    for (written, expected) in [
        (user.to_string(), "Zoë"),
        (user.shown().to_string(), "ZOË"),
        (ShownName::received("ada").to_string(), "ada"),
        (room.to_string(), "Küche"),
        (MessageText::parse("hi\n").unwrap().to_string(), "hi\n"),
        (ImageUrl::parse(GIF).unwrap().to_string(), GIF),
    ] {
        assert_eq!(written, expected);
    }
}

/// Rule `name.key`: the text of a key is what two spellings of one name have in common.
#[test]
fn a_key_is_the_folded_name() {
    for (name, folded) in [
        ("Ada", "ada"),
        (" STRASSE\t", "strasse"),
        ("straße", "strasse"),
    ] {
        let key = NameKey::of(name);
        assert_eq!((key.as_str(), key.to_string().as_str()), (folded, folded));
    }
}

#[test]
fn names_are_parsed_like_any_value() {
    assert_eq!("ada".parse(), UserName::parse("ada"));
    assert_eq!("kitchen".parse(), RoomName::parse("kitchen"));
    assert_eq!("".parse::<UserName>(), UserName::parse(""));
    assert_eq!("\u{0}".parse::<RoomName>(), RoomName::parse("\u{0}"));
}

/// A path is repeated up to twice the length of a quotation.
#[test]
fn a_long_path_is_cut_and_a_short_one_is_not() {
    let at = |length: usize| {
        let first = "a".repeat(QUOTE_MAX);
        let rest = "b".repeat(length - "$..".len() - QUOTE_MAX);
        let text = format!(r#"{{"{first}":{{"{rest}":1,"{rest}":2}}}}"#);
        let flaw = Payload::parse(&text).value().unwrap_err().to_string();
        (flaw, format!("duplicate key at $.{first}.{rest}"))
    };
    let (flaw, whole) = at(2 * QUOTE_MAX);
    assert_eq!(flaw, whole);
    let (flaw, whole) = at(2 * QUOTE_MAX + 1);
    assert_eq!(flaw, format!("{}...", &whole[..whole.len() - 1]));
}

/// The error of a format that cannot hold what is asked for says what was expected.
#[test]
fn what_is_no_json_at_all_says_what_was_expected() {
    let error = Args::deserialize(IntoDeserializer::<Error>::into_deserializer(7u8)).unwrap_err();
    assert!(
        error.to_string().contains("the arguments of an event"),
        "{error}"
    );
    let error =
        Payload::deserialize(IntoDeserializer::<Error>::into_deserializer(7u8)).unwrap_err();
    assert!(error.to_string().contains("any JSON value"), "{error}");
}
