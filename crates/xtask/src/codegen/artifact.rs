use std::path::Path;

use serde_json::Value;

/// One generated file.
#[derive(Debug)]
pub struct Artifact {
    /// Path from the root of the checkout, with `/`.
    pub path: String,
    /// The whole file with its final line feed, or why it cannot be made and what mends that.
    pub content: Result<String, String>,
}

impl Artifact {
    /// A file at `path`.
    pub fn new(path: impl Into<String>, content: Result<String, String>) -> Self {
        Self {
            path: path.into(),
            content,
        }
    }

    /// A file that can always be made.
    pub fn made(path: impl Into<String>, content: String) -> Self {
        Self::new(path, Ok(content))
    }
}

/// Makes some of the files; the argument is the root of the checkout, for those that are made from other files.
pub type Source = fn(&Path) -> Vec<Artifact>;

/// `value` as a JSON file: keys in their order, two spaces of indentation, a final line feed.
pub fn json_file(value: &Value) -> String {
    format!("{value:#}\n")
}
