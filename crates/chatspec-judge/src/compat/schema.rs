//! A schema as the prover sees it: the keywords of a small algebra, parsed strictly.
//!
//! What the algebra does not have is an error with its place, never ignored: a comparison that skips a keyword would
//! call a break compatible.

mod parse;
mod regex;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

pub use self::parse::{ANNOTATIONS, parse};
pub use self::regex::portable;
use super::automaton::Pattern;

/// The kinds of JSON value. An integer is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number, whole or not.
    Number,
    /// A string of Unicode scalar values.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// All, from the simplest.
    pub const ALL: [Kind; 6] = [
        Kind::Null,
        Kind::Boolean,
        Kind::Number,
        Kind::String,
        Kind::Array,
        Kind::Object,
    ];

    /// The kind of a value.
    pub fn of(value: &Value) -> Kind {
        match value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::String,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        }
    }
}

/// The conjunction of all that one schema object demands. The default demands nothing.
#[derive(Debug, Default)]
pub struct Schema {
    /// The schema `false`.
    pub never: bool,
    /// Kinds that `type` allows; `None` allows all.
    pub kinds: Option<BTreeSet<Kind>>,
    /// `type` allows whole numbers, and no others.
    pub whole: bool,
    /// `enum` or `const`.
    pub values: Option<Vec<Value>>,
    /// `minLength`, in code points.
    pub min_length: u64,
    /// `maxLength`, in code points.
    pub max_length: Option<u64>,
    /// `pattern`.
    pub pattern: Option<Rc<Pattern>>,
    /// `minimum` or `exclusiveMinimum`: the bound, and whether it is excluded.
    pub at_least: Vec<(f64, bool)>,
    /// `maximum` or `exclusiveMaximum`.
    pub at_most: Vec<(f64, bool)>,
    /// `multipleOf`.
    pub multiple: Option<f64>,
    /// `properties`.
    pub properties: BTreeMap<String, Rc<Schema>>,
    /// `required`.
    pub required: BTreeSet<String>,
    /// `additionalProperties`.
    pub extra: Option<Rc<Schema>>,
    /// `minProperties`.
    pub min_properties: u64,
    /// `maxProperties`.
    pub max_properties: Option<u64>,
    /// `items`.
    pub items: Option<Rc<Schema>>,
    /// `minItems`.
    pub min_items: u64,
    /// `maxItems`.
    pub max_items: Option<u64>,
    /// `uniqueItems`.
    pub unique: bool,
    /// `allOf`, and what `$ref` points to.
    pub all: Vec<Rc<Schema>>,
    /// `anyOf`.
    pub any: Option<Vec<Rc<Schema>>>,
    /// `oneOf`.
    pub one: Option<Vec<Rc<Schema>>>,
    /// `not`.
    pub not: Option<Rc<Schema>>,
}

impl Schema {
    /// The schema of exactly one value.
    pub fn only(value: Value) -> Schema {
        Schema {
            values: Some(vec![value]),
            ..Schema::default()
        }
    }
}

/// Why a schema cannot be compared: where, as a JSON path, and what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at {path}: {what}")]
pub struct SchemaError {
    /// JSON path inside the file, such as `$.$defs.Chat.properties.text`.
    pub path: String,
    /// What is wrong there, and what would be right.
    pub what: String,
}
