//! The text of a chat message.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::limits::{DEFAULT_TEXT, TEXT_MAX};

/// Text of a chat message: any Unicode scalar values, at most 8 192 bytes of UTF-8, possibly none (rules
/// `chat.text-unchanged`, `chat.text-size`). It is never trimmed, normalised or escaped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageText(#[cfg_attr(feature = "schema", schemars(length(max = TEXT_MAX)))] Box<str>);

/// A text of more than 8 192 bytes, which a server refuses with code 15.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a text has at most {TEXT_MAX} bytes of UTF-8, found {length}")]
pub struct TextTooLong {
    /// Length in bytes of UTF-8.
    pub length: usize,
}

impl MessageText {
    /// Takes `input` as it is.
    ///
    /// # Errors
    ///
    /// [`TextTooLong`] if `input` has more than [`TEXT_MAX`] bytes.
    pub fn parse(input: &str) -> Result<Self, TextTooLong> {
        let length = input.len();
        if length > TEXT_MAX {
            return Err(TextTooLong { length });
        }
        Ok(Self(input.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for MessageText {
    /// The text of a chat without `text` (rule `chat.text-default`).
    fn default() -> Self {
        Self(DEFAULT_TEXT.into())
    }
}

impl fmt::Display for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_in_bytes() {
        assert_eq!(MessageText::parse("").unwrap().as_str(), "");
        assert!(MessageText::parse(&"a".repeat(8_192)).is_ok());
        assert!(MessageText::parse(&"é".repeat(4_096)).is_ok());
        assert_eq!(
            MessageText::parse(&"é".repeat(4_097)),
            Err(TextTooLong { length: 8_194 })
        );
    }

    #[test]
    fn nothing_is_changed() {
        let odd = " \u{0}\r\n<b>\u{2028}e\u{301} ";
        assert_eq!(MessageText::parse(odd).unwrap().as_str(), odd);
    }
}
