//! Schemas and decoders judge alike, but for the closed list of differences; citations of rules hold.

mod agreement;
mod citations;
mod classify;
mod containment;
mod fixtures;
mod from_schema;
// The messages that the types' own tests generate are the ones to try on the schemas.
#[path = "../../../chatspec/tests/it/generate.rs"]
mod generate;
mod kill_matrix;
mod schemas;
