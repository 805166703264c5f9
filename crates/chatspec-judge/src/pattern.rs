//! Patterns: what an expectation compares a message with.
//!
//! An object matches an object that has at least its keys (extra keys are legal in every message of the protocol); an
//! array matches an array of the same length; everything else matches the same JSON value, numbers by value. An object
//! with one key that starts with `$` is an operator:
//!
//! | operator | matches |
//! |---|---|
//! | `{$any: string}` | any value of that JSON type; `{$any: text}` a string that is not empty; `{$any: value}` any at all |
//! | `{$oneOf: [a, b]}` | what one of the patterns matches |
//! | `{$json: pattern}` | a string that is the JSON text of what the pattern matches |
//! | `{$listing: [items]}` | the text of a listing with these items, in any order; items as quoted in the text |
//! | `{$contains: text}` | a string with that text in it |
//! | `{$atLeast: 5}` | a number that is no smaller |
//! | `{$absent: true}` | as the value of a key: the key is not there |
//! | `{$capture: name}` | anything, and binds the variable; once bound, the same value |

use serde_json::{Map, Value};

use crate::value::Bindings;

/// The operators that exist, for error messages.
pub const OPERATORS: &[&str] = &[
    "$any",
    "$oneOf",
    "$json",
    "$listing",
    "$contains",
    "$atLeast",
    "$absent",
    "$capture",
];

/// What [`matches`] found.
pub type Match = Result<(), Mismatch>;

/// Where and how a value differs from the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// JSON path, `$` being the whole.
    pub path: String,
    /// One line for people, bounded in length.
    pub why: String,
}

/// Compares `value` with a resolved `pattern`. Captures go to `bindings`, only where the whole matches.
///
/// # Errors
/// The first difference.
pub fn matches(pattern: &Value, value: &Value, bindings: &mut Bindings) -> Match {
    let mut captured = bindings.clone();
    compare(pattern, value, "$", &mut captured)?;
    *bindings = captured;
    Ok(())
}

/// Whether the values differ in a key that is spelled out in the pattern: the cheap question, asked first where many
/// messages are compared with many patterns, since most of them differ in a text.
pub fn differs_plainly(pattern: &Value, value: &Value) -> bool {
    let (Value::Object(pattern), Value::Object(value)) = (pattern, value) else {
        return false;
    };
    operator(pattern).is_none()
        && pattern.iter().any(|(key, wanted)| {
            matches!((wanted, value.get(key)), (Value::String(wanted), Some(Value::String(seen))) if wanted != seen)
        })
}

/// The operator at the root of a pattern, if it is one.
pub fn operator(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, argument) = map.iter().next()?;
    (map.len() == 1 && key.starts_with('$')).then_some((key.as_str(), argument))
}

fn compare(pattern: &Value, value: &Value, path: &str, bindings: &mut Bindings) -> Match {
    match (pattern, value) {
        (Value::Object(map), _) if operator(map).is_some() => {
            let (name, argument) = operator(map).expect("checked in the guard");
            operate(name, argument, value, path, bindings)
        }
        (Value::Object(map), Value::Object(seen)) => map
            .iter()
            .try_for_each(|(key, wanted)| field(key, wanted, seen, path, bindings)),
        (Value::Array(items), Value::Array(seen)) if items.len() == seen.len() => items
            .iter()
            .zip(seen)
            .enumerate()
            .try_for_each(|(index, (wanted, seen))| {
                compare(wanted, seen, &format!("{path}[{index}]"), bindings)
            }),
        (Value::Number(wanted), Value::Number(seen)) if wanted.as_f64() == seen.as_f64() => Ok(()),
        _ if pattern == value => Ok(()),
        _ => Err(differ(
            path,
            &format!("expected {}, saw {}", brief(pattern), brief(value)),
        )),
    }
}

fn field(
    key: &str,
    wanted: &Value,
    seen: &Map<String, Value>,
    path: &str,
    bindings: &mut Bindings,
) -> Match {
    let path = format!("{path}.{key}");
    let absent = wanted
        .as_object()
        .and_then(operator)
        .is_some_and(|(name, _)| name == "$absent");
    match (seen.get(key), absent) {
        (None, true) => Ok(()),
        (Some(value), true) => Err(differ(
            &path,
            &format!("expected no such key, saw {}", brief(value)),
        )),
        (Some(value), false) => compare(wanted, value, &path, bindings),
        (None, false) => Err(differ(
            &path,
            &format!("expected {}, saw no such key", brief(wanted)),
        )),
    }
}

fn operate(
    name: &str,
    argument: &Value,
    value: &Value,
    path: &str,
    bindings: &mut Bindings,
) -> Match {
    let holds = match name {
        "$any" => argument.as_str().is_some_and(|kind| match kind {
            "value" => true,
            "text" => value.as_str().is_some_and(|text| !text.is_empty()),
            kind => kind == type_name(value),
        }),
        "$oneOf" => argument.as_array().is_some_and(|options| {
            options.iter().any(|option| {
                let mut trial = bindings.clone();
                let matched = compare(option, value, path, &mut trial).is_ok();
                if matched {
                    *bindings = trial;
                }
                matched
            })
        }),
        "$json" => match value.as_str().map(serde_json::from_str::<Value>) {
            Some(Ok(inner)) => {
                return compare(argument, &inner, &format!("{path}(as JSON)"), bindings);
            }
            _ => false,
        },
        "$listing" => is_listing(argument, value),
        "$contains" => {
            matches!((argument.as_str(), value.as_str()), (Some(part), Some(text)) if text.contains(part))
        }
        "$atLeast" => {
            matches!((argument.as_f64(), value.as_f64()), (Some(least), Some(seen)) if seen >= least)
        }
        "$capture" => {
            let Some(name) = argument.as_str() else {
                return Err(differ(path, "`$capture` needs a name"));
            };
            match bindings.get(name) {
                Some(bound) => bound == value,
                None => {
                    bindings.insert(name.to_owned(), value.clone());
                    true
                }
            }
        }
        _ => false,
    };
    if holds {
        return Ok(());
    }
    let wanted = serde_json::json!({ name: argument });
    Err(differ(
        path,
        &format!("expected {}, saw {}", brief(&wanted), brief(value)),
    ))
}

/// Whether `value` is a listing of these items, in any order. Items may hold the separator themselves, so they are
/// tried one by one instead of splitting the text.
fn is_listing(items: &Value, value: &Value) -> bool {
    let (Some(items), Some(text)) = (items.as_array(), value.as_str()) else {
        return false;
    };
    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    text.strip_prefix("Users in room: [")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|rest| {
            if items.is_empty() {
                rest.is_empty()
            } else {
                permutes(rest, &items)
            }
        })
}

fn permutes(text: &str, items: &[&str]) -> bool {
    (0..items.len()).any(|index| {
        let Some(rest) = text.strip_prefix(items[index]) else {
            return false;
        };
        let others: Vec<&str> = items
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != index)
            .map(|(_, item)| *item)
            .collect();
        match rest.strip_prefix(", ") {
            Some(rest) if !others.is_empty() => permutes(rest, &others),
            _ => rest.is_empty() && others.is_empty(),
        }
    })
}

/// The JSON type of a value, as schemas name it.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A value on one line, of at most about 120 characters, for people.
pub fn brief(value: &Value) -> String {
    const WIDTH: usize = 120;
    // Long strings are cut before they are printed: an image has a million characters.
    let text = cut(value, WIDTH).to_string();
    if text.chars().count() <= WIDTH * 2 {
        text
    } else {
        text.chars().take(WIDTH * 2).chain("...".chars()).collect()
    }
}

/// `value` with every string and key longer than `width` characters, and every list and object of more than 100 items,
/// cut, and its length noted.
pub fn cut(value: &Value, width: usize) -> Value {
    const ITEMS: usize = 100;
    let more = |all: usize| (all > ITEMS).then(|| format!("... ({all} items)"));
    match value {
        Value::String(text) => Value::String(cut_text(text, width)),
        Value::Array(items) => {
            let kept = items.iter().take(ITEMS).map(|item| cut(item, width));
            let more = more(items.len()).map(Value::String);
            Value::Array(kept.chain(more).collect())
        }
        Value::Object(map) => {
            let kept = map.iter().take(ITEMS);
            let kept = kept.map(|(key, item)| (cut_text(key, width), cut(item, width)));
            let more = more(map.len()).map(|more| (more, Value::Null));
            Value::Object(kept.chain(more).collect())
        }
        other => other.clone(),
    }
}

/// `text`, cut after `width` characters, and its length noted.
pub fn cut_text(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some((end, _)) => format!("{}... ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}

fn differ(path: &str, why: &str) -> Mismatch {
    Mismatch {
        path: path.to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(pattern: Value, value: Value) -> Match {
        matches(&pattern, &value, &mut Bindings::new())
    }

    #[test]
    fn objects_are_open_and_arrays_are_closed() {
        assert_eq!(check(json!({"a": 1}), json!({"a": 1.0, "b": 2})), Ok(()));
        assert!(check(json!([1]), json!([1, 2])).is_err());
        assert!(check(json!({"a": 1}), json!({"b": 1})).is_err());
        assert!(check(json!("1"), json!(1)).is_err());
    }

    #[test]
    fn each_operator_holds_and_fails() {
        for (pattern, good, bad) in [
            (json!({"$any": "string"}), json!("x"), json!(1)),
            (json!({"$any": "text"}), json!("x"), json!("")),
            (json!({"$oneOf": [1, {"a": 2}]}), json!({"a": 2}), json!(2)),
            (
                json!({"$json": {"code": 21}}),
                json!("{\"code\":21,\"message\":\"\"}"),
                json!("{\"code\":22}"),
            ),
            (json!({"$contains": "b"}), json!("abc"), json!("ac")),
            (json!({"$atLeast": 5}), json!(5.0), json!(4)),
            (
                json!({"a": {"$absent": true}}),
                json!({"b": 1}),
                json!({"a": null}),
            ),
        ] {
            assert_eq!(check(pattern.clone(), good), Ok(()), "{pattern}");
            assert!(check(pattern.clone(), bad).is_err(), "{pattern}");
        }
        assert!(check(json!({"$unheard": 1}), json!(1)).is_err());
    }

    #[test]
    fn listings_compare_as_sets_of_quoted_items() {
        let listing =
            |items: Value, text: &str| check(json!({"$listing": items}), json!(text)).is_ok();
        assert!(listing(json!([]), "Users in room: []"));
        assert!(!listing(json!([]), "Users in room: ['A']"));
        assert!(listing(
            json!(["'A'", "', '"]),
            "Users in room: [', ', 'A']"
        ));
        assert!(listing(json!(["'A'", "'B'"]), "Users in room: ['B', 'A']"));
        assert!(!listing(
            json!(["'A'", "'B'"]),
            "Users in room: ['B', 'A', 'A']"
        ));
        assert!(!listing(json!(["'A'", "'B'"]), "Users in room: ['B']"));
        assert!(!listing(json!(["'A'"]), "Users in room: ['A', ]"));
    }

    #[test]
    fn captures_bind_once_and_only_on_success() {
        let mut bindings = Bindings::new();
        let pattern = json!({"x": {"$capture": "v"}, "y": 1});
        assert!(matches(&pattern, &json!({"x": 5, "y": 2}), &mut bindings).is_err());
        assert!(bindings.is_empty());
        assert_eq!(
            matches(&pattern, &json!({"x": 5, "y": 1}), &mut bindings),
            Ok(())
        );
        assert!(matches(&pattern, &json!({"x": 6, "y": 1}), &mut bindings).is_err());
    }

    #[test]
    fn long_values_are_cut() {
        let keys: Map<String, Value> = (0..500).map(|i| (format!("{i}"), json!(i))).collect();
        let wide = json!({"list": vec![0; 5_000], "object": keys, "k".repeat(5_000): 1});
        assert!(
            cut(&wide, 20).to_string().len() < 2_000,
            "{}",
            cut(&wide, 20)
        );
        assert_eq!(cut(&json!(["é".repeat(20)]), 20), json!(["é".repeat(20)]));
        let text = brief(&json!({"bimage": "x".repeat(1_000_000)}));
        assert!(
            text.len() < 200 && text.contains("1000000 characters"),
            "{text}"
        );
    }
}
