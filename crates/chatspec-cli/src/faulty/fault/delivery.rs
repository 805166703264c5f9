//! Faults of acknowledgements and of order.

use std::collections::BTreeMap;

use chatspec::message::{ClientMessage, ServerMessage};
use chatspec::name::NameKey;
use chatspec_room::{Audience, Command, Delivery, Rooms, SessionId};

use super::{Fault, Server, fault};
use crate::hooks::{after, decide, refused, said};

pub const FAULTS: &[Fault] = &[
    fault(
        "ack-missing",
        "A chat or an image is not acknowledged when it is accepted.",
        |server| {
            after(server, |command, mut deliveries| {
                let talk = said(command).is_some_and(|m| matches!(m.tag(), "chat" | "image"));
                if talk && !refused(&deliveries) {
                    deliveries.retain(|d| !is_ack(d));
                }
                deliveries
            });
        },
    ),
    fault(
        "ack-missing-on-refusal",
        "What is refused is not acknowledged.",
        |server| {
            after(server, |_, mut deliveries| {
                if refused(&deliveries) {
                    deliveries.retain(|d| !is_ack(d));
                }
                deliveries
            });
        },
    ),
    fault(
        "ack-first",
        "A message that is no listing is acknowledged before anything comes of it.",
        |server| {
            after(server, |command, mut deliveries| {
                if !is_users(command) {
                    let acked = deliveries.last().is_some_and(is_ack);
                    deliveries.rotate_right(usize::from(acked));
                }
                deliveries
            });
        },
    ),
    fault(
        "chat-twice",
        "What is said in a room is delivered twice.",
        |server| {
            after(server, |_, deliveries| {
                let twice = deliveries.into_iter().flat_map(|delivery| {
                    let count = if room_chat(&delivery).is_some() { 2 } else { 1 };
                    std::iter::repeat_n(delivery, count)
                });
                twice.collect()
            });
        },
    ),
    fault(
        "chat-overtaken",
        "Every seventh chat of a session is delivered after what comes next of it.",
        overtake,
    ),
    fault(
        "listing-of-a-moment-ago",
        "A listing shows the rooms as they were before the sender's last message.",
        |server| {
            let mut before = BTreeMap::<SessionId, Rooms>::new();
            decide(server, move |rooms, command| {
                let then = before.insert(command.session, rooms.clone());
                match (is_users(&command), then) {
                    (true, Some(mut then)) => then.apply(command),
                    _ => rooms.apply(command),
                }
            });
        },
    ),
    fault(
        "room-order-differs",
        "Every other member of a room sees what two senders say in the other order.",
        differ,
    ),
];

fn is_users(command: &Command) -> bool {
    matches!(said(command), Some(ClientMessage::Users(_)))
}

fn is_ack(delivery: &Delivery) -> bool {
    matches!(delivery, Delivery::Ack { .. })
}

/// The room that a chat is for.
fn room_chat(delivery: &Delivery) -> Option<&NameKey> {
    match delivery {
        Delivery::Message {
            audience: Audience::Room { room, .. },
            message: ServerMessage::Chat(_),
        } => Some(room),
        _ => None,
    }
}

fn overtake(server: &mut Server) {
    let mut counts = BTreeMap::<SessionId, u32>::new();
    let mut held = BTreeMap::<SessionId, Vec<Delivery>>::new();
    after(server, move |command, mut deliveries| {
        let session = command.session;
        if let Some(late) = held.remove(&session) {
            deliveries.extend(late);
        } else if deliveries.iter().any(|d| room_chat(d).is_some()) {
            let count = counts.entry(session).or_default();
            *count += 1;
            if count.is_multiple_of(7) {
                let (late, now) = deliveries.into_iter().partition(|d| room_chat(d).is_some());
                held.insert(session, late);
                return now;
            }
        }
        deliveries
    });
}

/// What one half of a room has not seen yet.
struct Held {
    sender: SessionId,
    room: NameKey,
    late: Vec<Delivery>,
}

fn differ(server: &mut Server) {
    let mut held: Option<Held> = None;
    decide(server, move |rooms, command| {
        let deliveries = rooms.apply(command.clone());
        let chat = deliveries.iter().find_map(room_chat).cloned();
        let mut before = Vec::new();
        let mut after = Vec::new();
        if let Some(Held { sender, room, late }) = held.take() {
            // Only what another sender says in the same room may come first: one sender's messages keep their order.
            let overtaken = chat.as_ref() == Some(&room) && sender != command.session;
            match overtaken {
                true => after = late,
                false => before = late,
            }
        }
        let overtakes = !after.is_empty();
        let mut all = before;
        for delivery in deliveries {
            match delivery {
                Delivery::Message {
                    audience: Audience::Room { room, .. },
                    message: message @ ServerMessage::Chat(_),
                } => {
                    let to = |session: SessionId| Delivery::Message {
                        audience: Audience::Session(session),
                        message: message.clone(),
                    };
                    let members = members(rooms, &room, command.session);
                    let (even, odd): (Vec<_>, Vec<_>) =
                        members.into_iter().partition(|session| session.0 % 2 == 0);
                    all.extend(even.into_iter().map(to));
                    let late: Vec<Delivery> = odd.into_iter().map(to).collect();
                    match overtakes {
                        true => all.extend(late.into_iter().chain(std::mem::take(&mut after))),
                        false => {
                            let sender = command.session;
                            held = Some(Held { sender, room, late });
                        }
                    }
                }
                other => all.push(other),
            }
        }
        all
    });
}

fn members(rooms: &Rooms, room: &NameKey, except: SessionId) -> Vec<SessionId> {
    let Ok(room) = room.as_str().parse() else {
        return Vec::new();
    };
    let members = rooms.members(&room).filter(|session| *session != except);
    members.collect()
}
