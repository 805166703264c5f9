//! What a user name and a room name have in common.

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

use super::{NameError, NameKey};
use crate::limits::{NAME_MAX, NAME_MIN};

/// A name as it is shown, and the key that it is compared by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spelling {
    pub(super) shown: String,
    pub(super) key: NameKey,
}

impl Spelling {
    /// Trims, normalises and checks `input`.
    pub(super) fn parse(input: &str) -> Result<Self, NameError> {
        match input.is_ascii() {
            true => Self::of_ascii(input),
            false => Self::of_any(input),
        }
    }

    /// The same for ASCII, without tables: it is in NFC already, its one forbidden category is that of control characters,
    /// and its key is in lower case.
    fn of_ascii(input: &str) -> Result<Self, NameError> {
        let shown = input.trim();
        check_length(shown.len())?;
        if let Some(found) = shown.chars().find(char::is_ascii_control) {
            return Err(forbidden(found));
        }
        Ok(Self {
            shown: shown.to_owned(),
            key: NameKey::of_ascii(shown),
        })
    }

    fn of_any(input: &str) -> Result<Self, NameError> {
        let shown = rewrite(input);
        check_length(shown.chars().count())?;
        // rule: name.alphabet
        let bad = |c: &char| is_forbidden(get_general_category(*c));
        if let Some(found) = shown.chars().find(bad) {
            return Err(forbidden(found));
        }
        let key = NameKey::of_rewritten(&shown);
        Ok(Self { shown, key })
    }
}

/// rule: name.rewrite. `str::trim` takes off exactly the code points with the property White_Space.
fn rewrite(input: &str) -> String {
    input.trim().nfc().collect()
}

/// rule: name.length, in code points
fn check_length(length: usize) -> Result<(), NameError> {
    match length {
        0 => Err(NameError::Empty),
        NAME_MIN..=NAME_MAX => Ok(()),
        _ => Err(NameError::TooLong { length }),
    }
}

fn forbidden(found: char) -> NameError {
    let category = get_general_category(found).abbreviation();
    NameError::Forbidden { found, category }
}

fn is_forbidden(category: GeneralCategory) -> bool {
    use GeneralCategory::*;
    matches!(
        category,
        Control | Format | Surrogate | PrivateUse | Unassigned | LineSeparator | ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(input: &str) {
        assert_eq!(
            Spelling::of_ascii(input),
            Spelling::of_any(input),
            "{input:?}"
        );
    }

    /// Every pair of ASCII characters at both ends, and every length about the limit.
    #[test]
    fn ascii_without_tables_is_the_same() {
        same("");
        for first in 0..128_u8 {
            for last in 0..128_u8 {
                same(&format!("{}{}", char::from(first), char::from(last)));
                same(&format!("{}x Y{}", char::from(first), char::from(last)));
            }
        }
        for length in 0..2 * NAME_MAX {
            same(&"aB".repeat(length)[..length]);
            same(&format!(" {}\u{7f}", "z".repeat(length)));
        }
    }
}
