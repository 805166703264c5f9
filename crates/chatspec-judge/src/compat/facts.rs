//! What no schema says: names of events, acknowledgements, limits, codes, their order. All of it is in `manifest.json`.

mod limits;
mod lists;

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::{Category, Change, Peers};
use super::contain::{Answer, Verdict};
use super::version::Direction;

/// The name of the file, and of the place of its changes.
const PLACE: &str = "manifest";

/// Every fact that differs.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for key in keys(old, new) {
        let (before, after) = (&old[&key], &new[&key]);
        if before == after {
            continue;
        }
        match key.as_str() {
            // It is meant to change.
            "revision" => changes.push(plain(Category::Doc, "revision", &key, before, after)),
            "transport" => changes.extend(transport(before, after)),
            "events" => changes.extend(lists::events(before, after)),
            "messages" => changes.extend(lists::messages(before, after)),
            "refusals" => changes.extend(lists::refusals(before, after)),
            "differences" => changes.extend(lists::differences(before, after)),
            "limits" => changes.extend(limits::compare(before, after)),
            "texts" => changes.extend(each(before, after, &key, |change| {
                let how = "people are shown another text than the one they know";
                change.breaks(Direction::ServerToClient, &Peers::BOTH, how)
            })),
            "defaults" => changes.extend(each(before, after, &key, |change| {
                let how = "who leaves the field out is taken to mean something else";
                change.breaks(Direction::ClientToServer, &Peers::BOTH, how)
            })),
            _ => changes.push(strange(&key, before, after)),
        }
    }
    changes
}

fn transport(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for key in keys(old, new) {
        let (before, after) = (&old[&key], &new[&key]);
        if before == after {
            continue;
        }
        let name = format!("transport.{key}");
        let mut change = plain(Category::Wire, "transport", &name, before, after);
        if key == "transports" {
            let less = |a: &Value, b: &Value| {
                a.as_array()
                    .into_iter()
                    .flatten()
                    .any(|one| !b.as_array().is_some_and(|b| b.contains(one)))
            };
            for direction in [Direction::ClientToServer, Direction::ServerToClient] {
                if less(before, after) {
                    let how = "a client that has no other transport reaches no server";
                    change = change.breaks(direction, &[Peers::OldClient], how);
                }
                if less(after, before) {
                    let how = "a client that has no other transport reaches no server";
                    change = change.breaks(direction, &[Peers::NewClient], how);
                }
            }
        } else {
            for direction in [Direction::ClientToServer, Direction::ServerToClient] {
                change = change.breaks(direction, &Peers::BOTH, "they do not connect");
            }
        }
        change.mend = "leave it: a server can serve both for as long as there are old clients";
        changes.push(change);
    }
    changes
}

/// Every entry of an object that differs: a fact about meaning.
fn each(old: &Value, new: &Value, group: &str, weigh: impl Fn(Change) -> Change) -> Vec<Change> {
    keys(old, new)
        .into_iter()
        .filter(|key| old[key] != new[key])
        .map(|key| {
            let name = format!("{group}.{key}");
            let mut change = weigh(plain(
                Category::Semantic,
                "meaning",
                &name,
                &old[&key],
                &new[&key],
            ));
            change.mend = "leave it, and give what is new a name of its own";
            change
        })
        .collect()
}

/// A fact that nobody has taught us to weigh.
fn strange(key: &str, old: &Value, new: &Value) -> Change {
    let mut change = plain(Category::Semantic, "unknown-fact", key, old, new);
    let answer = Answer {
        verdict: Verdict::Unknown,
        witness: None,
        how: "nothing is known about facts of this name".to_owned(),
    };
    for direction in [Direction::ClientToServer, Direction::ServerToClient] {
        for peers in Peers::BOTH {
            change.note(direction, peers, &answer);
        }
    }
    change.mend = "say by hand whom it breaks, and allow it with that as the reason";
    change
}

/// A change of a fact that breaks nobody, so far.
fn plain(category: Category, kind: &'static str, name: &str, old: &Value, new: &Value) -> Change {
    let what = match (old, new) {
        (Value::Null, new) => format!("is new: {}", short(new)),
        (old, Value::Null) => format!("is gone; it was {}", short(old)),
        (old, new) => format!("was {} and is {}", short(old), short(new)),
    };
    let [before, after] = [old, new].map(super::document::canonical);
    let mut change = Change::new(category, kind, PLACE, what);
    change.message = Some(name.to_owned());
    change.marked(&before, &after)
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// The keys of both.
fn keys(old: &Value, new: &Value) -> BTreeSet<String> {
    let keys = [old, new].map(|value| {
        value
            .as_object()
            .into_iter()
            .flat_map(|map| map.keys())
            .cloned()
    });
    keys.into_iter().flatten().collect()
}
