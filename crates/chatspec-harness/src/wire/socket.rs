//! Socket.IO 5: packets in text form, as they stand behind the `4` of an Engine.IO message.
//!
//! `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`. Reading is strict about the shape and
//! open about content; the builders write what is right, and wrong packets are literals.

mod write;

pub use write::{ack, connect, disconnect, event};

use serde_json::Value;

use super::json;
use super::packet::{Malformed, MalformedKind, Packet};
use super::quote::quote;

/// The namespace that is meant where none is named.
pub const MAIN: &str = "/";

/// Reads one packet.
///
/// # Errors
///
/// [`MalformedKind::NotSocketIo`] where the shape is wrong, [`MalformedKind::NotJson`] or
/// [`MalformedKind::Unrepresentable`] where the JSON is.
///
/// ```
/// use chatspec_harness::wire::{Packet, socket};
///
/// let packet = socket::decode(r#"31["a"]"#).expect("an ack");
/// let args = vec!["a".into()];
/// assert_eq!(packet, Packet::Ack { namespace: "/".into(), id: "1".into(), args });
/// ```
pub fn decode(text: &str) -> Result<Packet, Malformed> {
    let head = Head::read(text)?;
    match head.kind {
        '0' => Ok(Packet::Connect {
            data: head.data()?,
            namespace: head.no_id()?,
        }),
        '1' if head.json.is_empty() => Ok(Packet::Disconnect {
            namespace: head.no_id()?,
        }),
        '1' => Err(not_socket(text, "a DISCONNECT with data")),
        '4' => Ok(Packet::ConnectError {
            data: head.data()?,
            namespace: head.no_id()?,
        }),
        '2' => {
            let (name, args) = named(head.array()?, text)?;
            Ok(Packet::Event {
                namespace: head.namespace,
                ack: head.id,
                name,
                args,
            })
        }
        '5' => {
            let (name, args) = named(head.array()?, text)?;
            Ok(Packet::BinaryEvent {
                namespace: head.namespace,
                ack: head.id,
                attachments: head.attachments,
                name,
                args,
            })
        }
        kind => {
            let args = head.array()?;
            let id = head
                .id
                .ok_or_else(|| not_socket(text, "an ACK without an id"))?;
            let namespace = head.namespace;
            Ok(match kind {
                '3' => Packet::Ack {
                    namespace,
                    id,
                    args,
                },
                _ => Packet::BinaryAck {
                    namespace,
                    id,
                    attachments: head.attachments,
                    args,
                },
            })
        }
    }
}

/// A packet up to its JSON.
struct Head<'a> {
    text: &'a str,
    kind: char,
    attachments: u64,
    namespace: String,
    id: Option<String>,
    json: &'a str,
}

impl<'a> Head<'a> {
    fn read(text: &'a str) -> Result<Head<'a>, Malformed> {
        let kind = match text.chars().next() {
            Some(kind @ '0'..='6') => kind,
            Some(_) => return Err(not_socket(text, "an unknown packet type")),
            None => return Err(not_socket(text, "an empty packet")),
        };
        let mut rest = &text[1..];
        let mut attachments = 0;
        if matches!(kind, '5' | '6') {
            let (count, after) = digits(rest);
            rest = after
                .strip_prefix('-')
                .ok_or_else(|| not_socket(text, "no number of attachments"))?;
            attachments = count
                .parse()
                .map_err(|_| not_socket(text, "no possible number of attachments"))?;
        }
        let mut namespace = MAIN;
        if rest.starts_with('/') {
            (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
        }
        let (id, json) = digits(rest);
        Ok(Head {
            text,
            kind,
            attachments,
            namespace: namespace.to_owned(),
            id: (!id.is_empty()).then(|| id.to_owned()),
            json,
        })
    }

    fn data(&self) -> Result<Option<Value>, Malformed> {
        if self.json.is_empty() {
            return Ok(None);
        }
        json::parse(self.json).map(Some)
    }

    fn array(&self) -> Result<Vec<Value>, Malformed> {
        if self.json.is_empty() {
            return Err(not_socket(self.text, "no arguments"));
        }
        match json::parse(self.json)? {
            Value::Array(items) => Ok(items),
            _ => Err(not_socket(self.text, "arguments that are no array")),
        }
    }

    /// The namespace of a packet that takes no ack id.
    fn no_id(self) -> Result<String, Malformed> {
        match self.id {
            None => Ok(self.namespace),
            Some(_) => Err(not_socket(self.text, "an ack id where none belongs")),
        }
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

fn named(mut items: Vec<Value>, text: &str) -> Result<(String, Vec<Value>), Malformed> {
    if items.is_empty() {
        return Err(not_socket(text, "an event without a name"));
    }
    match items.remove(0) {
        Value::String(name) => Ok((name, items)),
        _ => Err(not_socket(text, "an event whose name is no string")),
    }
}

fn not_socket(text: &str, what: &str) -> Malformed {
    let why = format!("{what}: {}", quote(text, 40));
    Malformed::new(MalformedKind::NotSocketIo, why)
}

#[cfg(test)]
mod tests;
