//! Faults of joining: who is told, what is taken for granted, and what becomes of joining again.

use std::collections::BTreeSet;

use chatspec::message::ServerMessage;
use chatspec::name::NameKey;
use chatspec_room::{Audience, Delivery, SessionId};
use serde_json::json;

use super::{Fault, Server, fault};
use crate::hooks::{after, decide, each_payload, insert, is_join, leaving, refused, tag};
use crate::people::People;

pub const FAULTS: &[Fault] = &[
    fault(
        "join-untold-to-joiner",
        "Entering a room is announced to the others alone.",
        |server| {
            after(server, |command, mut deliveries| {
                let enters = |d: &Delivery| matches!(d, Delivery::Enter { .. });
                let enters = deliveries.iter().any(enters);
                for delivery in deliveries.iter_mut().filter(|_| enters) {
                    if let Delivery::Message {
                        audience: Audience::Room { except, .. },
                        message: ServerMessage::NewUser(_),
                    } = delivery
                    {
                        *except = Some(command.session);
                    }
                }
                deliveries
            });
        },
    ),
    fault(
        "join-told-next-door",
        "A join is announced in every room whose name ends alike.",
        |server| {
            next_door(server, |message| {
                matches!(message, ServerMessage::NewUser(_))
            })
        },
    ),
    fault(
        "default-user-wrong",
        "Who gives no name is called GUEST.",
        |server| default(server, "user", "GUEST"),
    ),
    fault(
        "default-room-wrong",
        "Who names no room is in LOBBY.",
        |server| default(server, "room", "LOBBY"),
    ),
    fault(
        "join-again-hears-twice",
        "Who joins its room again hears everything that is said there twice.",
        hear_twice,
    ),
    fault(
        "join-again-untold",
        "Joining again is not announced.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                let before = people.of(command.session).cloned();
                people.note(command, &deliveries);
                if let (Some(old), Some(new)) = (before, people.of(command.session))
                    && is_join(command)
                    && !refused(&deliveries)
                    && old.room.key() == new.room.key()
                    && old.user.key() == new.user.key()
                {
                    deliveries.retain(|d| matches!(d, Delivery::Ack { .. }));
                }
                deliveries
            });
        },
    ),
    fault(
        "join-again-last",
        "Who joins its room again, or changes names in it, goes to the end of the listing.",
        |server| {
            decide(server, |rooms, command| {
                let told = rooms.clone().apply(command.clone());
                let stays = is_join(&command)
                    && !told.iter().any(|d| matches!(d, Delivery::Enter { .. }))
                    && !refused(&told);
                if stays {
                    rooms.apply(leaving(command.session));
                }
                rooms.apply(command);
                told
            });
        },
    ),
];

/// Sends messages to every room whose name ends like that of the room that they are for.
pub fn next_door(server: &mut Server, which: fn(&ServerMessage) -> bool) {
    let mut people = People::default();
    after(server, move |command, deliveries| {
        people.note(command, &deliveries);
        let more = deliveries.into_iter().flat_map(|delivery| match delivery {
            Delivery::Message {
                audience: Audience::Room { room, except },
                message,
            } if which(&message) => people
                .next_door(&room)
                .into_iter()
                .map(|room| Delivery::Message {
                    audience: Audience::Room { room, except },
                    message: message.clone(),
                })
                .collect(),
            other => vec![other],
        });
        more.collect()
    });
}

/// Fills in a field that is absent.
fn default(server: &mut Server, key: &'static str, value: &'static str) {
    each_payload(server, move |_, payload| {
        let defaults = match tag(payload) {
            Some("join") => true,
            Some("users") | None => key == "room",
            _ => false,
        };
        let absent = defaults && !payload.contains_key(key);
        if absent {
            payload.insert(key.to_owned(), json!(value));
        }
        absent
    });
}

fn hear_twice(server: &mut Server) {
    let mut people = People::default();
    let mut twice = BTreeSet::<SessionId>::new();
    after(server, move |command, mut deliveries| {
        let before = people.of(command.session).map(|p| p.room.key().clone());
        people.note(command, &deliveries);
        let now = people.of(command.session).map(|p| p.room.key().clone());
        if before != now {
            twice.remove(&command.session);
        } else if is_join(command) && now.is_some() && !refused(&deliveries) {
            twice.insert(command.session);
        }
        let spoken: Vec<(NameKey, ServerMessage)> = deliveries.iter().filter_map(spoken).collect();
        for (room, message) in spoken {
            let again = twice.iter().filter(|session| {
                let here = people.of(**session).is_some_and(|p| *p.room.key() == room);
                here && **session != command.session
            });
            let again: Vec<Delivery> = again
                .map(|session| Delivery::Message {
                    audience: Audience::Session(*session),
                    message: message.clone(),
                })
                .collect();
            insert(&mut deliveries, again);
        }
        deliveries
    });
}

/// A chat or an image for a room.
fn spoken(delivery: &Delivery) -> Option<(NameKey, ServerMessage)> {
    match delivery {
        Delivery::Message {
            audience: Audience::Room { room, .. },
            message: message @ (ServerMessage::Chat(_) | ServerMessage::Image(_)),
        } => Some((room.clone(), message.clone())),
        _ => None,
    }
}
