//! A setting that cannot be used.

use std::fmt;

use thiserror::Error;

/// A setting that cannot be used: where it stands, what is wrong with it, and how that is mended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {problem}; {mend}")]
pub struct ConfigError {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub mend: String,
}

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File {
        /// Its name, as it was given.
        file: String,
        /// Line, from 1.
        line: usize,
    },
    /// In an environment variable of this name.
    Variable(String),
    /// In a flag of this name, without dashes before it.
    Flag(String),
    /// In a field of the configuration.
    Field(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { file, line } => write!(f, "{file}:{line}"),
            Place::Variable(name) => f.write_str(name),
            Place::Flag(name) => write!(f, "--{name}"),
            Place::Field(name) => f.write_str(name),
        }
    }
}

/// What is wrong with a value, before it is known where that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) problem: String,
    pub(super) mend: String,
}

impl Problem {
    pub(super) fn new(problem: impl Into<String>, mend: impl Into<String>) -> Problem {
        Problem {
            problem: problem.into(),
            mend: mend.into(),
        }
    }

    pub(super) fn at(self, place: Place) -> ConfigError {
        ConfigError {
            place,
            problem: self.problem,
            mend: self.mend,
        }
    }
}
