//! A session enters a room, moves to another, or changes its name.

use chatspec::message::{Join, NewUser, ServerMessage};
use chatspec::name::{RoomName, UserName};
use chatspec::refusal::{Code, Refusal};

use crate::register::{Home, Register};
use crate::rooms::Decision;
use crate::{Audience, Delivery, SessionId, leave, remote};

pub(crate) fn join(register: &mut Register, session: SessionId, request: Join) -> Decision {
    check(register, session, &request)?;
    let seat = Seat::of(request, register.next_entry());
    // rule: limits.bounded
    if !has_place(register, session, &seat.room) {
        return Err(Refusal::new(
            Code::AtCapacity,
            "the room has as many members as it takes",
        ));
    }
    Ok(place(register, session, seat))
}

/// Whether a room takes a session, or has it already.
pub(crate) fn has_place(register: &Register, session: SessionId, room: &RoomName) -> bool {
    let record = register.record(session);
    let is_there = record.is_some_and(|record| record.room.key() == room.key());
    is_there || !register.is_full(room.key())
}

/// A join about whose name others have decided. A name that is held here all the same is not given twice.
pub(crate) fn admitted(
    register: &mut Register,
    session: SessionId,
    request: Join,
    entered: u64,
) -> Decision {
    let seat = Seat::of(request, entered);
    let holder = register.holder(seat.user.key());
    if holder.is_some_and(|holder| holder != session && register.is_here(holder)) {
        return Err(taken());
    }
    let mut deliveries = remote::displace(register, session, &seat.user);
    deliveries.extend(place(register, session, seat));
    Ok(deliveries)
}

/// What a session gets by joining.
pub(crate) struct Seat {
    pub(crate) user: UserName,
    pub(crate) room: RoomName,
    pub(crate) entered: u64,
    pub(crate) home: Home,
}

impl Seat {
    fn of(request: Join, entered: u64) -> Self {
        // rule: join.defaults
        Self {
            user: request.user.unwrap_or_default(),
            room: request.room.unwrap_or_default(),
            entered,
            home: Home::Here,
        }
    }
}

/// Puts a session where it belongs, whatever it was before.
pub(crate) fn place(register: &mut Register, session: SessionId, seat: Seat) -> Vec<Delivery> {
    match register.record(session) {
        Some(record) if record.room.key() == seat.room.key() => stay(register, session, seat),
        // rule: join.move.leaves
        Some(_) => {
            let mut deliveries = leave::depart(register, session);
            deliveries.extend(enter(register, session, seat));
            deliveries
        }
        None => enter(register, session, seat),
    }
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
        false => Err(taken()),
    }
}

fn taken() -> Refusal {
    Refusal::new(
        Code::NameTaken,
        "another session holds this name, or one that looks like it",
    )
}

fn enter(register: &mut Register, session: SessionId, seat: Seat) -> Vec<Delivery> {
    let enter = (seat.home == Home::Here).then(|| Delivery::Enter {
        session,
        room: seat.room.key().clone(),
    });
    let announcement = announce(&seat.user, &seat.room);
    register.enter(session, seat);
    enter.into_iter().chain([announcement]).collect()
}

/// Joining the room that one is in: the place in it stays, and what is shown is what was sent last.
fn stay(register: &mut Register, session: SessionId, seat: Seat) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    if let Some(record) = register.record(session)
        && record.user.key() != seat.user.key()
    {
        // rule: join.rename.announce
        // rule: leave.own-silent
        deliveries.push(leave::announce(&record.user, &record.room, Some(session)));
    }
    // rule: join.again.announce
    deliveries.push(announce(&seat.user, &seat.room));
    // rule: join.again
    // rule: users.order.kept
    register.rewrite(session, seat.user, seat.room);
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
