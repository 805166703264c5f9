//! Faults of joining: who is told, what is taken for granted, and what becomes of the old room and the old name.

use std::collections::{BTreeMap, BTreeSet};

use chatspec::message::{ClientMessage, DelUser, Join, Leave, ServerMessage, UserList};
use chatspec::name::{NameKey, ShownName};
use chatspec_room::{Action, Audience, Command, Delivery, Rooms, SessionId};
use serde_json::json;

use super::{Fault, Server, fault};
use crate::cipher::{reveal_all, tag as name_tag};
use crate::hooks::{after, decide, each_payload, insert, refused, said, tag};
use crate::people::{People, Person};

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
    fault(
        "rename-without-effect",
        "A change of name is announced, and the old name stays.",
        |server| {
            decide(server, |rooms, command| {
                let told = rooms.clone().apply(command.clone());
                if !is_rename(&told) {
                    rooms.apply(command);
                }
                told
            });
        },
    ),
    fault(
        "rename-untold",
        "The end of the old name is not announced.",
        |server| {
            after(server, |_, mut deliveries| {
                if is_rename(&deliveries) {
                    deliveries.retain(|d| !is_deluser(d));
                }
                deliveries
            });
        },
    ),
    fault(
        "rename-told-to-oneself",
        "The end of the old name is announced to whoever gave it up as well.",
        |server| {
            after(server, |_, mut deliveries| {
                if is_rename(&deliveries)
                    && let Some(Delivery::Message {
                        audience: Audience::Room { except, .. },
                        ..
                    }) = deliveries.first_mut()
                {
                    *except = None;
                }
                deliveries
            });
        },
    ),
    fault(
        "move-still-hears",
        "Who moves to another room hears the old one on.",
        |server| {
            after(server, |command, deliveries| match is_join(command) {
                true => stay_tuned(command.session, deliveries),
                false => deliveries,
            });
        },
    ),
    fault(
        "move-untold",
        "The old room is not told when somebody moves to another.",
        |server| {
            after(server, |command, mut deliveries| {
                let moves = deliveries
                    .iter()
                    .any(|d| matches!(d, Delivery::Exit { .. }));
                if moves && is_join(command) {
                    deliveries.retain(|d| !is_deluser(d));
                }
                deliveries
            });
        },
    ),
    fault(
        "move-listed-twice",
        "Who has moved is listed in the old room, too.",
        list_twice,
    ),
    fault(
        "refused-join-leaves",
        "Who is refused a join because the name is taken loses its old place.",
        |server| {
            decide(server, |rooms, command| {
                let (session, join) = (command.session, is_join(&command));
                let deliveries = rooms.apply(command);
                if join && refused(&deliveries) {
                    let mut all = exits(rooms.apply(leaving(session)));
                    all.extend(deliveries);
                    return all;
                }
                deliveries
            });
        },
    ),
    fault(
        "name-taken-over",
        "Who joins under a name that is taken throws out whoever held it.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, command| {
                let mut deliveries = Vec::new();
                if let Some(ClientMessage::Join(join)) = said(&command) {
                    let user = join.user.clone().unwrap_or_default();
                    let holder = people.holder(&user).filter(|h| *h != command.session);
                    deliveries.extend(holder.into_iter().flat_map(|holder| {
                        let out = leaving(holder);
                        let told = rooms.apply(out.clone());
                        people.note(&out, &told);
                        told
                    }));
                }
                let told = rooms.apply(command.clone());
                people.note(&command, &told);
                deliveries.extend(told);
                deliveries
            });
        },
    ),
    fault(
        "name-unique-in-room-only",
        "The same name can be used in two rooms at once.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, mut command| {
                if let Action::Message(ClientMessage::Join(join)) = &mut command.action {
                    tag_if_held_elsewhere(join, command.session, &people);
                }
                let deliveries = rooms.apply(command.clone());
                people.note(&command, &deliveries);
                deliveries
            });
            reveal_all(server);
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

fn list_twice(server: &mut Server) {
    let mut people = People::default();
    let mut moved = BTreeMap::<NameKey, BTreeMap<SessionId, ShownName>>::new();
    decide(server, move |rooms: &mut Rooms, command| {
        let before = people.of(command.session).cloned();
        let mut deliveries = rooms.apply(command.clone());
        people.note(&command, &deliveries);
        let after = people.of(command.session);
        match (before, after) {
            (Some(old), Some(new)) if old.room.key() != new.room.key() => {
                let old_room = moved.entry(old.room.key().clone()).or_default();
                old_room.insert(command.session, old.user.shown());
            }
            (_, None) => {
                for sessions in moved.values_mut() {
                    sessions.remove(&command.session);
                }
            }
            _ => {}
        }
        if let Some(Person { room, .. }) = after
            && let Some(sessions) = moved.get_mut(room.key())
        {
            sessions.remove(&command.session);
        }
        if let Some(ClientMessage::Users(request)) = said(&command)
            && let room = request.room.clone().unwrap_or_default()
            && let Some(gone) = moved.get(room.key())
        {
            let present = rooms.members(&room).filter_map(|s| people.of(s));
            let present: Vec<ShownName> = present.map(|p| p.user.shown()).collect();
            let names = present.iter().chain(gone.values()).map(ShownName::as_str);
            relist(&mut deliveries, UserList::new(names));
        }
        deliveries
    });
}

fn relist(deliveries: &mut [Delivery], list: UserList) {
    for delivery in deliveries {
        if let Delivery::Message { message, .. } = delivery {
            *message = ServerMessage::Users(list.clone());
        }
    }
}

fn tag_if_held_elsewhere(join: &mut Join, session: SessionId, people: &People) {
    let user = join.user.clone().unwrap_or_default();
    let room = join.room.clone().unwrap_or_default();
    let holder = people.holder(&user).filter(|holder| *holder != session);
    let elsewhere = holder
        .and_then(|holder| people.of(holder))
        .is_some_and(|person| person.room.key() != room.key());
    if elsewhere {
        join.user = format!("{user}{}", name_tag(session.0)).parse().ok();
    }
}

pub fn is_join(command: &Command) -> bool {
    matches!(said(command), Some(ClientMessage::Join(_)))
}

pub fn is_deluser(delivery: &Delivery) -> bool {
    matches!(
        delivery,
        Delivery::Message {
            message: ServerMessage::DelUser(DelUser { .. }),
            ..
        }
    )
}

/// A deluser without anybody going: a change of name.
fn is_rename(deliveries: &[Delivery]) -> bool {
    deliveries.first().is_some_and(is_deluser)
}

/// The command of a session that goes away without a word.
pub fn leaving(session: SessionId) -> Command {
    Command::new(
        session,
        Action::Message(ClientMessage::Leave(Leave::default())),
    )
}

/// What is not said of going away, but done.
fn exits(deliveries: Vec<Delivery>) -> Vec<Delivery> {
    let mut deliveries = deliveries;
    deliveries.retain(|d| matches!(d, Delivery::Exit { .. }));
    deliveries
}

/// A session does not go out of its room after all, and yet does not hear that it has.
pub fn stay_tuned(session: SessionId, mut deliveries: Vec<Delivery>) -> Vec<Delivery> {
    deliveries.retain(|d| !matches!(d, Delivery::Exit { .. }));
    for delivery in deliveries.iter_mut().filter(|d| is_deluser(d)) {
        if let Delivery::Message {
            audience: Audience::Room { except, .. },
            ..
        } = delivery
        {
            *except = Some(session);
        }
    }
    deliveries
}
