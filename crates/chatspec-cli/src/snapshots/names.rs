//! Puts variables back where a run had fresh names.

use chatspec_judge::value::{Bindings, resolve_text};
use serde_json::Value;

/// Characters of a string that are shown; what is longer is cut.
const SHOWN_MAX: usize = 200;

/// What stands for what: the fresh text, and the variable in the notation of the fixtures.
pub struct Names(Vec<(String, String)>);

impl Names {
    /// Every variable as it is, and in lower, upper and title case.
    pub fn of(bindings: &Bindings) -> Names {
        let mut names: Vec<(String, String)> = Vec::new();
        for name in bindings.keys() {
            let plain = format!("${name}");
            let cased = ["lower", "upper", "title"].map(|case| format!("${{{name}|{case}}}"));
            for variable in std::iter::once(plain).chain(cased) {
                let text = resolve_text(&variable, bindings).expect("a variable that is bound");
                // Session ids of connections that were never opened are empty.
                if !text.is_empty() && !names.iter().any(|(known, _)| *known == text) {
                    names.push((text, variable));
                }
            }
        }
        // Of two that fit, the longer one is meant.
        names.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Names(names)
    }

    /// A text with its variables put back; `$` becomes `$$`. Cut where it is long.
    pub fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((known, variable)) =
                self.0.iter().find(|(known, _)| rest.starts_with(known))
            {
                out.push_str(variable);
                rest = &rest[known.len()..];
                continue;
            }
            out.push_str(if first == '$' {
                "$$"
            } else {
                &rest[..first.len_utf8()]
            });
            rest = &rest[first.len_utf8()..];
        }
        cut(out, text.chars().count())
    }

    /// The same for every string of a JSON value, keys included.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => map
                .iter()
                .map(|(key, item)| (self.text(key), self.value(item)))
                .collect(),
            other => other.clone(),
        }
    }
}

/// An image has half a million characters, and the first ones tell what it is.
fn cut(text: String, length: usize) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        None => text,
        Some((end, _)) => format!("{}... ({length} characters)", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> Names {
        let pairs = [
            ("ada", "ADA-7X"),
            ("a", "A-7X"),
            ("nonce", "n7x"),
            ("sid_bob", ""),
        ];
        Names::of(
            &pairs
                .map(|(name, text)| (name.to_owned(), json!(text)))
                .into(),
        )
    }

    #[test]
    fn names_become_variables_again() {
        let names = names();
        for (text, expected) in [
            ("hi ADA-7X", "hi $ada"),
            (
                "A-7X and ada-7x, Ada-7x",
                "$a and ${ada|lower}, ${ada|title}",
            ),
            (
                "n7x and N7X cost 5 $",
                "$nonce and ${nonce|upper} cost 5 $$",
            ),
            ("ADA-7", "ADA-7"),
            ("é", "é"),
        ] {
            assert_eq!(names.text(text), expected);
        }
    }

    #[test]
    fn only_long_texts_are_cut() {
        let names = names();
        assert_eq!(names.text(&"é".repeat(200)), "é".repeat(200));
        let long = json!({"ADA-7X": ["x".repeat(201), 1, null]});
        let cut = format!("{}... (201 characters)", "x".repeat(200));
        assert_eq!(names.value(&long), json!({"$ada": [cut, 1, null]}));
    }
}
