//! A session shows an image to its room. There is no private image, and none for everyone.

use chatspec::message::{Image, ImageMessage, ServerMessage};
use chatspec::refusal::{Code, Refusal};

use crate::register::{Record, Register};
use crate::rooms::Decision;
use crate::{Audience, Delivery, SessionId};

pub(crate) fn image(register: &Register, session: SessionId, request: Image) -> Decision {
    let sender = sender(register, session, &request)?;
    // rule: image.room
    // rule: image.never-private
    // rule: chat.no-echo
    Ok(vec![Delivery::Message {
        audience: Audience::Room {
            room: request.room.key().clone(),
            except: Some(session),
        },
        message: ServerMessage::Image(ImageMessage::new(sender.shown.clone(), &request.bimage)),
    }])
}

/// The record of one who may show it.
pub(crate) fn sender<'a>(
    register: &'a Register,
    session: SessionId,
    request: &Image,
) -> Result<&'a Record, Refusal> {
    // rule: chat.unjoined.refused
    let sender = register
        .record(session)
        .ok_or_else(|| Refusal::new(Code::NotJoined, "join a room before you show an image"))?;
    // rule: chat.members-only
    match request.room.key() == sender.room.key() {
        true => Ok(sender),
        false => Err(Refusal::new(
            Code::NotMember,
            "this session is in another room",
        )),
    }
}
