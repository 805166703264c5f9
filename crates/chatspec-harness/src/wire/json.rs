//! JSON from a stranger.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::limits::JSON_VALUES;
use super::packet::{Malformed, MalformedKind};
use super::quote::escape;

/// Parses one JSON text. Of equal keys the last wins; integers beyond 64 bits become floats.
///
/// Text that is JSON by the grammar, and still has no [`Value`], is told apart from text that is
/// not: lone surrogates, nesting beyond 128, numbers out of range, too many values.
pub(crate) fn parse(text: &str) -> Result<Value, Malformed> {
    let values = values_at_most(text);
    if values > JSON_VALUES {
        return Err(Malformed::new(
            MalformedKind::Unrepresentable,
            format!("about {values} JSON values in one packet, of which {JSON_VALUES} are allowed"),
        ));
    }
    serde_json::from_str(text).map_err(|error| {
        // Skipping over a value checks its grammar only: no recursion, no surrogates, no ranges.
        let kind = match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => MalformedKind::Unrepresentable,
            Err(_) => MalformedKind::NotJson,
        };
        Malformed::new(kind, escape(&error.to_string()))
    })
}

/// An upper bound for the number of values in `text`, found without building any of them.
pub(crate) fn values_at_most(text: &str) -> usize {
    let mut count = 1;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> MalformedKind {
        parse(text).expect_err("the text has no value").kind
    }

    #[test]
    fn grammar_and_representation_are_told_apart() {
        assert_eq!(kind(r#"["\ud800"]"#), MalformedKind::Unrepresentable);
        assert_eq!(kind("[1E400]"), MalformedKind::Unrepresentable);
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(kind(&deep), MalformedKind::Unrepresentable);
        let wide = format!("[{}0]", "0,".repeat(200_000));
        assert_eq!(kind(&wide), MalformedKind::Unrepresentable);
        for text in [
            "[NaN]",
            "[Infinity]",
            "[1,]",
            "",
            "[",
            "\"\n\"",
            "[]]",
            "['a']",
        ] {
            assert_eq!(kind(text), MalformedKind::NotJson, "{text}");
        }
    }

    #[test]
    fn values_are_never_counted_too_low() {
        assert_eq!(values_at_most("0"), 1);
        assert_eq!(values_at_most(r#"["a,[{\",",1]"#), 3);
        assert_eq!(values_at_most("[{},{},{}]"), 7);
    }

    #[test]
    fn huge_integers_are_data() {
        assert!(parse(&"9".repeat(300)).is_ok());
        assert!(parse(&"9".repeat(400)).is_err());
    }
}
