//! A session enters a room, moves to another, or changes its name.

use chatspec::message::{Join, NewUser, ServerMessage};
use chatspec::name::{RoomName, UserName};
use chatspec::refusal::{Code, Refusal};

use crate::register::{Record, Register};
use crate::rooms::Decision;
use crate::{Audience, Delivery, SessionId, leave};

pub(crate) fn join(register: &mut Register, session: SessionId, request: Join) -> Decision {
    check(register, session, &request)?;
    // rule: join.defaults
    let user = request.user.unwrap_or_default();
    let room = request.room.unwrap_or_default();
    let stays = |record: &Record| record.room.key() == room.key();
    let is_there = register.record(session).is_some_and(stays);
    // rule: limits.bounded
    if !is_there && register.is_full(room.key()) {
        return Err(Refusal::new(
            Code::AtCapacity,
            "the room has as many members as it takes",
        ));
    }
    Ok(match register.record(session) {
        Some(_) if is_there => stay(register, session, user, room),
        // rule: join.move.leaves
        Some(_) => {
            let mut deliveries = leave::depart(register, session);
            deliveries.extend(enter(register, session, user, room));
            deliveries
        }
        None => enter(register, session, user, room),
    })
}

/// Whether the name is free.
pub(crate) fn check(
    register: &Register,
    session: SessionId,
    request: &Join,
) -> Result<(), Refusal> {
    let free = match &request.user {
        Some(user) => register.is_free(session, user),
        None => register.is_free(session, &UserName::default()),
    };
    // rule: join.unique
    // rule: name.confusable
    // rule: join.refused-keeps
    match free {
        true => Ok(()),
        false => Err(Refusal::new(
            Code::NameTaken,
            "another session holds this name, or one that looks like it",
        )),
    }
}

fn enter(
    register: &mut Register,
    session: SessionId,
    user: UserName,
    room: RoomName,
) -> Vec<Delivery> {
    let deliveries = vec![
        Delivery::Enter {
            session,
            room: room.key().clone(),
        },
        announce(&user, &room),
    ];
    register.enter(session, user, room);
    deliveries
}

/// Joining the room that one is in: the place in it stays, and what is shown is what was sent last.
fn stay(
    register: &mut Register,
    session: SessionId,
    user: UserName,
    room: RoomName,
) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    if let Some(record) = register.record(session)
        && record.user.key() != user.key()
    {
        // rule: join.rename.announce
        // rule: leave.own-silent
        deliveries.push(leave::announce(&record.user, &record.room, Some(session)));
    }
    // rule: join.again.announce
    deliveries.push(announce(&user, &room));
    // rule: join.again
    // rule: users.order.kept
    register.rewrite(session, user, room);
    deliveries
}

fn announce(user: &UserName, room: &RoomName) -> Delivery {
    // rule: join.announce
    // rule: name.shown
    Delivery::Message {
        audience: Audience::Room {
            room: room.key().clone(),
            except: None,
        },
        message: ServerMessage::NewUser(NewUser::new(user, room)),
    }
}
