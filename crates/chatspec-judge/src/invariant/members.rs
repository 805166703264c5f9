//! Who is in which room, read off the transcript, and who hears a room without being there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::case::load::refusal;
use crate::finding::{Finding, Outcome};
use crate::fixture::Fixture;
use crate::rule::names;
use crate::transcript::{Entry, Transcript, What};

use super::{chat, has_nonce};

/// A message to a room reaches nobody who was no member of it at any time of the window in which it was sent.
pub(super) fn only(fixture: &Fixture, transcript: &Transcript) -> Vec<Finding> {
    let mut members = Members::new(transcript.in_order.unwrap_or(true));
    let mut findings = Vec::new();
    for step in 0..=fixture.steps.len() {
        let window = || {
            let entries = transcript.entries.iter().enumerate();
            entries.filter(|(_, entry)| entry.step == step)
        };
        members.begin();
        window().for_each(|(_, entry)| members.follow(entry));
        members.end();
        let said: Vec<(&str, String)> = window()
            .filter_map(|(_, entry)| said(entry))
            .filter(|(text, _)| has_nonce(transcript, text))
            .collect();
        for (index, entry) in window() {
            let Some((_, text)) = chat(entry) else {
                continue;
            };
            let mut rooms = said.iter().filter(|(said, _)| *said == text).peekable();
            let to_a_room = rooms.peek().is_some();
            if to_a_room && !rooms.any(|(_, room)| members.may_hear(&entry.who, room)) {
                findings.push(Finding::new(
                    names::MEMBERS_ONLY,
                    Outcome::Unexpected,
                    step,
                    &entry.who,
                    "messages of the own room alone".to_owned(),
                    format!("{text:?}, sent to another room"),
                    Some(index),
                ));
            }
        }
    }
    findings
}

/// Who is where, as far as a transcript tells.
///
/// A newuser that comes back for its room confirms a join. One's own leave ends it where it names what was joined, or nothing,
/// is not refused, and has been handled; and so does a drop. A close by the server ends nothing that was on its way: the next
/// session begins without a room.
#[derive(Default)]
pub(crate) struct Members<'a> {
    /// Whether events are handled in the order in which they were sent: otherwise a barrier tells nothing of a leave.
    in_order: bool,
    /// The newest join of each.
    asked: BTreeMap<&'a str, Record<'a>>,
    /// Where each is.
    inside: BTreeMap<&'a str, Record<'a>>,
    /// The newest leave of each in this window, unless a join has followed.
    leaving: BTreeMap<&'a str, Leave<'a>>,
    /// Where anybody was at any time of this window.
    heard: Vec<(&'a str, Record<'a>)>,
}

/// As whom one is in which room.
#[derive(Clone, Copy, PartialEq)]
struct Record<'a> {
    user: &'a str,
    room: &'a str,
}

/// A leave on its way.
struct Leave<'a> {
    message: &'a Value,
    ack: Option<u64>,
    handled: bool,
}

impl<'a> Members<'a> {
    pub(crate) fn new(in_order: bool) -> Members<'a> {
        Members {
            in_order,
            ..Members::default()
        }
    }

    pub(crate) fn begin(&mut self) {
        self.leaving.clear();
        self.heard = self
            .inside
            .iter()
            .map(|(who, record)| (*who, *record))
            .collect();
    }

    pub(crate) fn follow(&mut self, entry: &'a Entry) {
        let who = entry.who.as_str();
        match &entry.what {
            What::Sent { event, args, ack } => {
                let is_whole = event == "chat" && args.len() == 1;
                self.sent(who, args.first(), is_whole, *ack);
            }
            What::Event { name, args } if name == "chat" => self.told(who, args.first()),
            // Nothing has changed. Any other event says nothing of a leave.
            What::Event { name, args } if is_refusal(name, args) => {
                self.leaving.remove(who);
            }
            What::Acked { id, args } => self.acked(who, *id, args),
            What::BarrierReturned => {
                if let Some(leave) = self.leaving.get_mut(who) {
                    leave.handled |= self.in_order;
                }
            }
            What::Dropped => drop(self.inside.remove(who)),
            What::Connected { .. } => {
                self.inside.remove(who);
                self.asked.remove(who);
                self.leaving.remove(who);
            }
            _ => {}
        }
    }

    /// What is no whole message may have been taken for a join, and counts as one that was asked for; nobody leaves by it.
    fn sent(&mut self, who: &'a str, message: Option<&'a Value>, is_whole: bool, ack: Option<u64>) {
        let Some(message) = message else { return };
        match message.get("event").and_then(Value::as_str) {
            Some("join") => {
                self.asked.insert(who, Record::of(message));
                // Which of the two is refused, if any, is not told apart.
                self.leaving.remove(who);
            }
            Some("leave") if is_whole => {
                let handled = false;
                let leave = Leave {
                    message,
                    ack,
                    handled,
                };
                self.leaving.insert(who, leave);
            }
            _ => {}
        }
    }

    fn told(&mut self, who: &'a str, message: Option<&Value>) {
        let Some(joined) = message.and_then(newuser_room) else {
            return;
        };
        let asked = self.asked.get(who).copied();
        let own = |record: &Record<'_>| {
            let room = plain_key(record.room);
            room.is_none() || room == joined
        };
        if let Some(record) = asked.filter(own) {
            self.inside.insert(who, record);
            self.heard.push((who, record));
        }
    }

    fn acked(&mut self, who: &str, id: u64, args: &[Value]) {
        let Some(leave) = self.leaving.get_mut(who) else {
            return;
        };
        if leave.ack == Some(id) {
            match args.is_empty() {
                true => leave.handled = true,
                false => drop(self.leaving.remove(who)),
            }
        }
    }

    /// Who is inside: participant, user and room, as joined.
    pub(crate) fn inside(&self) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        let all = self.inside.iter();
        all.map(|(who, record)| (*who, record.user, record.room))
    }

    pub(crate) fn end(&mut self) {
        for (who, leave) in &self.leaving {
            let inside = self.inside.get(who);
            if leave.handled && inside.is_some_and(|record| record.is_left_by(leave.message)) {
                self.inside.remove(who);
                // Whoever joins that room now says nothing of this one.
                self.asked.remove(who);
            }
        }
    }

    /// Whether somebody may be in this room: it was in this window, or what has become of its newest join is not known.
    pub(crate) fn may_be_in(&self, who: &str, room: &str) -> bool {
        let asked = self.asked.get(who);
        self.may_hear(who, room) || asked.is_some() && asked != self.inside.get(who)
    }

    /// Whether somebody was in this room, or in one that is not told apart from it, at any time of the window.
    fn may_hear(&self, who: &str, room: &str) -> bool {
        self.heard.iter().any(|(member, record)| {
            *member == who && plain_key(record.room).is_none_or(|own| own == room)
        })
    }
}

impl<'a> Record<'a> {
    /// What a join asks for.
    fn of(join: &'a Value) -> Record<'a> {
        let text = |key: &str, default| {
            let value = join.get(key);
            value.map_or(default, |value| value.as_str().unwrap_or_default())
        };
        Record {
            user: text("user", "JDOE"),
            room: text("room", "PARKED"),
        }
    }

    /// Whether a leave is one from here: it says nothing, or what the join said but for the spelling.
    fn is_left_by(&self, leave: &Value) -> bool {
        let fields = [("user", self.user), ("room", self.room)];
        fields.into_iter().all(|(key, own)| {
            let same = |name: &str| {
                let key = plain_key(name);
                name == own || (key.is_some() && key == plain_key(own))
            };
            leave
                .get(key)
                .is_none_or(|value| value.as_str().is_some_and(same))
        })
    }
}

/// Whether an event is the object of a refusal, with its code.
fn is_refusal(name: &str, args: &[Value]) -> bool {
    refusal(name, args).is_some_and(|refusal| refusal.get("code").is_some())
}

/// What somebody says to a room, with the key of the room.
fn said(entry: &Entry) -> Option<(&str, String)> {
    let What::Sent { args, .. } = &entry.what else {
        return None;
    };
    let message = args.first()?;
    let private = message.get("user").is_some_and(|user| !user.is_null());
    if private || message.get("event")?.as_str()? != "chat" {
        return None;
    }
    let room = message.get("room").filter(|room| !room.is_null())?;
    let text = message
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Some((text, plain_key(room.as_str().unwrap_or_default())?))
}

/// The key of the room that a newuser names.
fn newuser_room(arg: &Value) -> Option<Option<String>> {
    let is_newuser = arg.get("type").and_then(Value::as_str) == Some("newuser");
    let text = arg
        .get("message")
        .and_then(Value::as_str)
        .filter(|_| is_newuser)?;
    text.rsplit_once(" joined room ")
        .map(|(_, room)| plain_key(room))
}

/// The key of a plain name. Of others nothing is claimed: `None` stands for a room that is not told apart.
pub(crate) fn plain_key(name: &str) -> Option<String> {
    name.is_ascii().then(|| name.trim().to_uppercase())
}
