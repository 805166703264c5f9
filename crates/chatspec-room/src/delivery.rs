//! What comes out: everything that is to be done, in this order.

use chatspec::message::ServerMessage;
use chatspec::name::NameKey;
use chatspec::refusal::Refusal;

use crate::{AckToken, SessionId};

/// One thing to do. Deliveries of one command are carried out strictly in order, and before those of the next.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// From here on the session belongs to the audiences of `room`, and of everyone joined.
    Enter {
        /// Who enters.
        session: SessionId,
        /// The room's key.
        room: NameKey,
    },
    /// From here on the session belongs to the audience of `room` no longer, nor to that of everyone joined.
    Exit {
        /// Who leaves.
        session: SessionId,
        /// The room's key.
        room: NameKey,
    },
    /// A message for an audience.
    Message {
        /// Who gets it.
        audience: Audience,
        /// What they get.
        message: ServerMessage,
    },
    /// The session is to be ended: it holds a name no longer that is another's now.
    Expel {
        /// Who goes.
        session: SessionId,
    },
    /// A refusal, for the session that caused it and for nobody else.
    Refuse {
        /// Who is refused.
        session: SessionId,
        /// Why.
        refusal: Refusal,
    },
    /// The outcome of a command whose client asked for it. It comes after the command's other deliveries.
    Ack {
        /// Who asked.
        session: SessionId,
        /// Which of its questions this answers.
        token: AckToken,
        /// Done, or why not.
        outcome: Result<(), Refusal>,
    },
}

/// Who gets a message, of the sessions of this server. Never a list of sessions: a message for a room is encoded once, whatever the room's size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// One session.
    Session(SessionId),
    /// Everyone who has entered a room.
    Room {
        /// The room's key.
        room: NameKey,
        /// A member that does not get it.
        except: Option<SessionId>,
    },
    /// Everyone who has entered some room.
    Joined {
        /// A member that does not get it.
        except: Option<SessionId>,
    },
}
