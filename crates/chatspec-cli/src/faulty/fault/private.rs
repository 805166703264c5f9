//! Faults of talking to one.

use chatspec::message::{Chat, ChatMessage, ClientMessage, ServerMessage};
use chatspec::refusal::Code;
use chatspec_room::{Action, Audience, Command, Delivery, SessionId};

use super::leaving::is_refused_with;
use super::{Fault, fault};
use crate::hooks::{after, decide, each_body, insert, pardon, refused, said};
use crate::people::People;

pub const FAULTS: &[Fault] = &[
    fault(
        "private-to-room",
        "A private message reaches the whole room.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if private(command).is_some()
                    && !refused(&deliveries)
                    && let Some(person) = people.of(command.session)
                    && let Some(Delivery::Message { audience, .. }) = deliveries.first_mut()
                {
                    let room = person.room.key().clone();
                    let except = Some(command.session);
                    *audience = Audience::Room { room, except };
                }
                deliveries
            });
        },
    ),
    fault(
        "private-unmarked",
        "A private message is not marked as one.",
        |server| {
            each_body(server, "chat", |body| {
                body.remove("private");
            });
        },
    ),
    fault(
        "private-to-oneself",
        "A private message to oneself comes back.",
        |server| {
            let mut people = People::default();
            after(server, move |command, deliveries| {
                people.note(command, &deliveries);
                match private(command) {
                    Some(chat)
                        if target(chat, &people) == Some(command.session)
                            && is_refused_with(&deliveries, Code::NoSuchUser) =>
                    {
                        whisper(command.session, chat, command, &people, deliveries)
                    }
                    _ => deliveries,
                }
            });
        },
    ),
    fault(
        "private-unknown-ignored",
        "A private message to somebody who is not there is acknowledged and ignored.",
        |server| {
            after(server, |_, deliveries| {
                match is_refused_with(&deliveries, Code::NoSuchUser) {
                    true => pardon(deliveries),
                    false => deliveries,
                }
            });
        },
    ),
    fault(
        "private-across-rooms",
        "A private message reaches its addressee in whatever room.",
        |server| {
            let mut people = People::default();
            after(server, move |command, deliveries| {
                people.note(command, &deliveries);
                let chat = private(command);
                let target = chat.and_then(|chat| target(chat, &people));
                match (chat, target) {
                    (Some(chat), Some(target))
                        if target != command.session
                            && is_refused_with(&deliveries, Code::NoSuchUser) =>
                    {
                        whisper(target, chat, command, &people, deliveries)
                    }
                    _ => deliveries,
                }
            });
        },
    ),
    fault(
        "private-without-room-broadcast",
        "A private message without room is one to everybody.",
        |server| {
            decide(server, |rooms, mut command| {
                if let Action::Message(ClientMessage::Chat(chat)) = &mut command.action
                    && chat.room.is_none()
                {
                    chat.user = None;
                }
                rooms.apply(command)
            });
        },
    ),
];

/// A chat to one.
fn private(command: &Command) -> Option<&Chat> {
    match said(command) {
        Some(ClientMessage::Chat(chat)) if chat.user.is_some() => Some(chat),
        _ => None,
    }
}

/// Whom it names, in whatever room.
fn target(chat: &Chat, people: &People) -> Option<SessionId> {
    people.holder(chat.user.as_ref()?)
}

/// Delivers it after all.
fn whisper(
    target: SessionId,
    chat: &Chat,
    command: &Command,
    people: &People,
    deliveries: Vec<Delivery>,
) -> Vec<Delivery> {
    let Some(sender) = people.of(command.session) else {
        return deliveries;
    };
    let text = chat.text.clone().unwrap_or_default();
    let message = ServerMessage::Chat(ChatMessage::new(sender.user.shown(), &text, true));
    let audience = Audience::Session(target);
    let mut deliveries = pardon(deliveries);
    insert(&mut deliveries, [Delivery::Message { audience, message }]);
    deliveries
}
