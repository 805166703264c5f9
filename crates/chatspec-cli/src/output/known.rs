//! What a baseline makes of a run: failures that are known, and entries that are wrong.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::{AnsiColor, Style};
use chatspec_judge::report::Report;
use chatspec_judge::verdict::Verdict;

use super::safe::safe;
use crate::data::plural;
use crate::output::out::outln;

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();

/// Prints known failures by rule, each reason once, then what is wrong with the baseline.
pub fn print(report: &Report) {
    let Some(compared) = &report.summary.baseline else {
        return;
    };
    let mut by_rule: BTreeMap<&str, (BTreeSet<&str>, Vec<&str>)> = BTreeMap::new();
    let mut resting = 0;
    for case in &report.cases {
        for (rule, reason) in &case.known {
            if matches!(case.rules.get(rule), Some(Verdict::Fail | Verdict::Warn)) {
                let (reasons, cases) = by_rule.entry(rule).or_default();
                reasons.insert(reason);
                cases.push(&case.id);
            } else {
                resting += 1;
            }
        }
    }
    if !by_rule.is_empty() {
        outln!();
    }
    for (rule, (reasons, cases)) in by_rule {
        let shown = cases.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        let more = match cases.len().saturating_sub(3) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        outln!("{YELLOW}expected{YELLOW:#} {rule}: fails in {shown}{more}");
        for reason in reasons {
            outln!("    {}", safe(reason));
        }
    }
    for what in &compared.wrong {
        outln!("\n{RED}BASELINE{RED:#} {}", safe(what));
    }
    if compared.known > 0 {
        let rests = match resting {
            0 => String::new(),
            1 => "; 1 verdict rests on them".to_owned(),
            count => format!("; {count} verdicts rest on them"),
        };
        outln!(
            "\n{}, by {}{rests}",
            plural(compared.known, "known failure"),
            safe(&compared.file)
        );
    }
}
