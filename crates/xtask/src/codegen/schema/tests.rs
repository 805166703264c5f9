use super::*;

#[test]
fn every_schema_is_a_schema() {
    for direction in Direction::ALL {
        for schema in [sent(direction), received(direction)] {
            assert!(jsonschema::meta::is_valid(&schema), "{}", schema["$id"]);
            jsonschema::validator_for(&schema).unwrap();
        }
    }
}

#[test]
fn every_branch_has_its_own_tag() {
    for direction in Direction::ALL {
        let schema = sent(direction);
        let mut tags: Vec<String> = Vec::new();
        for branch in schema["oneOf"].as_array().unwrap() {
            let name = branch["$ref"]
                .as_str()
                .unwrap()
                .trim_start_matches("#/$defs/");
            let message = &schema["$defs"][name];
            let tag = &message["properties"][direction.tag_key()]["enum"];
            assert_eq!(tag.as_array().unwrap().len(), 1, "{name}");
            assert_eq!(message["required"][0], direction.tag_key(), "{name}");
            assert_eq!(message["additionalProperties"], false, "{name}");
            assert_eq!(message["title"], name);
            tags.push(tag[0].to_string());
        }
        let count = tags.len();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), count);
    }
}

#[test]
fn nothing_stands_in_the_way_of_generators() {
    for direction in Direction::ALL {
        walk(&sent(direction), &mut |object| {
            if object.contains_key("$ref") {
                assert_eq!(object.len(), 1, "beside a reference: {object:?}");
            }
            for key in object.keys() {
                assert!(
                    !key.starts_with("x-") && key != "const" && key != "format",
                    "{key}"
                );
            }
            assert_ne!(object.get("type"), Some(&"null".into()));
        });
    }
}

fn walk(value: &Value, visit: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|v| walk(v, visit));
        }
        Value::Array(items) => items.iter().for_each(|v| walk(v, visit)),
        _ => {}
    }
}
