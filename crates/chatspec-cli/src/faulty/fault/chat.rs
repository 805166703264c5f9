//! Faults of talking to a room and to everybody.

use chatspec::message::{ChatMessage, ClientMessage, ServerMessage};
use chatspec::name::ShownName;
use chatspec::refusal::Code;
use chatspec_room::{Action, Audience, Command, Delivery, SessionId};
use serde_json::Value;

use super::leaving::is_refused_with;
use super::{Fault, fault};
use crate::hooks::{after, each_message, each_payload, insert, pardon, said, tag};
use crate::people::People;

pub const FAULTS: &[Fault] = &[
    fault(
        "echo",
        "What is said in a room comes back to the sender.",
        |server| {
            each_message(server, |_, audience, message| {
                if let (ServerMessage::Chat(_), Audience::Room { except, .. }) = (message, audience)
                {
                    *except = None;
                }
            });
        },
    ),
    fault(
        "room-half-reached",
        "What is said in a room reaches one other member.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if let Some(ClientMessage::Chat(chat)) = said(command)
                    && let Some(room) = &chat.room
                    && let Some(Delivery::Message {
                        audience: audience @ Audience::Room { .. },
                        ..
                    }) = deliveries.first_mut()
                    && let Some(member) = people.others(command.session, room).first()
                {
                    *audience = Audience::Session(*member);
                }
                deliveries
            });
        },
    ),
    fault(
        "outsider-heard",
        "Whoever has joined can talk to any room.",
        |server| {
            let mut people = People::default();
            after(server, move |command, deliveries| {
                people.note(command, &deliveries);
                match (people.of(command.session), intrusion(command)) {
                    (Some(person), Some(audience))
                        if is_refused_with(&deliveries, Code::NotMember) =>
                    {
                        let from = person.user.shown();
                        spoken(command, from, audience, pardon(deliveries))
                    }
                    _ => deliveries,
                }
            });
        },
    ),
    fault(
        "unjoined-heard",
        "Who has not joined is heard, as ANONYMOUS.",
        |server| {
            after(server, |command, deliveries| match intrusion(command) {
                Some(audience) if is_refused_with(&deliveries, Code::NotJoined) => {
                    let from = ShownName::received("ANONYMOUS");
                    spoken(command, from, audience, pardon(deliveries))
                }
                _ => deliveries,
            });
        },
    ),
    fault(
        "unjoined-image-ignored",
        "An image that is shown without having joined is acknowledged and ignored.",
        |server| {
            after(server, |command, deliveries| {
                let image = matches!(said(command), Some(ClientMessage::Image(_)));
                match image && is_refused_with(&deliveries, Code::NotJoined) {
                    true => pardon(deliveries),
                    false => deliveries,
                }
            });
        },
    ),
    fault(
        "odd-room-broadcasts",
        "A chat to a room that is empty or no string is one to everybody.",
        |server| {
            each_payload(server, |_, payload| {
                let odd = |room: &Value| room.as_str().is_none_or(str::is_empty);
                let odd = tag(payload) == Some("chat") && payload.get("room").is_some_and(odd);
                if odd {
                    payload.remove("room");
                }
                odd
            });
        },
    ),
    fault(
        "broadcast-own-room",
        "A broadcast reaches the sender's room alone.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if let Some(person) = people.of(command.session)
                    && let Some(Delivery::Message { audience, .. }) = deliveries.first_mut()
                    && let Audience::Joined { except } = *audience
                {
                    let room = person.room.key().clone();
                    *audience = Audience::Room { room, except };
                }
                deliveries
            });
        },
    ),
    fault(
        "broadcast-to-unjoined",
        "A broadcast reaches everybody connected.",
        |server| {
            let connected = crate::people::Shared::<Vec<SessionId>>::default();
            let opened = connected.clone();
            server.faults.connection = Box::new(move |session, _| opened.open().push(session));
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if let Some(Delivery::Message {
                    audience: Audience::Joined { .. },
                    message,
                }) = deliveries.first().cloned()
                {
                    let open = connected.open();
                    let strangers = open.iter().filter(|session| people.of(**session).is_none());
                    let more = strangers.map(|session| Delivery::Message {
                        audience: Audience::Session(*session),
                        message: message.clone(),
                    });
                    insert(&mut deliveries, more.collect::<Vec<_>>());
                }
                deliveries
            });
        },
    ),
];

/// The room that somebody wants to be heard in who may not.
fn intrusion(command: &Command) -> Option<Audience> {
    let room = match &command.action {
        Action::Message(ClientMessage::Chat(chat)) if chat.user.is_none() => chat.room.as_ref()?,
        Action::Message(ClientMessage::Image(image)) => &image.room,
        _ => return None,
    };
    Some(Audience::Room {
        room: room.key().clone(),
        except: Some(command.session),
    })
}

/// Adds what was said, if it is a chat.
fn spoken(
    command: &Command,
    from: ShownName,
    audience: Audience,
    mut deliveries: Vec<Delivery>,
) -> Vec<Delivery> {
    if let Some(ClientMessage::Chat(chat)) = said(command) {
        let text = chat.text.clone().unwrap_or_default();
        let message = ServerMessage::Chat(ChatMessage::new(from, &text, false));
        insert(&mut deliveries, [Delivery::Message { audience, message }]);
    }
    deliveries
}
