//! Who is in which room, read off the transcript, and who hears a room without being there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::finding::{Finding, Outcome};
use crate::fixture::Fixture;
use crate::rule::names;
use crate::transcript::{Transcript, What};

use super::{chat, has_nonce};

/// A message to a room reaches nobody whose newest confirmed membership is another room.
///
/// Membership is read off the transcript: a newuser that comes back for its room confirms a join, one's own leave that is
/// not refused ends it, and so does a drop. A close by the server ends nothing that was on its way: the next session
/// begins without a room.
pub(super) fn only(fixture: &Fixture, transcript: &Transcript) -> Vec<Finding> {
    let mut asked: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let mut member: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let mut findings = Vec::new();
    for step in 0..=fixture.steps.len() {
        let before = member.clone();
        let mut to_room: Vec<(String, String)> = Vec::new();
        let mut leaving: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for entry in transcript.entries.iter().filter(|entry| entry.step == step) {
            match &entry.what {
                What::Sent { args, .. } => {
                    let arg = args.first().unwrap_or(&Value::Null);
                    let room = arg
                        .get("room")
                        .map_or("PARKED", |room| room.as_str().unwrap_or_default());
                    match arg.get("event").and_then(Value::as_str) {
                        Some("join") => drop(asked.insert(&entry.who, plain_key(room))),
                        Some("leave") => drop(leaving.insert(&entry.who, plain_key(room))),
                        Some("chat")
                            if arg.get("user").is_none_or(Value::is_null)
                                && arg.get("room").is_some_and(|room| !room.is_null()) =>
                        {
                            let text = arg.get("text").and_then(Value::as_str).unwrap_or_default();
                            if has_nonce(transcript, text) {
                                to_room.extend(plain_key(room).map(|room| (text.to_owned(), room)));
                            }
                        }
                        _ => {}
                    }
                }
                What::Event { name, args } if name == "chat" => {
                    let joined = args.first().and_then(newuser_room);
                    if let Some(room) = asked.get(entry.who.as_str()).filter(|room| {
                        joined
                            .as_ref()
                            .is_some_and(|joined| room.is_none() || joined == *room)
                    }) {
                        member.insert(&entry.who, room.clone());
                    }
                }
                // A refusal: nothing has changed.
                What::Event { .. } => drop(leaving.remove(entry.who.as_str())),
                What::Dropped | What::Connected { .. } => drop(member.remove(entry.who.as_str())),
                _ => {}
            }
        }
        for (index, entry) in transcript
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.step == step)
        {
            let Some((_, text)) = chat(entry) else {
                continue;
            };
            let Some((_, room)) = to_room.iter().find(|(sent, _)| sent == text) else {
                continue;
            };
            let inside = |members: &BTreeMap<&str, Option<String>>| {
                let inside = members.get(entry.who.as_str());
                inside.is_some_and(|inside| inside.as_ref().is_none_or(|inside| inside == room))
            };
            if !inside(&before) && !inside(&member) {
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
fn plain_key(name: &str) -> Option<String> {
    name.is_ascii().then(|| name.trim().to_uppercase())
}
