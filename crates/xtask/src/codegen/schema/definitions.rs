//! The definitions of one direction: its messages without their tags, and the types of their fields.

use chatspec::catalog::{Direction, messages};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::tidy;

/// One direction, tidied.
pub(crate) struct Definitions {
    /// The messages by the name of their type, in the order of the catalog.
    pub(crate) messages: Map<String, Value>,
    /// The types of their fields, by name.
    pub(crate) types: Map<String, Value>,
}

/// The definitions of `direction`.
pub(crate) fn definitions(direction: Direction) -> Definitions {
    // The contract of serialization knows which fields are always written.
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let messages = messages(direction)
        .map(|row| (row.type_name.to_owned(), tidy((row.schema)(&mut generator))))
        .collect();
    let mut types: Vec<(String, Value)> = generator
        .take_definitions(true)
        .into_iter()
        .map(|(name, schema)| {
            let schema = schema.try_into().expect("schemars makes schemas");
            (name, tidy(schema))
        })
        .collect();
    types.sort_by(|left, right| left.0.cmp(&right.0));
    Definitions {
        messages,
        types: types.into_iter().collect(),
    }
}
