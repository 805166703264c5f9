//! What was done to the messages of a channel, edit by edit.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::body::{difference, frame, mixed, names, requires, slice};
use crate::compat::change::{Category, Change};
use crate::compat::contain::Verdict;
use crate::compat::document::{canonical, loose, typed};
use crate::compat::version::{Bundle, Channel, Message};

/// One edit, applied alone to the old version.
pub(super) struct Edit {
    pub(super) message: String,
    pub(super) field: Option<String>,
    pub(super) kind: &'static str,
    pub(super) what: String,
    /// The new name of a field.
    pub(super) to: Option<String>,
    /// Whether it is about the field that tells messages apart.
    pub(super) tag: bool,
    /// What old senders send, as far as the edit touches it.
    pub(super) before: Vec<Value>,
    /// What senders send after the edit, as far as it touches that.
    pub(super) after: Vec<Value>,
    /// All that receivers take after the edit.
    pub(super) received: Vec<Value>,
    /// What was there, and what is there now, for the fingerprint.
    fragments: [String; 2],
    alters_types: bool,
}

/// A message in both versions, as far as it is there.
struct Matched<'a> {
    name: &'a str,
    sent: [Option<&'a Message>; 2],
    received: [Option<&'a Message>; 2],
}

/// All edits, in the order of the files.
pub(super) fn edits(old: &Channel, new: &Channel) -> Vec<Edit> {
    let mut edits = Vec::new();
    for matched in matched(old, new) {
        match (matched.sent, matched.received) {
            ([Some(_), Some(_)], _) | ([None, None], [Some(_), Some(_)]) => {
                edits.extend(fields(old, &matched));
            }
            _ => edits.push(message(old, new, &matched)),
        }
    }
    edits
}

/// Whether a change says nothing that another does not say: receivers that know one message more or less name one tag
/// more or less among those that they do not know.
pub(super) fn is_idle(change: &Change, messages_changed: &bool) -> bool {
    *messages_changed && change.kind == "receivers-changed" && change.verdict() == Verdict::Ok
}

impl Edit {
    pub(super) fn change(&self, place: &str) -> Change {
        let mut change = Change::new(Category::Wire, self.kind, place, self.what.clone());
        change.alters_types = self.alters_types;
        let [old, new] = &self.fragments;
        change
            .at(Some(&self.message), self.field.as_deref())
            .marked(old, new)
    }

    /// Whether the edit has nothing to ask: nobody sends what it is about.
    pub(super) fn silent(&self, forward: bool) -> bool {
        match forward {
            true => self.before.is_empty(),
            false => self.after.is_empty(),
        }
    }
}

fn matched<'a>(old: &'a Channel, new: &'a Channel) -> Vec<Matched<'a>> {
    let mut all: Vec<Matched<'a>> = Vec::new();
    let sent = pairs(&old.sent, &new.sent);
    for pair in &sent {
        let twin =
            |index: usize, bundle: &'a Bundle| pair[index].and_then(|message| bundle.find(message));
        all.push(Matched {
            name: pair
                .iter()
                .flatten()
                .next()
                .map_or("", |message| &message.name),
            sent: *pair,
            received: [twin(0, &old.received), twin(1, &new.received)],
        });
    }
    // What only receivers know.
    for pair in pairs(&old.received, &new.received) {
        let known = |message: &Option<&Message>| {
            message.is_some_and(|message| {
                all.iter()
                    .flat_map(|matched| matched.received)
                    .flatten()
                    .any(|other| std::ptr::eq(other, message))
            })
        };
        if !pair.iter().any(known) {
            all.push(Matched {
                name: pair
                    .iter()
                    .flatten()
                    .next()
                    .map_or("", |message| &message.name),
                sent: [None, None],
                received: pair,
            });
        }
    }
    all
}

/// Messages of two bundles, by tag first, what is left by name.
fn pairs<'a>(old: &'a Bundle, new: &'a Bundle) -> Vec<[Option<&'a Message>; 2]> {
    let mut left: Vec<&Message> = new.messages.iter().collect();
    let mut pairs: Vec<[Option<&Message>; 2]> = old
        .messages
        .iter()
        .map(|message| [Some(message), None])
        .collect();
    let same_tag = |a: &Message, b: &Message| a.tag.is_some() && a.tag == b.tag;
    let same_name = |a: &Message, b: &Message| a.name == b.name;
    let alone = |_: &Message, _: &Message| old.messages.len() == 1 && new.messages.len() == 1;
    for alike in [
        &same_tag as &dyn Fn(&Message, &Message) -> bool,
        &same_name,
        &alone,
    ] {
        for pair in pairs.iter_mut().filter(|pair| pair[1].is_none()) {
            let found = left
                .iter()
                .position(|message| pair[0].is_some_and(|old| alike(old, message)));
            pair[1] = found.map(|index| left.remove(index));
        }
    }
    pairs.extend(left.into_iter().map(|message| [None, Some(message)]));
    pairs
}

/// A message that came or went, for senders or for receivers.
fn message(old: &Channel, new: &Channel, matched: &Matched<'_>) -> Edit {
    let came =
        matched.sent[1].is_some() || (matched.sent[0].is_none() && matched.received[1].is_some());
    let sends = matched.sent.iter().any(Option::is_some);
    let (kind, what) = match (sends, came) {
        (true, true) => ("message-added", "is new"),
        (true, false) => ("message-removed", "is gone"),
        (false, true) => (
            "receivers-added",
            "is new for receivers; nobody sends it yet",
        ),
        (false, false) => (
            "receivers-removed",
            "is gone for receivers; nobody sends it",
        ),
    };
    let mut received: Vec<Value> = Vec::new();
    for known in &old.received.messages {
        let gone = matched.received[0].is_some_and(|twin| std::ptr::eq(twin, known)) && !came;
        if !gone {
            received.push(known.body.clone());
        }
    }
    received.extend(
        matched.received[1]
            .filter(|_| came)
            .map(|twin| twin.body.clone()),
    );
    // Who takes messages that he does not know names those that he knows: that goes with the message.
    for twin in new
        .received
        .messages
        .iter()
        .filter(|message| message.tag.is_none())
    {
        let place = old
            .received
            .messages
            .iter()
            .position(|known| known.tag.is_none() && known.name == twin.name);
        if let Some(place) = place.and_then(|place| {
            received
                .iter()
                .position(|body| *body == old.received.messages[place].body)
        }) {
            received[place] = twin.body.clone();
        }
    }
    let body = |message: Option<&Message>| {
        message
            .map(|message| canonical(&message.body))
            .unwrap_or_default()
    };
    let all = || {
        old.sent
            .messages
            .iter()
            .map(|message| message.body.clone())
            .collect()
    };
    Edit {
        message: matched.name.to_owned(),
        field: None,
        kind,
        what: what.to_owned(),
        to: None,
        tag: false,
        before: match came {
            true => all(),
            false => matched.sent[0]
                .map(|message| message.body.clone())
                .into_iter()
                .collect(),
        },
        after: matched.sent[1]
            .map(|message| message.body.clone())
            .into_iter()
            .collect(),
        received,
        fragments: [
            body(matched.sent[0]) + &body(matched.received[0]),
            body(matched.sent[1]) + &body(matched.received[1]),
        ],
        alters_types: sends,
    }
}

fn fields(old: &Channel, matched: &Matched<'_>) -> Vec<Edit> {
    let bodies = |pair: [Option<&Message>; 2]| {
        pair.map(|message| message.map_or(json!({}), |message| message.body.clone()))
    };
    let (sent, received) = (bodies(matched.sent), bodies(matched.received));
    let names: BTreeSet<String> = sent.iter().chain(&received).flat_map(names).collect();
    let differs = |name: &String| {
        let other =
            |pair: &[Value; 2]| loose(&slice(&pair[0], name)) != loose(&slice(&pair[1], name));
        other(&sent) || other(&received)
    };
    let mut changed: Vec<String> = names.into_iter().filter(differs).collect();
    let mut edits = Vec::new();
    let make =
        |names: &[String], kind, what| edit(old, matched, (&sent, &received), (names, kind, what));
    if let Some((from, to)) = renamed(&changed, &sent) {
        changed.retain(|name| *name != from && *name != to);
        edits.push(make(
            &[from.clone(), to.clone()],
            "field-renamed",
            format!("is called `{to}` now"),
        ));
    }
    for name in changed {
        let (kind, what) = described(&name, &sent, &received);
        edits.push(make(&[name], kind, what));
    }
    let other = |pair: &[Value; 2]| loose(&frame(&pair[0])) != loose(&frame(&pair[1]));
    if other(&sent) || other(&received) {
        let what = match other(&sent) {
            true => difference(&frame(&sent[0]), &frame(&sent[1])),
            false => format!(
                "receivers take other values: {}",
                difference(&frame(&received[0]), &frame(&received[1]))
            ),
        };
        let kind = if matched.sent[0].is_some() {
            "message-changed"
        } else {
            "receivers-changed"
        };
        edits.push(make(&[], kind, what));
    }
    edits
}

type Bodies<'a> = (&'a [Value; 2], &'a [Value; 2]);

/// The edit of these fields, or, without any, of all that belongs to no field.
fn edit(
    old: &Channel,
    matched: &Matched<'_>,
    (sent, received): Bodies<'_>,
    (names, kind, what): (&[String], &'static str, String),
) -> Edit {
    let after = mixed(sent, names);
    let taken = mixed(received, names);
    let bodies = old.received.messages.iter().map(|known| {
        let twin = matched.received[0].is_some_and(|twin| std::ptr::eq(twin, known));
        if twin {
            taken.clone()
        } else {
            known.body.clone()
        }
    });
    let fragment = |side: usize| match names {
        [] => canonical(&frame(&sent[side])) + &canonical(&frame(&received[side])),
        names => names
            .iter()
            .map(|name| {
                canonical(&slice(&sent[side], name)) + &canonical(&slice(&received[side], name))
            })
            .collect(),
    };
    let sends = matched.sent[0].is_some();
    let is_tag = |name: &String| {
        let only = |body: &Value| {
            body["properties"][name]["enum"]
                .as_array()
                .is_some_and(|values| values.len() == 1)
        };
        sends && only(&sent[0]) && only(&sent[1])
    };
    let all = || {
        old.sent
            .messages
            .iter()
            .map(|message| message.body.clone())
            .collect()
    };
    Edit {
        message: matched.name.to_owned(),
        field: names.first().cloned(),
        kind: if sends { kind } else { "receivers-changed" },
        what,
        to: names.get(1).cloned(),
        tag: names.first().is_some_and(is_tag),
        before: if sends { vec![sent[0].clone()] } else { all() },
        alters_types: sends && typed(&loose(&sent[0])) != typed(&loose(&after)),
        after: if sends { vec![after] } else { vec![] },
        received: bodies.collect(),
        fragments: [fragment(0), fragment(1)],
    }
}

/// A field that went and one that came, which are alike.
fn renamed(changed: &[String], sent: &[Value; 2]) -> Option<(String, String)> {
    let has = |side: usize, name: &String| sent[side]["properties"].get(name).is_some();
    let gone: Vec<&String> = changed
        .iter()
        .filter(|name| has(0, name) && !has(1, name))
        .collect();
    let came: Vec<&String> = changed
        .iter()
        .filter(|name| !has(0, name) && has(1, name))
        .collect();
    match (gone.as_slice(), came.as_slice()) {
        ([from], [to]) if slice(&sent[0], from) == slice(&sent[1], to) => {
            Some(((*from).clone(), (*to).clone()))
        }
        _ => None,
    }
}

fn described(name: &str, sent: &[Value; 2], received: &[Value; 2]) -> (&'static str, String) {
    let field = |side: usize| sent[side]["properties"].get(name);
    let need = |side: usize| {
        if requires(&sent[side], name) {
            "required"
        } else {
            "optional"
        }
    };
    match (field(0), field(1)) {
        (None, Some(_)) => ("field-added", format!("is new and {}", need(1))),
        (Some(_), None) => ("field-removed", format!("is gone; it was {}", need(0))),
        (Some(old), Some(new)) => {
            let mut parts = Vec::new();
            let kind = match (need(0), need(1)) {
                ("optional", "required") => "field-required",
                ("required", "optional") => "field-optional",
                _ => "field-changed",
            };
            if kind != "field-changed" {
                parts.push(format!("was {} and is {}", need(0), need(1)));
            }
            if loose(old) != loose(new) {
                parts.push(difference(old, new));
            } else if parts.is_empty() {
                let [old, new] = [0, 1].map(|side| &received[side]["properties"][name]);
                parts.push(format!(
                    "receivers take other values: {}",
                    difference(old, new)
                ));
            }
            (kind, parts.join("; "))
        }
        (None, None) => {
            let [old, new] = [0, 1].map(|side| slice(&received[side], name));
            (
                "receivers-changed",
                format!("receivers take other values: {}", difference(&old, &new)),
            )
        }
    }
}
