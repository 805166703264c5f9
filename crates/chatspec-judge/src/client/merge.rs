//! What several scripts together say of a client.

use std::collections::BTreeMap;

use serde::Serialize;

use super::judge::Finding;
use crate::verdict::Verdict;

/// One rule over all scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The rule.
    pub rule: String,
    /// The worst that was seen of it. Blocked where nothing was seen, and unverified where nothing speaks of it.
    pub verdict: Verdict,
    /// At how many places it held.
    pub held: usize,
    /// How many places the scripts did not come to. More than none, and a pass is not the whole truth.
    pub blocked: usize,
    /// The script of the worst place; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// The line of its step, 0 where no single step tests the rule.
    pub line: u64,
    /// What was wrong.
    pub why: String,
}

/// Merges findings, by rule and sorted. What was seen counts more than what was not come to: a blocked place neither hides a
/// violation or a pass, nor is it one. `expected` are the rules that are to be told of in any case.
pub fn merge<'a>(findings: &[Finding], expected: impl IntoIterator<Item = &'a str>) -> Vec<Held> {
    let mut all: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for rule in expected {
        all.entry(rule).or_default();
    }
    for finding in findings {
        all.entry(&finding.rule).or_default().push(finding);
    }
    all.into_iter()
        .map(|(rule, found)| held(rule, &found))
        .collect()
}

fn held(rule: &str, found: &[&Finding]) -> Held {
    let count = |verdict| found.iter().filter(|it| it.verdict == verdict).count();
    let mut worst: Option<&Finding> = None;
    for finding in found {
        // The first of equals stays.
        if worst.is_none_or(|kept| weight(finding.verdict) > weight(kept.verdict)) {
            worst = Some(finding);
        }
    }
    Held {
        rule: rule.to_owned(),
        verdict: worst.map_or(Verdict::Unverified, |worst| worst.verdict),
        held: count(Verdict::Pass),
        blocked: count(Verdict::Blocked),
        script: worst.map(|worst| worst.script.clone()),
        line: worst.map_or(0, |worst| worst.line),
        why: worst.map_or_else(String::new, |worst| worst.why.clone()),
    }
}

/// Evidence before its absence. The lattice of servers is another: there, a case that is blocked takes its rules with it.
fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Unverified => 0,
        Verdict::Blocked => 1,
        Verdict::Inconclusive => 2,
        Verdict::Observed => 3,
        Verdict::Pass => 4,
        Verdict::Warn => 5,
        Verdict::Error => 6,
        Verdict::Fail => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str, verdict: Verdict, script: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            verdict,
            script: script.to_owned(),
            line: 3,
            why: String::new(),
        }
    }

    fn one(verdicts: &[Verdict]) -> Held {
        let findings: Vec<Finding> = verdicts
            .iter()
            .map(|verdict| finding("client.join", *verdict, "a"))
            .collect();
        merge(&findings, []).remove(0)
    }

    #[test]
    fn blocked_neither_hides_nor_is_a_pass() {
        use Verdict::{Blocked, Fail, Pass, Warn};
        for (seen, verdict, held, blocked) in [
            (&[Pass, Blocked][..], Pass, 1, 1),
            (&[Blocked, Pass], Pass, 1, 1),
            (&[Blocked, Blocked], Blocked, 0, 2),
            (&[Warn, Blocked], Warn, 0, 1),
            (&[Blocked, Fail, Pass], Fail, 1, 1),
        ] {
            let merged = one(seen);
            assert_eq!(
                (merged.verdict, merged.held, merged.blocked),
                (verdict, held, blocked),
                "{seen:?}"
            );
        }
    }

    #[test]
    fn what_nothing_speaks_of_is_unverified() {
        let merged = merge(
            &[finding("client.join", Verdict::Pass, "a")],
            ["client.join", "client.left"],
        );
        let told: Vec<(&str, Verdict)> = merged
            .iter()
            .map(|held| (held.rule.as_str(), held.verdict))
            .collect();
        assert_eq!(
            told,
            [
                ("client.join", Verdict::Pass),
                ("client.left", Verdict::Unverified)
            ]
        );
    }
}
