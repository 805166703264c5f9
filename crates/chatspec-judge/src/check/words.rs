//! What a validator's error means, in words that never repeat the message.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// Characters of a key that are repeated.
const KEY_MAX: usize = 40;

/// What is wrong, a fragment.
pub(super) fn why(error: &ValidationError<'_>) -> String {
    let found = kind(error.instance());
    match error.kind() {
        Kind::Type { kind } => format!("expected {}, found {found}", expected(kind)),
        Kind::Required { property } => format!("the field {} is missing", quoted(property)),
        Kind::AdditionalProperties { unexpected } => {
            let keys: Vec<String> = unexpected.iter().take(3).map(|key| key_name(key)).collect();
            let more = unexpected.len().saturating_sub(keys.len());
            let rest = if more == 0 {
                String::new()
            } else {
                format!(" and {more} more")
            };
            format!("unknown {}{rest}", keys.join(", "))
        }
        Kind::MaxLength { limit } => format!(
            "longer than {limit} characters: {}",
            error.instance().as_str().map_or(0, |s| s.chars().count())
        ),
        Kind::MinLength { limit } => format!("shorter than {limit} characters"),
        Kind::Pattern { .. } | Kind::Not { .. } => "not of the form that is asked for".to_owned(),
        Kind::Enum { options } => {
            let options: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(Value::to_string)
                .collect();
            format!("expected one of {}", options.join(", "))
        }
        Kind::AnyOf { context } => context
            .iter()
            .flatten()
            .find(|inner| !matches!(inner.kind(), Kind::Type { kind: TypeKind::Single(kind) } if kind.to_string() == "null"))
            .map_or_else(|| "fits no alternative".to_owned(), why),
        _ => error.masked().to_string(),
    }
}

/// What a value is, with its article.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A key in quotes, cut short, what is not printable escaped.
pub(super) fn key_name(key: &str) -> String {
    match key.char_indices().nth(KEY_MAX) {
        None => format!("{key:?}"),
        Some((end, _)) => format!("{:?}...", &key[..end]),
    }
}

fn quoted(property: &Value) -> String {
    property.as_str().map_or_else(String::new, key_name)
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => match one.to_string().as_str() {
            word @ ("object" | "array" | "integer") => format!("an {word}"),
            "null" => "null".to_owned(),
            word => format!("a {word}"),
        },
        TypeKind::Multiple(several) => {
            let words: Vec<String> = several.iter().map(|one| one.to_string()).collect();
            words.join(" or ")
        }
    }
}
