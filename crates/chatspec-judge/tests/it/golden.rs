//! Long texts that have to stay as they are.

use std::path::Path;

/// The text is what the file beside the tests has.
pub fn is(file: &str, text: &str) {
    let file = format!("tests/it/{file}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
    let wanted = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text == wanted, "{file} has to be\n{text}");
}
