//! What is told of a change, word for word: of every edit of the corpus, and of the base with each of its parts another.

use std::collections::BTreeMap;
use std::fmt::Write;

use chatspec_judge::compat::change::Report;
use chatspec_judge::compat::version::Version;
use chatspec_judge::compat::{compare, words};
use serde_json::{Map, Value, json};

use super::{base, edits};
use crate::golden;

#[test]
fn every_edit_is_told_in_these_words() {
    let base = base();
    let mut text = String::new();
    for list in ["edits.json", "rows.json"] {
        for edit in edits(list) {
            let outcome = edit.play(&base).expect("it can be compared");
            let human = words::human(&outcome.report);
            writeln!(text, "## {}\n{}", edit.name, human.trim_end()).expect("text");
        }
    }
    golden::is("corpus/edits.txt", &text);
}

/// What is not like the base is told: nothing is passed over, and what cannot be compared says why.
#[test]
fn every_part_is_missed_where_it_is_not_there_or_another() {
    let base = base();
    let old = Version::read("old", &base).expect("the base can be compared");
    let mut text = String::new();
    let mut silent = Vec::new();
    // The schemas of the other direction are like these.
    for file in ["client-to-server.json", "manifest.json", "refusal.json"] {
        let source = &base[file];
        let document: Value = serde_json::from_str(source).expect("json");
        for (place, other) in others(&document) {
            let mut new: BTreeMap<String, String> = base.clone();
            new.insert(file.to_owned(), other.to_string());
            let told = match Version::read("new", &new) {
                Err(error) => format!("error: {error}"),
                Ok(new) => match compare(&old, &new) {
                    Err(error) => format!("error: {error}"),
                    Ok(report) => short(&report),
                },
            };
            if told.is_empty() {
                silent.push(format!("{file} {place}"));
            }
            writeln!(text, "{file} {place}\n{told}").expect("text");
        }
    }
    writeln!(text, "silent: {}", silent.join(", ")).expect("text");
    golden::is("corpus/parts.txt", &text);
}

/// A line of each change.
fn short(report: &Report) -> String {
    let mut text = String::new();
    for what in &report.unsound {
        writeln!(text, "  unsound: {what:?}").expect("text");
    }
    for change in &report.changes {
        let row = change.cells.row().map(words::word).join(" ");
        let (subject, what) = (words::subject(change), &change.what);
        let found = change.findings.len();
        writeln!(
            text,
            "  {} {row}: {subject} {what}; {found} found, types: {}",
            words::category(change.category),
            change.alters_types
        )
        .expect("text");
    }
    text.trim_end().to_owned()
}

/// The document without each of its parts, and with another in its place.
fn others(document: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match document {
        Value::Object(map) => {
            for (key, value) in map {
                let with = |value: Option<Value>| {
                    let keep = |(name, old): (&String, &Value)| {
                        let new = if name == key {
                            value.clone()
                        } else {
                            Some(old.clone())
                        };
                        new.map(|new| (name.clone(), new))
                    };
                    Value::Object(map.iter().filter_map(keep).collect::<Map<_, _>>())
                };
                all.push((format!("/{key} gone"), with(None)));
                all.extend(
                    others(value)
                        .into_iter()
                        .map(|(place, other)| (format!("/{key}{place}"), with(Some(other)))),
                );
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let with = |value: Option<Value>| {
                    let mut items = items.clone();
                    items.splice(at..=at, value);
                    Value::Array(items)
                };
                all.push((format!("/{at} gone"), with(None)));
                all.extend(
                    others(item)
                        .into_iter()
                        .map(|(place, other)| (format!("/{at}{place}"), with(Some(other)))),
                );
            }
        }
        Value::String(text) => all.push((" another".to_owned(), json!(format!("{text}x")))),
        Value::Number(_) => all.push((" another".to_owned(), json!(7))),
        Value::Bool(known) => all.push((" another".to_owned(), json!(!known))),
        Value::Null => all.push((" another".to_owned(), json!([]))),
    }
    all
}
