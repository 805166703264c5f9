//! A schema of many messages, taken apart by their tags.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{Complaint, Sender, cite};

/// The messages of one direction.
pub(super) struct Bundle {
    sender: Sender,
    /// By tag.
    tagged: BTreeMap<String, Validator>,
    /// The order in which the schema has the tags, for people.
    tags: Vec<String>,
    /// What a message without tag is.
    untagged: Option<Validator>,
    /// Whether an unknown tag is taken.
    grows: bool,
}

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It is no JSON.
    #[error("read the schema: {0}")]
    Json(#[from] serde_json::Error),
    /// It is no JSON Schema.
    #[error("compile the schema: {0}")]
    Schema(String),
    /// It has no definition with a tag.
    #[error("find a message in the schema: no definition has an `enum` of one tag in {0:?}")]
    NoMessages(&'static str),
}

/// What a message is, by its tag.
pub(super) enum Found<'a> {
    /// One that the schema defines.
    Definition(&'a str, &'a Validator),
    /// One that the schema does not define, and that a receiver ignores.
    Tolerated,
    /// None.
    Nothing(Complaint),
}

impl Bundle {
    pub(super) fn from_json(text: &str, sender: Sender) -> Result<Bundle, BundleError> {
        let schema: Value = serde_json::from_str(text)?;
        let mut bundle = Bundle {
            sender,
            tagged: BTreeMap::new(),
            tags: Vec::new(),
            untagged: None,
            grows: false,
        };
        let branches = schema["oneOf"].as_array().map_or(&[][..], Vec::as_slice);
        for branch in branches {
            let Some(name) = branch["$ref"]
                .as_str()
                .and_then(|path| path.strip_prefix("#/$defs/"))
            else {
                continue;
            };
            bundle.add(&schema, name)?;
        }
        if bundle.tags.is_empty() {
            return Err(BundleError::NoMessages(sender.tag_key()));
        }
        Ok(bundle)
    }

    fn add(&mut self, schema: &Value, name: &str) -> Result<(), BundleError> {
        let validator = compile(&json!({
            "$schema": schema["$schema"],
            "$ref": format!("#/$defs/{name}"),
            "$defs": schema["$defs"],
        }))?;
        let tag = &schema["$defs"][name]["properties"][self.sender.tag_key()];
        match tag["enum"].as_array().map(Vec::as_slice) {
            Some([Value::String(tag)]) => {
                self.tags.push(tag.clone());
                self.tagged.insert(tag.clone(), validator);
            }
            _ if tag.is_null() => self.untagged = Some(validator),
            _ => self.grows = true,
        }
        Ok(())
    }

    pub(super) fn find(&self, message: &Value) -> Found<'_> {
        let Some(members) = message.as_object() else {
            return Found::Nothing(cite::no_object(self.sender, message));
        };
        match members.get(self.sender.tag_key()) {
            None => match &self.untagged {
                Some(validator) => Found::Definition("", validator),
                None => Found::Nothing(cite::no_tag(self.sender, &self.tags)),
            },
            Some(Value::String(tag)) => match self.tagged.get_key_value(tag) {
                Some((tag, validator)) => Found::Definition(tag, validator),
                None if self.grows => Found::Tolerated,
                None => Found::Nothing(cite::unknown_tag(self.sender, &self.tags)),
            },
            Some(other) => Found::Nothing(cite::odd_tag(self.sender, other, &self.tags)),
        }
    }
}

pub(super) fn compile(schema: &Value) -> Result<Validator, BundleError> {
    jsonschema::validator_for(schema)
        .map_err(|error| BundleError::Schema(error.masked().to_string()))
}
