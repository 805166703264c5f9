//! The messages in `fixtures/messages`, judged by the schemas and by the decoders.

use std::fs;

use chatspec::catalog::Direction;
use chatspec::difference::Difference;
use chatspec::json::Payload;
use serde::Deserialize;
use serde_json::Value;

use crate::classify::{decoded, decoder_takes_more, schema_takes_more};
use crate::schemas::received;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    direction: String,
    #[expect(dead_code, reason = "it is there for readers")]
    why: String,
    /// The message, unless `text` is given.
    #[serde(default, deserialize_with = "present")]
    message: Option<Value>,
    /// The message as JSON text, where its parsed value would not show the point.
    text: Option<String>,
    /// The code that a server refuses it with.
    refused: Option<u8>,
    /// The one judge, schema or decoder, that sees it otherwise, and why that is so.
    difference: Option<String>,
}

/// `null` is a message here.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Fixture {
    fn direction(&self) -> Direction {
        let is = |d: &Direction| d.name() == self.direction;
        Direction::ALL.into_iter().find(is).expect("a direction")
    }

    fn text(&self) -> String {
        match (&self.message, &self.text) {
            (Some(message), None) => message.to_string(),
            (None, Some(text)) => text.clone(),
            _ => panic!("a fixture has either `message` or `text`"),
        }
    }
}

/// The fixtures in a folder, each with its path.
fn fixtures(folder: &str) -> Vec<(String, Fixture)> {
    let folder = xtask::root().join("fixtures/messages").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.display().to_string();
            let fixture = serde_json::from_str(&fs::read_to_string(path).unwrap());
            let fixture = fixture.unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, fixture)
        })
        .collect()
}

#[test]
fn valid_messages_are_taken() {
    let fixtures = fixtures("valid");
    assert!(fixtures.len() >= 25);
    for (name, fixture) in fixtures {
        let payload = Payload::parse(&fixture.text());
        let value = payload
            .value()
            .unwrap_or_else(|flaw| panic!("{name}: {flaw}"));
        assert_eq!(
            decoded(fixture.direction(), &payload, value),
            Ok(()),
            "{name}"
        );
        assert_eq!(fixture.refused, None, "{name}");
        let by_schema = received(fixture.direction()).is_valid(value);
        assert_eq!(by_schema, fixture.difference.is_none(), "{name}");
        if let Some(difference) = fixture.difference {
            assert_eq!(
                decoder_takes_more(value),
                Difference::from_name(&difference),
                "{name}"
            );
        }
    }
}

#[test]
fn invalid_messages_are_refused() {
    let fixtures = fixtures("invalid");
    assert!(fixtures.len() >= 40);
    for (name, fixture) in fixtures {
        let direction = fixture.direction();
        let text = fixture.text();
        let payload = Payload::parse(&text);
        // A schema judges the value that is left of a text with a flaw; of a text that is no JSON, nothing is.
        let value = serde_json::from_str::<Value>(&text).ok();
        let (code, why) =
            decoded(direction, &payload, value.as_ref().unwrap_or(&Value::Null)).expect_err(&name);
        assert_eq!(code, fixture.refused, "{name}: {why}");
        let Some(value) = value else {
            assert_eq!(fixture.difference, None, "{name}");
            continue;
        };
        let by_schema = received(direction).is_valid(&value);
        assert_eq!(by_schema, fixture.difference.is_some(), "{name}");
        if let Some(difference) = fixture.difference {
            let found = schema_takes_more(code, &payload, &value);
            assert_eq!(found, Difference::from_name(&difference), "{name}");
        }
    }
}
