//! On generated messages, the receive schemas and the decoders judge alike.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chatspec::catalog::Direction;
use chatspec::difference::Difference;
use chatspec::json::Payload;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::Value;

use crate::classify::{decoded, decoder_takes_more, schema_takes_more};
use crate::generate::{json, like_client_message, like_server_message};
use crate::schemas::received;

/// How often each verdict came up, so that the generators cannot go stale unseen.
type Tally = BTreeMap<&'static str, u32>;

#[test]
fn of_what_clients_send() {
    let tally = compare(
        Direction::ClientToServer,
        prop_oneof![9 => like_client_message(), 1 => json()],
    );
    for verdict in [
        "both take",
        "both refuse",
        "unicode-categories",
        "utf8-length",
        "image-content",
        "depth",
    ] {
        assert!(
            tally.contains_key(verdict),
            "{verdict} never came up: {tally:?}"
        );
    }
}

#[test]
fn of_what_servers_send() {
    let tally = compare(
        Direction::ServerToClient,
        prop_oneof![9 => like_server_message(), 1 => json()],
    );
    for verdict in ["both take", "both refuse", "relayed-value"] {
        assert!(
            tally.contains_key(verdict),
            "{verdict} never came up: {tally:?}"
        );
    }
}

fn compare(direction: Direction, values: impl Strategy<Value = Value>) -> Tally {
    let config = Config {
        cases: 3_000,
        failure_persistence: None,
        ..Config::default()
    };
    // A fixed seed: the tally must not depend on luck.
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let tally = RefCell::new(Tally::new());
    let outcome = runner.run(&values, |value| {
        let verdict = judge(direction, &value)?;
        *tally.borrow_mut().entry(verdict).or_default() += 1;
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    tally.into_inner()
}

/// What the two say, or which difference of the closed list it is; an error where it is none.
pub fn judge(direction: Direction, value: &Value) -> Result<&'static str, TestCaseError> {
    let payload = Payload::from(value.clone());
    let by_schema = received(direction).is_valid(value);
    let difference = match (by_schema, decoded(direction, &payload, value)) {
        (true, Ok(())) => return Ok("both take"),
        (false, Err(_)) => return Ok("both refuse"),
        (true, Err((code, _))) => schema_takes_more(code, &payload, value),
        (false, Ok(())) => decoder_takes_more(value),
    };
    difference
        .map(|difference| difference.name())
        .ok_or_else(|| {
            TestCaseError::fail(format!(
                "the schema takes it: {by_schema}; the decoder disagrees"
            ))
        })
}

/// No entry of the list is idle: each explains at least one message.
#[test]
fn every_difference_is_met() {
    let name = |user: &str| serde_json::json!({"event": "join", "user": user}).to_string();
    let longest_url = format!("data:image/png;base64,{}", "A".repeat(933_336));
    for (direction, text, difference) in [
        (Direction::ClientToServer, name("a\u{200d}"), Difference::UnicodeCategories),
        (Direction::ClientToServer, name(&"\u{958}".repeat(64)), Difference::NormalisedLength),
        (Direction::ClientToServer, name(&"e\u{301}".repeat(64)), Difference::NormalisedLength),
        (Direction::ClientToServer, serde_json::json!({"event": "chat", "text": "é".repeat(4_097)}).to_string(), Difference::Utf8Length),
        (Direction::ClientToServer, serde_json::json!({"event": "chat", "message": "é".repeat(4_097)}).to_string(), Difference::Utf8Length),
        (Direction::ClientToServer, serde_json::json!({"event": "image", "room": "r", "bimage": longest_url}).to_string(), Difference::ImageSize),
        (Direction::ClientToServer, serde_json::json!({"event": "image", "room": "r", "bimage": "data:image/png;base64,AAAA"}).to_string(), Difference::ImageContent),
        (Direction::ClientToServer, r#"{"x":1,"x":2}"#.to_owned(), Difference::DuplicateKeys),
        (Direction::ClientToServer, format!(r#"{{"x":{}{}}}"#, "[".repeat(16), "]".repeat(16)), Difference::Depth),
        (Direction::ServerToClient, serde_json::json!({"type": "chat", "from": "A", "message": null}).to_string(), Difference::RelayedValue),
        (Direction::ServerToClient, serde_json::json!({"type": "image", "from": "A", "bimage": 7}).to_string(), Difference::RelayedValue),
    ] {
        let payload = Payload::parse(&text);
        let value: Value = serde_json::from_str(&text).unwrap();
        let found = match (received(direction).is_valid(&value), decoded(direction, &payload, &value)) {
            (true, Err((code, _))) => schema_takes_more(code, &payload, &value),
            (false, Ok(())) => decoder_takes_more(&value),
            _ => None,
        };
        assert_eq!(found, Some(difference));
    }
}
