//! Faults of listings.

use chatspec::message::{ClientMessage, ServerMessage, UserList};
use chatspec::name::ShownName;
use chatspec::refusal::{Code, Refusal};
use chatspec_room::{Action, Audience, Delivery, SessionId};
use serde_json::json;

use super::{Fault, fault};
use crate::hooks::{after, decide, each_body, each_payload, insert, said, tag};
use crate::people::{People, Shared};

pub const FAULTS: &[Fault] = &[
    fault(
        "listing-reversed",
        "Who came last is listed first.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, command| {
                let mut deliveries = rooms.apply(command.clone());
                people.note(&command, &deliveries);
                if let Some(ClientMessage::Users(request)) = said(&command) {
                    let room = request.room.clone().unwrap_or_default();
                    let mut members: Vec<SessionId> = rooms.members(&room).collect();
                    members.reverse();
                    list(&mut deliveries, &people, &members);
                }
                deliveries
            });
        },
    ),
    fault(
        "listing-escapes-apostrophes",
        "A name with an apostrophe is listed in apostrophes, with a backslash.",
        |server| {
            each_body(server, "users", |body| {
                body["message"] = json!(apostrophes(body["message"].as_str().unwrap_or_default()));
            });
        },
    ),
    fault(
        "listing-in-ascii",
        "Names are listed with escapes for all that is not ASCII.",
        |server| {
            each_body(server, "users", |body| {
                let list = body["message"].as_str().unwrap_or_default();
                let escaped = list.chars().map(|c| match u32::from(c) {
                    0..0x80 => c.to_string(),
                    n @ 0x80..0x100 => format!("\\x{n:02x}"),
                    n @ 0x100..0x1_0000 => format!("\\u{n:04x}"),
                    n => format!("\\U{n:08x}"),
                });
                body["message"] = json!(escaped.collect::<String>());
            });
        },
    ),
    fault(
        "listing-to-room",
        "Whoever is in a room hears when somebody asks who is.",
        |server| {
            after(server, |command, mut deliveries| {
                if let Some(ClientMessage::Users(request)) = said(command)
                    && let Some(Delivery::Message { message, .. }) = deliveries.first().cloned()
                {
                    let room = request.room.clone().unwrap_or_default();
                    let audience = Audience::Room {
                        room: room.key().clone(),
                        except: Some(command.session),
                    };
                    insert(&mut deliveries, [Delivery::Message { audience, message }]);
                }
                deliveries
            });
        },
    ),
    fault(
        "listing-refused-to-outsiders",
        "Only members are told who is in a room.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, mut command| {
                if let Some(ClientMessage::Users(request)) = said(&command)
                    && let room = request.room.clone().unwrap_or_default()
                    && rooms.members(&room).next().is_some()
                    && rooms.members(&room).all(|member| member != command.session)
                {
                    let refusal = Refusal::new(Code::NotMember, "this is for members");
                    command.action = Action::Refused(refusal);
                }
                let deliveries = rooms.apply(command.clone());
                people.note(&command, &deliveries);
                deliveries
            });
        },
    ),
    fault(
        "listing-without-oneself",
        "A listing leaves out whoever asks for it.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, command| {
                let mut deliveries = rooms.apply(command.clone());
                people.note(&command, &deliveries);
                if let Some(ClientMessage::Users(request)) = said(&command) {
                    let room = request.room.clone().unwrap_or_default();
                    let others = rooms.members(&room).filter(|s| *s != command.session);
                    let others: Vec<SessionId> = others.collect();
                    list(&mut deliveries, &people, &others);
                }
                deliveries
            });
        },
    ),
    fault(
        "listing-default-own-room",
        "A listing without room is one of the sender's room.",
        |server| {
            let people = Shared::<People>::default();
            let noted = people.clone();
            each_payload(server, move |session, payload| {
                let asks = matches!(tag(payload), Some("users"));
                let open = people.open();
                let room = open.of(session).filter(|_| asks).map(|p| p.room.as_str());
                match room {
                    Some(room) if !payload.contains_key("room") => {
                        payload.insert("room".to_owned(), json!(room));
                        true
                    }
                    _ => false,
                }
            });
            after(server, move |command, deliveries| {
                noted.open().note(command, &deliveries);
                deliveries
            });
        },
    ),
];

/// Lists these members instead.
fn list(deliveries: &mut [Delivery], people: &People, members: &[SessionId]) {
    let names = members.iter().filter_map(|session| people.of(*session));
    let names: Vec<ShownName> = names.map(|person| person.user.shown()).collect();
    if let Some(Delivery::Message { message, .. }) = deliveries.first_mut() {
        let list = UserList::new(names.iter().map(ShownName::as_str));
        *message = ServerMessage::Users(list);
    }
}

/// A listing in which names in quotes are in apostrophes instead.
fn apostrophes(list: &str) -> String {
    let Some((words, names)) = list.split_once('[') else {
        return list.to_owned();
    };
    let names = names.strip_suffix(']').unwrap_or(names);
    let names = names.split(", ").map(|name| {
        let bare = name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'));
        bare.map_or_else(
            || name.to_owned(),
            |bare| format!("'{}'", bare.replace('\'', "\\'")),
        )
    });
    format!("{words}[{}]", names.collect::<Vec<_>>().join(", "))
}
