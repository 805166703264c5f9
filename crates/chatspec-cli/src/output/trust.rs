//! How far a run can be trusted: the order of handling, the network, the server's patience, and what blocked what.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::{AnsiColor, Style};
use chatspec_judge::report::{CaseReport, Report};
use chatspec_judge::rule::names;
use chatspec_judge::verdict::Verdict;

use super::safe::safe;
use crate::data::plural;
use crate::output::out::outln;

const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();
/// Cases of one kind that are listed.
const SHOWN: usize = 6;

/// Prints the ordering probe's answer, then whether anything came over between nodes, then trouble of the network, then what the server refused for load, then what is blocked and by what.
pub fn print(report: &Report) {
    match report.summary.in_order {
        Some(true) => outln!(
            "{DIM}order: one connection's events are handled in their order, so silence counts{DIM:#}"
        ),
        Some(false) => outln!(
            "{YELLOW}order{YELLOW:#}: one connection's events are handled out of order, so silence proves nothing (order.handling)"
        ),
        None => outln!("{DIM}order: the probe saw nothing of it{DIM:#}"),
    }
    nodes(&report.cases);
    network(&report.cases);
    load(&report.cases);
    blocked(report);
}

/// Servers that do not know each other are no faulty cluster, but none.
fn nodes(cases: &[CaseReport]) {
    let apart = |case: &&CaseReport| case.nodes.values().collect::<BTreeSet<_>>().len() > 1;
    let spread: Vec<&CaseReport> = cases.iter().filter(apart).collect();
    let lost = |case: &&CaseReport| {
        let mut findings = case.findings.iter();
        findings.any(|finding| finding.rule.starts_with(names::CLUSTER))
    };
    if !spread.is_empty() && spread.iter().all(lost) {
        outln!(
            "{YELLOW}nodes{YELLOW:#}: nothing came over in {} between nodes; are these nodes of one server, with one broker?",
            plural(spread.len(), "conversation")
        );
    }
}

/// What the suite can do about it is to send less in a time.
fn load(cases: &[CaseReport]) {
    let limited: Vec<&CaseReport> = cases.iter().filter(|case| case.limited).collect();
    if limited.is_empty() {
        return;
    }
    outln!(
        "{YELLOW}load{YELLOW:#}: {} inconclusive, for the server refused what was sent as too much (code 30); play slower with --pace 500, \
         or let it serve with wider limits",
        plural(limited.len(), "case")
    );
    for case in limited.iter().take(SHOWN) {
        outln!("  {}", safe(&case.id));
    }
    if limited.len() > SHOWN {
        outln!("  and {} more", limited.len() - SHOWN);
    }
}

fn network(cases: &[CaseReport]) {
    let lost: Vec<(&CaseReport, &str)> = cases
        .iter()
        .filter_map(|case| Some((case, case.network.as_deref()?)))
        .collect();
    if lost.is_empty() {
        return;
    }
    outln!(
        "{YELLOW}network{YELLOW:#}: {} inconclusive, for connections were lost or silent and another try went otherwise",
        plural(lost.len(), "case")
    );
    for (case, what) in lost.iter().take(SHOWN) {
        outln!("  {}: {}", safe(&case.id), safe(what));
    }
    if lost.len() > SHOWN {
        outln!("  and {} more", lost.len() - SHOWN);
    }
}

/// One line a root, that of the most cases first: it is the one to mend.
fn blocked(report: &Report) {
    let mut roots: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for case in &report.cases {
        let Some(root) = case.blocked_by.as_deref() else {
            continue;
        };
        let blocked: Vec<&str> = case
            .rules
            .iter()
            .filter(|(rule, verdict)| {
                **verdict == Verdict::Blocked && !case.known.contains_key(*rule)
            })
            .map(|(rule, _)| rule.as_str())
            .collect();
        if !blocked.is_empty() {
            let (cases, rules) = roots.entry(root).or_default();
            *cases += 1;
            rules.extend(blocked);
        }
    }
    let mut roots: Vec<(&str, (usize, BTreeSet<&str>))> = roots.into_iter().collect();
    roots.sort_by_key(|(root, (cases, _))| (std::cmp::Reverse(*cases), *root));
    for (index, (root, (cases, rules))) in roots.into_iter().enumerate() {
        let mend = if index == 0 { "; mend that first" } else { "" };
        let names: Vec<&str> = rules.iter().take(SHOWN).copied().collect();
        let more = match rules.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        outln!(
            "{YELLOW}blocked{YELLOW:#} by {root}: {}{mend} ({}{more})",
            plural(cases, "case"),
            names.join(", ")
        );
    }
}
