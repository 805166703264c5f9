//! JSON, and files.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::exit::Failure;

/// Pretty JSON with a final newline.
pub fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Failure::ours(format!("write the report: {error}")))
}

/// Writes a file that the user named.
pub fn file(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::ours(format!("write {}: {error}", path.display())))
}
