use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::spelling::Spelling;
use super::{NameError, NameKey, ShownName, Skeleton};
use crate::limits::DEFAULT_USER;

/// Name of a user: 1 to 64 code points after trimming and NFC, none of them of the categories Cc, Cf, Cs, Co, Cn, Zl,
/// Zp (rules `name.length`, `name.alphabet`).
///
/// Equality and order are those of the spelling, then the key; `key()` tells whether two names mean the same user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(Spelling);

impl UserName {
    /// Trims `input` of White_Space, brings it to NFC, and checks what is left (rule `name.rewrite`).
    ///
    /// # Errors
    ///
    /// [`NameError`], which a server refuses with code 11.
    pub fn parse(input: &str) -> Result<Self, NameError> {
        Spelling::parse(input).map(Self)
    }

    /// The name as every text shows it: trimmed and in NFC, its case untouched.
    pub fn as_str(&self) -> &str {
        &self.0.shown
    }

    /// What the name is compared by.
    pub fn key(&self) -> &NameKey {
        &self.0.key
    }

    /// The name upper-cased with full Unicode mappings, which may be longer than the name.
    pub fn upper(&self) -> String {
        self.as_str().to_uppercase()
    }

    /// [`upper`](Self::upper) as the type that `from` holds.
    pub fn shown(&self) -> ShownName {
        ShownName::upper(self.as_str())
    }

    /// What the name looks like, whatever its case (rule `name.confusable`).
    pub fn skeleton(&self) -> Skeleton {
        Skeleton::of(self.key())
    }

    /// Whether the name is pure ASCII. Two such names are never refused as confusable.
    pub fn is_ascii(&self) -> bool {
        self.as_str().is_ascii()
    }
}

impl Default for UserName {
    /// The user of a message that names none.
    fn default() -> Self {
        Self::parse(DEFAULT_USER).expect("the default user is a valid name")
    }
}

impl FromStr for UserName {
    type Err = NameError;

    fn from_str(input: &str) -> Result<Self, NameError> {
        Self::parse(input)
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for UserName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_rewritten_once() {
        let name = UserName::parse("\t Zoe\u{308} \u{2003}").unwrap();
        assert_eq!(name.as_str(), "Zo\u{eb}");
        assert_eq!(name.upper(), "ZO\u{cb}");
        assert_eq!(UserName::parse(name.as_str()).unwrap(), name);
    }

    #[test]
    fn length_counts_code_points() {
        assert!(UserName::parse(&"😀".repeat(64)).is_ok());
        assert_eq!(
            UserName::parse(&"a".repeat(65)),
            Err(NameError::TooLong { length: 65 })
        );
        // Sixty-five code points before NFC, sixty-four after it.
        assert!(UserName::parse(&format!("{}e\u{301}", "a".repeat(63))).is_ok());
        // A composition exclusion: one code point before NFC, two after it.
        assert_eq!(
            UserName::parse(&"\u{958}".repeat(33)),
            Err(NameError::TooLong { length: 66 })
        );
        assert_eq!(UserName::parse(" \u{85}\u{3000}"), Err(NameError::Empty));
    }

    #[test]
    fn the_alphabet_is_closed() {
        for (input, category) in [
            ("a\u{0}", "Cc"),
            ("a\nb", "Cc"),
            ("a\u{200d}b", "Cf"),
            ("a\u{e000}", "Co"),
            ("a\u{10ffff}", "Cn"),
            ("a\u{378}", "Cn"),
            ("a\u{2028}b", "Zl"),
            ("a\u{2029}b", "Zp"),
        ] {
            match UserName::parse(input) {
                Err(NameError::Forbidden {
                    category: found, ..
                }) => assert_eq!(found, category, "{input:?}"),
                other => panic!("{input:?} gave {other:?}"),
            }
        }
        for input in ["a b", "a\u{a0}b", "Ω", "日本", "<b>", "'\"\\", "😀"] {
            assert!(UserName::parse(input).is_ok(), "{input:?}");
        }
    }

    #[test]
    fn confusables_share_a_skeleton() {
        let latin = UserName::parse("paypal").unwrap();
        let cyrillic = UserName::parse("раураl").unwrap();
        assert_ne!(latin.key(), cyrillic.key());
        assert_eq!(latin.skeleton(), cyrillic.skeleton());
        assert!(latin.is_ascii() && !cyrillic.is_ascii());
    }

    #[test]
    fn upper_casing_can_lengthen() {
        let name = UserName::parse(&"ΐ".repeat(64)).unwrap();
        assert_eq!(
            name.shown().as_str().chars().count(),
            crate::limits::SHOWN_NAME_MAX
        );
    }
}
