//! What goes in: one session's act.

use chatspec::message::ClientMessage;
use chatspec::refusal::Refusal;

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
    /// Its connection is gone.
    Disconnected,
}
