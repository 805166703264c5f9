//! Invariants: what holds in every conversation, without predicting it.

mod load;
pub(crate) mod members;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::finding::{Finding, Outcome, describe};
use crate::fixture::Fixture;
use crate::rule::names;
use crate::shape::Shapes;
use crate::transcript::{Entry, Transcript, What};

/// Every invariant over the whole transcript.
pub fn check(fixture: &Fixture, transcript: &Transcript, shapes: &Shapes) -> Vec<Finding> {
    let mut findings = shapes_hold(transcript, shapes);
    findings.extend(json_holds(transcript));
    findings.extend(sender_order(fixture, transcript));
    findings.extend(members::only(fixture, transcript));
    findings.extend(late(fixture, transcript));
    findings.extend(process_lives(transcript));
    findings.extend(load::check(transcript));
    findings
}

/// The server's process is the one that it was before a bad input.
fn process_lives(transcript: &Transcript) -> Vec<Finding> {
    let looks = transcript.entries.iter().enumerate();
    looks
        .filter_map(|(index, entry)| match &entry.what {
            What::Process { same: true, .. } => Some(Finding::held(names::PROCESS, entry.step, "")),
            What::Process { same: false, why } => Some(Finding::new(
                names::PROCESS,
                Outcome::Dead,
                entry.step,
                "",
                "the same process as before".to_owned(),
                why.clone(),
                Some(index),
            )),
            _ => None,
        })
        .collect()
}

fn shapes_hold(transcript: &Transcript, shapes: &Shapes) -> Vec<Finding> {
    let chats = transcript
        .entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| match &entry.what {
            What::Event { name, args } if name == "chat" => Some((index, entry, args)),
            _ => None,
        });
    chats
        .map(|(index, entry, args)| match shapes.complaint(args) {
            None => Finding::held(names::SCHEMA, entry.step, &entry.who),
            Some(complaint) => Finding::new(
                names::SCHEMA,
                Outcome::Different,
                entry.step,
                &entry.who,
                "a message of the receive schema".to_owned(),
                format!("{}: {complaint}", describe("chat", args)),
                Some(index),
            ),
        })
        .collect()
}

fn json_holds(transcript: &Transcript) -> Vec<Finding> {
    let malformed = transcript
        .entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| match &entry.what {
            What::Malformed { raw, why, json } => Some((index, entry, raw, why, *json)),
            _ => None,
        });
    malformed
        .filter(|(index, entry, raw, ..)| {
            !was_asked_for(&transcript.entries[..*index], &entry.who, raw)
        })
        .map(|(index, entry, raw, why, json)| {
            let rule = if json {
                names::VALID_JSON
            } else {
                names::SCHEMA
            };
            let expected = if json {
                "valid JSON"
            } else {
                "a packet of the protocol"
            };
            Finding::new(
                rule,
                Outcome::Different,
                entry.step,
                &entry.who,
                expected.to_owned(),
                format!("{why}: {raw:?}"),
                Some(index),
            )
        })
        .collect()
}

/// Whether this is an acknowledgement under an id that the same participant gave: an id of more digits than anyone counts
/// is malformed only where nobody has sent it.
fn was_asked_for(before: &[Entry], who: &str, raw: &str) -> bool {
    let Some(rest) = raw.strip_prefix("43") else {
        return false;
    };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let event = format!("42{}[", &rest[..digits]);
    digits > 0
        && before.iter().any(|entry| {
            entry.who == who
                && matches!(&entry.what, What::SentRaw { text } if text.contains(&event))
        })
}

/// Texts that carry the conversation's nonce are told apart; each receiver must see one sender's in sending order.
fn sender_order(fixture: &Fixture, transcript: &Transcript) -> Vec<Finding> {
    let mut sent: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (index, entry) in transcript.entries.iter().enumerate() {
        let What::Sent { args, .. } = &entry.what else {
            continue;
        };
        let text = args
            .first()
            .and_then(|arg| arg.get("text"))
            .and_then(Value::as_str);
        if let Some(text) = text.filter(|text| has_nonce(transcript, text)) {
            sent.entry((entry.who.clone(), text.to_owned()))
                .or_insert(index);
        }
    }
    let mut last: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for (index, entry) in transcript.entries.iter().enumerate() {
        let Some((from, text)) = chat(entry) else {
            continue;
        };
        let sender = fixture.participants.iter().find(|p| {
            let name = transcript.bindings.get(&p.name).and_then(Value::as_str);
            name.is_some_and(|name| name.to_uppercase() == from)
        });
        let Some(sender) = sender else { continue };
        let Some(position) = sent.get(&(sender.name.clone(), text.to_owned())).copied() else {
            continue;
        };
        let newest = last
            .entry((entry.who.clone(), sender.name.clone()))
            .or_insert(position);
        if position < *newest {
            findings.push(Finding::new(
                names::SENDER_ORDER,
                Outcome::Order,
                entry.step,
                &entry.who,
                format!("the messages of {} in sending order", sender.name),
                format!("{text:?} after a later one"),
                Some(index),
            ));
        } else {
            *newest = position;
        }
    }
    findings
}

/// What comes after everybody has left. Announcements are the leaving itself, and who was lost on the way never left.
fn late(fixture: &Fixture, transcript: &Transcript) -> Vec<Finding> {
    let after = transcript
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.step >= fixture.steps.len());
    let lost = |who: &str| {
        let mut own = transcript.entries.iter().filter(|entry| entry.who == who);
        own.any(|entry| matches!(entry.what, What::BarrierLost { .. }))
    };
    after
        .filter(|(_, entry)| !lost(&entry.who))
        .filter_map(|(index, entry)| {
            let What::Event { name, args } = &entry.what else {
                return None;
            };
            let arg = args.first()?;
            let spoken = matches!(
                arg.get("type").and_then(Value::as_str),
                Some("chat" | "image" | "users")
            );
            let ours = has_nonce(transcript, &arg.to_string());
            (name == "chat" && spoken && ours).then(|| {
                Finding::new(
                    names::CLOSURE,
                    Outcome::Late,
                    entry.step,
                    &entry.who,
                    "nothing after the conversation".to_owned(),
                    describe(name, args),
                    Some(index),
                )
            })
        })
        .collect()
}

fn chat(entry: &Entry) -> Option<(&str, &str)> {
    let What::Event { name, args } = &entry.what else {
        return None;
    };
    let [arg] = args.as_slice() else { return None };
    let is_chat = name == "chat" && arg.get("type").and_then(Value::as_str) == Some("chat");
    is_chat
        .then(|| Some((arg.get("from")?.as_str()?, arg.get("message")?.as_str()?)))
        .flatten()
}

fn has_nonce(transcript: &Transcript, text: &str) -> bool {
    transcript
        .bindings
        .get("nonce")
        .and_then(Value::as_str)
        .is_some_and(|nonce| text.contains(nonce))
}

#[cfg(test)]
mod tests;
