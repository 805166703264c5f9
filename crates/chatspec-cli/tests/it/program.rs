//! Runs the built program.

use std::ffi::OsStr;
use std::time::{Duration, Instant};

use tokio::process::Command;
use tokio::time::timeout;

/// No run here takes longer; a hanging one is ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a run of the program came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// Runs `chatspec` to its end.
pub async fn chatspec<I, S>(args: I) -> Ran
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(env!("CARGO_BIN_EXE_chatspec"));
    command.args(args).kill_on_drop(true);
    Ran::of(command).await
}

impl Ran {
    /// Runs a command to its end.
    pub async fn of(mut command: Command) -> Ran {
        let started = Instant::now();
        let output = timeout(PATIENCE, command.output())
            .await
            .expect("the program ends in time")
            .expect("the program starts");
        Ran {
            code: output.status.code().expect("no signal ended it"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
            took: started.elapsed(),
        }
    }

    /// Asserts the exit code, and shows everything where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Asserts that stderr says each of these.
    #[track_caller]
    pub fn complains(self, of: &[&str]) -> Ran {
        for part in of {
            assert!(
                self.stderr.contains(part),
                "no {part:?} in:\n{}",
                self.stderr
            );
        }
        self
    }

    /// Asserts that stdout says each of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Ran {
        for part in parts {
            assert!(
                self.stdout.contains(part),
                "no {part:?} in:\n{}",
                self.stdout
            );
        }
        self
    }

    /// Asserts that the error is one line of its own.
    #[track_caller]
    pub fn in_one_line(self) -> Ran {
        let lines: Vec<&str> = self.stderr.lines().collect();
        assert!(
            lines.len() == 1 && lines[0].starts_with("error: failed to "),
            "{}",
            self.stderr
        );
        self
    }
}
