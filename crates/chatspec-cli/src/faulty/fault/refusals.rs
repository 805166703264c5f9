//! Faults of refusing.

use std::collections::BTreeSet;

use chatspec::limits::REFUSAL_EVENT;
use chatspec::name::RoomName;
use chatspec::refusal::Code;
use chatspec_room::{Audience, Delivery, SessionId};
use serde_json::{Value, json};

use super::leaving::is_refused_with;
use super::{Fault, Server, fault};
use crate::hooks::{after, decide, each_payload, exits, leaving, said};
use crate::people::{People, Shared};

pub const FAULTS: &[Fault] = &[
    fault(
        "refusal-as-object",
        "A refusal is an object, not the text of one.",
        |server| each_refusal(server, |text| text.clone()),
    ),
    fault(
        "refusal-without-reason",
        "A refusal gives no reason.",
        |server| {
            each_refusal(server, |refusal| {
                refusal["message"] = json!("");
                json!(refusal.to_string())
            });
        },
    ),
    fault(
        "refusal-code-invented",
        "Who has not joined is refused with code 401.",
        |server| {
            each_refusal(server, |refusal| {
                if refusal["code"] == 21 {
                    refusal["code"] = json!(401);
                }
                json!(refusal.to_string())
            });
        },
    ),
    fault(
        "refusal-to-room",
        "The room hears what a member of it is refused.",
        |server| {
            let mut people = People::default();
            let current = Shared::<Option<Audience>>::default();
            let audience = current.clone();
            after(server, move |command, deliveries| {
                people.note(command, &deliveries);
                *current.open() = people.of(command.session).map(|p| Audience::Room {
                    room: p.room.key().clone(),
                    except: Some(command.session),
                });
                deliveries
            });
            server.faults.emission = Box::new(move |emission| {
                let mut all = vec![emission.clone()];
                if emission.event == REFUSAL_EVENT {
                    let audience = audience.open().clone();
                    all.extend(audience.map(|audience| chatspec_server::Emission {
                        audience,
                        ..emission
                    }));
                }
                all
            });
        },
    ),
    fault(
        "room-checked-before-user",
        "Of a bad name and a bad room, the room is refused.",
        |server| {
            let bad = Shared::<BTreeSet<SessionId>>::default();
            let found = bad.clone();
            each_payload(server, move |session, payload| {
                let room = payload.get("room").and_then(Value::as_str);
                match room.is_some_and(|room| RoomName::parse(room).is_err()) {
                    true => found.open().insert(session),
                    false => found.open().remove(&session),
                };
                false
            });
            after(server, move |command, mut deliveries| {
                let both = bad.open().contains(&command.session);
                if both && is_refused_with(&deliveries, Code::BadUserName) {
                    recode(&mut deliveries, Code::BadRoomName);
                }
                deliveries
            });
        },
    ),
    fault(
        "membership-checked-before-joining",
        "Who has not joined is told that it is no member of the room.",
        |server| {
            after(server, |command, mut deliveries| {
                let talk = said(command).is_some_and(|m| matches!(m.tag(), "chat" | "image"));
                if talk && is_refused_with(&deliveries, Code::NotJoined) {
                    recode(&mut deliveries, Code::NotMember);
                }
                deliveries
            });
        },
    ),
    fault(
        "refusal-throws-out",
        "Who leaves under another name is refused, and out all the same.",
        |server| {
            decide(server, |rooms, command| {
                let session = command.session;
                let mut deliveries = rooms.apply(command);
                if is_refused_with(&deliveries, Code::NotYours) {
                    let gone = rooms.apply(leaving(session));
                    deliveries.extend(exits(gone));
                }
                deliveries
            });
        },
    ),
];

/// Changes the argument of every refusal, given as an object.
fn each_refusal(server: &mut Server, change: fn(&mut Value) -> Value) {
    server.faults.emission = Box::new(move |mut emission| {
        if emission.event == REFUSAL_EVENT
            && let Some(Value::String(text)) = emission.arguments.first()
            && let Ok(mut refusal) = serde_json::from_str::<Value>(text)
        {
            emission.arguments = vec![change(&mut refusal)];
        }
        vec![emission]
    });
}

/// Refuses with another code.
pub fn recode(deliveries: &mut [Delivery], code: Code) {
    for delivery in deliveries {
        match delivery {
            Delivery::Refuse { refusal, .. }
            | Delivery::Ack {
                outcome: Err(refusal),
                ..
            } => refusal.code = code,
            _ => {}
        }
    }
}
