//! Repeating a peer's input in an error message, within bounds.

use serde_json::Value;

use crate::limits::QUOTE_MAX;

/// `text` in double quotes, escaped, cut after [`QUOTE_MAX`] characters.
pub(crate) fn quote(text: &str) -> String {
    match text.char_indices().nth(QUOTE_MAX) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}...", &text[..end]),
    }
}

/// What `value` is, in the words that serde uses after "invalid type: ".
pub(crate) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => format!("boolean `{b}`"),
        Value::Number(n) if n.is_f64() => format!("floating point {n}"),
        Value::Number(n) => format!("integer {n}"),
        Value::String(s) => format!("string {}", quote(s)),
        Value::Array(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_have_the_words_of_serde() {
        for (value, words) in [
            (json!(null), "null"),
            (json!(true), "boolean `true`"),
            (json!(1.5), "floating point 1.5"),
            (json!(-1), "integer -1"),
            (json!("ada"), "string \"ada\""),
            (json!([1]), "array"),
            (json!({}), "object"),
        ] {
            assert_eq!(kind(&value), words);
        }
    }

    #[test]
    fn long_input_is_cut() {
        assert_eq!(quote("ada"), r#""ada""#);
        assert_eq!(quote(&"é".repeat(40)), format!("\"{}\"", "é".repeat(40)));
        assert_eq!(quote(&"é".repeat(41)), format!("\"{}\"...", "é".repeat(40)));
    }
}
