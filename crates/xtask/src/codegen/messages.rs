//! A page for each message in the book: fields, bounds, examples, rules.

use std::path::Path;

use chatspec::catalog::{Direction, MESSAGES, Row};
use chatspec_judge::rule::RulesFile;
use serde_json::Value;

use super::tables::{NOTICE, line};
use super::{Artifact, examples, schema, suite};

/// Where the pages are.
pub(super) const FOLDER: &str = "spec/src/message";

pub(super) fn artifacts(root: &Path) -> Vec<Artifact> {
    let rules = suite::rules_of(root);
    let page = |row: &Row| {
        let content = rules.clone().and_then(|rules| page(root, row, &rules));
        Artifact::new(format!("{FOLDER}/{}.md", file(row)), content)
    };
    MESSAGES.iter().map(page).collect()
}

/// `UsersRequest` as `users-request`.
fn file(row: &Row) -> String {
    let mut name = String::new();
    for c in row.type_name.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn page(root: &Path, row: &Row, rules: &RulesFile) -> Result<String, String> {
    let schema = schema::sent(row.direction);
    let definition = &schema["$defs"][row.type_name];
    let description = definition["description"].as_str().unwrap_or_default();
    let (about, notes) = description.split_once("\n\n`").unwrap_or((description, ""));
    let who = match row.direction {
        Direction::ClientToServer => "A client sends it to the server",
        Direction::ServerToClient => "The server sends it to a client",
    };
    let (key, tag) = (row.direction.tag_key(), row.tag);
    let (since, stability) = (row.since, row.stability.name());
    let mut parts = vec![
        format!("# {}", row.type_name),
        NOTICE.to_owned(),
        about.to_owned(),
        format!("{who}, with `{key}` `{tag}`. Since revision {since}, {stability}."),
        "## Fields".to_owned(),
        fields(row, &schema, definition, notes),
    ];
    parts.extend(types(&schema, definition));
    let examples = examples::of(root, row)?;
    parts.push("## Examples".to_owned());
    for (why, message) in examples.valid {
        parts.push(format!("{why}\n\n```json\n{}\n```", printable(&message)));
    }
    if !examples.refused.is_empty() {
        parts.push("A hardened server refuses these:".to_owned());
        let mut rows = vec![
            line(["message", "code", "why"].into_iter()),
            line(["---"; 3].into_iter()),
        ];
        for (why, message, code) in examples.refused {
            let cells = [format!("`{}`", printable(&message)), code.to_string(), why];
            rows.push(line(cells.iter().map(String::as_str)));
        }
        parts.push(rows.join("\n"));
    }
    parts.push("## Rules".to_owned());
    for name in row.rules {
        let rule = rules.rules.iter().find(|rule| rule.name == *name);
        let rule = rule.ok_or_else(|| {
            format!(
                "{} names the rule {name}, which is in no chapter",
                row.type_name
            )
        })?;
        let chapter = rule.file.trim_start_matches("spec/src/");
        let text = rule
            .text
            .replace("](", "](../")
            .replace("](../http", "](http");
        let profile = rule.profile;
        parts.push(format!("- [`{name}`](../{chapter}) ({profile}): {text}"));
    }
    Ok(parts.join("\n\n") + "\n")
}

fn fields(row: &Row, schema: &Value, definition: &Value, notes: &str) -> String {
    let mut rows = vec![
        line(["field", "type", "bounds", "meaning"].into_iter()),
        line(["---"; 4].into_iter()),
    ];
    let required = |name: &str| {
        definition["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|n| n == name))
    };
    for (name, property) in definition["properties"].as_object().into_iter().flatten() {
        let referred = property["$ref"]
            .as_str()
            .map(|path| path.trim_start_matches("#/$defs/"));
        let target = referred.map_or(property, |name| &schema["$defs"][name]);
        let note = format!("{name}`: ");
        let note = notes
            .split("\n\n`")
            .find_map(|text| text.strip_prefix(&note));
        let meaning = match name == row.direction.tag_key() {
            true => Some("Tells which message it is."),
            false => note.or(property["description"].as_str()),
        };
        let kind = referred.map_or_else(
            || target["type"].as_str().unwrap_or_default().to_owned(),
            |name| format!("[`{name}`](#{})", name.to_lowercase()),
        );
        let presence = if required(name) {
            "required"
        } else {
            "optional"
        };
        let mut all = vec![presence.to_owned()];
        all.extend(bounds(target));
        rows.push(line(
            [
                &format!("`{name}`"),
                &kind,
                &all.join("; "),
                meaning.unwrap_or_default(),
            ]
            .into_iter()
            .map(AsRef::as_ref),
        ));
    }
    rows.join("\n")
}

/// What the schema says of a value, in words.
fn bounds(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some([only]) = schema["enum"].as_array().map(Vec::as_slice) {
        found.push(format!("always `{only}`"));
    }
    match (schema["minLength"].as_u64(), schema["maxLength"].as_u64()) {
        (Some(min), Some(max)) => found.push(format!("{min} to {max} code points")),
        (None, Some(max)) => found.push(format!("at most {max} code points")),
        _ => {}
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        found.push(match pattern.len() <= 60 {
            true => format!("`{pattern}`"),
            false => "a pattern, see below".to_owned(),
        });
    }
    found
}

/// The named types that its fields refer to.
fn types(schema: &Value, definition: &Value) -> Vec<String> {
    let mut parts = Vec::new();
    let properties = definition["properties"].as_object().into_iter().flatten();
    let mut names: Vec<&str> = properties
        .filter_map(|(_, property)| property["$ref"].as_str())
        .map(|path| path.trim_start_matches("#/$defs/"))
        .collect();
    names.dedup();
    for name in names {
        let target = &schema["$defs"][name];
        parts.push(format!("### {name}"));
        parts.push(
            target["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        );
        if let Some(pattern) = target["pattern"].as_str() {
            parts.push(format!("```text\n{pattern}\n```"));
        }
    }
    parts
}

/// JSON in which every character shows, and none ends a span of code or moves the text around it.
fn printable(message: &Value) -> String {
    let mut text = String::new();
    for c in message.to_string().chars() {
        match c {
            '`' => text.push_str("\\u0060"),
            ' '..='~' => text.push(c),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_has_every_page() {
        let summary = std::fs::read_to_string(crate::root().join("spec/src/SUMMARY.md")).unwrap();
        for row in &MESSAGES {
            let link = format!("[{}](message/{}.md)", row.type_name, file(row));
            assert!(summary.contains(&link), "spec/src/SUMMARY.md lacks {link}");
        }
    }

    #[test]
    fn nothing_in_an_example_is_invisible() {
        let message = Value::from("a\u{202e}`\u{1f600}");
        assert_eq!(printable(&message), "\"a\\u202e\\u0060\\ud83d\\ude00\"");
    }
}
