//! The members of a message, by type.

use std::borrow::Cow;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::json::{Flat, Scalar};
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
pub(crate) enum Fields<'a> {
    /// Of an object like any other.
    Any(&'a Map<String, Value>),
    /// Of a flat one.
    Flat(&'a Flat<'a>),
}

/// The value of a member.
pub(crate) enum Field<'a> {
    Text(&'a str),
    Other(Cow<'a, Value>),
}

impl<'a> Fields<'a> {
    /// The members of `value`, which has to be an object.
    pub(crate) fn of(value: &'a Value) -> Result<Self, ShapeError> {
        match value {
            Value::Object(members) => Ok(Self::Any(members)),
            other => Err(wrong_type("$", other, "an object")),
        }
    }

    /// The member `key`, of whatever type.
    pub(crate) fn any(&self, key: &str) -> Option<Field<'a>> {
        match self {
            Self::Any(members) => members.get(key).map(|value| match value {
                Value::String(text) => Field::Text(text),
                other => Field::Other(Cow::Borrowed(other)),
            }),
            Self::Flat(members) => members.get(key).map(|value| {
                Field::Other(Cow::Owned(match value {
                    Scalar::Text(text) => return Field::Text(text),
                    Scalar::Null => Value::Null,
                    Scalar::Bool(value) => Value::Bool(*value),
                    Scalar::Number(number) => Value::Number(number.clone()),
                }))
            }),
        }
    }

    /// A string that may be absent. `null` is not absent.
    pub(crate) fn optional(&self, key: &str) -> Result<Option<&'a str>, ShapeError> {
        match self.any(key) {
            None => Ok(None),
            Some(Field::Text(text)) => Ok(Some(text)),
            Some(Field::Other(other)) => Err(wrong_type(&format!("$.{key}"), &other, "a string")),
        }
    }

    /// A string that may be absent or `null`, which means the same.
    pub(crate) fn nullable(&self, key: &str) -> Result<Option<&'a str>, ShapeError> {
        match self.any(key) {
            Some(Field::Other(other)) if other.is_null() => Ok(None),
            _ => self.optional(key),
        }
    }

    /// A string that has to be there.
    pub(crate) fn required(&self, key: &str) -> Result<&'a str, ShapeError> {
        self.optional(key)?
            .ok_or_else(|| ShapeError::at("$", format!("missing field {}", quote(key))))
    }
}

impl<'a> Field<'a> {
    /// Whether it is `true`.
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::Other(value) if **value == Value::Bool(true))
    }

    /// The string, if it is one.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(_) => None,
        }
    }
}

fn wrong_type(path: &str, found: &Value, expected: &str) -> ShapeError {
    ShapeError::at(
        path,
        format!("invalid type: {}, expected {expected}", kind(found)),
    )
}
