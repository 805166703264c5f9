//! Schemas as JSON: references written out, annotations taken away.

use serde_json::{Map, Value};

use super::schema::ANNOTATIONS;

/// The one draft.
pub const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema with everything that it refers to written out. The document has been parsed: references are local and end.
pub fn inlined(schema: &Value, document: &Value) -> Value {
    let Value::Object(map) = schema else {
        return schema.clone();
    };
    let mut result = each_part(map, &|part| inlined(part, document));
    let target = map
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| target.strip_prefix('#'));
    let Some(target) = target.and_then(|pointer| document.pointer(pointer)) else {
        return Value::Object(result);
    };
    result.shift_remove("$ref");
    let target = inlined(target, document);
    let only_notes = result.keys().all(|key| is_annotation(key));
    match target {
        Value::Object(mut inner) if only_notes => {
            inner.extend(result);
            Value::Object(inner)
        }
        inner => {
            let list = result
                .entry("allOf")
                .or_insert_with(|| Value::Array(vec![]));
            if let Value::Array(list) = list {
                list.push(inner);
            }
            Value::Object(result)
        }
    }
}

/// The schema without annotations, lists of names in order.
pub fn plain(schema: &Value) -> Value {
    let Value::Object(map) = schema else {
        return schema.clone();
    };
    let mut result = each_part(map, &plain);
    result.retain(|key, _| !is_annotation(key));
    for key in ["required", "enum"] {
        if let Some(Value::Array(names)) = result.get_mut(key) {
            names.sort_by_key(ToString::to_string);
        }
    }
    Value::Object(result)
}

/// The same for every way to write it that we know of: `const` or `enum`, `oneOf` or `anyOf`.
pub fn loose(schema: &Value) -> Value {
    let Value::Object(map) = schema else {
        return schema.clone();
    };
    let parts = each_part(map, &loose);
    let mut result = Map::new();
    for (key, value) in parts {
        match key.as_str() {
            "const" => result.insert("enum".to_owned(), Value::Array(vec![value])),
            "oneOf" => result.insert("anyOf".to_owned(), value),
            _ => result.insert(key, value),
        };
    }
    Value::Object(result)
}

/// What generated types are made from: the schema without its bounds.
pub fn typed(schema: &Value) -> Value {
    const BOUNDS: &[&str] = &[
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    ];
    let Value::Object(map) = schema else {
        return schema.clone();
    };
    let mut result = each_part(map, &typed);
    result.retain(|key, _| !BOUNDS.contains(&key.as_str()));
    Value::Object(result)
}

/// Whether a keyword leaves the valid values as they are.
pub fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// The keywords of a schema, with `change` applied to every schema below it.
fn each_part(map: &Map<String, Value>, change: &dyn Fn(&Value) -> Value) -> Map<String, Value> {
    let mut result = Map::new();
    for (key, value) in map {
        let value = match (key.as_str(), value) {
            ("properties" | "$defs", Value::Object(inner)) => Value::Object(
                inner
                    .iter()
                    .map(|(name, part)| (name.clone(), change(part)))
                    .collect(),
            ),
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                parts.iter().map(change).collect()
            }
            ("additionalProperties" | "items" | "not", part) => change(part),
            (_, other) => other.clone(),
        };
        result.insert(key.clone(), value);
    }
    result
}

/// JSON text with keys in order, for comparisons and fingerprints.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let parts: Vec<String> = keys
                .iter()
                .map(|key| {
                    format!(
                        "{}:{}",
                        Value::String((*key).clone()),
                        canonical(&map[*key])
                    )
                })
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        other => other.to_string(),
    }
}
