//! One change of one expression, as cargo-mutants lists it, and what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A mutant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Mutant {
    /// File, line, column and what is changed, in words. No two mutants share it.
    pub name: String,
    /// The file, from the root.
    pub file: String,
    /// The function around it; constants have none.
    pub function: Option<Function>,
    /// The text that is replaced.
    pub span: Span,
    /// The text that comes in its place.
    pub replacement: String,
}

/// A function, with its attributes and comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Function {
    /// Where it is.
    pub span: Span,
}

/// A part of a file; the end is the first place behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Span {
    /// The first place in it.
    pub start: Place,
    /// The first place behind it.
    pub end: Place,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// A test failed.
    Caught,
    /// The tests used many times the processor time that they need, and were ended.
    Late,
    /// It does not compile, and proves nothing.
    Unviable,
    /// Every test passed, or none came to it.
    Survived,
}

/// Fates by the mutant's name.
pub type Fates = BTreeMap<String, Fate>;
