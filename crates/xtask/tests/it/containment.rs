//! What a conforming sender may emit, a conforming receiver has to take.

use chatspec::catalog::{Direction, messages};
use jsonschema::canonical::Containment;
use proptest::prelude::*;
use serde_json::Value;
use xtask::codegen::schema;

use crate::generate::{client_message, like_client_message, like_server_message, server_message};
use crate::schemas::{received, sent};

proptest! {
    #[test]
    fn what_a_client_of_ours_sends_fits_both(message in client_message()) {
        let value = message.to_value();
        prop_assert!(sent(Direction::ClientToServer).is_valid(&value));
        prop_assert!(received(Direction::ClientToServer).is_valid(&value));
    }

    #[test]
    fn what_a_server_of_ours_sends_fits_both(message in server_message()) {
        let value = message.to_value();
        prop_assert!(sent(Direction::ServerToClient).is_valid(&value));
        prop_assert!(received(Direction::ServerToClient).is_valid(&value));
    }

    #[test]
    fn whatever_may_be_sent_is_taken(client in like_client_message(), server in like_server_message()) {
        for (direction, value) in [(Direction::ClientToServer, client), (Direction::ServerToClient, server)] {
            prop_assert!(!sent(direction).is_valid(&value) || received(direction).is_valid(&value));
        }
    }
}

/// Proven for each message by the algebra of schemas, taking the types of its fields for granted: that one pattern covers
/// another is beyond the algebra, and sampled above.
#[test]
fn every_message_is_covered() {
    for direction in Direction::ALL {
        let (sent, received) = (schema::sent(direction), schema::received(direction));
        for row in messages(direction) {
            let canonical = |bundle: &Value| {
                let mut message = bundle["$defs"][row.type_name].clone();
                inline(&mut message, &sent["$defs"]);
                jsonschema::canonicalize(&message).unwrap()
            };
            let verdict = canonical(&received).covers(&canonical(&sent));
            assert!(
                matches!(verdict, Ok(Containment::Yes)),
                "{}: {verdict:?}",
                row.type_name
            );
        }
    }
}

/// Puts the definitions in place of the references to them.
fn inline(schema: &mut Value, definitions: &Value) {
    if let Some(reference) = schema["$ref"].as_str() {
        *schema = definitions[reference.trim_start_matches("#/$defs/")].clone();
    }
    match schema {
        Value::Object(object) => object
            .values_mut()
            .for_each(|inner| inline(inner, definitions)),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|inner| inline(inner, definitions)),
        _ => {}
    }
}
