//! What every format tells of a report, in the same words.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::finding::Finding;
use chatspec_judge::report::{CaseReport, Report, RuleReport};
use chatspec_judge::verdict::Verdict;

use crate::data::plural;
use crate::target::quoted;

/// Verdicts, the worst first: the order in which everything is shown.
pub const WORST_FIRST: [Verdict; 8] = [
    Verdict::Fail,
    Verdict::Error,
    Verdict::Blocked,
    Verdict::Inconclusive,
    Verdict::Unverified,
    Verdict::Warn,
    Verdict::Pass,
    Verdict::Observed,
];

/// How the whole came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It conforms.
    Good,
    /// It does not.
    Bad,
    /// Nobody knows.
    Unsure,
}

/// The verdict on the server, in one line.
pub fn headline(report: &Report) -> (Tone, String) {
    match report.conformant {
        Some(true) => (Tone::Good, format!("conforms to {}", report.profile)),
        Some(false) => (Tone::Bad, format!("does not conform to {}", report.profile)),
        None if report.summary.aborted => {
            (Tone::Unsure, "was interrupted before its end".to_owned())
        }
        None if report.summary.filtered => (
            Tone::Unsure,
            "holds what a filtered run looked at".to_owned(),
        ),
        None => (Tone::Unsure, "could not be verified as a whole".to_owned()),
    }
}

/// What a reader has to know before the figures, a sentence each.
pub fn notes(report: &Report) -> Vec<&'static str> {
    let notes = [
        (
            report.summary.aborted,
            "The run was interrupted: what it had not come to is not here.",
        ),
        (
            report.summary.filtered && !report.summary.aborted,
            "A filtered run says nothing about conformance as a whole.",
        ),
        (
            report.summary.in_order == Some(false),
            "The server handles one connection's events out of order: silence proves nothing on it.",
        ),
    ];
    let told = notes.into_iter().filter(|(told, _)| *told);
    told.map(|(_, note)| note).collect()
}

/// Scored rules that the run was about, by verdict, the worst first, none of them zero.
pub fn scored(report: &Report) -> Vec<(Verdict, usize)> {
    let count = |verdict: Verdict| {
        // What a filtered run left out is nobody's failing.
        let looked_at = |rule: &RuleReport| !report.summary.filtered || !rule.cases.is_empty();
        let of = |rule: &&RuleReport| rule.scored && rule.verdict == verdict && looked_at(rule);
        report.rules.iter().filter(of).count()
    };
    let all = WORST_FIRST
        .into_iter()
        .map(|verdict| (verdict, count(verdict)));
    all.filter(|(_, count)| *count > 0).collect()
}

/// `103 of 112 scored rules hold, 9 fail; 216 cases`.
pub fn score(report: &Report) -> String {
    let counts = scored(report);
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let mut text = format!("{} of {} hold", held(&counts), plural(all, "scored rule"));
    for (verdict, count) in counts.iter().filter(|(verdict, _)| !holds(*verdict)) {
        text += &format!(", {count} {}", verdict.word());
    }
    text + &format!("; {}", plural(report.cases.len(), "case"))
}

/// How many of these hold.
pub fn held(counts: &[(Verdict, usize)]) -> usize {
    let held = counts.iter().filter(|(verdict, _)| holds(*verdict));
    held.map(|(_, count)| count).sum()
}

/// Whether a rule of that verdict counts as held.
pub fn holds(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::Observed)
}

/// Why a case that did not pass was expected not to, by the baseline: the reasons, where they cover all that it violates.
pub fn expected(case: &CaseReport) -> Option<String> {
    let fine = |(rule, verdict): (&String, &Verdict)| {
        matches!(verdict, Verdict::Pass | Verdict::Observed) || case.known.contains_key(rule)
    };
    if case.known.is_empty() || case.error.is_some() || !case.rules.iter().all(fine) {
        return None;
    }
    let reasons: BTreeSet<&str> = case.known.values().map(String::as_str).collect();
    Some(reasons.into_iter().collect::<Vec<_>>().join("; "))
}

/// Why the baseline expects a rule to be violated: the reasons, where every case that violates it is known.
pub fn expected_rule(report: &Report, rule: &RuleReport) -> Option<String> {
    let reasons: BTreeSet<&str> = report
        .cases
        .iter()
        .filter_map(|case| case.known.get(&rule.name).map(String::as_str))
        .collect();
    let covered = report.unexpected(rule) <= Verdict::Pass && rule.verdict > Verdict::Pass;
    (covered && !reasons.is_empty()).then(|| reasons.into_iter().collect::<Vec<_>>().join("; "))
}

/// Rules that a case violates, with these cases: failures first, then warnings, each by name.
pub fn violated(report: &Report) -> Vec<(&RuleReport, Vec<&CaseReport>)> {
    let mut rules: Vec<(&RuleReport, Vec<&CaseReport>)> = report
        .rules
        .iter()
        .filter(|rule| matches!(rule.verdict, Verdict::Fail | Verdict::Warn))
        .map(|rule| (rule, cases_with(report, rule, rule.verdict)))
        .collect();
    rules.sort_by_key(|(rule, _)| std::cmp::Reverse(rule.verdict));
    rules
}

fn cases_with<'a>(report: &'a Report, rule: &RuleReport, verdict: Verdict) -> Vec<&'a CaseReport> {
    let mine = |case: &&CaseReport| case.rules.get(&rule.name) == Some(&verdict);
    report.cases.iter().filter(mine).collect()
}

/// Cases that say what went wrong: all that are worse than a pass.
pub fn troubled(report: &Report) -> impl Iterator<Item = &CaseReport> {
    let worse = |case: &&CaseReport| case.verdict > Verdict::Pass;
    report.cases.iter().filter(worse)
}

/// The findings of a case on one rule.
pub fn findings<'a>(case: &'a CaseReport, rule: &str) -> impl Iterator<Item = &'a Finding> {
    case.findings
        .iter()
        .filter(move |finding| finding.rule == rule)
}

/// Why a case did not pass, in one line, where no finding says it.
pub fn why(case: &CaseReport) -> String {
    let blocked = || {
        let root = case.blocked_by.as_ref()?;
        Some(format!("blocked by {root}"))
    };
    let network = || case.network.as_ref().map(|what| format!("network: {what}"));
    let limited = || {
        let why = "the server refused what was sent as too much: --pace MS plays slower";
        case.limited.then(|| why.to_owned())
    };
    case.error
        .clone()
        .or_else(blocked)
        .or_else(network)
        .or_else(limited)
        .unwrap_or_default()
}

/// The command that plays a case again; `None` where the report does not know it.
pub fn repeat(report: &Report, case: &CaseReport) -> Option<String> {
    let line = &report.summary.repeat;
    (!line.is_empty()).then(|| format!("{line} --case {}", quoted(&case.id)))
}

/// Reasons why rules were not verified, and these rules. A filtered run does not list what it left out.
pub fn not_verified(report: &Report) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut reasons: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (rule, reason) in &report.summary.not_verified {
        reasons.entry(reason).or_default().insert(rule);
    }
    if report.summary.filtered {
        reasons.remove("no case of this run covers it");
    }
    reasons
}

/// The topic of a rule (`chat.room`) or of a case (`chat/room@polling`).
pub fn topic(name: &str) -> &str {
    name.split(['.', '/']).next().unwrap_or(name)
}
