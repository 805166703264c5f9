//! Faults of names: their limits, how they are compared and how they are shown.

use std::collections::BTreeMap;

use chatspec::message::{ClientMessage, ServerMessage};
use chatspec_room::{Audience, Delivery, SessionId};
use serde_json::{Value, json};

use super::{Fault, Server, fault};
use crate::cipher::hide;
use crate::hooks::{after, each_payload, refused, said, tag};
use crate::people::{People, Shared};

pub const FAULTS: &[Fault] = &[
    fault(
        "names-shown-upper-cased",
        "newuser and deluser show the user's name in capitals.",
        |server| {
            each_payload(server, |_, payload| {
                let member = matches!(tag(payload), Some("join" | "leave"));
                let Some(Value::String(user)) = payload.get_mut("user") else {
                    return false;
                };
                *user = user.to_ascii_uppercase();
                member
            });
        },
    ),
    fault(
        "name-not-upper-cased",
        "from shows the name as it was sent.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if let Some(person) = people.of(command.session) {
                    let name = person.user.as_str();
                    rename(&mut deliveries, name);
                }
                deliveries
            });
        },
    ),
    fault(
        "name-upper-cased-in-ascii",
        "from upper-cases ASCII letters alone.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if let Some(person) = people.of(command.session) {
                    rename(&mut deliveries, &person.user.as_str().to_ascii_uppercase());
                }
                deliveries
            });
        },
    ),
    fault(
        "name-cut",
        "A name of more than 64 code points is cut.",
        |server| {
            each_payload(server, |_, payload| {
                let mut cut = false;
                for key in ["user", "room"] {
                    if let Some(Value::String(name)) = payload.get_mut(key)
                        && let Some((end, _)) = name.char_indices().nth(64)
                    {
                        name.truncate(end);
                        cut = true;
                    }
                }
                cut
            });
        },
    ),
    fault(
        "name-empty-as-absent",
        "An empty name counts as absent.",
        |server| {
            each_payload(server, |_, payload| {
                let before = payload.len();
                let empty = |v: &Value| v.as_str().is_some_and(|name| name.trim().is_empty());
                payload.retain(|key, value| {
                    !(["user", "room"].contains(&key.as_str()) && empty(value))
                });
                payload.len() < before
            });
        },
    ),
    fault(
        "name-characters-dropped",
        "Characters that no name may have are taken out of it.",
        |server| {
            each_payload(server, |_, payload| {
                let mut changed = false;
                for key in ["user", "room"] {
                    if let Some(Value::String(name)) = payload.get_mut(key) {
                        let whole = name.len();
                        *name = name.trim().to_owned();
                        name.retain(|c| !is_odd(c));
                        changed |= name.len() < whole;
                    }
                }
                changed
            });
        },
    ),
    fault(
        "name-limit-32",
        "A name may have 32 code points.",
        |server| {
            each_payload(server, |_, payload| {
                let long = ["user", "room"].into_iter().find(|key| {
                    let name = payload.get(*key).and_then(Value::as_str);
                    name.is_some_and(|name| name.trim().chars().count() > 32)
                });
                if let Some(key) = long {
                    payload.insert(key.to_owned(), json!(""));
                }
                long.is_some()
            });
        },
    ),
    fault(
        "names-shown-raw",
        "newuser and deluser show names with the white space and the decomposed letters that they were sent with.",
        show_raw,
    ),
    fault(
        "nfc-missing",
        "Composed and decomposed letters are different in names and shown as sent.",
        |server| {
            hide(server, &["user", "room"], false, |c| {
                ('\u{300}'..'\u{370}').contains(&c)
            })
        },
    ),
    fault(
        "user-case-sensitive",
        "Ada and ADA are different users.",
        |server| hide(server, &["user"], true, |c| c.is_ascii_lowercase()),
    ),
    fault(
        "room-case-sensitive",
        "Lobby and LOBBY are different rooms.",
        |server| hide(server, &["room"], true, |c| c.is_ascii_lowercase()),
    ),
    fault(
        "small-letters-deaf",
        "A chat or an image to a room that is spelled with small letters reaches nobody.",
        |server| {
            after(server, |command, mut deliveries| {
                let talk = said(command).filter(|m| matches!(m.tag(), "chat" | "image"));
                let room = talk.map(|m| m.to_value()["room"].clone());
                let room = room.as_ref().and_then(Value::as_str).unwrap_or_default();
                if room.contains(|c: char| c.is_ascii_lowercase()) {
                    deliveries.retain(|d| !matches!(d, Delivery::Message { .. }));
                }
                deliveries
            });
        },
    ),
    fault(
        "session-id-as-room",
        "Whoever sends to a room called like a session id sends to that session.",
        |server| {
            let sids = Shared::<BTreeMap<String, SessionId>>::default();
            let known = sids.clone();
            server.faults.connection = Box::new(move |session, sid| {
                known.open().insert(sid.to_uppercase(), session);
            });
            after(server, move |command, mut deliveries| {
                let target = said(command).and_then(|message| {
                    let room = message.to_value()["room"].as_str()?.to_uppercase();
                    sids.open().get(&room).copied()
                });
                for delivery in &mut deliveries {
                    if let (Some(target), Delivery::Message { audience, .. }) =
                        (target, &mut *delivery)
                        && matches!(audience, Audience::Room { .. })
                    {
                        *audience = Audience::Session(target);
                    }
                }
                deliveries
            });
        },
    ),
    fault(
        "confusables-accepted",
        "A name that looks like another one is accepted.",
        |server| {
            // A look-alike is refused at the joining; disguised, it looks like nothing.
            hide(
                server,
                &["user"],
                true,
                |c| matches!(c, 'Α'..='Ω' | 'А'..='Я'),
            );
        },
    ),
];

fn is_odd(c: char) -> bool {
    c.is_control() || ('\u{200b}'..='\u{202e}').contains(&c) || matches!(c, '\u{ad}' | '\u{feff}')
}

/// Writes another name into `from`.
fn rename(deliveries: &mut [Delivery], name: &str) {
    let name = chatspec::name::ShownName::received(name);
    for delivery in deliveries {
        if let Delivery::Message { message, .. } = delivery {
            match message {
                ServerMessage::Chat(chat) => chat.from = name.clone(),
                ServerMessage::Image(image) => image.from = name.clone(),
                _ => {}
            }
        }
    }
}

/// A user and a room as they were sent.
type Raw = (String, String);

fn show_raw(server: &mut Server) {
    let asked = Shared::<BTreeMap<SessionId, Raw>>::default();
    let heard = asked.clone();
    each_payload(server, move |session, payload| {
        let field = |key, default: &str| {
            let value = payload.get(key).and_then(Value::as_str);
            value.unwrap_or(default).to_owned()
        };
        if tag(payload) == Some("join") {
            let raw = (field("user", "JDOE"), field("room", "PARKED"));
            heard.open().insert(session, raw);
        }
        false
    });
    let mut joined = BTreeMap::<SessionId, Raw>::new();
    after(server, move |command, mut deliveries| {
        let session = command.session;
        let old = joined.get(&session).cloned();
        if let Some(ClientMessage::Join(_)) = said(command)
            && !refused(&deliveries)
            && let Some(raw) = asked.open().get(&session)
        {
            joined.insert(session, raw.clone());
        }
        for delivery in &mut deliveries {
            let Delivery::Message { message, .. } = delivery else {
                continue;
            };
            match (message, joined.get(&session), &old) {
                (ServerMessage::NewUser(news), Some((user, room)), _) => {
                    news.message = format!("New User {user} joined room {room}");
                }
                (ServerMessage::DelUser(news), _, Some((user, room))) => {
                    news.message = format!("User {user} left room {room}");
                }
                _ => {}
            }
        }
        deliveries
    });
}
