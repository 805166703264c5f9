//! Judges one conversation: every step, every invariant, then a verdict per rule.

pub(crate) mod load;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Outcome};
use crate::fixture::{Fixture, TransportName};
use crate::invariant;
use crate::rule::{Level, Profile, Rule, Rules, names};
use crate::shape::Shapes;
use crate::spread;
use crate::transcript::{Stop, Transcript, What};
use crate::value::ValueError;
use crate::verdict::Verdict;
use crate::window::Window;

/// Findings of one rule that a report shows.
const MOST: usize = 100;

/// What the referee judges by.
pub struct Law<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// The shapes.
    pub shapes: &'a Shapes,
    /// The profile that the server claims.
    pub profile: Profile,
    /// Whether the server handles one connection's events in order: where it does not, silence proves nothing.
    pub in_order: bool,
}

/// What became of one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// The worst verdict of its rules.
    pub verdict: Verdict,
    /// Verdict per rule: the rules that it is scored for, the invariants, and every other rule that it saw violated.
    pub rules: BTreeMap<String, Verdict>,
    /// The violations, the first one first; of one rule at most a hundred.
    pub findings: Vec<Finding>,
    /// The rule on whose failure the blocked ones rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<String>,
    /// Why the suite could not play or judge it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Whether the server refused what was sent as too much: what may come of that is in doubt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited: bool,
}

/// Judges what was recorded against what the fixture says. Where that may go several ways, it has to have gone one of them: the
/// judgement is that of the way that it comes nearest to.
pub fn judge(fixture: &Fixture, transcript: &Transcript, law: &Law<'_>) -> Judgement {
    let ways = match fixture.ways() {
        1 => return judge_way(fixture, transcript, law),
        ways => (0..ways).map(|way| judge_way(&fixture.way(way), transcript, law)),
    };
    let distance = |judgement: &Judgement| {
        let is_good = matches!(judgement.verdict, Verdict::Pass | Verdict::Warn);
        let violations = judgement.findings.iter();
        (
            !is_good,
            violations.filter(|one| one.outcome.is_violation()).count(),
        )
    };
    let nearest = ways.min_by_key(distance);
    nearest.unwrap_or_else(|| judge_way(fixture, transcript, law))
}

fn judge_way(fixture: &Fixture, transcript: &Transcript, law: &Law<'_>) -> Judgement {
    match findings(fixture, transcript, law) {
        Ok(findings) => weigh(fixture, transcript, law, findings),
        Err(error) => failed(fixture, error.to_string()),
    }
}

/// A case that the suite could not play.
pub fn failed(fixture: &Fixture, error: String) -> Judgement {
    let rules = fixture
        .rules
        .iter()
        .map(|rule| (rule.clone(), Verdict::Error))
        .collect();
    Judgement {
        verdict: Verdict::Error,
        rules,
        findings: vec![],
        blocked_by: None,
        error: Some(error),
        limited: false,
    }
}

/// A case that was not played, because something that it rests on, `rule`, is known to fail.
pub fn blocked(fixture: &Fixture, rule: &str) -> Judgement {
    let rules = fixture
        .rules
        .iter()
        .map(|rule| (rule.clone(), Verdict::Blocked));
    Judgement {
        verdict: Verdict::Blocked,
        rules: rules.collect(),
        findings: vec![],
        blocked_by: Some(rule.to_owned()),
        error: None,
        limited: false,
    }
}

fn findings(
    fixture: &Fixture,
    transcript: &Transcript,
    law: &Law<'_>,
) -> Result<Vec<Finding>, ValueError> {
    let mut bindings = transcript.bindings.clone();
    let mut all = Vec::new();
    let played = transcript
        .stopped
        .as_ref()
        .map_or(fixture.steps.len(), |stop| stop.step);
    for index in 0..played {
        let judged = Window {
            fixture,
            index,
            entries: &transcript.entries,
        }
        .judge(&bindings)?;
        bindings = judged.bindings;
        all.extend(judged.findings);
    }
    if let Some(stop) = transcript.stopped.as_ref().filter(|stop| !stop.ours) {
        // A newcomer that cannot come in after a bad input is what that rule is about.
        let rule = match fixture.steps.get(stop.step) {
            Some(step) if fixture.input.is_some() && !step.rule.is_empty() => step.rule.as_str(),
            _ => unusable(fixture, transcript, stop),
        };
        all.push(Finding::new(
            rule,
            Outcome::Dead,
            stop.step,
            &stop.who,
            "a connection that can be opened and used".to_owned(),
            stop.why.clone(),
            None,
        ));
    }
    all.extend(invariant::check(fixture, transcript, law.shapes));
    let demanded = |name: &str| {
        let must =
            |rule: &Rule| rule.keyword.level() == Level::Must && law.profile.includes(rule.profile);
        law.rules.find(name).is_none_or(must)
    };
    let astray = spread::across(fixture, transcript, &all, demanded);
    all.extend(astray);
    if let Some(input) = fixture.input.as_ref().filter(|input| input.free) {
        all.retain(|finding| finding.step >= input.acts.1);
    }
    all.retain(|finding| {
        law.rules
            .find(&finding.rule)
            .is_none_or(|rule| law.profile.includes(rule.profile))
    });
    all.sort_by_key(|finding| finding.step);
    Ok(all)
}

/// The rule that says that this participant can go on: of its transport where it could not even connect.
fn unusable(fixture: &Fixture, transcript: &Transcript, stop: &Stop) -> &'static str {
    let refused = transcript.entries.iter().any(|entry| {
        entry.step == stop.step
            && entry.who == stop.who
            && matches!(entry.what, What::ConnectFailed { .. })
    });
    if !refused {
        return names::LIVES;
    }
    let participant = fixture.participants.iter().find(|p| p.name == stop.who);
    let own = participant.and_then(|participant| participant.transport);
    match own.unwrap_or(transcript.transport) {
        TransportName::Websocket => names::WEBSOCKET,
        TransportName::Polling => names::POLLING,
        TransportName::Upgrade => names::UPGRADE,
    }
}

fn weigh(
    fixture: &Fixture,
    transcript: &Transcript,
    law: &Law<'_>,
    findings: Vec<Finding>,
) -> Judgement {
    let level = |rule: &str| {
        law.rules
            .find(rule)
            .map_or(Level::Must, |rule| rule.keyword.level())
    };
    let scored = |rule: &str| fixture.rules.iter().any(|cited| cited == rule);
    let breaks =
        |finding: &&Finding| finding.outcome.is_violation() && level(&finding.rule) == Level::Must;
    // What goes wrong after the first violation may be its consequence: a late message is none.
    let first = findings
        .iter()
        .filter(breaks)
        .map(|finding| finding.step)
        .min();
    // What does not come over is what a conversation about nodes is about: it blocks nothing there but what silence alone holds.
    let lost = spread::lost(&findings);
    let about_nodes = fixture.nodes() > 1;
    let root = findings
        .iter()
        .filter(|finding| !about_nodes || lost.rule(finding).is_none())
        .find(|finding| breaks(finding) && !scored(&finding.rule))
        .filter(|finding| {
            findings
                .iter()
                .filter(breaks)
                .all(|other| !scored(&other.rule) || other.step >= finding.step)
        });
    let root = root.map(|finding| {
        // Whoever mends that mends the other.
        let between = lost.rule(finding).unwrap_or(&finding.rule);
        (between.to_owned(), finding.step)
    });
    let silenced = lost.first().filter(|_| about_nodes && root.is_none());
    let limits = load::Limits::seen(fixture, transcript);
    let spared = |finding: &Finding| limits.as_ref().is_some_and(|limits| limits.spares(finding));
    let counts = |finding: &&Finding| match (first, &root) {
        // A process that has ended is seen last, and is what all else comes from.
        _ if finding.rule == names::PROCESS => true,
        // Nor is this the consequence of a violation that is in doubt.
        _ if spared(finding) => true,
        (Some(first), _) if !scored(&finding.rule) => {
            finding.step <= first || finding.outcome == Outcome::Late
        }
        (_, Some((_, step))) => finding.step <= *step,
        _ => true,
    };
    let violations: Vec<Finding> = findings
        .iter()
        .filter(|finding| finding.outcome.is_violation())
        .filter(counts)
        .cloned()
        .collect();

    let held = |finding: &&Finding| finding.outcome == Outcome::Held;
    let mut rules = BTreeMap::new();
    for rule in fixture
        .rules
        .iter()
        .map(String::as_str)
        .chain(names::INVARIANTS.iter().copied())
        .chain(names::ADVICE.iter().copied())
    {
        let mine: Vec<&Finding> = findings
            .iter()
            .filter(|finding| finding.rule == rule)
            .collect();
        let verdict = if violations.iter().any(|finding| finding.rule == rule) {
            broken(level(rule))
        } else if scored(rule) && (root.is_some() || silenced.is_some() && !mine.iter().any(held)) {
            Verdict::Blocked
        } else if let Some(ours) = transcript
            .stopped
            .as_ref()
            .filter(|stop| stop.ours && scored(rule))
        {
            debug_assert!(ours.ours);
            Verdict::Error
        } else if mine.iter().all(|finding| finding.outcome.is_violation()) {
            // No evidence at all, or only what is dropped as a consequence.
            if scored(rule) {
                Verdict::Unverified
            } else {
                continue;
            }
        } else if !law.in_order
            && mine
                .iter()
                .any(|finding| finding.outcome == Outcome::HeldBySilence)
        {
            if scored(rule) {
                Verdict::Inconclusive
            } else {
                continue;
            }
        } else if level(rule) == Level::May {
            Verdict::Observed
        } else {
            Verdict::Pass
        };
        rules.insert(rule.to_owned(), verdict);
    }
    let others: BTreeSet<&str> = violations
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    for rule in others {
        rules
            .entry(rule.to_owned())
            .or_insert_with(|| broken(level(rule)));
    }
    let limited = limits.is_some();
    if transcript.network.is_some() || limited {
        let network = transcript.network.is_some();
        doubt(&mut rules, |rule| {
            let mut own = violations.iter().filter(|finding| finding.rule == rule);
            !network && own.any(spared)
        });
    }
    if transcript.network.is_some() {
        rules.insert(names::LIVES.to_owned(), Verdict::Inconclusive);
    }
    let verdict = rules
        .values()
        .copied()
        .fold(Verdict::Observed, Verdict::merge);
    let error = transcript
        .stopped
        .as_ref()
        .filter(|stop| stop.ours)
        .map(|stop| stop.why.clone());
    Judgement {
        verdict,
        rules,
        findings: at_most(MOST, violations),
        blocked_by: root
            .map(|(rule, _)| rule)
            .or_else(|| silenced.map(str::to_owned))
            .filter(|_| transcript.network.is_none() && !limited),
        error,
        limited,
    }
}

/// Something was in the way: what did not hold is in doubt, unless it is spared. What was seen to hold held.
fn doubt(rules: &mut BTreeMap<String, Verdict>, spared: impl Fn(&str) -> bool) {
    for (rule, verdict) in rules {
        if matches!(
            verdict,
            Verdict::Fail | Verdict::Warn | Verdict::Blocked | Verdict::Unverified
        ) && !spared(rule)
        {
            *verdict = Verdict::Inconclusive;
        }
    }
}

/// The first findings of each rule. A server that floods violates one thousands of times.
fn at_most(most: usize, mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    findings.retain(|finding| {
        let count = seen.entry(finding.rule.clone()).or_default();
        *count += 1;
        *count <= most
    });
    findings
}

fn broken(level: Level) -> Verdict {
    match level {
        Level::Must => Verdict::Fail,
        Level::Should => Verdict::Warn,
        Level::May => Verdict::Observed,
    }
}
