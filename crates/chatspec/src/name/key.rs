use std::fmt;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// What a name is compared by: `casefold(upper(NFC(trim(name))))`, with full Unicode case mappings.
///
/// Two users, or two rooms, are the same if and only if their keys are equal (rule `name.key`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey(Box<str>);

impl NameKey {
    /// The key of any string, one that is no valid name included.
    pub fn of(name: &str) -> Self {
        Self::of_rewritten(&name.trim().nfc().collect::<String>())
    }

    /// The key of a string that is already trimmed and in NFC.
    pub(super) fn of_rewritten(name: &str) -> Self {
        let folded: String = name.to_uppercase().chars().default_case_fold().collect();
        Self(folded.into_boxed_str())
    }

    /// The key of a trimmed string of ASCII: there, folding is lower-casing.
    pub(super) fn of_ascii(name: &str) -> Self {
        Self(name.to_ascii_lowercase().into_boxed_str())
    }

    /// The folded form. It is for comparison, not for display.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (left, right) in [
            ("alice", "ALICE"),
            (" alice\t", "Alice"),
            ("straße", "STRASSE"),
            ("ſ", "S"),
            ("\u{e9}", "e\u{301}"),
            ("ΣΑΣ", "σας"),
            ("\u{212a}", "k"),
            ("ﬁn", "FIN"),
        ] {
            assert_eq!(NameKey::of(left), NameKey::of(right), "{left:?} {right:?}");
        }
    }

    #[test]
    fn different_names_have_different_keys() {
        for (left, right) in [("a", "b"), ("e", "\u{e9}"), ("a b", "a  b"), ("ı", "j")] {
            assert_ne!(NameKey::of(left), NameKey::of(right), "{left:?} {right:?}");
        }
    }
}
