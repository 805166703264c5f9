//! Lists of the manifest: events, messages, refusals, and what schemas do not see.

use serde_json::Value;

use super::plain;
use crate::compat::change::{Category, Change, Peers};
use crate::compat::version::Direction;

type Entry<'a> = (String, &'a Value);

/// Socket.IO events, by name and direction.
pub(super) fn events(old: &Value, new: &Value) -> Vec<Change> {
    let direction = |entry: &Value| match entry["direction"].as_str() {
        Some("server-to-client") => Direction::ServerToClient,
        _ => Direction::ClientToServer,
    };
    let key = |entry: &Value| format!("{}.{}", text(&entry["direction"]), text(&entry["name"]));
    let mut changes = Vec::new();
    for (name, before, after) in joined(&listed(old, key), &listed(new, key)) {
        let name = format!("events.{name}");
        let change = plain(Category::Wire, "event", &name, before, after);
        let way = direction(if before.is_null() { after } else { before });
        let mut change = match (before, after) {
            (_, Value::Null) => change.breaks(
                way,
                &[Peers::OldClient],
                "old clients use an event that new servers do not have",
            ),
            (Value::Null, _) => change.breaks(
                way,
                &[Peers::NewClient],
                "new clients use an event that old servers do not have",
            ),
            (before, after) => {
                let acks = before["acknowledgement"] != after["acknowledgement"];
                let how = match acks {
                    true => {
                        "one waits for an acknowledgement that the other does not give in this form"
                    }
                    false => "one sends arguments that the other does not expect",
                };
                change.breaks(way, &Peers::BOTH, how)
            }
        };
        change.mend = "leave the event, and add one of another name; both are served until old peers are gone";
        changes.push(change);
    }
    changes
}

/// Messages: what schemas do not say about them.
pub(super) fn messages(old: &Value, new: &Value) -> Vec<Change> {
    let key = |entry: &Value| {
        format!(
            "{}.{}",
            text(&entry["direction"]),
            entry["tag"].to_string().replace('"', "")
        )
    };
    let mut changes = Vec::new();
    for (name, before, after) in joined(&listed(old, key), &listed(new, key)) {
        // Those that come and go are compared as schemas.
        if before.is_null() || after.is_null() {
            continue;
        }
        let name = format!("messages.{name}");
        for field in ["name", "since", "stability", "rules"] {
            if before[field] != after[field] {
                let category = if field == "name" {
                    Category::Codegen
                } else {
                    Category::Doc
                };
                changes.push(plain(
                    category,
                    "message",
                    &format!("{name}.{field}"),
                    &before[field],
                    &after[field],
                ));
            }
        }
    }
    changes
}

/// Refusals, by code.
pub(super) fn refusals(old: &Value, new: &Value) -> Vec<Change> {
    let key = |entry: &Value| entry["code"].to_string();
    let mut changes = Vec::new();
    for (code, before, after) in joined(&listed(old, key), &listed(new, key)) {
        // Which codes there are is in the schema of refusals.
        if before.is_null() || after.is_null() {
            continue;
        }
        for field in ["title", "meaning", "priority"] {
            if before[field] == after[field] {
                continue;
            }
            let name = format!("refusals.{code}.{field}");
            let how = match field {
                "priority" => {
                    "where a message is wrong in two ways, the client is told another code than it expects"
                }
                _ => "the client takes the code for something else",
            };
            let change = plain(
                Category::Semantic,
                "refusal",
                &name,
                &before[field],
                &after[field],
            );
            let mut change = change.breaks(Direction::ServerToClient, &Peers::BOTH, how);
            change.mend = "leave what the code means, and give what is new a code of its own";
            changes.push(change);
        }
    }
    changes
}

/// Where a decoder is stricter than the schema, or less strict.
pub(super) fn differences(old: &Value, new: &Value) -> Vec<Change> {
    let key = |entry: &Value| text(&entry["name"]);
    let mut changes = Vec::new();
    for (name, before, after) in joined(&listed(old, key), &listed(new, key)) {
        let name = format!("differences.{name}");
        let change = plain(Category::Semantic, "difference", &name, before, after);
        let mut change = match (before, after) {
            (Value::Null, _) => change.breaks(
                Direction::ClientToServer,
                &[Peers::OldClient],
                "new servers judge values otherwise than the schema does",
            ),
            (_, Value::Null) => change.breaks(
                Direction::ClientToServer,
                &[Peers::NewClient],
                "old servers judge values otherwise than the schema does",
            ),
            _ => change.breaks(
                Direction::ClientToServer,
                &Peers::BOTH,
                "servers of the two versions judge values in different ways",
            ),
        };
        change.mend = "say by hand whom it breaks, and allow it with that as the reason";
        changes.push(change);
    }
    changes
}

fn listed(list: &Value, key: impl Fn(&Value) -> String) -> Vec<Entry<'_>> {
    let entries = list.as_array().into_iter().flatten();
    entries.map(|entry| (key(entry), entry)).collect()
}

/// Entries of both lists that differ, by key; what is not there is null.
fn joined<'a>(old: &[Entry<'a>], new: &[Entry<'a>]) -> Vec<(String, &'a Value, &'a Value)> {
    let find = |list: &[Entry<'a>], key: &String| {
        list.iter()
            .find(|(other, _)| other == key)
            .map(|(_, entry)| *entry)
    };
    let mut all = Vec::new();
    for (key, entry) in old {
        let after = find(new, key).unwrap_or(&Value::Null);
        if after != *entry {
            all.push((key.clone(), *entry, after));
        }
    }
    let came = new.iter().filter(|(key, _)| find(old, key).is_none());
    all.extend(came.map(|(key, entry)| (key.clone(), &Value::Null, *entry)));
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
