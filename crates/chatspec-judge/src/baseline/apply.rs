//! Compares a report with a baseline.

use std::collections::{BTreeMap, BTreeSet};

use super::{Baseline, Entry};
use crate::finding::Outcome;
use crate::report::{CaseReport, Compared, Report, fails};
use crate::rule::{Rules, distance};
use crate::verdict::Verdict;

/// What a comparison needs to know beside the report.
pub struct Scope<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// Ids of every case that there is, `fixture@transport`, whether this run plays it or not.
    pub every: &'a BTreeSet<String>,
    /// Whether a SHOULD counts as a MUST.
    pub strict: bool,
}

/// Marks what the baseline knows, and notes the entries that are stale or name what does not exist.
pub fn apply(baseline: &Baseline, report: &mut Report, scope: &Scope<'_>) {
    let mut known = 0;
    for case in &mut report.cases {
        case.known = direct(baseline, case);
        known += case.known.len();
        let rests = resting(case, scope.strict);
        case.known.extend(rests);
    }
    let wrong = baseline
        .entries
        .iter()
        .filter_map(|entry| {
            wrong(entry, report, scope)
                .map(|what| format!("{}:{}:{}: {what}", baseline.path, entry.line, entry.column))
        })
        .collect();
    report.summary.baseline = Some(Compared {
        file: baseline.path.clone(),
        known,
        wrong,
    });
}

/// The ways in which a rule fails in a case; none where it does not, or where the network may be to blame.
pub(super) fn ways(case: &CaseReport, rule: &str) -> BTreeSet<Outcome> {
    if !matches!(case.rules.get(rule), Some(Verdict::Fail | Verdict::Warn)) || case.error.is_some()
    {
        return BTreeSet::new();
    }
    case.findings
        .iter()
        .filter(|finding| finding.rule == rule)
        .map(|finding| finding.outcome)
        .collect()
}

/// Rules all of whose ways to fail here stand in the baseline, with the reason. A new way is a new failure.
fn direct(baseline: &Baseline, case: &CaseReport) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for rule in case.rules.keys() {
        let ways = ways(case, rule);
        let reason = |way: &Outcome| {
            let covers = |entry: &&Entry| {
                entry.rule == *rule && entry.outcome == *way && entry.names(&case.id)
            };
            baseline
                .entries
                .iter()
                .find(covers)
                .map(|entry| entry.reason.as_str())
        };
        let reasons: Option<BTreeSet<&str>> = ways.iter().map(reason).collect();
        if let Some(reasons) = reasons.filter(|reasons| !reasons.is_empty()) {
            let reasons: Vec<&str> = reasons.into_iter().collect();
            known.insert(rule.clone(), reasons.join("; "));
        }
    }
    known
}

/// Rules that could not be verified because of what is known: blocked by it, or never reached after it.
fn resting(case: &CaseReport, strict: bool) -> BTreeMap<String, String> {
    let new = |(rule, verdict): (&String, &Verdict)| {
        fails(*verdict, strict) && !case.known.contains_key(rule)
    };
    let Some(root) = case
        .blocked_by
        .as_ref()
        .filter(|root| case.known.contains_key(*root))
        .or_else(|| case.known.keys().next())
    else {
        return BTreeMap::new();
    };
    if case.error.is_some() || case.rules.iter().any(new) {
        return BTreeMap::new();
    }
    case.rules
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Blocked | Verdict::Unverified))
        .map(|(rule, _)| {
            (
                rule.clone(),
                format!("rests on {root}, which is known to fail"),
            )
        })
        .collect()
}

/// How a case answers an entry that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// The failure, as the entry says.
    It,
    /// Another failure of the same rule.
    Another(Outcome),
    /// The rule holds.
    Nothing,
    /// It cannot be told: blocked, inconclusive, not reached, or our own fault.
    Unsure,
}

pub(super) fn shows(entry: &Entry, case: &CaseReport) -> Shows {
    let ways = ways(case, &entry.rule);
    if ways.contains(&entry.outcome) {
        return Shows::It;
    }
    if let Some(way) = ways.first() {
        return Shows::Another(*way);
    }
    if case.error.is_some() || case.network.is_some() {
        return Shows::Unsure;
    }
    match case.rules.get(&entry.rule) {
        Some(Verdict::Pass | Verdict::Observed) => Shows::Nothing,
        // A prerequisite that is not scored has no verdict where another failure came first.
        None if case.verdict <= Verdict::Warn => Shows::Nothing,
        _ => Shows::Unsure,
    }
}

/// Cases of the run that an entry names, and what they show.
pub(super) fn answers<'a>(
    entry: &'a Entry,
    report: &'a Report,
) -> impl Iterator<Item = (&'a CaseReport, Shows)> + use<'a> {
    report
        .cases
        .iter()
        .filter(|case| entry.names(&case.id))
        .map(|case| (case, shows(entry, case)))
}

/// What is wrong with an entry, and the mend.
fn wrong(entry: &Entry, report: &Report, scope: &Scope<'_>) -> Option<String> {
    let Some(rule) = scope.rules.find(&entry.rule) else {
        let hint = hint(scope.rules.nearest(&entry.rule));
        return Some(format!("`{}` is no rule of the spec{hint}", entry.rule));
    };
    if !scope.every.iter().any(|id| entry.names(id)) {
        let hint = hint(nearest(&entry.case, scope.every));
        return Some(format!("`{}` is no case{hint}", entry.case));
    }
    if !report.profile.includes(rule.profile) {
        return None;
    }
    let shown: Vec<(&CaseReport, Shows)> = answers(entry, report).collect();
    let shows_it = shown.iter().any(|(_, shows)| *shows == Shows::It);
    let another = shown.iter().find_map(|(case, shows)| match shows {
        Shows::Another(way) => Some((case, way)),
        _ => None,
    });
    if entry.is_pattern() {
        // Of a pattern in a filtered run, the case that fails may have been left out.
        if shown.is_empty() || shows_it || report.summary.filtered || entry.sometimes {
            return None;
        }
        if shown.iter().any(|(_, shows)| *shows == Shows::Unsure) {
            return None;
        }
        let what = format!(
            "stale: no case of `{}` fails {} as {}; drop the entry, or run with --fix",
            entry.case,
            entry.rule,
            entry.outcome.word()
        );
        return Some(what);
    }
    if let Some((case, way)) = another {
        let what = format!(
            "{} fails {} in another way: {} instead of {}; look at it, then mend the entry",
            case.id,
            entry.rule,
            way.word(),
            entry.outcome.word()
        );
        return Some(what);
    }
    if entry.sometimes {
        return None;
    }
    let held: Vec<&str> = shown
        .iter()
        .filter(|(_, shows)| *shows == Shows::Nothing)
        .map(|(case, _)| case.id.as_str())
        .collect();
    if held.is_empty() {
        return None;
    }
    let mend = if shows_it {
        "name the transports that still fail, or run with --fix"
    } else {
        "drop the entry, or run with --fix"
    };
    Some(format!(
        "stale: {} no longer fails in {}; {mend}",
        entry.rule,
        held.join(", ")
    ))
}

fn hint(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

/// The id, with transport or without as it was written, that looks most like `name`.
fn nearest<'a>(name: &str, every: &'a BTreeSet<String>) -> Option<&'a str> {
    let with_transport = name.contains('@');
    every
        .iter()
        .map(|id| {
            if with_transport {
                id.as_str()
            } else {
                super::fixture_of(id)
            }
        })
        .map(|id| (distance(id, name), id))
        .min()
        .filter(|(far, _)| *far <= name.len() / 2)
        .map(|(_, id)| id)
}
