//! What is logged of a command: who, where, and how it ended. Never a text, an image or a payload.
//!
//! Names are logged in their `Debug` form, so that no character of theirs can be taken for a part of the log.

use chatspec::message::ClientMessage;
use chatspec_room::{Action, Command, Delivery, Remote};
use tracing::{debug, info};

/// The part of a command that a log line may show, taken before the command is used up.
pub(crate) struct Entry {
    session: u64,
    act: Act,
}

enum Act {
    Join {
        user: Option<String>,
        room: Option<String>,
    },
    Other(&'static str),
}

impl Entry {
    pub(crate) fn of(command: &Command) -> Self {
        let act = match &command.action {
            Action::Message(ClientMessage::Join(join))
            | Action::Admitted(join, _)
            | Action::Denied(join, _) => Act::Join {
                user: join.user.as_ref().map(ToString::to_string),
                room: join.room.as_ref().map(ToString::to_string),
            },
            Action::Message(ClientMessage::Leave(_)) => Act::Other("leave"),
            Action::Message(ClientMessage::Users(_)) => Act::Other("users"),
            Action::Message(ClientMessage::Chat(_)) => Act::Other("chat"),
            Action::Message(ClientMessage::Image(_)) => Act::Other("image"),
            Action::Excess(..) => Act::Other("excess"),
            Action::Refused(_) => Act::Other("unreadable"),
            Action::Remote(Remote::Joined { .. }) => Act::Other("remote join"),
            Action::Remote(Remote::Said { .. }) => Act::Other("remote word"),
            Action::Disconnected => Act::Other("gone"),
        };
        Self {
            session: command.session.0,
            act,
        }
    }

    /// Writes the line. What changes who is where, and every refusal, is information; the rest is for debugging.
    pub(crate) fn write(self, deliveries: &[Delivery]) {
        let session = self.session;
        let refused = deliveries.iter().find_map(|delivery| match delivery {
            Delivery::Refuse { refusal, .. } => Some(refusal.code.number()),
            _ => None,
        });
        match (self.act, refused) {
            (Act::Join { .. }, Some(code)) => info!(session, act = "join", code, "refused"),
            (Act::Other(act), Some(code)) => info!(session, act, code, "refused"),
            (Act::Join { user, room }, None) => info!(session, ?user, ?room, "join"),
            (Act::Other("leave"), None) => info!(session, "leave"),
            (Act::Other(act), None) => debug!(session, act, "done"),
        }
    }
}
