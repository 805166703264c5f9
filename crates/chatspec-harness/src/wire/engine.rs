//! Engine.IO 4: packets in text form, and the handshake.
//!
//! One digit, then data. Binary packets have no digit: on WebSocket they are binary frames, and in
//! polling payloads base64 (see [`payload`](super::payload)).

mod handshake;

pub use handshake::Handshake;

use super::packet::{Malformed, MalformedKind};
use super::quote::quote;

/// The version that goes into every request as `EIO`.
pub const VERSION: u8 = 4;

/// One Engine.IO packet in text form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnginePacket<'a> {
    /// What its digit says.
    pub kind: Kind,
    /// What follows the digit.
    pub data: &'a str,
}

/// The type of an Engine.IO packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `0`, from the server, opens the session.
    Open,
    /// `1` ends it.
    Close,
    /// `2`, from the server: a heartbeat. `2probe` from a client that upgrades.
    Ping,
    /// `3` answers.
    Pong,
    /// `4` carries a Socket.IO packet.
    Message,
    /// `5`, from the client, completes an upgrade.
    Upgrade,
    /// `6` does nothing.
    Noop,
}

const KINDS: [Kind; 7] = [
    Kind::Open,
    Kind::Close,
    Kind::Ping,
    Kind::Pong,
    Kind::Message,
    Kind::Upgrade,
    Kind::Noop,
];

/// Reads the digit.
///
/// # Errors
///
/// An empty frame, or one that does not start with a digit from `0` to `6`.
///
/// ```
/// use chatspec_harness::wire::engine::{Kind, decode};
///
/// let packet = decode("2probe").expect("a ping");
/// assert_eq!((packet.kind, packet.data), (Kind::Ping, "probe"));
/// assert!(decode("9").is_err());
/// ```
pub fn decode(text: &str) -> Result<EnginePacket<'_>, Malformed> {
    let first = text
        .chars()
        .next()
        .ok_or_else(|| Malformed::new(MalformedKind::NotEngineIo, "an empty Engine.IO packet"))?;
    let kind = first
        .to_digit(10)
        .and_then(|digit| KINDS.get(digit as usize))
        .ok_or_else(|| {
            let why = format!("no Engine.IO packet starts with {}", quote(text, 20));
            Malformed::new(MalformedKind::NotEngineIo, why)
        })?;
    Ok(EnginePacket {
        kind: *kind,
        data: &text[1..],
    })
}

/// Writes a packet.
///
/// ```
/// use chatspec_harness::wire::engine::{Kind, encode};
///
/// assert_eq!(encode(Kind::Message, "40"), "440");
/// ```
pub fn encode(kind: Kind, data: &str) -> String {
    format!("{}{data}", kind as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The examples of the Engine.IO protocol text, and what a stranger may send instead.
    #[test]
    fn examples() {
        let packet = |kind, data| Ok(EnginePacket { kind, data });
        assert_eq!(decode("4hello"), packet(Kind::Message, "hello"));
        assert_eq!(decode("4€"), packet(Kind::Message, "€"));
        assert_eq!(decode("1"), packet(Kind::Close, ""));
        assert_eq!(decode("2"), packet(Kind::Ping, ""));
        assert_eq!(decode("3probe"), packet(Kind::Pong, "probe"));
        assert_eq!(decode("5"), packet(Kind::Upgrade, ""));
        assert_eq!(decode("6"), packet(Kind::Noop, ""));
        assert_eq!(decode("0{}"), packet(Kind::Open, "{}"));
        // An Arabic-Indic four is no four.
        for text in [
            "",
            "7",
            "9",
            "hello",
            " 4",
            "-1",
            "\u{664}2",
            "HTTP/1.1 500",
        ] {
            let malformed = decode(text).expect_err(text);
            assert_eq!(malformed.kind, MalformedKind::NotEngineIo);
        }
    }

    proptest! {
        #[test]
        fn decoding_never_panics(text in ".*") {
            let _ = decode(&text);
        }

        #[test]
        fn encoding_is_undone_by_decoding(index in 0..7usize, data in ".*") {
            let kind = KINDS[index];
            let text = encode(kind, &data);
            prop_assert_eq!(decode(&text), Ok(EnginePacket { kind, data: &data }));
        }
    }
}
