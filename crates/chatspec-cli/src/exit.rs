//! Exit codes, and errors that end the program. Codes are API.

use std::process::ExitCode;

use crate::output::safe::safe;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: the server conforms, or the command did what it was asked.
    Conforms,
    /// 1: a scored rule is violated.
    Violated,
    /// 2: usage, or a broken fixture.
    Usage,
    /// 3: the server could not be reached or started, or a fault of ours.
    Unreachable,
    /// 4: nothing ran.
    Nothing,
    /// 5: something scored could not be verified.
    Inconclusive,
    /// 130, as shells have it: SIGINT or SIGTERM ended the run early.
    Interrupted,
}

impl Exit {
    /// The exit for a code that the referee has computed.
    pub fn from_code(code: u8) -> Exit {
        match code {
            0 => Exit::Conforms,
            1 => Exit::Violated,
            2 => Exit::Usage,
            4 => Exit::Nothing,
            5 => Exit::Inconclusive,
            _ => Exit::Unreachable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Conforms => 0,
            Exit::Violated => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::Nothing => 4,
            Exit::Inconclusive => 5,
            Exit::Interrupted => 130,
        })
    }
}

/// An error that ends the program: whose it is, and what to say. The text reads well after "failed to".
#[derive(Debug, thiserror::Error)]
#[error("failed to {text}")]
pub struct Failure {
    exit: Exit,
    text: String,
}

impl Failure {
    /// The user's: usage, or a file that they wrote.
    pub fn usage(text: impl Into<String>) -> Failure {
        Failure {
            exit: Exit::Usage,
            text: text.into(),
        }
    }

    /// The server could not be reached or started.
    pub fn unreachable(text: impl Into<String>) -> Failure {
        Failure {
            exit: Exit::Unreachable,
            text: text.into(),
        }
    }

    /// Ours.
    pub fn ours(text: impl Into<String>) -> Failure {
        Failure {
            exit: Exit::Unreachable,
            text: text.into(),
        }
    }

    /// Nothing ran.
    pub fn nothing(text: impl Into<String>) -> Failure {
        Failure {
            exit: Exit::Nothing,
            text: text.into(),
        }
    }
}

/// Prints the failure on stderr, and gives its exit.
pub fn report(failure: &Failure) -> Exit {
    for (index, line) in failure.to_string().lines().enumerate() {
        let head = if index == 0 { "error: " } else { "       " };
        anstream::eprintln!("{head}{}", safe(line));
    }
    failure.exit
}
