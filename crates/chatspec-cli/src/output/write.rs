//! JSON, and files.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Serialize;

use super::safe::obeyed;
use crate::exit::Failure;

/// Pretty JSON with a final newline. Characters that a terminal obeys are escaped: they stand in strings alone.
pub fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| escaped(&text) + "\n")
        .map_err(|error| Failure::ours(format!("write the report: {error}")))
}

/// The same JSON, as plain to look at as it is to parse, and no command in a log of GitHub Actions.
pub fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for (at, c) in json.char_indices() {
        if (c != '\n' && obeyed(c)) || json[at..].starts_with("##[") {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Writes a file that the user named.
pub fn file(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| cannot(path, &error))
}

/// The same, so that whoever reads the file, now or after a crash, finds the old text or the new one, whole.
pub fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    // What is no plain file (a pipe, /dev/stderr) cannot be replaced.
    if fs::metadata(path).is_ok_and(|known| !known.is_file()) {
        return file(path, text);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    fs::write(beside, text)
        .and_then(|()| fs::rename(beside, path))
        .map_err(|error| cannot(path, &error))
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::ours(format!("write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn json_is_harmless_and_the_same() {
        let hostile = "\u{1b}[2J \u{9b}31m \u{202e} \u{e0041} \n 😀 ##[add-mask]";
        let text = json(&[hostile]).expect("a list of strings");
        assert!(
            text.contains("\\u009b31m \\u202e \\udb40\\udc41 \\n 😀"),
            "{text}"
        );
        let back: Vec<String> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, [hostile]);
        assert!(!text.contains("##["), "{text}");
    }
}
