//! The kill matrix: faults by rules that caught them, and back.

use std::collections::{BTreeMap, BTreeSet};
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

/// What one row of the document says of a fault.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// What goes wrong.
    pub what: String,
    /// The rules that had to fail and did.
    pub caught: BTreeSet<String>,
    /// The other rules that failed.
    pub others: BTreeSet<String>,
}

/// The rows of a document, by fault.
pub fn rows(text: &str) -> BTreeMap<String, Row> {
    let first = text.split("\n## ").next().unwrap_or_default();
    let cells = first.lines().filter_map(|line| {
        let line = line.strip_prefix("| `")?.strip_suffix(" |")?;
        let (name, rest) = line.split_once("` | ")?;
        let mut cells = rest.split(" | ");
        let mut cell = || cells.next().unwrap_or_default().trim();
        let row = Row {
            what: cell().to_owned(),
            caught: names(cell()),
            others: names(cell()),
        };
        Some((name.to_owned(), row))
    });
    cells.collect()
}

/// Puts the rows of these outcomes in the place of those that there were.
pub fn update(rows: &mut BTreeMap<String, Row>, outcomes: &[Outcome<'_>]) {
    for outcome in outcomes {
        let row = Row {
            what: outcome.fault.what.clone(),
            caught: caught(outcome).map(str::to_owned).collect(),
            others: outcome.others().map(str::to_owned).collect(),
        };
        rows.insert(outcome.fault.name.clone(), row);
    }
}

/// The same as a document: the faults of the table that have a row.
pub fn markdown(table: &Table, rows: &BTreeMap<String, Row>) -> String {
    let mut text = format!(
        "# Kill matrix\n\n\
         Written by `cargo xtask faults --markdown conformance/kill-matrix.md` from `{PATH}` and a run.\n\n\
         Each fault is one deliberate defect in the reference server. It is caught by the rules that it breaks; other rules fail\n\
         where a conversation or a bad input needs what is broken to show them.\n\n\
         | fault | what goes wrong | caught by | others |\n|---|---|---|---|\n"
    );
    let mut killers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for fault in &table.faults {
        let name = code(&fault.name);
        let Some(Row {
            what,
            caught,
            others,
        }) = rows.get(&fault.name)
        else {
            continue;
        };
        row(&mut text, &[&name, what, &codes(caught), &codes(others)]);
        for rule in caught {
            killers.entry(rule).or_default().push(name.clone());
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

fn names(cell: &str) -> BTreeSet<String> {
    let names = cell.split_whitespace();
    names
        .map(|name| name.trim_matches('`').to_owned())
        .collect()
}

fn codes(names: &BTreeSet<String>) -> String {
    let names: Vec<String> = names.iter().map(|name| code(name)).collect();
    names.join(" ")
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
