//! JSON values as YAML, for files that people read.

use serde_json::Value;

/// A document in block style, with a final line feed. Strings that YAML could take for something else are quoted as in JSON,
/// which is a part of YAML; a text of several lines is a literal block.
pub fn yaml(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text.trim_start_matches('\n').to_owned()
}

/// A value behind a key or a dash: on the same line if it fits there, else indented below.
fn block(value: &Value, depth: usize, to: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                to.push_str(&format!("\n{indent}{}:", scalar(key)));
                block(value, depth + 1, to);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                to.push_str(&format!("\n{indent}-"));
                let mut inner = String::new();
                block(item, depth + 1, &mut inner);
                // The first key of an object goes on the line of the dash.
                let first = format!("\n{indent}  ");
                match (item, inner.strip_prefix(&first)) {
                    (Value::Object(_), Some(rest)) => {
                        to.push(' ');
                        to.push_str(rest.strip_suffix('\n').unwrap_or(rest));
                    }
                    _ => to.push_str(inner.strip_suffix('\n').unwrap_or(&inner)),
                }
            }
        }
        Value::String(text) if text.contains('\n') && blockable(text) => {
            to.push_str(" |-");
            for line in text.split('\n') {
                match line {
                    "" => to.push('\n'),
                    line => to.push_str(&format!("\n{indent}{line}")),
                }
            }
        }
        Value::String(text) => to.push_str(&format!(" {}", scalar(text))),
        other => to.push_str(&format!(" {other}")),
    }
    if depth == 0 {
        to.push('\n');
    }
}

/// Whether a literal block holds this text unchanged.
fn blockable(text: &str) -> bool {
    let plain = |c: char| {
        c == '\n' || !c.is_control() && !"\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}".contains(c)
    };
    text.chars().all(plain) && !text.starts_with([' ', '\n']) && !text.ends_with('\n')
}

/// A string on one line.
fn scalar(text: &str) -> String {
    let word = |c: char| c.is_ascii_alphanumeric() || "$_-/. `".contains(c);
    let safe = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
        && text.chars().all(word)
        && !text.ends_with(' ')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_ascii_lowercase().as_str());
    match safe {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// As in JSON, and without what YAML allows nowhere. Characters beyond the first plane stay as they are: a pair of escapes would
/// be two characters.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut quoted = String::new();
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reader_that_is_not_ours_gets_the_value_back() {
        let value = json!({
            "asyncapi": "3.0.0",
            "yes": ["no", "null", "0x1", "- a", "# b", "a: b", "", " ", "a\nb", "\n", "a\n\n  b", "\u{2028}\n", "\u{0}\u{7f}\u{85}\u{ffff}", "$x", "ä\u{1f600}"],
            "nested": [[1, [2]], {"a": {"b": []}, "c": {}}, {"d": [{"e": true, "f": -1.5}]}],
            "$ref": "#/x",
            "a b": null,
        });
        let text = yaml(&value);
        let back: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(back, value, "{text}");
        assert!(text.starts_with("asyncapi: \"3.0.0\"\n") && text.ends_with("null\n"));
    }
}
