//! What clients did, and which of it brought about what was received.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Kept;
use super::names::{Names, key};
use crate::case::load::refusal;
use crate::check::Sender;
use crate::fixture::TransportName;
use crate::proxy::{Seen, What};

/// How many acts are looked through for the one that something came of.
const BACK: usize = 2_000;

/// Bytes of what is no packet that are kept whole; of more, the beginning is.
const LITERAL: usize = 60_000;

/// All that clients did, in order.
#[derive(Debug, Default)]
pub(super) struct Acts {
    pub(super) all: Vec<Act>,
    /// Sessions that were there before the first act.
    early: BTreeSet<u32>,
    transports: Map<String, Value>,
}

/// One thing that a client did, and what came of it.
#[derive(Debug)]
pub(super) struct Act {
    pub(super) session: u32,
    pub(super) deed: Deed,
    /// Under which id an acknowledgement was asked for.
    ack: Option<String>,
    /// The arguments of the acknowledgement.
    pub(super) acked: Option<Vec<Value>>,
    /// The code of the refusal.
    pub(super) refused: Option<u64>,
    /// What came of it, and to which session.
    pub(super) heard: Vec<(u32, Value)>,
    /// What came after it, and is not known to come of anything.
    pub(super) strays: Vec<(u32, Value)>,
    /// Whether the server ended the session after it.
    pub(super) closed: bool,
    pub(super) notes: Vec<String>,
    /// As whom and where the client was before, by key.
    pub(super) before: Option<(String, String)>,
}

/// What a client did.
#[derive(Debug, PartialEq)]
pub(super) enum Deed {
    /// Connected, after others had done something.
    Connect,
    /// Emitted an event.
    Event { name: String, args: Vec<Value> },
    /// Sent what is no packet, in literal text.
    Raw(String),
    /// Ended its session, by `abrupt`, `close` or `namespace`.
    Drop(&'static str),
}

impl Act {
    /// The object that an event `chat` carries.
    pub(super) fn message(&self) -> Option<&Value> {
        match &self.deed {
            Deed::Event { name, args } if name == "chat" => match args.as_slice() {
                [message @ Value::Object(_)] => Some(message),
                _ => None,
            },
            _ => None,
        }
    }

    /// What the field `event` says.
    pub(super) fn event(&self) -> Option<&str> {
        self.message()?.get("event")?.as_str()
    }

    /// Whether an acknowledgement was asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.ack.is_some()
    }

    fn field(&self, name: &str, absent: &'static str) -> Option<&str> {
        match self.message()?.get(name) {
            None => Some(absent),
            Some(value) => value.as_str(),
        }
    }

    /// Name and room of a join, by key.
    pub(super) fn joined(&self) -> Option<(String, String)> {
        let upper = |text: &str| text.trim().to_uppercase();
        let (user, room) = (self.field("user", "JDOE")?, self.field("room", "PARKED")?);
        (self.event() == Some("join")).then(|| (upper(user), upper(room)))
    }

    /// Whether this may have brought about a message of the server to a session.
    fn causes(&self, session: u32, message: &Value) -> bool {
        let text = message.get("message").and_then(Value::as_str);
        let sent = |name: &str| self.message().and_then(|own| own.get(name));
        match message.get("type").and_then(Value::as_str) {
            Some("chat") => {
                let default = sent("text").is_none() && text == Some("Knock! Knock!");
                let same = [sent("text"), sent("message")]
                    .into_iter()
                    .flatten()
                    .any(|own| Some(own) == message.get("message"));
                self.event() == Some("chat") && self.is_by(message) && (same || default)
            }
            Some("image") => {
                self.event() == Some("image")
                    && self.is_by(message)
                    && sent("bimage") == message.get("bimage")
            }
            Some("newuser") => {
                let (user, room) = self.joined().unwrap_or_default();
                let due = format!("NEW USER {user} JOINED ROOM {room}");
                self.joined().is_some() && text.is_some_and(|text| text.to_uppercase() == due)
            }
            Some("deluser") => {
                let is_left = |(user, room): &(String, String)| {
                    let due = format!("USER {user} LEFT ROOM {room}");
                    text.is_some_and(|text| text.to_uppercase() == due)
                };
                let ends = matches!(self.event(), Some("leave" | "join"))
                    || matches!(self.deed, Deed::Drop(_));
                ends && self.before.as_ref().is_some_and(is_left)
            }
            Some("users") => {
                let takes = self.event().is_none_or(|event| event == "users");
                let is_event = matches!(self.deed, Deed::Event { .. });
                self.session == session && is_event && takes && self.heard.is_empty()
            }
            _ => false,
        }
    }

    /// Whether its sender goes by the name that a message is from.
    fn is_by(&self, message: &Value) -> bool {
        let from = message.get("from").and_then(Value::as_str);
        let own = self.before.as_ref().map(|(user, _)| user.as_str());
        // One that is in no room may be delivered under any name.
        own.is_none() || from.map(|from| from.trim().to_uppercase()).as_deref() == own
    }
}

impl Acts {
    pub(super) fn of(kept: &[Kept], names: &Names) -> Acts {
        let mut acts = Acts::default();
        for Kept { seen, notes } in kept {
            // A session that never connected takes no part.
            if let Some(person) = names.person(seen.session) {
                acts.take(seen, notes, person);
            }
        }
        // Nobody is left to see how the last ones end.
        while acts.all.last().is_some_and(Act::is_unseen_end) {
            acts.all.pop();
        }
        acts
    }

    pub(super) fn is_empty(&self) -> bool {
        !self
            .all
            .iter()
            .any(|act| matches!(act.deed, Deed::Event { .. } | Deed::Raw(_)))
    }

    /// What is special about each connection.
    pub(super) fn settings(&self, names: &Names) -> Map<String, Value> {
        let mut settings = self.transports.clone();
        for act in &self.all {
            if let (Deed::Connect, Some(person)) = (&act.deed, names.person(act.session)) {
                settings[person]["connect"] = json!("later");
            }
        }
        settings
    }

    fn take(&mut self, seen: &Seen, notes: &[String], person: &str) {
        let session = seen.session;
        match &seen.what {
            What::Opened { transport } => {
                let transport = json!({"transport": transport.word()});
                self.transports.insert(person.to_owned(), transport);
            }
            What::Upgraded => {
                let upgrade = json!({"transport": TransportName::Upgrade.word()});
                self.transports.insert(person.to_owned(), upgrade);
            }
            What::Connected { namespace } if namespace == "/" => match self.all.is_empty() {
                true => drop(self.early.insert(session)),
                false if self.early.contains(&session) => {}
                false => {
                    self.early.insert(session);
                    self.act(session, Deed::Connect, None, notes);
                }
            },
            What::Event {
                by: Sender::Client,
                namespace,
                name,
                args,
                ack,
                ..
            } if namespace == "/" => {
                let (name, args) = (name.clone(), args.clone());
                self.act(session, Deed::Event { name, args }, ack.clone(), notes);
            }
            What::Malformed {
                by: Sender::Client,
                raw,
                ..
            } if !raw.is_empty() => match is_literal(raw) {
                true => self.act(session, Deed::Raw(raw.clone()), None, notes),
                false => {
                    self.note(notes);
                    self.note(&[format!(
                        "{person}: bytes that a fixture has no words for are left out"
                    )]);
                }
            },
            What::Disconnected { by: Sender::Client } => {
                self.end(session, "namespace", notes);
            }
            What::Closed { by, abrupt, .. } => match by {
                Sender::Client if *abrupt => self.end(session, "abrupt", notes),
                Sender::Client => self.end(session, "close", notes),
                Sender::Server => {
                    if let Some(last) = self.last_of(session) {
                        last.closed = true;
                    }
                }
            },
            What::Event {
                by: Sender::Server,
                name,
                args,
                ..
            } => self.received(session, name, args, notes),
            What::Ack {
                by: Sender::Server,
                id,
                args,
            } => {
                let mut own = self.all.iter_mut().rev().take(BACK);
                let asked = own.find(|act| {
                    act.session == session && act.acked.is_none() && act.ack.as_ref() == Some(id)
                });
                if let Some(act) = asked {
                    act.acked = Some(args.clone());
                    act.notes.extend_from_slice(notes);
                }
            }
            _ => self.note(notes),
        }
    }

    fn act(&mut self, session: u32, deed: Deed, ack: Option<String>, notes: &[String]) {
        let before = self.record(session);
        self.all.push(Act {
            session,
            deed,
            ack,
            acked: None,
            refused: None,
            heard: Vec::new(),
            strays: Vec::new(),
            closed: false,
            notes: notes.to_vec(),
            before,
        });
    }

    fn end(&mut self, session: u32, how: &'static str, notes: &[String]) {
        let last = self.all.iter().rev().find(|act| act.session == session);
        // What follows a DISCONNECT ends nothing more.
        if !matches!(last.map(|act| &act.deed), Some(Deed::Drop(_))) {
            self.act(session, Deed::Drop(how), None, notes);
        }
    }

    /// As whom and where a session is, by what was heard of its joins and leaves.
    fn record(&self, session: u32) -> Option<(String, String)> {
        for act in self.all.iter().rev().filter(|act| act.session == session) {
            let own = |kind: &str| {
                let mut own = act.heard.iter();
                own.any(|(to, message)| *to == session && message["type"] == kind)
            };
            match (act.event(), &act.deed) {
                (_, Deed::Drop(_)) => return None,
                (Some("join"), _) if own("newuser") => return act.joined(),
                (Some("leave"), _) if act.refused.is_none() => return None,
                _ => {}
            }
        }
        None
    }

    fn last_of(&mut self, session: u32) -> Option<&mut Act> {
        self.all.iter_mut().rev().find(|act| act.session == session)
    }

    fn received(&mut self, session: u32, name: &str, args: &[Value], notes: &[String]) {
        let refused = refusal(name, args).and_then(|refusal| refusal.get("code")?.as_u64());
        if let Some(code) = refused {
            let mut own = self.all.iter_mut().rev().take(BACK);
            let open = own.find(|act| {
                let is_open = act.refused.is_none() && act.acked.is_none();
                act.session == session && is_open && act.heard.is_empty()
            });
            if let Some(act) = open {
                act.refused = Some(code);
                act.notes.extend_from_slice(notes);
                return;
            }
        }
        let (true, [message]) = (name == "chat", args) else {
            return self.note(notes);
        };
        let is_new = |act: &&mut Act| {
            !act.heard
                .iter()
                .any(|(to, known)| *to == session && known == message)
        };
        let mut newest = self.all.iter_mut().rev().take(BACK);
        let cause = newest.find(|act| act.causes(session, message) && is_new(act));
        if let Some(act) = cause {
            act.heard.push((session, message.clone()));
            act.notes.extend_from_slice(notes);
        } else if let Some(last) = self.all.last_mut() {
            last.strays.push((session, message.clone()));
            last.notes.extend_from_slice(notes);
        }
    }

    fn note(&mut self, notes: &[String]) {
        if let Some(last) = self.all.last_mut() {
            last.notes.extend_from_slice(notes);
        }
    }
}

/// Whether this is all that was sent, as it was sent: not the beginning of much, and not what stands for bytes that are no text.
fn is_literal(raw: &str) -> bool {
    raw.len() < LITERAL && !raw.contains(char::REPLACEMENT_CHARACTER)
}

impl Act {
    fn is_unseen_end(&self) -> bool {
        matches!(self.deed, Deed::Drop(_)) && self.heard.is_empty() && self.strays.is_empty()
    }

    /// Whether a room or name of it is one that a fixture can make fresh.
    pub(super) fn is_to_room_of(&self, room: &str) -> bool {
        let own = self.before.as_ref().map(|(_, own)| own.as_str());
        own == Some(room.trim().to_uppercase().as_str()) || key(room).is_none()
    }
}
