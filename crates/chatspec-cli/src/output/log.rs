//! Log lines on stderr: one record a line, whatever is in it.
//!
//! What clients sent is escaped where it is logged. This is the second fence, for whatever a library may log.

use std::io::{self, Stderr, Write};

use super::safe::obeyed;

/// Writes records to stderr. A record is one write, and its end is the only line break in it.
pub struct Records<W = Stderr> {
    to: W,
    /// Whether escapes are those of JSON.
    json: bool,
}

impl Records {
    pub fn new(json: bool) -> Records {
        Records {
            to: io::stderr(),
            json,
        }
    }
}

impl<W: Write> Write for Records<W> {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record);
        let (line, end) = match text.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (&*text, ""),
        };
        let mut safe = String::with_capacity(text.len());
        let mut pair = [0; 2];
        for c in line.chars() {
            match obeyed(c) {
                true if self.json => {
                    let units = c.encode_utf16(&mut pair).iter();
                    safe.extend(units.map(|unit| format!("\\u{unit:04x}")));
                }
                true => safe.extend(c.escape_unicode()),
                false => safe.push(c),
            }
        }
        safe.push_str(end);
        self.to.write_all(safe.as_bytes())?;
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: bool, record: &str) -> String {
        let mut records = Records {
            to: Vec::new(),
            json,
        };
        records.write_all(record.as_bytes()).unwrap();
        String::from_utf8(records.to).unwrap()
    }

    #[test]
    fn a_record_is_one_line() {
        let evil = "a\nINFO forged\u{1b}[2J\u{202e}\u{7f}\u{9b}é\n";
        assert_eq!(
            written(false, evil),
            "a\\u{a}INFO forged\\u{1b}[2J\\u{202e}\\u{7f}\\u{9b}é\n"
        );
        assert_eq!(
            written(true, evil),
            "a\\u000aINFO forged\\u001b[2J\\u202e\\u007f\\u009bé\n"
        );
        let line = written(true, "{\"a\":\"\u{202e}\"}\n");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap()["a"],
            "\u{202e}"
        );
    }
}
