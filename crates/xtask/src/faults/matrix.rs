//! The kill matrix: faults by rules that caught them, and back.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::outcome::Outcome;
use super::table::{PATH, Table};

/// Prints one line a fault: the rules that had to fail, and what failed as well.
pub fn print(outcomes: &[Outcome<'_>]) {
    let width = outcomes.iter().map(|o| o.fault.name.len()).max();
    let width = width.unwrap_or_default();
    println!("\n{:width$}  rules that failed (others)", "fault");
    for outcome in outcomes {
        let caught: Vec<&str> = caught(outcome).collect();
        let others: Vec<&str> = outcome.others().collect();
        let others = match others.is_empty() {
            true => String::new(),
            false => format!(" ({})", others.join(" ")),
        };
        println!(
            "{:width$}  {}{others}",
            outcome.fault.name,
            caught.join(" ")
        );
    }
    println!();
}

/// The same as a document.
pub fn markdown(table: &Table, outcomes: &[Outcome<'_>]) -> String {
    let mut text = format!(
        "# Kill matrix\n\n\
         Written by `cargo xtask faults --markdown conformance/kill-matrix.md` from `{PATH}` and a run.\n\n\
         Each fault is one deliberate defect in the reference server. It is caught by the rules that it breaks; other rules fail\n\
         where a conversation needs what is broken to show them.\n\n\
         | fault | what goes wrong | caught by | others |\n|---|---|---|---|\n"
    );
    for outcome in outcomes {
        let caught: Vec<String> = caught(outcome).map(code).collect();
        let others: Vec<String> = outcome.others().map(code).collect();
        row(
            &mut text,
            &[
                &code(&outcome.fault.name),
                &outcome.fault.what,
                &caught.join(" "),
                &others.join(" "),
            ],
        );
    }
    let mut killers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for outcome in outcomes {
        for rule in caught(outcome) {
            killers
                .entry(rule)
                .or_default()
                .push(code(&outcome.fault.name));
        }
    }
    text.push_str("\n## Rules, and the faults that they catch\n\n| rule | faults |\n|---|---|\n");
    for (rule, faults) in &killers {
        row(&mut text, &[&code(rule), &faults.join(" ")]);
    }
    text.push_str("\n## Rules that no fault breaks yet\n\n");
    let idle = table.rules.iter().filter(|(_, rule)| rule.is_scored());
    for (rule, _) in idle.filter(|(rule, _)| !killers.contains_key(rule.as_str())) {
        let _ = writeln!(text, "- {}", code(rule));
    }
    text
}

/// The rules that had to fail and did.
fn caught<'a>(outcome: &'a Outcome<'_>) -> impl Iterator<Item = &'a str> {
    let caught = outcome.failed.intersection(&outcome.fault.rules);
    caught.map(String::as_str)
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn row(text: &mut String, cells: &[&str]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}
