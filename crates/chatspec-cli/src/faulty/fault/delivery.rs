//! Faults of acknowledgements and of order.

use std::collections::{BTreeMap, VecDeque};

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
        "Members of a room see what two senders say in different orders.",
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

/// What one sender has said in a room, and some of its members have not seen yet.
struct Held {
    sender: SessionId,
    late: BTreeMap<SessionId, VecDeque<ServerMessage>>,
}

impl Held {
    fn flush(self) -> Vec<Delivery> {
        let of = |(session, messages): (SessionId, VecDeque<ServerMessage>)| {
            messages
                .into_iter()
                .map(move |message| to(session, message))
        };
        self.late.into_iter().flat_map(of).collect()
    }
}

/// As long as one sender goes on, each member sees it some messages late, each a different number of them. What another says
/// comes first, and so stands at a different place for each. One sender's messages keep their order.
fn differ(server: &mut Server) {
    let mut held = BTreeMap::<NameKey, Held>::new();
    let mut turns = 0;
    decide(server, move |rooms, command| {
        let sender = command.session;
        let here = rooms.place(sender).map(|place| place.room.key().clone());
        let deliveries = rooms.apply(command);
        let chat = deliveries.iter().find_map(room_chat).cloned();
        let (mut all, mut overtaken) = (Vec::new(), Vec::new());
        if let Some((room, before)) = here.and_then(|here| held.remove_entry(&here)) {
            match chat.as_ref() == Some(&room) {
                true if before.sender == sender => drop(held.insert(room, before)),
                true => overtaken = before.flush(),
                false => all = before.flush(),
            }
        }
        for delivery in deliveries {
            let Some(room) = room_chat(&delivery).cloned() else {
                all.push(delivery);
                continue;
            };
            if !overtaken.is_empty() {
                turns += 1;
                all.push(delivery);
                all.append(&mut overtaken);
                continue;
            }
            let Delivery::Message { message, .. } = delivery else {
                continue;
            };
            let members = members(rooms, &room, sender);
            let late = BTreeMap::new();
            let held = held.entry(room).or_insert(Held { sender, late });
            for (place, member) in members.into_iter().enumerate() {
                let waiting = held.late.entry(member).or_default();
                waiting.push_back(message.clone());
                let most = (place + turns) % 8;
                let due = waiting.len().saturating_sub(most);
                all.extend(waiting.drain(..due).map(|message| to(member, message)));
            }
        }
        all
    });
}

fn to(session: SessionId, message: ServerMessage) -> Delivery {
    Delivery::Message {
        audience: Audience::Session(session),
        message,
    }
}

fn members(rooms: &Rooms, room: &NameKey, except: SessionId) -> Vec<SessionId> {
    let Ok(room) = room.as_str().parse() else {
        return Vec::new();
    };
    let members = rooms.members(&room).filter(|session| *session != except);
    members.collect()
}
