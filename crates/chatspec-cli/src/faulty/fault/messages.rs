//! Faults of reading messages: events, shapes, types and keys.

use std::collections::{BTreeMap, BTreeSet};

use chatspec::refusal::Code;
use chatspec_room::{Action, SessionId};
use serde_json::{Value, json};

use super::{Fault, Server, fault};
use crate::hooks::{Object, after, decide, each_event, each_payload, pardon, refused, said, tag};
use crate::people::Shared;

const EVENTS: [&str; 5] = ["join", "leave", "users", "chat", "image"];

pub const FAULTS: &[Fault] = &[
    fault(
        "event-absent-refused",
        "A message without event is refused as an unknown one.",
        |server| {
            each_payload(server, |_, payload| {
                let absent = !payload.contains_key("event");
                if absent {
                    payload.insert("event".to_owned(), json!(""));
                }
                absent
            });
        },
    ),
    fault(
        "event-unknown-lists",
        "A message with an unknown event is answered with a listing.",
        |server| {
            each_payload(server, |_, payload| {
                let unknown = tag(payload).is_some_and(|event| !EVENTS.contains(&event));
                if unknown {
                    payload.insert("event".to_owned(), json!("users"));
                }
                unknown
            });
        },
    ),
    fault(
        "event-unknown-ignored",
        "A message with an unknown event is acknowledged and ignored.",
        |server| {
            after(server, |command, deliveries| match &command.action {
                Action::Refused(refusal)
                    if refusal.code == Code::UnknownEvent
                        && !refusal.message.starts_with("the only event") =>
                {
                    pardon(deliveries)
                }
                _ => deliveries,
            });
        },
    ),
    fault(
        "event-sloppy",
        "The event of a message is trimmed and lower-cased before it is looked at.",
        |server| {
            each_payload(server, |_, payload| {
                let Some(Value::String(event)) = payload.get_mut("event") else {
                    return false;
                };
                *event = event.trim().to_lowercase();
                true
            });
        },
    ),
    fault(
        "other-event-served",
        "A Socket.IO event of any name is taken for chat.",
        |server| {
            each_event(server, |_, event| {
                event[0] = json!("chat");
                true
            });
        },
    ),
    fault(
        "other-event-ignored",
        "Socket.IO events other than chat are acknowledged and ignored.",
        |server| {
            after(server, |command, deliveries| match &command.action {
                Action::Refused(refusal) if refusal.message.starts_with("the only event") => {
                    pardon(deliveries)
                }
                _ => deliveries,
            });
        },
    ),
    fault(
        "second-argument-ignored",
        "Of several arguments the first one is taken.",
        |server| {
            each_event(server, |_, event| {
                let many = event.len() > 2;
                event.truncate(2);
                many
            });
        },
    ),
    fault(
        "shape-ignored",
        "What is not exactly one object is acknowledged and ignored.",
        ignore_shapes,
    ),
    fault(
        "duplicate-keys-accepted",
        "Of a key that is there twice, the last value counts.",
        |server| {
            server.faults.packet = Box::new(|_, text| {
                let event = serde_json::from_str::<Value>(&text);
                event.map_or(text, |event| event.to_string())
            });
        },
    ),
    fault(
        "numbers-as-text",
        "A number in place of a string is taken for its digits.",
        |server| {
            each_payload(server, |_, payload| {
                let numbers = payload.iter_mut().filter(|(key, value)| {
                    value.is_number() && ["user", "room", "text"].contains(&key.as_str())
                });
                numbers
                    .map(|(_, value)| *value = json!(value.to_string()))
                    .count()
                    > 0
            });
        },
    ),
    fault(
        "null-as-absent",
        "A field that is null counts as absent in every message.",
        |server| {
            each_payload(server, |_, payload| {
                let before = payload.len();
                payload.retain(|_, value| !value.is_null());
                payload.len() < before
            });
        },
    ),
    fault(
        "unknown-keys-relayed",
        "Unknown keys of a chat go along to those who hear it.",
        relay_unknown_keys,
    ),
    fault(
        "unknown-keys-refused",
        "A message with an unknown key is refused.",
        |server| {
            each_payload(server, |_, payload| {
                let known = |key: &String| known(payload, key);
                let unknown = payload.keys().any(|key| !known(key));
                if unknown {
                    payload.insert("event".to_owned(), Value::Null);
                }
                unknown
            });
        },
    ),
    fault(
        "deluser-second-argument",
        "A deluser, but that of a drop, comes with a second argument, the time.",
        |server| {
            let drop = Shared::<bool>::default();
            let dropped = drop.clone();
            after(server, move |command, deliveries| {
                *drop.open() = command.action == Action::Disconnected;
                deliveries
            });
            server.faults.emission = Box::new(move |mut emission| {
                let deluser = emission.arguments[0].get("type") == Some(&json!("deluser"));
                if deluser && !*dropped.open() {
                    emission.arguments.push(json!("12:34"));
                }
                vec![emission]
            });
        },
    ),
    fault(
        "closes-after-refusal",
        "The connection of whoever has been refused something breaks with its next message.",
        |server| {
            let mut marked = BTreeSet::<SessionId>::new();
            decide(server, move |rooms, command| {
                let session = command.session;
                // The server ends a session whose handling panics. Removing the mark first lets the end itself through.
                assert!(!marked.remove(&session), "a deliberate panic");
                let deliveries = rooms.apply(command);
                if refused(&deliveries) {
                    marked.insert(session);
                }
                deliveries
            });
        },
    ),
];

/// Whether a key means something in this message.
fn known(payload: &Object, key: &str) -> bool {
    match tag(payload) {
        Some("chat") => ["event", "user", "room", "text", "message"].contains(&key),
        Some("image") => ["event", "room", "bimage"].contains(&key),
        Some("users") | None => ["event", "room"].contains(&key),
        Some(_) => ["event", "user", "room"].contains(&key),
    }
}

fn ignore_shapes(server: &mut Server) {
    let odd = Shared::<BTreeSet<SessionId>>::default();
    let found = odd.clone();
    each_event(server, move |session, event| {
        let shapeless = !matches!(event.as_slice(), [_, Value::Object(_)]);
        if shapeless && event[0] == "chat" {
            found.open().insert(session);
        }
        false
    });
    after(server, move |command, deliveries| {
        match odd.open().remove(&command.session) {
            true => pardon(deliveries),
            false => deliveries,
        }
    });
}

fn relay_unknown_keys(server: &mut Server) {
    let extras = Shared::<BTreeMap<SessionId, Object>>::default();
    let current = Shared::<Object>::default();
    let (found, sent) = (extras.clone(), current.clone());
    each_payload(server, move |session, payload| {
        let unknown = payload.iter().filter(|(key, _)| !known(payload, key));
        let unknown = unknown.map(|(key, value)| (key.clone(), value.clone()));
        found.open().insert(session, unknown.collect());
        false
    });
    after(server, move |command, deliveries| {
        let extra = extras.open().remove(&command.session).unwrap_or_default();
        *current.open() = match said(command) {
            Some(_) => extra,
            None => Object::new(),
        };
        deliveries
    });
    crate::hooks::each_body(server, "chat", move |body| {
        for (key, value) in sent.open().iter() {
            body.entry(key).or_insert_with(|| value.clone());
        }
    });
}
