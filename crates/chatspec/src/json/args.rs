use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::Payload;
use super::scan::Placeholders;

/// All arguments of one Socket.IO event, or rather the first and their number: an event with two is refused anyway.
///
/// It deserializes as a tuple of any length, which is how socketioxide tells that a type wants every argument: take
/// `TryData<Args>` in a handler. A placeholder of a binary attachment, `{"_placeholder": true, "num": n}` without other
/// members, is a flaw of the payload (rule `message.binary`), at any depth.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Args {
    first: Option<Payload>,
    count: usize,
}

impl Args {
    /// How many arguments the event has, its name not counted.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The argument, if there is exactly one.
    pub fn only(&self) -> Option<&Payload> {
        self.first.as_ref().filter(|_| self.count == 1)
    }
}

impl FromIterator<Payload> for Args {
    fn from_iter<I: IntoIterator<Item = Payload>>(payloads: I) -> Self {
        let mut payloads = payloads.into_iter();
        let first = payloads.next();
        let count = usize::from(first.is_some()) + payloads.count();
        Self { first, count }
    }
}

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The length is not known and not looked at: formats with a length of their own, such as JSON, ignore it.
        deserializer.deserialize_tuple_struct("Args", 1, Arguments)
    }
}

struct Arguments;

impl<'de> Visitor<'de> for Arguments {
    type Value = Args;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arguments of an event")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Args, A::Error> {
        let first = seq.next_element_seed(Argument)?;
        let mut count = usize::from(first.is_some());
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Args { first, count })
    }
}

struct Argument;

impl<'de> DeserializeSeed<'de> for Argument {
    type Value = Payload;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Payload, D::Error> {
        Payload::read(deserializer, Placeholders::Binary)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::json::Flaw;

    fn args(text: &str) -> Args {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn every_argument_is_counted() {
        for (text, count) in [("[]", 0), ("[{}]", 1), ("[null]", 1), (r#"[{},{},"x"]"#, 3)] {
            assert_eq!(args(text).count(), count, "{text}");
            assert_eq!(args(text).only().is_some(), count == 1, "{text}");
        }
        let payload = Payload::from(json!({"a": 1}));
        assert_eq!(args(r#"[{"\u0061":1}]"#).only(), Some(&payload));
        assert_eq!(
            Args::from_iter([payload.clone(), payload.clone()]).count(),
            2
        );
    }

    #[test]
    fn a_placeholder_is_binary() {
        for (text, path) in [
            (r#"[{"_placeholder":true,"num":0}]"#, "$"),
            (
                r#"[{"event":"users","x":[{"num":0,"_placeholder":true}]}]"#,
                "$.x[0]",
            ),
        ] {
            let flaw = Flaw::Binary {
                path: path.to_owned(),
            };
            assert_eq!(args(text).only().unwrap().value(), Err(&flaw), "{text}");
        }
        for text in [
            r#"[{"_placeholder":true}]"#,
            r#"[{"_placeholder":true,"num":0,"room":"r"}]"#,
        ] {
            assert!(args(text).only().unwrap().value().is_ok(), "{text}");
        }
    }

    #[test]
    fn a_flaw_in_the_first_does_not_hide_the_second() {
        assert_eq!(args(r#"[{"a":1,"a":[[2]]},{}]"#).count(), 2);
    }
}
