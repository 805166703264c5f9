//! Who makes which generated files. To add some, write a [`Source`] in a module of its own and name it here.

use std::path::Path;

use crate::requirements;

use super::{
    Artifact, Source, asyncapi, manifest, messages, nonprintable, refusal, schema, suite, tables,
};

const SOURCES: &[Source] = &[
    schema::artifacts,
    refusal::artifacts,
    manifest::artifacts,
    asyncapi::artifacts,
    messages::artifacts,
    tables::artifacts,
    nonprintable::artifacts,
    suite::artifacts,
    requirements::artifacts,
];

/// Every generated file, made anew.
pub fn artifacts(root: &Path) -> Vec<Artifact> {
    SOURCES.iter().flat_map(|source| source(root)).collect()
}
