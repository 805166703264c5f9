//! What came of a fault, and its line in the table.

use std::time::Duration;

/// What came of a fault.
#[derive(Default)]
pub struct Outcome {
    pub(super) done: String,
    /// Messages among members on one node that did not come during it.
    pub(super) local_lost: Option<usize>,
    /// Until both nodes heard each other again.
    pub(super) recovery: Option<Duration>,
    /// Until those who were gone were announced as gone.
    pub(super) ghosts: Option<Duration>,
    /// How often members were told that something may be missing.
    pub(super) gaps: Option<usize>,
    /// What is not as promised.
    pub wrong: Vec<String>,
}

impl Outcome {
    /// The head of the table.
    pub const HEAD: &str = "| fault | what was done | local lost | recovery s | ghosts s | gaps | verdict |\n\
                            |---|---|---|---|---|---|---|";

    /// Of something that was done, and of which nothing is measured.
    pub fn of(done: String) -> Outcome {
        Outcome {
            done,
            ..Outcome::default()
        }
    }

    /// Of something that could not be done to its end.
    pub fn failed(why: String) -> Outcome {
        Outcome {
            wrong: vec![why],
            ..Outcome::default()
        }
    }

    /// Its line in the table.
    pub fn row(&self, name: &str) -> String {
        let seconds = |time: Option<Duration>| {
            time.map_or("-".to_owned(), |time| format!("{:.2}", time.as_secs_f64()))
        };
        let count = |count: Option<usize>| count.map_or("-".to_owned(), |count| count.to_string());
        let verdict = match self.wrong.is_empty() {
            true => "pass".to_owned(),
            false => format!("FAIL: {}", self.wrong.join("; ")),
        };
        format!(
            "| {name} | {} | {} | {} | {} | {} | {verdict} |",
            self.done,
            count(self.local_lost),
            seconds(self.recovery),
            seconds(self.ghosts),
            count(self.gaps)
        )
    }

    pub(super) fn expect(&mut self, holds: bool, why: impl Into<String>) {
        if !holds {
            self.wrong.push(why.into());
        }
    }
}
