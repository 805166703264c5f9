//! A little of JSON Patch: add, replace and remove, in several files at once.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The files that an operation without `in` is for.
const MESSAGES: [&str; 4] = [
    "client-to-server.json",
    "client-to-server.receive.json",
    "server-to-client.json",
    "server-to-client.receive.json",
];

/// One operation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    op: What,
    /// A JSON pointer; `-` is behind the last item.
    path: String,
    #[serde(default)]
    value: Value,
    /// Names of files.
    #[serde(default, rename = "in")]
    files: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Add,
    Replace,
    Remove,
}

/// The files with all operations applied.
pub(super) fn apply(
    operations: &[Operation],
    base: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    let mut files = base.clone();
    for operation in operations {
        let all: Vec<String> = MESSAGES.map(str::to_owned).into();
        for name in operation.files.as_ref().unwrap_or(&all) {
            let text = files
                .get_mut(name)
                .ok_or_else(|| format!("there is no {name}"))?;
            let mut document: Value =
                serde_json::from_str(text).map_err(|error| error.to_string())?;
            edit(&mut document, operation)
                .ok_or_else(|| format!("{name} has no {}", operation.path))?;
            *text = document.to_string();
        }
    }
    Ok(files)
}

fn edit(document: &mut Value, operation: &Operation) -> Option<()> {
    let (parent, key) = operation.path.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    let value = operation.value.clone();
    match (document.pointer_mut(parent)?, operation.op) {
        (Value::Object(map), What::Remove) => map.shift_remove(&key).map(drop),
        (Value::Object(map), What::Replace) if !map.contains_key(&key) => None,
        (Value::Object(map), _) => {
            map.insert(key, value);
            Some(())
        }
        (Value::Array(items), What::Add) if key == "-" => {
            items.push(value);
            Some(())
        }
        (Value::Array(items), what) => {
            let index: usize = key.parse().ok().filter(|index| *index < items.len())?;
            match what {
                What::Add => items.insert(index, value),
                What::Replace => items[index] = value,
                What::Remove => drop(items.remove(index)),
            }
            Some(())
        }
        _ => None,
    }
}
