//! Bodies of messages, field by field.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::short;

/// The old body, with these fields, or all that belongs to no field, of the new one.
pub(super) fn mixed(pair: &[Value; 2], names: &[String]) -> Value {
    let [old, new] = pair;
    if names.is_empty() {
        let mut body = frame(new).as_object().cloned().unwrap_or_default();
        for key in ["properties", "required"] {
            body.extend(old.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        return Value::Object(body);
    }
    let mut body = old.as_object().cloned().unwrap_or_default();
    let mut fields = old["properties"].as_object().cloned().unwrap_or_default();
    let mut required: Vec<Value> = old["required"].as_array().cloned().unwrap_or_default();
    for name in names {
        match new["properties"].get(name) {
            Some(field) => _ = fields.insert(name.clone(), field.clone()),
            None => _ = fields.shift_remove(name),
        }
        required.retain(|other| other != name);
        if requires(new, name) {
            required.push(json!(name));
        }
    }
    required.sort_by_key(ToString::to_string);
    for (key, value, empty) in [
        (
            "properties",
            Value::Object(fields.clone()),
            fields.is_empty(),
        ),
        (
            "required",
            Value::Array(required.clone()),
            required.is_empty(),
        ),
    ] {
        match empty && old.get(key).is_none() {
            true => {}
            false => _ = body.insert(key.to_owned(), value),
        }
    }
    Value::Object(body)
}

/// Keyword by keyword, what was and what is.
pub(super) fn difference(old: &Value, new: &Value) -> String {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return format!("was {}, is {}", short(old), short(new));
    };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut parts = Vec::new();
    for key in keys {
        match (old.get(key), new.get(key)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => {
                parts.push(format!("`{key}` was {} and is {}", short(a), short(b)))
            }
            (Some(a), None) => parts.push(format!("`{key}` {} is gone", short(a))),
            (None, Some(b)) => parts.push(format!("`{key}` {} is new", short(b))),
            (None, None) => {}
        }
    }
    parts.join(", ")
}

/// What a body says about one field.
pub(super) fn slice(body: &Value, name: &str) -> Value {
    let mut slice = Map::new();
    if let Some(field) = body["properties"].get(name) {
        slice.insert("properties".to_owned(), json!({"field": field}));
    }
    if requires(body, name) {
        slice.insert("required".to_owned(), json!(["field"]));
    }
    Value::Object(slice)
}

/// What a body says that is about no field.
pub(super) fn frame(body: &Value) -> Value {
    let mut frame = body.as_object().cloned().unwrap_or_default();
    frame.retain(|key, _| key != "properties" && key != "required");
    Value::Object(frame)
}

pub(super) fn requires(body: &Value, name: &str) -> bool {
    body["required"]
        .as_array()
        .is_some_and(|names| names.iter().any(|other| other == name))
}

pub(super) fn names(body: &Value) -> Vec<String> {
    let fields = body["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .cloned();
    let required = body["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    fields.chain(required.map(str::to_owned)).collect()
}
