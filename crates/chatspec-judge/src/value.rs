//! Values in fixtures: variables, and generators for what is too large to write down.
//!
//! A string may hold `$name`, and `${name|filter}` with the filters lower, upper and title; `$$` is a dollar. An object with one key that starts with `$` is a generator
//! (`$repeat`, `$image`, `$concat`); in patterns more such keys exist, see [`crate::pattern`].

pub mod image;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Largest string that a generator may make, in bytes: ten times the largest payload of the protocol.
pub const GENERATED_MAX: usize = 10_000_000;

/// What variables stand for.
pub type Bindings = BTreeMap<String, Value>;

/// Why a value cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// No such variable.
    #[error("unknown variable `${name}`; known here: {known}")]
    Unknown {
        /// As written.
        name: String,
        /// What there is.
        known: String,
    },
    /// No such filter.
    #[error("unknown filter `{0}`; there are lower, upper, title")]
    Filter(String),
    /// `${` without `}`.
    #[error("`${{` without its `}}` in {0:?}")]
    Open(String),
    /// A generator with wrong arguments.
    #[error("`{0}`: {1}")]
    Generator(String, String),
}

/// `value` with its variables replaced and its generators run. Keys that belong to patterns are kept, and their
/// arguments treated alike.
///
/// # Errors
/// Unknown variables, filters and generators, and generators with wrong arguments.
pub fn resolve(value: &Value, bindings: &Bindings) -> Result<Value, ValueError> {
    match value {
        Value::String(text) => substitute(text, bindings),
        Value::Array(items) => items.iter().map(|item| resolve(item, bindings)).collect(),
        Value::Object(map) => match generator(map) {
            Some((name, argument)) => generate(name, &resolve(argument, bindings)?),
            None => {
                let resolved = map
                    .iter()
                    .map(|(key, item)| Ok((key.clone(), resolve(item, bindings)?)));
                resolved
                    .collect::<Result<Map<_, _>, _>>()
                    .map(Value::Object)
            }
        },
        other => Ok(other.clone()),
    }
}

/// `text` with its variables replaced, as text.
///
/// # Errors
/// Unknown variables and filters.
pub fn resolve_text(text: &str, bindings: &Bindings) -> Result<String, ValueError> {
    substitute(text, bindings).map(|value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

/// A string that is one variable and nothing else keeps the variable's type.
fn substitute(text: &str, bindings: &Bindings) -> Result<Value, ValueError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        out.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let (expression, tail) = if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
            continue;
        } else if let Some(braced) = after.strip_prefix('{') {
            braced
                .split_once('}')
                .ok_or_else(|| ValueError::Open(text.chars().take(60).collect()))?
        } else {
            let end =
                after.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
            after.split_at(end.unwrap_or(after.len()))
        };
        rest = tail;
        if expression.is_empty() {
            out.push('$');
            continue;
        }
        let value = lookup(expression, bindings)?;
        if out.is_empty() && rest.is_empty() {
            return Ok(value);
        }
        match value {
            Value::String(value) => out.push_str(&value),
            other => out.push_str(&other.to_string()),
        }
    }
    out.push_str(rest);
    Ok(Value::String(out))
}

fn lookup(expression: &str, bindings: &Bindings) -> Result<Value, ValueError> {
    let (name, filter) = match expression.split_once('|') {
        Some((name, filter)) => (name.trim(), Some(filter.trim())),
        None => (expression.trim(), None),
    };
    let value = bindings.get(name).ok_or_else(|| ValueError::Unknown {
        name: name.to_owned(),
        known: bindings
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    })?;
    let Some(filter) = filter else {
        return Ok(value.clone());
    };
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match filter {
        "lower" => Ok(Value::String(text.to_lowercase())),
        "upper" => Ok(Value::String(text.to_uppercase())),
        "title" => {
            let mut chars = text.chars();
            let first: String = chars
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .collect();
            Ok(Value::String(first + &chars.as_str().to_lowercase()))
        }
        other => Err(ValueError::Filter(other.to_owned())),
    }
}

fn generator(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, argument) = map.iter().next()?;
    (map.len() == 1 && matches!(key.as_str(), "$repeat" | "$image" | "$concat"))
        .then_some((key.as_str(), argument))
}

fn generate(name: &str, argument: &Value) -> Result<Value, ValueError> {
    let wrong = |why: &str| ValueError::Generator(name.to_owned(), why.to_owned());
    match name {
        "$repeat" => {
            let text = argument
                .get("text")
                .and_then(Value::as_str)
                .ok_or_else(|| wrong("needs `text`, a string"))?;
            let times = argument
                .get("times")
                .and_then(Value::as_u64)
                .ok_or_else(|| wrong("needs `times`, a number"))?;
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            if text.len().saturating_mul(times) > GENERATED_MAX {
                return Err(wrong("makes more than 10 MB"));
            }
            Ok(Value::String(text.repeat(times)))
        }
        "$concat" => {
            let parts = argument
                .as_array()
                .ok_or_else(|| wrong("needs a list of strings"))?;
            parts
                .iter()
                .map(|part| {
                    part.as_str()
                        .ok_or_else(|| wrong("needs a list of strings"))
                })
                .collect::<Result<String, _>>()
                .map(Value::String)
        }
        _ => image::generate(argument)
            .map(Value::String)
            .map_err(|why| wrong(&why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bindings() -> Bindings {
        [
            ("ada".to_owned(), json!("ADA-7")),
            ("i".to_owned(), json!(3)),
        ]
        .into()
    }

    #[test]
    fn variables_and_filters_are_replaced() {
        let value = json!({"user": "$ada", "text": "hi ${ada|lower} #$i, 5 $$ $ 5", "n": "$i", "t": ["${ada|title}"]});
        let expected =
            json!({"user": "ADA-7", "text": "hi ada-7 #3, 5 $ $ 5", "n": 3, "t": ["Ada-7"]});
        assert_eq!(resolve(&value, &bindings()), Ok(expected));
    }

    #[test]
    fn generators_make_long_values() {
        let value = json!({"$concat": ["a", {"$repeat": {"text": "xy", "times": 2}}, "$ada"]});
        assert_eq!(resolve(&value, &bindings()), Ok(json!("axyxyADA-7")));
    }

    #[test]
    fn the_longest_value_is_just_as_long_as_it_may_be() {
        let made = |times: usize| {
            resolve(
                &json!({"$repeat": {"text": "x", "times": times}}),
                &bindings(),
            )
        };
        let longest = made(GENERATED_MAX).map(|value| value.as_str().map(str::len));
        assert_eq!(longest, Ok(Some(GENERATED_MAX)));
        assert!(made(GENERATED_MAX + 1).is_err());
    }

    #[test]
    fn mistakes_are_named() {
        for (value, what) in [
            (json!("$bob"), "known here: ada, i"),
            (json!("${ada|loud}"), "unknown filter `loud`"),
            (json!("${ada"), "without its"),
            (json!({"$repeat": {"text": "x"}}), "needs `times`"),
            (
                json!({"$repeat": {"text": "x", "times": 99_999_999_999_u64}}),
                "more than 10 MB",
            ),
        ] {
            let error = resolve(&value, &bindings())
                .expect_err("a mistake")
                .to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
