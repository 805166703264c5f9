//! A session goes out of its room: because it says so, moves on, or is gone.

use chatspec::message::{DelUser, Leave, ServerMessage};
use chatspec::name::{RoomName, UserName};
use chatspec::refusal::{Code, Refusal};

use crate::register::{Home, Register};
use crate::rooms::Decision;
use crate::{Audience, Delivery, SessionId};

pub(crate) fn leave(register: &mut Register, session: SessionId, request: Leave) -> Decision {
    check(register, session, &request)?;
    Ok(depart(register, session))
}

/// Whether it is the session's own record that it wants to give up.
pub(crate) fn check(
    register: &Register,
    session: SessionId,
    request: &Leave,
) -> Result<(), Refusal> {
    // rule: leave.not-joined
    let record = register
        .record(session)
        .ok_or_else(|| Refusal::new(Code::NotJoined, "there is no room to leave"))?;
    // rule: leave.absent
    let other_user = request
        .user
        .as_ref()
        .is_some_and(|user| user.key() != record.user.key());
    let other_room = request
        .room
        .as_ref()
        .is_some_and(|room| room.key() != record.room.key());
    // rule: leave.own-record
    // rule: leave.not-others
    if other_user || other_room {
        return Err(Refusal::new(
            Code::NotYours,
            "this session joined under another name or in another room",
        ));
    }
    Ok(())
}

/// Takes a session out, if it is in, and tells those who stay.
pub(crate) fn depart(register: &mut Register, session: SessionId) -> Vec<Delivery> {
    let Some(record) = register.remove(session) else {
        return Vec::new();
    };
    // Out first, then the announcement: so the leaver is not among those who hear it.
    // rule: leave.silent
    // rule: leave.own-silent
    let exit = (record.home == Home::Here).then(|| Delivery::Exit {
        session,
        room: record.room.key().clone(),
    });
    let announcement = announce(&record.user, &record.room, None);
    exit.into_iter().chain([announcement]).collect()
}

/// "User ... left room ...", with both names as they were shown when joining.
pub(crate) fn announce(user: &UserName, room: &RoomName, except: Option<SessionId>) -> Delivery {
    // rule: leave.announce
    Delivery::Message {
        audience: Audience::Room {
            room: room.key().clone(),
            except,
        },
        message: ServerMessage::DelUser(DelUser::new(user, room)),
    }
}
