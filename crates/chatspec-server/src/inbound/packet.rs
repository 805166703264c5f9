//! One packet to the act that it stands for.
//!
//! The packet's own text is read. socketioxide's extractors for payloads take text after the closing bracket for
//! nothing.

use chatspec::decode::decode_client_packet;
use chatspec::refusal::{Code, Refusal};
use chatspec_room::Action;
use socketioxide::handler::Value;

/// What a session does by sending this as the event `chat`.
pub(super) fn action(value: &Value) -> Action {
    let decoded = match value {
        Value::Str(text, _) => decode_client_packet(text.as_str()),
        // rule: message.shape.refused
        Value::Bytes(_) => {
            let why = "the packet is not valid JSON";
            Err(Refusal::new(Code::BadPayload, why))
        }
    };
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
