//! A session asks who is in a room.

use chatspec::message::{ServerMessage, UserList, UsersRequest};

use crate::register::Register;
use crate::rooms::Decision;
use crate::{Audience, Delivery, SessionId};

pub(crate) fn users(register: &Register, session: SessionId, request: UsersRequest) -> Decision {
    // rule: users.default-room
    let room = request.room.unwrap_or_default();
    // rule: users.anyone
    // rule: users.order
    // rule: name.upper
    let names = register
        .members(room.key())
        .map(|(_, record)| record.shown.as_str());
    // rule: users.only-requester
    // rule: users.reply
    Ok(vec![Delivery::Message {
        audience: Audience::Session(session),
        message: ServerMessage::Users(UserList::new(names)),
    }])
}
