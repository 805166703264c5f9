//! What was measured, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// One suite with one server.
pub(super) struct Row {
    pub suite: &'static str,
    pub server: &'static str,
    /// Wall time that we want, on an idle machine, with a server of ours.
    pub goal: Option<f64>,
    /// Wall time of each run.
    pub seconds: Vec<f64>,
    /// Conversations in a run.
    pub cases: usize,
    /// The worst exit code: a run that waits for what never comes measures deadlines.
    pub exit: i32,
}

impl Row {
    pub(super) fn new(suite: &'static str, server: &'static str, goal: Option<f64>) -> Row {
        Row {
            suite,
            server,
            goal,
            seconds: Vec::new(),
            cases: 0,
            exit: 0,
        }
    }

    /// Minimum, median and maximum.
    fn spread(&self) -> [f64; 3] {
        let mut sorted = self.seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.as_slice() {
            [] => [f64::NAN; 3],
            [first, .., last] if sorted.len().is_multiple_of(2) => [
                *first,
                f64::midpoint(sorted[middle - 1], sorted[middle]),
                *last,
            ],
            all => [all[0], all[middle], all[all.len() - 1]],
        }
    }
}

/// A Markdown table.
pub(super) fn markdown(rows: &[Row]) -> String {
    let mut out = String::from(
        "| suite | server | cases | runs | min s | median s | max s | goal s | exit |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let [min, median, max] = row.spread();
        let (suite, server, cases, runs) = (row.suite, row.server, row.cases, row.seconds.len());
        let goal = row.goal.map_or_else(String::new, |goal| goal.to_string());
        let _ = writeln!(
            out,
            "| {suite} | {server} | {cases} | {runs} | {min:.2} | {median:.2} | {max:.2} | {goal} | {} |",
            row.exit
        );
    }
    out
}

/// The same as a JSON array, with every run.
pub(super) fn json(rows: &[Row]) -> Value {
    rows.iter()
        .map(|row| {
            let [min, median, max] = row.spread();
            json!({
                "suite": row.suite, "server": row.server, "cases": row.cases, "exit": row.exit,
                "goal": row.goal, "min": min, "median": median, "max": max, "seconds": row.seconds,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seconds: &[f64]) -> Row {
        Row {
            seconds: seconds.to_vec(),
            cases: 88,
            ..Row::new("core", "ours", Some(2.0))
        }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(row(&[3.0, 1.0, 2.0]).spread(), [1.0, 2.0, 3.0]);
        assert_eq!(row(&[4.0, 1.0, 2.0, 3.0]).spread(), [1.0, 2.5, 4.0]);
        assert_eq!(row(&[1.5]).spread(), [1.5; 3]);
    }

    #[test]
    fn a_row_tells_everything() {
        let rows = [row(&[1.25, 3.5, 2.0])];
        let text = markdown(&rows);
        let line = text.lines().last();
        assert_eq!(
            line,
            Some("| core | ours | 88 | 3 | 1.25 | 2.00 | 3.50 | 2 | 0 |")
        );
        assert_eq!(json(&rows)[0]["seconds"], json!([1.25, 3.5, 2.0]));
    }
}
