//! One message by itself: packets, events, and the schemas.

use serde_json::Value;

use super::Watch;
use crate::check::{Complaint, Sender};
use crate::proxy::{Seen, What};
use crate::rule::{Profile, names};

/// The first acknowledgement id that numbers of JavaScript cannot tell from the next.
pub(super) const ACK_MAX: u64 = 1 << 53;

impl Watch {
    /// What is wrong with one message, whatever else has passed.
    pub(super) fn shape(&mut self, seen: &Seen) -> Vec<(Sender, Complaint)> {
        let found = match &seen.what {
            What::Event {
                by: Sender::Client,
                attachments,
                ..
            } => {
                self.announce(seen.session, attachments.unwrap_or_default());
                self.client_event(&seen.what)
            }
            What::Event {
                by: Sender::Server,
                name,
                args,
                ..
            } => self.server_event(name, args),
            What::Ack {
                by: Sender::Server,
                args,
                ..
            } if self.scope.profile == Profile::Hardened => self.checker.acknowledgement(args),
            What::Binary {
                by: Sender::Client, ..
            } => self.attachment(seen.session),
            What::Malformed { by, why, json, .. } => vec![malformed(*by, why, *json)],
            What::WrongWay { by, what } => vec![wrong_way(*by, what)],
            _ => Vec::new(),
        };
        let Some(by) = seen.what.by() else {
            return Vec::new();
        };
        found.into_iter().map(|complaint| (by, complaint)).collect()
    }

    fn client_event(&self, what: &What) -> Vec<Complaint> {
        let What::Event {
            namespace,
            name,
            args,
            ack,
            attachments,
            raw,
            ..
        } = what
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if namespace != "/" {
            found.push(complaint(
                "transport.namespace",
                "an event in a namespace of its own".to_owned(),
                "connect to the default namespace, and send there",
            ));
        }
        if ack
            .as_ref()
            .is_some_and(|id| id.parse().map_or(true, |id: u64| id >= ACK_MAX))
        {
            found.push(complaint(
                "robust.packet.ack-id",
                "an acknowledgement id of 2^53 or more".to_owned(),
                "count acknowledgements from 0",
            ));
        }
        if attachments.is_some() {
            found.push(complaint(
                "message.binary",
                "binary attachments".to_owned(),
                "send images as text, in a data URL: binary is no part of this protocol",
            ));
        }
        if name != "chat" {
            found.push(complaint(
                "message.other-event.refused",
                "an event that is not called `chat`".to_owned(),
                "emit `chat`, and say what is meant in the field `event` of its argument",
            ));
            return found;
        }
        let written = raw.split_once('[').map(|(_, rest)| rest.trim_start());
        if written.is_some_and(|rest| !rest.starts_with("\"chat\"")) {
            found.push(complaint(
                "robust.packet.escaped-name",
                "the name of the event is written with escapes".to_owned(),
                "write \"chat\" plainly",
            ));
        }
        found.extend(self.checker.arguments(Sender::Client, args));
        if found.is_empty() {
            found.extend(payload(raw).and_then(|text| (self.second)(text)));
        }
        found
    }

    fn server_event(&self, name: &str, args: &[Value]) -> Vec<Complaint> {
        match name {
            "chat" => {
                let mut found = self.checker.arguments(Sender::Server, args);
                // A type that this revision does not know may be sent: a rule that permits is broken by nobody.
                found.retain(|complaint| complaint.rule != "message.unknown-types");
                found
            }
            "message" if self.scope.profile == Profile::Hardened => {
                self.checker.refusal_event(args)
            }
            _ => Vec::new(),
        }
    }

    fn announce(&mut self, session: u32, attachments: u64) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.attachments = attachments;
        }
    }

    fn attachment(&mut self, session: u32) -> Vec<Complaint> {
        let session = self.sessions.entry(session).or_default();
        match session.attachments.checked_sub(1) {
            Some(left) => {
                session.attachments = left;
                Vec::new()
            }
            None => vec![complaint(
                "robust.attachment.stray",
                "binary data that no event has announced".to_owned(),
                "send text: binary is no part of this protocol",
            )],
        }
    }
}

/// The JSON text of the one argument of an event `chat`.
fn payload(raw: &str) -> Option<&str> {
    let (_, rest) = raw.split_once("[\"chat\",")?;
    rest.trim_end().strip_suffix(']')
}

fn malformed(by: Sender, why: &str, json: bool) -> Complaint {
    let (rule, mend) = match (by, json) {
        (Sender::Client, true) => (
            "message.valid-json.always",
            "send JSON: no NaN, no Infinity, no half of a surrogate pair",
        ),
        (Sender::Client, false) => (
            "transport.bad-frames.closed",
            "send packets of Engine.IO 4 and Socket.IO 5, as a library does",
        ),
        (Sender::Server, true) => (names::VALID_JSON, "send JSON"),
        (Sender::Server, false) => (
            names::SCHEMA,
            "send packets of Engine.IO 4 and Socket.IO 5, as a library does",
        ),
    };
    complaint(rule, why.to_owned(), mend)
}

fn wrong_way(by: Sender, what: &str) -> Complaint {
    let rule = match by {
        Sender::Client if what.contains("CONNECT_ERROR") => "robust.packet.wrong-way",
        Sender::Client => "transport.bad-frames.closed",
        Sender::Server => names::SCHEMA,
    };
    let mend = "leave it out: only the other side sends it";
    complaint(rule, what.to_owned(), mend)
}

pub(super) fn complaint(rule: &'static str, why: String, mend: &str) -> Complaint {
    Complaint {
        path: "$".to_owned(),
        rule,
        why,
        mend: mend.to_owned(),
    }
}
