//! Examples of messages, out of `fixtures/messages/`.

use std::path::Path;

use chatspec::catalog::Row;
use serde_json::Value;

use super::schema::{received, sent};
use crate::types;

/// Examples of one message.
pub struct Examples {
    /// What a conforming sender may send, with the reason why it is there.
    pub valid: Vec<(String, Value)>,
    /// What is refused, and with which code.
    pub refused: Vec<(String, Value, u64)>,
}

/// Longest example, in bytes of JSON: more belongs into a file.
const SHORT: usize = 300;

/// The examples of a message, by the name of their file.
///
/// # Errors
/// A fixture that cannot be read, or that there are none.
pub fn of(root: &Path, row: &Row) -> Result<Examples, String> {
    let (sent, received) = (sent(row.direction), received(row.direction));
    let mut found = Examples {
        valid: Vec::new(),
        refused: Vec::new(),
    };
    for path in crate::files(&root.join("fixtures/messages"), "json") {
        let failed = |why: String| format!("read {}: {why}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
        let fixture: Value =
            serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
        let message = &fixture["message"];
        let is_of_row = fixture["direction"] == row.direction.name()
            && message[row.direction.tag_key()] == row.tag
            && message.to_string().len() <= SHORT;
        if !is_of_row {
            continue;
        }
        let why = fixture["why"].as_str().unwrap_or_default().to_owned();
        let fits = |schema: &Value| {
            let missed = types::misses(schema, row.direction, message).map_err(failed);
            missed.map(|missed| missed.is_empty())
        };
        match fixture["refused"].as_u64() {
            Some(code) => found.refused.push((why, message.clone(), code)),
            None if fits(&received)? && fits(&sent)? => found.valid.push((why, message.clone())),
            None => {}
        }
    }
    match found.valid.is_empty() {
        true => Err(format!(
            "fixtures/messages has no valid {}; write one",
            row.type_name
        )),
        false => Ok(found),
    }
}
