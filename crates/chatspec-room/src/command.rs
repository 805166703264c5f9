//! What goes in: one session's act.

use chatspec::message::{ClientMessage, Join, ServerMessage};
use chatspec::name::{RoomName, UserName};
use chatspec::refusal::Refusal;

use crate::Audience;

/// One connection, as long as it lives. A client that comes back is another session.
///
/// The number is chosen by the owner of the connections and has no meaning of its own; room names live in another
/// space (rule `name.sid-separate`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// Names one acknowledgement that a client asked for. The room hands it back in [`Delivery::Ack`] and looks no further.
///
/// [`Delivery::Ack`]: crate::Delivery::Ack
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AckToken(pub u64);

/// One act of one session. A session that the room has never heard of is legal.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Who acts.
    pub session: SessionId,
    /// What it does.
    pub action: Action,
    /// Where to report the outcome, if the client asked for that.
    pub ack: Option<AckToken>,
}

impl Command {
    /// An act whose outcome nobody asked for.
    pub fn new(session: SessionId, action: Action) -> Self {
        Self {
            session,
            action,
            ack: None,
        }
    }

    /// The same act, with its outcome reported under `token`.
    #[must_use]
    pub fn acked(mut self, token: AckToken) -> Self {
        self.ack = Some(token);
        self
    }
}

/// What a session does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// It sent a message of the protocol.
    Message(ClientMessage),
    /// It sent a message beyond what it may send in a time. Nothing comes of it: it is refused with this, or with what
    /// would have been wrong with it anyway and goes before that (rule `refusal.priority`).
    Excess(ClientMessage, Refusal),
    /// It sent something that was refused at the door. It comes through here so that a refusal and its
    /// acknowledgement keep their place among the session's other deliveries.
    Refused(Refusal),
    /// It asked to join, and those who decide about names for several servers have let it: nobody else holds the name. The
    /// number is its place in the order of entering rooms, if it enters one.
    Admitted(Join, u64),
    /// It asked to join, and they have not let it.
    Denied(Join, Refusal),
    /// It is a session of another server, and this happened to it there.
    Remote(Remote),
    /// Its connection is gone.
    Disconnected,
}

/// What has happened to a session of another server. Nothing of it is refused: it has happened. That such a session leaves
/// or ends is [`Action::Disconnected`].
#[derive(Debug, Clone, PartialEq)]
pub enum Remote {
    /// It is in a room under a name, whether it has come in, moved, or changed its name. Whoever else holds the name here
    /// does so no longer.
    Joined {
        /// Its name.
        user: UserName,
        /// Its room.
        room: RoomName,
        /// Its place in the order of entering rooms.
        entered: u64,
    },
    /// It said something or showed an image, while it was a member of a room.
    Said {
        /// For whom, of those who are here.
        audience: Audience,
        /// What they get.
        message: ServerMessage,
    },
}
