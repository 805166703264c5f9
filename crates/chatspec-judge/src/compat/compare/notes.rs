//! What differs without changing which messages are valid: words, names of types, ways of writing, defaults.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::short;
use crate::compat::change::{Category, Change, Peers};
use crate::compat::document::{inlined, plain};
use crate::compat::version::{Bundle, Channel, Direction};

/// All of them, each once: what senders and receivers have in common is not said twice.
pub(super) fn notes(old: &Channel, new: &Channel) -> Vec<Change> {
    let mut notes = Notes {
        place: old.name.clone(),
        direction: old.direction,
        found: Vec::new(),
    };
    notes.bundle(&old.sent, &new.sent, true);
    if old.received.file != old.sent.file {
        notes.bundle(&old.received, &new.received, false);
    }
    let mut seen = BTreeSet::new();
    notes
        .found
        .retain(|change| seen.insert(change.fingerprint.clone()));
    notes.found
}

struct Notes {
    place: String,
    direction: Direction,
    found: Vec<Change>,
}

impl Notes {
    fn bundle(&mut self, old: &Bundle, new: &Bundle, types: bool) {
        let empty = Map::new();
        let defs = |bundle: &Bundle| {
            bundle.document["$defs"]
                .as_object()
                .unwrap_or(&empty)
                .clone()
        };
        let (before, after) = (defs(old), defs(new));
        let [mut a, mut b] = [old, new].map(|bundle| bundle.document.clone());
        for root in [&mut a, &mut b] {
            if let Value::Object(root) = root {
                root.retain(|key, _| key != "$defs");
            }
        }
        self.schema(&a, &b, (None, None));
        let gone: Vec<&String> = before
            .keys()
            .filter(|name| !after.contains_key(*name))
            .collect();
        let came: Vec<&String> = after
            .keys()
            .filter(|name| !before.contains_key(*name))
            .collect();
        for (name, definition) in &before {
            if let Some(other) = after.get(name) {
                self.schema(definition, other, (Some(name), None));
            }
        }
        let mut left = came.clone();
        for name in gone {
            let body = plain(&inlined(&before[name], &old.document));
            let alike = left
                .iter()
                .position(|other| plain(&inlined(&after[*other], &new.document)) == body);
            let other = alike.map(|index| left.remove(index));
            if let Some(other) = other {
                self.schema(&before[name], &after[other], (Some(name), None));
            }
            if !types
                || (other.is_none() && old.messages.iter().any(|message| message.name == *name))
            {
                continue;
            }
            let (kind, what) = match other {
                Some(other) => ("type-renamed", format!("the type is called `{other}` now")),
                None => ("type-removed", "the type is gone".to_owned()),
            };
            self.push(
                Category::Codegen,
                kind,
                what,
                (Some(name), None),
                (&json!(name), &json!(other)),
            );
        }
        for name in left
            .into_iter()
            .filter(|name| types && !new.messages.iter().any(|message| message.name == **name))
        {
            self.push(
                Category::Codegen,
                "type-added",
                "the type is new".to_owned(),
                (Some(name), None),
                (&json!(null), &json!(name)),
            );
        }
    }

    fn schema(&mut self, old: &Value, new: &Value, at: (Option<&str>, Option<&str>)) {
        let (Value::Object(a), Value::Object(b)) = (old, new) else {
            return;
        };
        for (one, other) in [
            ("const", "enum"),
            ("enum", "const"),
            ("oneOf", "anyOf"),
            ("anyOf", "oneOf"),
        ] {
            if a.contains_key(one)
                && !b.contains_key(one)
                && b.contains_key(other)
                && !a.contains_key(other)
            {
                let what = format!("`{one}` is written as `{other}`");
                self.push(
                    Category::Codegen,
                    "rewritten",
                    what,
                    at,
                    (&json!(one), &json!(other)),
                );
            }
        }
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for key in keys {
            self.order(key, (a.get(key), b.get(key)), at);
            self.keyword(key, (a.get(key), b.get(key)), at);
        }
    }

    /// Generated types take over the order of fields, of values and of messages: constructors by position, the numbers of an
    /// enumeration. What came or went is told elsewhere.
    fn order(
        &mut self,
        key: &str,
        (old, new): (Option<&Value>, Option<&Value>),
        at: (Option<&str>, Option<&str>),
    ) {
        if !["properties", "enum", "oneOf", "anyOf"].contains(&key) {
            return;
        }
        let (mut before, mut after) = (listed(old), listed(new));
        before.retain(|name| listed(new).contains(name));
        after.retain(|name| listed(old).contains(name));
        if before != after {
            let what = format!("`{key}` has another order");
            let (before, after) = (json!(before), json!(after));
            self.push(Category::Codegen, "order", what, at, (&before, &after));
        }
    }

    fn keyword(
        &mut self,
        key: &str,
        (old, new): (Option<&Value>, Option<&Value>),
        at: (Option<&str>, Option<&str>),
    ) {
        match (key, old, new) {
            ("properties", Some(Value::Object(old)), Some(Value::Object(new))) => {
                for (name, field) in old {
                    if let Some(other) = new.get(name) {
                        self.schema(field, other, (at.0, Some(name)));
                    }
                }
            }
            ("items" | "not" | "additionalProperties", Some(old), Some(new)) => {
                self.schema(old, new, at)
            }
            ("allOf" | "anyOf" | "oneOf", Some(Value::Array(old)), Some(Value::Array(new)))
                if at.0.is_some() =>
            {
                old.iter()
                    .zip(new)
                    .for_each(|(old, new)| self.schema(old, new, at));
            }
            (_, old, new) if old == new => {}
            ("$ref", Some(old), Some(new)) => {
                let what = format!("refers to {} instead of {}", short(new), short(old));
                self.push(Category::Codegen, "type-of-field", what, at, (old, new));
            }
            ("default", old, new) => {
                let null = Value::Null;
                let (old, new) = (old.unwrap_or(&null), new.unwrap_or(&null));
                let what = format!("`default` was {} and is {}", short(old), short(new));
                self.push(Category::Semantic, "default", what, at, (old, new));
            }
            ("title" | "$id" | "discriminator" | "format", old, new) => {
                self.note(Category::Codegen, key, (old, new), at);
            }
            (key, old, new) if crate::compat::document::is_annotation(key) => {
                self.note(Category::Doc, key, (old, new), at);
            }
            _ => {}
        }
    }

    fn note(
        &mut self,
        category: Category,
        key: &str,
        (old, new): (Option<&Value>, Option<&Value>),
        at: (Option<&str>, Option<&str>),
    ) {
        let what = match (old, new) {
            (Some(old), Some(new)) if old.to_string().len() + new.to_string().len() < 120 => {
                format!("`{key}` was {old} and is {new}")
            }
            (Some(_), Some(_)) => format!("`{key}` has changed"),
            (None, _) => format!("`{key}` is new"),
            (_, None) => format!("`{key}` is gone"),
        };
        let null = Value::Null;
        let kind = if category == Category::Doc {
            "words"
        } else {
            "names"
        };
        let [old, new] = [old, new].map(|value| json!({ key: value.unwrap_or(&null) }));
        self.push(category, kind, what, at, (&old, &new));
    }

    fn push(
        &mut self,
        category: Category,
        kind: &'static str,
        what: String,
        (message, field): (Option<&str>, Option<&str>),
        (old, new): (&Value, &Value),
    ) {
        let mut change = Change::new(category, kind, &self.place, what).at(message, field);
        if kind == "default" {
            let how = "who leaves the field out is taken to mean something else";
            for peers in Peers::BOTH {
                change = change.breaks(self.direction, &[peers], how);
            }
            change.mend = "leave the default, and give what is new a value of its own";
        }
        self.found
            .push(change.marked(&old.to_string(), &new.to_string()));
    }
}

/// The names of an object, or the items of a list as JSON, in their order.
fn listed(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Object(members)) => members.keys().cloned().collect(),
        Some(Value::Array(items)) => items.iter().map(Value::to_string).collect(),
        _ => Vec::new(),
    }
}
