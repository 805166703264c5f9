//! Several reports of one server become one. Merging only worsens, but a run that did not look knows nothing.

use std::collections::BTreeMap;

use chatspec_judge::report::{CaseReport, Report, RuleReport};

/// Puts `other` into `report`; both are of one profile and revision.
pub fn merge(report: &mut Report, other: Report) {
    let mut rules: BTreeMap<String, RuleReport> = BTreeMap::new();
    for rule in report.rules.drain(..).chain(other.rules) {
        match rules.get_mut(&rule.name) {
            Some(known) => merge_rule(known, rule),
            None => {
                rules.insert(rule.name.clone(), rule);
            }
        }
    }
    let mut cases: BTreeMap<String, CaseReport> = BTreeMap::new();
    for case in report.cases.drain(..).chain(other.cases) {
        let known = cases.get(&case.id);
        if known.is_none_or(|known| known.verdict < case.verdict) {
            cases.insert(case.id.clone(), case);
        }
    }
    report.rules = rules.into_values().collect();
    report.cases = cases.into_values().collect();
    // A whole run that conforms and a filtered one that holds say together what the whole one says.
    report.conformant = match (report.conformant, other.conformant) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, None) => None,
    };
    report.summary.filtered &= other.summary.filtered;
    report.summary.aborted &= other.summary.aborted;
    report.summary.in_order = match (report.summary.in_order, other.summary.in_order) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (one, another) => one.or(another),
    };
    summarise(report);
}

fn merge_rule(known: &mut RuleReport, rule: RuleReport) {
    known.verdict = match (known.cases.is_empty(), rule.cases.is_empty()) {
        (true, _) => rule.verdict,
        (_, true) => known.verdict,
        _ => known.verdict.merge(rule.verdict),
    };
    known.scored |= rule.scored;
    known.cases.extend(rule.cases);
    known.cases.sort();
    known.cases.dedup();
}

fn summarise(report: &mut Report) {
    let summary = &mut report.summary;
    summary.cases.clear();
    summary.rules.clear();
    for case in &report.cases {
        *summary.cases.entry(case.verdict).or_default() += 1;
    }
    for rule in &report.rules {
        *summary.rules.entry(rule.verdict).or_default() += 1;
    }
    summary.not_verified.retain(|name, _| {
        let unverified = |rule: &&RuleReport| {
            rule.name == *name && rule.verdict == chatspec_judge::verdict::Verdict::Unverified
        };
        report.rules.iter().any(|rule| unverified(&rule))
    });
}
