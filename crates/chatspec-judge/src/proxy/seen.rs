//! What was seen to pass.

use serde_json::Value;

use crate::check::Sender;
use crate::fixture::TransportName;

/// One thing that passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Microseconds since the proxy began, monotonic.
    pub at: u64,
    /// Of which Engine.IO session, counted from 1 in the order of their opening; 0 for what belongs to none.
    pub session: u32,
    /// What.
    pub what: What,
}

/// What passed on a session, or became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The server has opened an Engine.IO session.
    Opened {
        /// By which transport: `websocket` or `polling`.
        transport: TransportName,
    },
    /// The session went over from long-polling to WebSocket.
    Upgraded,
    /// The server has answered CONNECT for a namespace.
    Connected {
        /// `/`, unless the client named another.
        namespace: String,
    },
    /// The server has refused it.
    ConnectRefused {
        /// `/`, unless the client named another.
        namespace: String,
    },
    /// An event; of a server in the default namespace alone.
    Event {
        /// Who sent it.
        by: Sender,
        /// `/`, unless the sender named another.
        namespace: String,
        /// Its name.
        name: String,
        /// Its arguments.
        args: Vec<Value>,
        /// The id under which the sender asks for an acknowledgement, as written.
        ack: Option<String>,
        /// How many binary attachments are announced; absent for an event that is text alone.
        attachments: Option<u64>,
        /// The literal text of the packet, where it is no longer than some tens of kilobytes.
        raw: String,
    },
    /// An acknowledgement in the default namespace.
    Ack {
        /// Who sent it.
        by: Sender,
        /// The id, as written.
        id: String,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// A binary attachment.
    Binary {
        /// Who sent it.
        by: Sender,
        /// Its length in bytes.
        length: usize,
    },
    /// What is no packet, no payload or no frame.
    Malformed {
        /// Who sent it.
        by: Sender,
        /// Its beginning, cut.
        raw: String,
        /// What is wrong with it, a clause that is harmless to print.
        why: String,
        /// Whether its packet is well-formed and its JSON is not.
        json: bool,
    },
    /// A packet that only the other side sends.
    WrongWay {
        /// Who sent it.
        by: Sender,
        /// What it is, such as `an Engine.IO ping`.
        what: &'static str,
    },
    /// A DISCONNECT of the default namespace.
    Disconnected {
        /// Who sent it.
        by: Sender,
    },
    /// The session is over.
    Closed {
        /// Who ended it.
        by: Sender,
        /// Whether without a word: the connection was torn down, or nothing came for too long.
        abrupt: bool,
        /// How, one clause that is harmless to print.
        how: String,
    },
    /// Something passed that cannot be read; what follows on the same session may not be seen either.
    Unread {
        /// Why, and what to do about it, one line that is harmless to print.
        why: String,
    },
}

impl What {
    /// Who sent it; absent for what nobody sends, and for handshakes.
    pub fn by(&self) -> Option<Sender> {
        match self {
            What::Event { by, .. }
            | What::Ack { by, .. }
            | What::Binary { by, .. }
            | What::Malformed { by, .. }
            | What::WrongWay { by, .. }
            | What::Disconnected { by } => Some(*by),
            _ => None,
        }
    }
}
