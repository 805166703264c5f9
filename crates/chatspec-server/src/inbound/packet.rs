//! One packet to the act that it stands for.
//!
//! The packet's own text is read. socketioxide's extractors for payloads take text after the closing bracket for
//! nothing.

use std::fmt;

use chatspec::decode::decode_client_args;
use chatspec::json::Args;
use chatspec::refusal::{Code, Refusal};
use chatspec_room::Action;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use socketioxide::handler::Value;

/// What a session does by sending this as the event `chat`.
pub(super) fn action(value: &Value) -> Action {
    let arguments = match value {
        Value::Str(text, _) => read(text.as_str()).ok(),
        Value::Bytes(_) => None,
    };
    // rule: message.shape.refused
    let unreadable = || Refusal::new(Code::BadPayload, "the packet is not valid JSON");
    let decoded = arguments
        .ok_or_else(unreadable)
        .and_then(|arguments| decode_client_args(&arguments));
    decoded.map_or_else(Action::Refused, Action::Message)
}

/// Whether this is an event of that name.
#[cfg(feature = "fault")]
pub(super) fn is_named(value: &Value, name: &str) -> bool {
    let Value::Str(text, _) = value else {
        return false;
    };
    let found = serde_json::from_str::<Vec<serde_json::Value>>(text.as_str());
    found.is_ok_and(|event| event.first().and_then(serde_json::Value::as_str) == Some(name))
}

/// The arguments of an event, whose first element is its name.
fn read(text: &str) -> serde_json::Result<Args> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let arguments = deserializer.deserialize_seq(Event)?;
    deserializer.end()?;
    Ok(arguments)
}

struct Event;

impl<'de> Visitor<'de> for Event {
    type Value = Args;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event's name and arguments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Args, A::Error> {
        elements.next_element::<IgnoredAny>()?;
        Args::deserialize(SeqAccessDeserializer::new(elements))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_no_argument() {
        for (text, count) in [
            (r#"["chat"]"#, 0),
            (r#"["chat",{}]"#, 1),
            (r#"["chat",{"\u0065":1},2]"#, 2),
        ] {
            assert_eq!(read(text).unwrap().count(), count, "{text}");
        }
    }

    #[test]
    fn nothing_may_follow() {
        for text in [
            r#"["chat",{}]xx"#,
            r#"["chat",{}][]"#,
            r#"["chat",{}"#,
            "{}",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
