//! JSON, and files.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::safe::obeyed;
use crate::exit::Failure;

/// Pretty JSON with a final newline. Characters that a terminal obeys are escaped: they stand in strings alone.
pub fn json(value: &impl Serialize) -> Result<String, Failure> {
    // A report may have tens of megabytes: it is escaped as it is written, so that there is one copy of it.
    let mut out = Escaping(Vec::new());
    serde_json::to_writer_pretty(&mut out, value)
        .map_err(io::Error::from)
        .and_then(|()| {
            out.0.push(b'\n');
            String::from_utf8(out.0).map_err(io::Error::other)
        })
        .map_err(|error| Failure::ours(format!("write the report: {error}")))
}

/// The same JSON, as plain to look at as it is to parse, and no command in a log of GitHub Actions.
pub fn escaped(json: &str) -> String {
    let mut out = Vec::with_capacity(json.len());
    // Writing to memory cannot fail, and escapes of text are text.
    let _ = escape(json, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Escapes what goes through. JSON is written in pieces of text, and no piece ends within what has to be escaped.
struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(piece).map_err(io::Error::other)?;
        escape(text, &mut self.0)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escape(json: &str, out: &mut impl Write) -> io::Result<()> {
    let mut rest = json;
    let escapes = |(at, c): &(usize, char), text: &str| {
        (*c != '\n' && obeyed(*c)) || text[*at..].starts_with("##[")
    };
    while let Some((at, c)) = rest.char_indices().find(|next| escapes(next, rest)) {
        out.write_all(&rest.as_bytes()[..at])?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = &rest[at + c.len_utf8()..];
    }
    out.write_all(rest.as_bytes())
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
