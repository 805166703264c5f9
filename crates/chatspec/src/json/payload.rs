use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::Value;

use super::Flaw;
use super::scan::{Placeholders, Scan};

/// One JSON value as it arrived, or the first flaw in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload(Result<Value, Flaw>);

impl Payload {
    /// Parses JSON text. It never fails: text that is no JSON is a payload with a flaw.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|error| {
            Self(Err(Flaw::Syntax {
                line: error.line(),
                column: error.column(),
            }))
        })
    }

    /// The value.
    ///
    /// # Errors
    ///
    /// The first [`Flaw`] in the order of the text.
    pub fn value(&self) -> Result<&Value, &Flaw> {
        self.0.as_ref()
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        placeholders: Placeholders,
    ) -> Result<Self, D::Error> {
        // socketioxide's parser wraps `deserialize_any` to put attachments in place, and fails there on any object whose
        // first key has an escape in it, although that is good JSON. It passes `deserialize_option` on as it is.
        deserializer.deserialize_option(Root(placeholders))
    }
}

impl From<Value> for Payload {
    /// Keys of a value are unique already; its depth is checked.
    fn from(value: Value) -> Self {
        Self::read(value, Placeholders::Plain).expect("a JSON value deserializes as a JSON value")
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer, Placeholders::Plain)
    }
}

struct Root(Placeholders);

impl<'de> Visitor<'de> for Root {
    type Value = Payload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_none<E: Error>(self) -> Result<Payload, E> {
        Ok(Payload(Ok(Value::Null)))
    }

    fn visit_unit<E: Error>(self) -> Result<Payload, E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Payload, D::Error> {
        Scan::read(deserializer, self.0).map(Payload)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plain_value_is_kept() {
        let value = json!({"b": [1, -1, 1.5, true, null, "é"], "a": {"b": {}}});
        assert_eq!(Payload::parse(&value.to_string()).value(), Ok(&value));
        assert_eq!(Payload::from(value.clone()).value(), Ok(&value));
    }

    #[test]
    fn keys_are_unique_at_every_depth() {
        for (text, path) in [
            (r#"{"a":1,"a":1}"#, "$.a"),
            (
                r#"{"a":{"x y":[0,{"b":1,"\u0062":2}]}}"#,
                r#"$.a["x y"][1].b"#,
            ),
            (r#"{"":0,"":0,"c":[{"d":0,"d":0}]}"#, r#"$[""]"#),
        ] {
            let flaw = Flaw::DuplicateKey {
                path: path.to_owned(),
            };
            assert_eq!(Payload::parse(text).value(), Err(&flaw), "{text}");
        }
        assert!(
            Payload::parse(r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#)
                .value()
                .is_ok()
        );
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Payload::parse(&nested(16)).value().is_ok());
        for depth in [17, 129, 100_000] {
            let payload = Payload::parse(&nested(depth));
            assert!(
                matches!(payload.value(), Err(Flaw::TooDeep { .. })),
                "{depth}"
            );
        }
        let value: Value = serde_json::from_str(&nested(17)).unwrap();
        assert!(matches!(
            Payload::from(value).value(),
            Err(Flaw::TooDeep { .. })
        ));
    }

    #[test]
    fn what_is_no_json_is_a_flaw() {
        for text in [
            "",
            "{",
            "{} {}",
            "NaN",
            "1e999",
            r#""\ud800""#,
            "\"\u{1}\"",
            "{\"a\":01}",
        ] {
            let payload = Payload::parse(text);
            assert!(
                matches!(payload.value(), Err(Flaw::Syntax { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn a_flaw_repeats_little_of_the_input() {
        let key = "k".repeat(100_000);
        let payload = Payload::parse(&format!(r#"{{"{key}":1,"{key}":2}}"#));
        assert!(payload.value().unwrap_err().to_string().len() < 100);
    }
}
