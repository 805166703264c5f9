//! A session says something: to its room, to one member of it, or to everyone joined.

use chatspec::message::{Chat, ChatMessage, ServerMessage};
use chatspec::name::UserName;
use chatspec::refusal::{Code, Refusal};

use crate::register::{Record, Register};
use crate::rooms::Decision;
use crate::{Audience, Delivery, SessionId};

pub(crate) fn chat(register: &Register, session: SessionId, request: Chat) -> Decision {
    let (sender, audience) = audience(register, session, &request)?;
    // rule: chat.text-default
    // rule: chat.private.mark
    let message = ChatMessage::new(
        sender.shown.clone(),
        &request.text.unwrap_or_default(),
        request.user.is_some(),
    );
    Ok(vec![Delivery::Message {
        audience,
        message: ServerMessage::Chat(message),
    }])
}

/// Who says it, and to whom.
pub(crate) fn audience<'a>(
    register: &'a Register,
    session: SessionId,
    request: &Chat,
) -> Result<(&'a Record, Audience), Refusal> {
    // rule: chat.unjoined.refused
    let sender = register
        .record(session)
        .ok_or_else(|| Refusal::new(Code::NotJoined, "join a room before you chat"))?;
    // rule: chat.members-only
    // rule: chat.private.members
    if request
        .room
        .as_ref()
        .is_some_and(|room| room.key() != sender.room.key())
    {
        return Err(Refusal::new(
            Code::NotMember,
            "this session is in another room",
        ));
    }
    let audience = match (&request.user, &request.room) {
        // rule: chat.private.only-target
        // rule: chat.private.no-room
        (Some(user), _) => Audience::Session(target(register, session, sender, user)?),
        // rule: chat.room
        // rule: chat.no-echo
        (None, Some(room)) => Audience::Room {
            room: room.key().clone(),
            except: Some(session),
        },
        // rule: chat.broadcast
        // rule: chat.broadcast.joined-only
        (None, None) => Audience::Joined {
            except: Some(session),
        },
    };
    Ok((sender, audience))
}

/// The member of the sender's room that a private message names.
fn target(
    register: &Register,
    session: SessionId,
    sender: &Record,
    user: &UserName,
) -> Result<SessionId, Refusal> {
    // rule: chat.private.by-key
    let target = register.holder(user.key()).filter(|target| {
        let together = register
            .record(*target)
            .is_some_and(|record| record.room.key() == sender.room.key());
        together && *target != session
    });
    // rule: chat.private.unknown.refused
    target.ok_or_else(|| Refusal::new(Code::NoSuchUser, "nobody else in the room has this name"))
}
