//! The members of a message, by type.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::quote::{kind, quote};
use crate::refusal::{Code, Refusal};

/// A message, or a field of it, has the wrong shape.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {why}")]
#[non_exhaustive]
pub struct ShapeError {
    /// Where, such as `$.user`.
    pub path: String,
    /// What was found there and what was expected. It repeats at most forty characters of the input.
    pub why: String,
}

impl ShapeError {
    pub(crate) fn at(path: &str, why: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            why: why.into(),
        }
    }
}

impl From<ShapeError> for Refusal {
    fn from(error: ShapeError) -> Self {
        Self::at(Code::BadPayload, &error.path, error.why)
    }
}

/// The members of one object. Those that no type asks for are never looked at (rule `message.unknown-keys`).
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The members of `value`, which has to be an object.
    pub(crate) fn of(value: &'a Value) -> Result<Self, ShapeError> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            other => Err(wrong_type("$", other, "an object")),
        }
    }

    /// The member `key`, of whatever type.
    pub(crate) fn any(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key)
    }

    /// A string that may be absent. `null` is not absent.
    pub(crate) fn optional(&self, key: &str) -> Result<Option<&'a str>, ShapeError> {
        match self.any(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type(&format!("$.{key}"), other, "a string")),
        }
    }

    /// A string that may be absent or `null`, which means the same.
    pub(crate) fn nullable(&self, key: &str) -> Result<Option<&'a str>, ShapeError> {
        match self.any(key) {
            Some(Value::Null) => Ok(None),
            _ => self.optional(key),
        }
    }

    /// A string that has to be there.
    pub(crate) fn required(&self, key: &str) -> Result<&'a str, ShapeError> {
        self.optional(key)?
            .ok_or_else(|| ShapeError::at("$", format!("missing field {}", quote(key))))
    }
}

fn wrong_type(path: &str, found: &Value, expected: &str) -> ShapeError {
    ShapeError::at(
        path,
        format!("invalid type: {}, expected {expected}", kind(found)),
    )
}
