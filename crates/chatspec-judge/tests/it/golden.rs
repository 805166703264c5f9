//! Long texts that have to stay as they are.

use std::path::Path;

/// The text is what the file beside the tests has.
pub fn is(file: &str, text: &str) {
    let file = format!("tests/it/{file}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
    let wanted = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text == wanted, "{file} has to be\n{text}");
}

/// FNV-1a, of what is too long to be written out: short, and the same everywhere.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
