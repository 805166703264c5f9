//! The messages in `fixtures/messages/`, and what the schemas say of them.

use std::collections::BTreeSet;
use std::path::Path;

use chatspec::catalog::{Direction, messages};
use serde_json::{Value, json};

/// A single message.
pub struct Case {
    /// Name of its file.
    pub name: String,
    /// Who sends it.
    pub direction: Direction,
    /// What it is.
    pub message: Value,
    /// Keywords of the sender's schema that it does not meet; `tag` stands for one that names no message.
    pub sent: BTreeSet<String>,
    /// It without its null fields, and what it does not meet then.
    pub without_nulls: (Value, BTreeSet<String>),
    /// The same for the receiver's schema.
    pub received: BTreeSet<String>,
    /// It without keys that its type does not know.
    pub known: Value,
}

/// Keywords that speak of the value of a string, which types in most languages cannot.
const OF_VALUES: [&str; 3] = ["pattern", "minLength", "maxLength"];

/// What messages are held against.
pub struct Schemas {
    /// Of the sender, client first.
    pub sent: [Value; 2],
    /// Of the receiver of the same message.
    pub received: [Value; 2],
}

impl Schemas {
    /// The committed ones.
    ///
    /// # Errors
    /// One that cannot be read.
    pub fn load(root: &Path) -> Result<Self, String> {
        let both = |ending: &str| -> Result<[Value; 2], String> {
            let [c2s, s2c] = Direction::ALL.map(|direction| {
                let name = direction.name();
                read(&root.join(format!("schemas/protocol/v1/{name}{ending}.json")))
            });
            Ok([c2s?, s2c?])
        };
        Ok(Self {
            sent: both("")?,
            received: both(".receive")?,
        })
    }
}

/// All messages that are JSON, by name.
///
/// # Errors
/// A file that cannot be read, or is no fixture.
pub fn load(root: &Path, schemas: &Schemas) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for path in crate::files(&root.join("fixtures/messages"), "json") {
        let fixture = read(&path)?;
        let text = fixture["text"].as_str();
        let message = match text.map(serde_json::from_str) {
            None => fixture["message"].clone(),
            Some(Ok(message)) => message,
            Some(Err(_)) => continue,
        };
        let direction = match fixture["direction"].as_str() {
            Some("client-to-server") => Direction::ClientToServer,
            _ => Direction::ServerToClient,
        };
        let misses = |schemas: &[Value; 2], message: &Value| {
            misses(&schemas[direction as usize], direction, message)
                .map_err(|why| format!("hold {} against its schema: {why}", path.display()))
        };
        let mut filled = message.clone();
        if let Value::Object(fields) = &mut filled {
            fields.retain(|_, value| !value.is_null());
        }
        let mut known = message.clone();
        if let (Value::Object(fields), Some(name)) = (&mut known, type_name(direction, &message)) {
            let properties = &schemas.sent[direction as usize]["$defs"][name]["properties"];
            fields.retain(|key, _| properties.get(key).is_some());
        }
        cases.push(Case {
            known,
            name: path.file_stem().unwrap_or_default().display().to_string(),
            direction,
            sent: misses(&schemas.sent, &message)?,
            without_nulls: (filled.clone(), misses(&schemas.sent, &filled)?),
            received: misses(&schemas.received, &message)?,
            message,
        });
    }
    Ok(cases)
}

impl Case {
    /// As a line for the program of a language.
    pub fn line(&self) -> String {
        json!({
            "name": self.name,
            "direction": self.direction.name(),
            "message": self.message,
        })
        .to_string()
    }

    /// The name of its type, if its tag is known.
    pub fn type_name(&self) -> Option<&'static str> {
        type_name(self.direction, &self.message)
    }
}

/// Whether keywords speak of more than the values of strings.
pub fn of_shape(missed: &BTreeSet<String>) -> bool {
    missed
        .iter()
        .any(|keyword| !OF_VALUES.contains(&keyword.as_str()))
}

/// The keywords that a message does not meet, in the branch that its tag names.
///
/// # Errors
/// When the schema is none.
pub fn misses(
    schema: &Value,
    direction: Direction,
    message: &Value,
) -> Result<BTreeSet<String>, String> {
    let Some(name) = type_name(direction, message) else {
        return Ok(BTreeSet::from(["tag".to_owned()]));
    };
    let branch = json!({
        "$schema": schema["$schema"],
        "$ref": format!("#/$defs/{name}"),
        "$defs": schema["$defs"],
    });
    let validator = jsonschema::validator_for(&branch).map_err(|error| error.to_string())?;
    let keyword = |error: jsonschema::ValidationError| {
        let path = error.schema_path().to_string();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    };
    Ok(validator.iter_errors(message).map(keyword).collect())
}

fn type_name(direction: Direction, message: &Value) -> Option<&'static str> {
    let tag = message.get(direction.tag_key())?.as_str()?;
    messages(direction)
        .find(|row| row.tag == tag)
        .map(|row| row.type_name)
}

fn read(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("read {}: {error}", path.display()))
}
