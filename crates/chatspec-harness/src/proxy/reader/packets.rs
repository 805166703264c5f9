//! Engine.IO packets, and the Socket.IO packets in them.

use chatspec_judge::check::Sender;
use chatspec_judge::proxy::{Seen, What};

use super::Reader;
use crate::wire::{Malformed, MalformedKind, Packet};

/// Bytes of a text that are kept beside what was read of it: 64 KiB.
const RAW_BYTES: usize = crate::wire::limits::RAW_BYTES;

impl Reader {
    /// One packet in text form.
    pub(super) fn text(&mut self, session: u32, by: Sender, text: &str, out: &mut Vec<Seen>) {
        let what = match (Packet::from_text(text), by) {
            (Packet::EngineClose, _) => {
                self.over(session, by, false, "closed the session", out);
                return;
            }
            // The heartbeat: the server asks, the client answers.
            (Packet::Ping { .. } | Packet::Noop, Sender::Server)
            | (Packet::Pong { .. }, Sender::Client)
            // CONNECT is seen by its answer.
            | (Packet::Connect { .. }, Sender::Client) => return,
            // What a server does in another namespace is no part of this protocol; a client has nothing to do there.
            (packet, by) if is_elsewhere(&packet, by) => return,
            (packet, _) => what(packet, by, text),
        };
        out.push(self.seen(session, what));
    }
}

fn is_elsewhere(packet: &Packet, by: Sender) -> bool {
    match packet {
        Packet::Disconnect { namespace }
        | Packet::Ack { namespace, .. }
        | Packet::BinaryAck { namespace, .. } => namespace != "/",
        Packet::Event { namespace, .. } | Packet::BinaryEvent { namespace, .. } => {
            by == Sender::Server && namespace != "/"
        }
        _ => false,
    }
}

fn what(packet: Packet, by: Sender, text: &str) -> What {
    let event = |namespace, ack, attachments, name, args| What::Event {
        by,
        namespace,
        name,
        args,
        ack,
        attachments,
        raw: cut(text),
    };
    match packet {
        Packet::Connect { namespace, .. } => What::Connected { namespace },
        Packet::ConnectError { namespace, .. } if by == Sender::Server => {
            What::ConnectRefused { namespace }
        }
        Packet::ConnectError { .. } => wrong_way(by, "a CONNECT_ERROR"),
        Packet::Disconnect { .. } | Packet::EngineClose => What::Disconnected { by },
        Packet::Event {
            namespace,
            ack,
            name,
            args,
        } => event(namespace, ack, None, name, args),
        Packet::BinaryEvent {
            namespace,
            ack,
            attachments,
            name,
            args,
        } => event(namespace, ack, Some(attachments), name, args),
        Packet::Ack { id, args, .. } | Packet::BinaryAck { id, args, .. } => {
            What::Ack { by, id, args }
        }
        Packet::Binary { len } => What::Binary { by, length: len },
        Packet::Malformed(why) => malformed(by, cut(text), why),
        Packet::EngineOpen { .. } => wrong_way(by, "an Engine.IO open packet"),
        Packet::Ping { .. } => wrong_way(by, "an Engine.IO ping: since revision 4 servers ask"),
        Packet::Pong { .. } => wrong_way(by, "an Engine.IO pong"),
        Packet::EngineUpgrade => wrong_way(by, "an Engine.IO upgrade packet"),
        Packet::Noop => wrong_way(by, "an Engine.IO noop"),
    }
}

fn wrong_way(by: Sender, what: &'static str) -> What {
    What::WrongWay { by, what }
}

pub(super) fn malformed(by: Sender, raw: String, malformed: Malformed) -> What {
    let json = matches!(
        malformed.kind,
        MalformedKind::NotJson | MalformedKind::Unrepresentable
    );
    let why = malformed.why;
    What::Malformed { by, raw, why, json }
}

/// The beginning of a text.
pub(super) fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(RAW_BYTES)].to_owned()
}
