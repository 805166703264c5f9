//! Who is whom to socketioxide.
//!
//! Chat rooms, sessions and the set of everyone joined are all rooms to it. The first character keeps the three apart,
//! whatever a chat room is called.

// rule: name.sid-separate

use chatspec::name::NameKey;
use chatspec_room::{Audience, SessionId};
use serde::ser::Error;
use serde::{Serialize, Serializer};
use socketioxide::extract::SocketRef;
use socketioxide::operators::BroadcastOperators;
use socketioxide::{SendError, SocketError, SocketIo};

/// The room that a session alone is in.
pub(crate) fn session_room(session: SessionId) -> String {
    format!("{SESSION}{}", session.0)
}

/// The rooms that a session is in while it is a member of a chat room.
pub(super) fn member_rooms(room: &NameKey) -> [String; 2] {
    [chat_room(room), JOINED.to_owned()]
}

/// The sockets of an audience, or none while the server is closing: then the namespace is gone, and those accessors of
/// `SocketIo` that take it for granted panic.
pub(super) fn receivers(io: &SocketIo, audience: &Audience) -> Option<BroadcastOperators> {
    let namespace = io.of("/")?;
    let (receivers, except) = match audience {
        Audience::Session(session) => (namespace.to(session_room(*session)), None),
        Audience::Room { room, except } => (namespace.to(chat_room(room)), *except),
        Audience::Joined { except } => (namespace.to(JOINED), *except),
    };
    Some(match except {
        Some(session) => receivers.except(session_room(session)),
        None => receivers,
    })
}

/// Those of an audience whose queue is full, which means that more packets wait for them than may. A broadcast tells only
/// how many have missed it. All of those are among them as long as everything runs on one thread: nothing takes from a
/// queue between the broadcast and this. Who has got the broadcast as the last that there was a place for is among them,
/// too: it has all that was sent until then, and more waiting than may, as they have.
pub(super) fn full(io: &SocketIo, audience: &Audience) -> Vec<(SessionId, SocketRef)> {
    let sockets = receivers(io, audience)
        .map(BroadcastOperators::sockets)
        .unwrap_or_default();
    let full = sockets.into_iter().filter(is_full);
    full.filter_map(|socket| Some((session_of(&socket)?, socket)))
        .collect()
}

/// The socket of a session.
pub(crate) fn socket(io: &SocketIo, session: SessionId) -> Option<SocketRef> {
    receivers(io, &Audience::Session(session))?.sockets().pop()
}

/// An emit takes its place in the queue first and encodes then. This one cannot be encoded, so the place is given back
/// and nothing is sent.
fn is_full(socket: &SocketRef) -> bool {
    matches!(
        socket.emit("", &Unsendable),
        Err(SendError::Socket(SocketError::InternalChannelFull))
    )
}

struct Unsendable;

impl Serialize for Unsendable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("never sent"))
    }
}

fn session_of(socket: &SocketRef) -> Option<SessionId> {
    let number = socket
        .rooms()
        .iter()
        .find_map(|room| room.strip_prefix(SESSION)?.parse().ok());
    number.map(SessionId)
}

fn chat_room(room: &NameKey) -> String {
    format!("{CHAT}{room}")
}

const CHAT: char = '#';
const SESSION: char = '@';
const JOINED: &str = "*";
