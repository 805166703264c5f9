//! What was sent and seen in one conversation, in the order of each participant's connection.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fixture::TransportName;
use crate::pattern::{cut, cut_text};
use crate::value::Bindings;

/// One conversation as it was played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Id of the fixture.
    pub fixture: String,
    /// The transport of every participant that has none of its own.
    pub transport: TransportName,
    /// What the variables stood for.
    pub bindings: Bindings,
    /// Everything sent and received.
    pub entries: Vec<Entry>,
    /// Where the play stopped before its end, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stop>,
    /// The ordering probe's answer: whether the server handles one connection's events in order. Absent where it was
    /// not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_order: Option<bool>,
    /// What the network did to the conversation, where another try went otherwise: no violation rests on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// Which node of a server of several each participant sat on, counted from 1 in the order of the command line; empty
    /// where there is one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, usize>,
}

/// Why a play stopped before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Index of the step that could not be played.
    pub step: usize,
    /// Who could not go on.
    pub who: String,
    /// One line for people.
    pub why: String,
    /// Whether the suite is to blame, not the server.
    pub ours: bool,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Microseconds since the run began, monotonic.
    pub at: u64,
    /// Index of the step whose window it fell into; the number of steps for what came after the end.
    pub step: usize,
    /// The participant.
    pub who: String,
    /// What happened.
    pub what: What,
}

/// What happened on a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// The session is open, its Socket.IO CONNECT answered.
    Connected {
        /// How it is connected.
        transport: TransportName,
    },
    /// It could not be opened.
    ConnectFailed {
        /// One line for people.
        why: String,
    },
    /// The transport was upgraded.
    Upgraded,
    /// We sent an event.
    Sent {
        /// Its name.
        event: String,
        /// Its arguments.
        args: Vec<Value>,
        /// The id under which an acknowledgement was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ack: Option<u64>,
    },
    /// We sent literal text.
    SentRaw {
        /// Packets or frames, one an entry.
        text: String,
    },
    /// The server sent an event.
    Event {
        /// Its name.
        name: String,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// The server acknowledged one of our events.
    Acked {
        /// The id.
        id: u64,
        /// The arguments.
        args: Vec<Value>,
    },
    /// The server sent what is no packet of the protocol.
    Malformed {
        /// The text, cut.
        raw: String,
        /// What is wrong with it.
        why: String,
        /// Whether its packet is well-formed and its JSON is not.
        json: bool,
    },
    /// A barrier was sent: a listing of an unused room, with acknowledgement.
    BarrierSent,
    /// It came back.
    BarrierReturned,
    /// It did not.
    BarrierLost {
        /// The deadline, or how the connection ended.
        why: String,
    },
    /// The server ended the connection.
    Closed {
        /// How.
        why: String,
    },
    /// We ended it.
    Dropped,
    /// An HTTP request of its own was answered.
    Answered {
        /// Status; 0 where none came.
        status: u16,
        /// Header names in lower case, and their values.
        headers: Vec<(String, String)>,
        /// The body, cut.
        body: String,
        /// Whether a WebSocket was opened and then closed at once.
        closed: bool,
    },
    /// We sent bytes over a raw connection.
    SentBytes {
        /// Which of the participant's raw connections, from 1.
        connection: u32,
        /// The beginning, what is not printable escaped.
        text: String,
        /// How many.
        length: u64,
    },
    /// A request that breaks rules was answered.
    Reply {
        /// Which connection; 0 is the participant's session.
        connection: u32,
        /// Status.
        status: u16,
        /// Header names in lower case, and their values; of raw connections alone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        headers: Vec<(String, String)>,
        /// The body, cut.
        body: String,
    },
    /// Something else came over a raw connection.
    Got {
        /// Which connection.
        connection: u32,
        /// The beginning, what is not printable escaped.
        text: String,
    },
    /// We ended a raw connection.
    Left {
        /// Which connection.
        connection: u32,
    },
    /// The server ended a connection of one who breaks rules.
    Ended {
        /// Which connection; 0 is the participant's session.
        connection: u32,
        /// The code of the WebSocket close frame, where there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
        /// One line for people.
        why: String,
    },
    /// A raw connection is open and silent at the end.
    Kept {
        /// Which connection.
        connection: u32,
    },
    /// A look at the server's process.
    Process {
        /// Whether it is the one that it was.
        same: bool,
        /// One line for people.
        why: String,
    },
    /// The suite's own traffic between nodes, sent or received. It is no part of the conversation, and no rule is judged by it.
    Aside {
        /// One line for people.
        text: String,
    },
    /// The suite's own traffic that should have come from another node, and did not in time.
    Astray {
        /// The rules that this breaks.
        rules: Vec<String>,
        /// What was expected, in one line.
        expected: String,
        /// What was seen instead, in one line.
        why: String,
    },
}

impl Transcript {
    /// The same with every string longer than `width` characters cut, and with the head of what has thousands of items:
    /// an image has a million characters, and a hostile server anything.
    #[must_use]
    pub fn cut(&self, width: usize) -> Transcript {
        let shorten = |args: &[Value]| match cut(&Value::Array(args.to_vec()), width) {
            Value::Array(args) => args,
            other => vec![other],
        };
        // Entry by entry: a copy of the whole would hold every image once more.
        let entries = self.entries.iter().map(|entry| {
            let what = match &entry.what {
                What::Event { name, args } => What::Event {
                    name: cut_text(name, width),
                    args: shorten(args),
                },
                What::Sent { event, args, ack } => What::Sent {
                    event: event.clone(),
                    args: shorten(args),
                    ack: *ack,
                },
                What::Acked { id, args } => What::Acked {
                    id: *id,
                    args: shorten(args),
                },
                What::SentRaw { text } => What::SentRaw {
                    text: cut_raw(text, width),
                },
                What::SentBytes {
                    connection,
                    text,
                    length,
                } => What::SentBytes {
                    connection: *connection,
                    text: cut_raw(text, width),
                    length: *length,
                },
                other => other.clone(),
            };
            Entry {
                at: entry.at,
                step: entry.step,
                who: entry.who.clone(),
                what,
            }
        });
        Transcript {
            fixture: self.fixture.clone(),
            transport: self.transport,
            bindings: self.bindings.clone(),
            entries: entries.collect(),
            stopped: self.stopped.clone(),
            in_order: self.in_order,
            network: self.network.clone(),
            nodes: self.nodes.clone(),
        }
    }
}

/// Literal text, cut after `width` characters where it has more bytes.
fn cut_raw(text: &str, width: usize) -> String {
    match text.len() > width {
        true => text.chars().take(width).chain("...".chars()).collect(),
        false => text.to_owned(),
    }
}
