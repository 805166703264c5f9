use thiserror::Error;

use crate::limits::JSON_DEPTH_MAX;

/// Why a payload is no plain JSON value. Paths are like `$.user`, cut when they are long.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Flaw {
    /// An object, at any depth, has one key twice (rule `message.duplicate-keys.refused`).
    #[error("duplicate key at {path}")]
    DuplicateKey {
        /// Where the second one stands.
        path: String,
    },
    /// Objects and arrays are nested deeper than [`JSON_DEPTH_MAX`].
    #[error("nested deeper than {JSON_DEPTH_MAX} at {path}")]
    TooDeep {
        /// Where the limit is passed.
        path: String,
    },
    /// A binary attachment stands somewhere in it (rule `message.binary`).
    #[error("binary attachment at {path}")]
    Binary {
        /// Where it stands.
        path: String,
    },
    /// The text is no JSON, or has a number or a string that JSON values cannot hold.
    #[error("not valid JSON at line {line}, column {column}")]
    Syntax {
        /// Line in the text, from 1.
        line: usize,
        /// Column in bytes, from 1; 0 at the end of a line.
        column: usize,
    },
}
