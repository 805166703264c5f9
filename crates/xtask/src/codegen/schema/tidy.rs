//! From what schemars makes of a type to what is published.

use schemars::Schema;
use serde_json::{Map, Value};

/// Takes out `null`, formats of integers and keywords of our own, moves the description of a reference to the object
/// around it, and joins the lines of descriptions.
pub(crate) fn tidy(schema: Schema) -> Value {
    let mut schema = schema.to_value();
    visit(&mut schema);
    schema
}

fn visit(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    object.retain(|key, _| !key.starts_with("x-"));
    drop_null(object);
    drop_integer_format(object);
    if let Some(Value::String(text)) = object.shift_remove("description") {
        object.shift_insert(0, "description".to_owned(), join_lines(&text).into());
    }
    for key in ["items", "not", "additionalProperties"] {
        object.get_mut(key).into_iter().for_each(visit);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        let list = object.get_mut(key).and_then(Value::as_array_mut);
        list.into_iter().flatten().for_each(visit);
    }
    let Some(Value::Object(properties)) = object.get_mut("properties") else {
        return;
    };
    let mut notes = String::new();
    for (name, property) in properties {
        visit(property);
        if let Some(note) = description_beside_reference(property) {
            notes.push_str(&format!("\n\n`{name}`: {note}"));
        }
    }
    if let Some(Value::String(text)) = object.get_mut("description") {
        text.push_str(&notes);
    }
}

/// An optional field is left out, never `null`.
fn drop_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if types.len() == 1 {
            let one = types.remove(0);
            object.insert("type".to_owned(), one);
        }
    }
    let Some(Value::Array(branches)) = object.get_mut("anyOf") else {
        return;
    };
    branches.retain(|branch| branch["type"] != "null");
    if let [Value::Object(one)] = branches.as_mut_slice() {
        let one = std::mem::take(one);
        object.remove("anyOf");
        object.extend(one);
    }
}

/// `uint8` and its like are no formats of JSON Schema.
fn drop_integer_format(object: &mut Map<String, Value>) {
    let is_ours = |format: &str| format.starts_with("uint") || format.starts_with("int");
    if object
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(is_ours)
    {
        object.remove("format");
    }
}

/// Generators lose the name of a type that has anything beside its `$ref`.
fn description_beside_reference(property: &mut Value) -> Option<String> {
    let object = property.as_object_mut()?;
    if !object.contains_key("$ref") {
        return None;
    }
    match object.shift_remove("description")? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The line breaks of a doc comment mean nothing within a paragraph.
fn join_lines(text: &str) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(|p| p.replace('\n', " ")).collect();
    paragraphs.join("\n\n")
}

#[cfg(test)]
mod tests {
    use schemars::json_schema;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_generators_stumble_over_is_gone() {
        let schema = json_schema!({
            "description": "An object\nof two lines.",
            "type": "object",
            "x-since": "1.0",
            "properties": {
                "name": {"description": "Its name.", "anyOf": [{"$ref": "#/$defs/Name"}, {"type": "null"}]},
                "age": {"description": "Its age.", "type": ["integer", "null"], "format": "uint8", "minimum": 0},
            },
        });
        let expected = json!({
            "description": "An object of two lines.\n\n`name`: Its name.",
            "type": "object",
            "properties": {
                "name": {"$ref": "#/$defs/Name"},
                "age": {"description": "Its age.", "type": "integer", "minimum": 0},
            },
        });
        assert_eq!(tidy(schema), expected);
    }
}
