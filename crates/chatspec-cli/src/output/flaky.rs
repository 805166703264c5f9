//! Cases whose verdicts differ between the repetitions of `--repeat`.

use anstyle::{AnsiColor, Style};
use chatspec_judge::report::Report;

use super::safe::safe;
use crate::data::plural;
use crate::output::out::outln;

const YELLOW: Style = AnsiColor::Yellow.on_default().bold();

/// Prints a table: how often each verdict came, a line per case.
pub fn print(report: &Report) {
    let flaky = &report.summary.flaky;
    if flaky.is_empty() {
        return;
    }
    outln!(
        "\n{YELLOW}flaky{YELLOW:#} {}: the verdicts differ between repetitions, the worst counts",
        plural(flaky.len(), "case")
    );
    let width = flaky.keys().map(|id| id.chars().count()).max().unwrap_or(0);
    for (id, verdicts) in flaky {
        let counts: Vec<String> = verdicts
            .iter()
            .rev()
            .map(|(verdict, count)| format!("{count} {}", verdict.word()))
            .collect();
        outln!("  {:<width$}  {}", safe(id), counts.join(", "));
    }
}
