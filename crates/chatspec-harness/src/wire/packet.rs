//! What arrives, as it arrived and as we read it; and what we send.

use std::time::Duration;

use serde_json::Value;

use super::limits::{JSON_VALUES, RAW_BYTES};
use super::{engine, json, socket};

/// One packet from the server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// When it was read, since the [`Clock`](super::Clock) started.
    pub at: Duration,
    /// Its place among the packets of its session, from 0, without gaps.
    pub seq: u64,
    /// The literal text of the Engine.IO packet, cut after [`RAW_BYTES`]; lossy where the bytes are
    /// not UTF-8, and empty for binary.
    pub raw: String,
    /// The true length of the packet in bytes.
    pub raw_len: usize,
    /// What it says.
    pub packet: Packet,
}

/// One packet, read. Engine.IO packets first, then what an Engine.IO message can carry.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Packet {
    /// `0`: the handshake, with its data unparsed; see [`Session::handshake`](super::Session::handshake).
    EngineOpen {
        /// The JSON text after the `0`.
        data: String,
    },
    /// `1`: the server ends the Engine.IO session.
    EngineClose,
    /// `2`: a heartbeat, answered with `3` unless told otherwise.
    Ping {
        /// What follows the `2`, mostly nothing.
        data: String,
    },
    /// `3`: an answer to a ping; `3probe` while upgrading.
    Pong {
        /// What follows the `3`.
        data: String,
    },
    /// `5`: a packet that only clients send.
    EngineUpgrade,
    /// `6`: nothing; sent to end a pending GET.
    Noop,
    /// `40`: the namespace is connected.
    Connect {
        /// `/` unless another one was named.
        namespace: String,
        /// `{"sid": ..}` from a server of protocol 5.
        data: Option<Value>,
    },
    /// `44`: the namespace refused the connection.
    ConnectError {
        /// `/` unless another one was named.
        namespace: String,
        /// `{"message": ..}` from a server of protocol 5.
        data: Option<Value>,
    },
    /// `41`: the server disconnected the namespace. The Engine.IO session stays.
    Disconnect {
        /// `/` unless another one was named.
        namespace: String,
    },
    /// `42`: an event.
    Event {
        /// `/` unless another one was named.
        namespace: String,
        /// The ack id as written, where the server wants an acknowledgement.
        ack: Option<String>,
        /// The event's name.
        name: String,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// `43`: an acknowledgement of something that we sent.
    Ack {
        /// `/` unless another one was named.
        namespace: String,
        /// The id as written: digits, of any length.
        id: String,
        /// What the server returned.
        args: Vec<Value>,
    },
    /// `45`: an event with binary attachments, which follow as [`Packet::Binary`].
    BinaryEvent {
        /// `/` unless another one was named.
        namespace: String,
        /// The ack id as written.
        ack: Option<String>,
        /// How many attachments are announced.
        attachments: u64,
        /// The event's name.
        name: String,
        /// Its arguments, with placeholders where attachments belong.
        args: Vec<Value>,
    },
    /// `46`: an acknowledgement with binary attachments.
    BinaryAck {
        /// `/` unless another one was named.
        namespace: String,
        /// The id as written.
        id: String,
        /// How many attachments are announced.
        attachments: u64,
        /// What the server returned, with placeholders.
        args: Vec<Value>,
    },
    /// A binary frame. Its content is not kept.
    Binary {
        /// Its length in bytes.
        len: usize,
    },
    /// Anything else. What a server sends is data: it never ends in an error of ours.
    Malformed(Malformed),
}

/// Why a packet could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// Which layer does not know it.
    pub kind: MalformedKind,
    /// The same for people: one clause, harmless to print.
    pub why: String,
}

impl Malformed {
    pub(crate) fn new(kind: MalformedKind, why: impl Into<String>) -> Malformed {
        let why = why.into();
        Malformed { kind, why }
    }
}

/// The layer that a malformed packet fails at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedKind {
    /// No Engine.IO packet: empty, an unknown type, not UTF-8, bad base64.
    NotEngineIo,
    /// An Engine.IO message that is no Socket.IO packet.
    NotSocketIo,
    /// Its JSON breaks the grammar of JSON, as `NaN` does.
    NotJson,
    /// Its JSON is grammatical, but has no value here: a lone surrogate, nesting beyond 128, a
    /// number out of range, more than [`JSON_VALUES`](super::limits::JSON_VALUES) values.
    Unrepresentable,
}

/// What we send: one Engine.IO packet, right or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A WebSocket text message, or a part of a polling body, exactly as it is.
    Text(String),
    /// A WebSocket binary message; `b` and base64 on polling.
    Binary(Vec<u8>),
    /// The same as `Text` for bytes that need not be UTF-8.
    RawText(Vec<u8>),
}

impl From<&str> for Frame {
    fn from(text: &str) -> Frame {
        Frame::Text(text.to_owned())
    }
}

impl Packet {
    /// Reads one Engine.IO packet in text form, and the Socket.IO packet in it.
    ///
    /// ```
    /// use chatspec_harness::wire::Packet;
    ///
    /// assert_eq!(Packet::from_text("6"), Packet::Noop);
    /// assert!(matches!(Packet::from_text("hello"), Packet::Malformed(_)));
    /// ```
    pub fn from_text(text: &str) -> Packet {
        let engine = match engine::decode(text) {
            Ok(engine) => engine,
            Err(malformed) => return Packet::Malformed(malformed),
        };
        let data = engine.data;
        match engine.kind {
            engine::Kind::Open => Packet::EngineOpen { data: data.into() },
            engine::Kind::Close => Packet::EngineClose,
            engine::Kind::Ping => Packet::Ping { data: data.into() },
            engine::Kind::Pong => Packet::Pong { data: data.into() },
            engine::Kind::Upgrade => Packet::EngineUpgrade,
            engine::Kind::Noop => Packet::Noop,
            engine::Kind::Message => socket::decode(data).unwrap_or_else(Packet::Malformed),
        }
    }
}

/// An estimate of the memory that a packet takes once it is read from `text`, in bytes.
pub(crate) fn weight(text: &str) -> usize {
    // The entry itself, the text twice (raw and parsed), and for each value of an object its share
    // of the map. More values than we allow are not parsed.
    let values = Some(json::values_at_most(text)).filter(|values| *values <= JSON_VALUES);
    256 + text.len().min(RAW_BYTES) + values.map_or(0, |values| text.len() + 200 * values)
}

/// The start of `text`, at most [`RAW_BYTES`] of it.
pub(crate) fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(RAW_BYTES)].to_owned()
}
