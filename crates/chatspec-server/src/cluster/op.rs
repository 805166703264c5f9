//! What a node tells the others.

use chatspec::name::{NameKey, RoomName, UserName};

use super::Node;

/// One thing that happened here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    /// A session asks to be in a room under a name.
    Join {
        session: u64,
        /// The answer names it.
        request: u64,
        user: UserName,
        room: RoomName,
        /// The place that it had in the room's order, where the broker has lost it.
        entered: Option<u64>,
    },
    /// A session is in no room any more.
    Leave { session: u64 },
    /// A session said something.
    Say {
        session: u64,
        to: To,
        /// The message, as it is on the wire.
        message: String,
    },
    /// Something for these rooms was lost before it came here.
    Gap(Rooms),
}

/// For whom it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To {
    Room(NameKey),
    Joined,
    /// One session of another node, which is in this room.
    Session {
        node: Node,
        session: u64,
        room: NameKey,
    },
}

/// Rooms in which something was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rooms {
    All,
    /// By their keys.
    These(Vec<String>),
}

impl Op {
    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        const REST: usize = 200;
        REST + match self {
            Self::Say { message, .. } => message.len(),
            Self::Join { user, room, .. } => 4 * (user.as_str().len() + room.as_str().len()),
            Self::Gap(Rooms::These(rooms)) => rooms.iter().map(|room| room.len() + 8).sum(),
            Self::Leave { .. } | Self::Gap(Rooms::All) => 0,
        }
    }
}
