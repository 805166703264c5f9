//! What `chatspec proxy --format jsonl` says: one JSON object a line.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::check::Sender;
use crate::fixture::TransportName;
use crate::rule::Profile;

/// One line. Numbers of sessions count from 1 in the order of their opening; 0 stands for what belongs to none. `at` is in
/// microseconds since the proxy began.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Line {
    /// The first line: clients can connect.
    Listening {
        /// The version of chatspec.
        chatspec: String,
        /// Where clients connect to.
        url: String,
        /// Where it goes.
        upstream: String,
        /// What the server is held to.
        profile: Profile,
    },
    /// A session was opened.
    Opened {
        /// When.
        at: u64,
        /// Which.
        session: u32,
        /// How: by `websocket` or by `polling`.
        transport: TransportName,
    },
    /// A session went over to WebSocket.
    Upgraded {
        /// When.
        at: u64,
        /// Which.
        session: u32,
    },
    /// An event or an acknowledgement passed; with `--trace` alone.
    Message {
        /// When.
        at: u64,
        /// On which session.
        session: u32,
        /// Who sent it.
        from: Sender,
        /// The name of the event; absent for an acknowledgement.
        #[serde(skip_serializing_if = "Option::is_none")]
        event: Option<String>,
        /// The arguments, long strings cut.
        args: Vec<Value>,
        /// The id of the acknowledgement that is asked for, or given.
        #[serde(skip_serializing_if = "Option::is_none")]
        ack: Option<String>,
    },
    /// A message is wrong.
    Finding(Finding),
    /// Something passed that could not be read.
    Unread {
        /// When.
        at: u64,
        /// On which session.
        session: u32,
        /// Why, and what to do about it.
        why: String,
    },
    /// A client came, and the server could not be reached.
    Unreachable {
        /// Why.
        why: String,
    },
    /// A session is over.
    Closed {
        /// When.
        at: u64,
        /// Which.
        session: u32,
        /// Who ended it.
        by: Sender,
        /// How.
        how: String,
    },
    /// The last line.
    Summary(Summary),
}

/// A message that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// When.
    pub at: u64,
    /// On which session.
    pub session: u32,
    /// The name that the client of the session goes by, where it has asked for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose message it is.
    pub whose: Sender,
    /// The rule that speaks of it.
    pub rule: String,
    /// The sentence of the spec.
    pub sentence: String,
    /// Where in the message, such as `$.room`.
    pub path: String,
    /// What is wrong.
    pub why: String,
    /// What to do about it.
    pub mend: String,
    /// The message, on one bounded line.
    pub message: String,
    /// Whether it counts: a SHOULD does not.
    pub counts: bool,
}

/// What it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Sessions that were opened.
    pub sessions: u64,
    /// Events and acknowledgements of clients.
    pub from_clients: u64,
    /// Events and acknowledgements of the server.
    pub from_server: u64,
    /// Findings that count, by rule: messages of clients.
    pub client: BTreeMap<String, u64>,
    /// Findings that count, by rule: messages of the server.
    pub server: BTreeMap<String, u64>,
    /// Findings that do not count.
    pub warnings: u64,
    /// How often something could not be read.
    pub unread: u64,
    /// The fixture that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
}

impl Summary {
    /// The findings that count.
    pub fn findings(&self) -> u64 {
        self.client.values().chain(self.server.values()).sum()
    }
}
