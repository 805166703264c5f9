use thiserror::Error;

use crate::limits::{NAME_MAX, NAME_MIN};

/// Why a string is no name. Counts and positions are code points after trimming and NFC.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing is left after trimming (rule `name.length`).
    #[error("a name has {NAME_MIN} to {NAME_MAX} code points, found none after trimming")]
    Empty,
    /// Too many code points (rule `name.length`).
    #[error("a name has {NAME_MIN} to {NAME_MAX} code points, found {length}")]
    TooLong {
        /// Length in code points.
        length: usize,
    },
    /// A code point that no name may contain (rule `name.alphabet`).
    #[error("a name has no code point of category {category}, found U+{:04X}", *found as u32)]
    Forbidden {
        /// The code point.
        found: char,
        /// Its Unicode general category: `Cc`, `Cf`, `Co`, `Cn`, `Zl` or `Zp`.
        category: &'static str,
    },
}
