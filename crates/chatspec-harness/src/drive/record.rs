//! Turns what the wire saw into entries of a transcript.

use std::time::Duration;

use chatspec_judge::transcript::{Entry, What};
use serde_json::{Value, json};

use crate::wire::{MalformedKind, Packet, Received};

/// Characters of what a server says that stand in one line of ours.
pub(super) const LINE: usize = 300;

/// One entry.
pub(super) fn entry(at: Duration, step: usize, who: &str, what: What) -> Entry {
    Entry {
        at: u64::try_from(at.as_micros()).unwrap_or(u64::MAX),
        step,
        who: who.to_owned(),
        what,
    }
}

/// About the bytes that an entry takes which the server is to blame for.
pub(crate) fn weight(what: &What) -> usize {
    let inside = match what {
        What::Event { name, args } => name.len() + args.iter().map(value).sum::<usize>(),
        What::Acked { args, .. } => args.iter().map(value).sum(),
        What::Malformed { raw, .. } => raw.len(),
        What::Answered { headers, body, .. } => body.len() + 100 * headers.len(),
        What::Aside { text } | What::Astray { why: text, .. } => text.len(),
        _ => 0,
    };
    256 + inside
}

fn value(value: &Value) -> usize {
    let inside = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(self::value).sum(),
        Value::Object(map) => {
            let items = map.iter();
            items
                .map(|(key, item)| 100 + key.len() + self::value(item))
                .sum()
        }
        _ => 0,
    };
    32 + inside
}

/// More than we take. No packet of the protocol is that large, and no conversation that long.
pub(super) fn excess(why: String) -> What {
    What::Malformed {
        raw: String::new(),
        why,
        json: false,
    }
}

/// What a packet means to the referee; `None` for the transport's own business.
pub(super) fn received(packet: &Received) -> Option<What> {
    let malformed = |why: String, json: bool| {
        Some(What::Malformed {
            raw: packet.raw.chars().take(300).collect(),
            why,
            json,
        })
    };
    match &packet.packet {
        Packet::Event { name, args, .. } => Some(What::Event {
            name: name.clone(),
            args: args.clone(),
        }),
        Packet::Ack { id, args, .. } => match id.parse() {
            Ok(id) => Some(What::Acked {
                id,
                args: args.clone(),
            }),
            Err(_) => malformed(
                "an acknowledgement of an id that nobody uses".to_owned(),
                false,
            ),
        },
        Packet::BinaryEvent { name, args, .. } => Some(What::Event {
            name: name.clone(),
            args: args.clone(),
        }),
        // No event on the wire, but an answer that a fixture can expect like one.
        Packet::ConnectError { namespace, data } => {
            let answer = json!({"namespace": namespace, "data": data});
            Some(What::Event {
                name: "connect_error".to_owned(),
                args: vec![answer],
            })
        }
        // Some servers end the pending GET of a session that is over with an empty body. That is no packet.
        Packet::Malformed(_) if packet.raw_len == 0 => None,
        Packet::Malformed(bad) => {
            let json = matches!(bad.kind, MalformedKind::NotJson);
            malformed(bad.why.clone(), json)
        }
        _ => None,
    }
}
