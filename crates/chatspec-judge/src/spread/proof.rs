//! What a transcript shows of the way between nodes.

use serde_json::Value;

use crate::finding::{Finding, Outcome};
use crate::fixture::{Action, Fixture, Step};
use crate::rule::names;
use crate::transcript::{Transcript, What};

/// What did not get across, under the rule that is about that: beside the rule that it broke in any case.
///
/// `demanded` says of a rule whether this server must hold it: what may as well not come proves nothing when it does not.
pub(crate) fn across(
    fixture: &Fixture,
    transcript: &Transcript,
    findings: &[Finding],
    demanded: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    if transcript.nodes.is_empty() {
        return vec![];
    }
    let node = |who: &str| transcript.nodes.get(who);
    let mut found: Vec<Finding> = findings
        .iter()
        .filter(|finding| finding.outcome == Outcome::Missing && demanded(&finding.rule))
        .filter_map(|finding| {
            let step = fixture.steps.get(finding.step)?;
            let mut actors = step.actors().into_iter();
            let apart = actors.any(|actor| node(actor) != node(&finding.who));
            apart.then(|| Finding {
                rule: rule(step).to_owned(),
                ..finding.clone()
            })
        })
        .collect();
    for (index, entry) in transcript.entries.iter().enumerate() {
        let What::Astray {
            rules,
            expected,
            why,
        } = &entry.what
        else {
            continue;
        };
        found.extend(rules.iter().map(|rule| {
            Finding::new(
                rule,
                Outcome::Missing,
                entry.step,
                &entry.who,
                expected.clone(),
                why.clone(),
                Some(index),
            )
        }));
    }
    found
}

/// What of the findings did not get across.
pub(crate) fn lost(findings: &[Finding]) -> Lost<'_> {
    Lost(
        findings
            .iter()
            .filter(|finding| finding.outcome == Outcome::Missing && of_nodes(finding))
            .collect(),
    )
}

/// Findings of the rules of several nodes.
pub(crate) struct Lost<'f>(Vec<&'f Finding>);

impl<'f> Lost<'f> {
    /// The rule of several nodes that a finding breaks, or that is broken by the same.
    pub(crate) fn rule(&self, finding: &Finding) -> Option<&'f str> {
        let mut same = self.0.iter().filter(|lost| {
            let place = |finding: &Finding| (finding.step, finding.entry, finding.outcome);
            place(lost) == place(finding)
                && lost.who == finding.who
                && lost.expected == finding.expected
        });
        same.next().map(|lost| lost.rule.as_str())
    }

    /// The rule of what was lost first.
    pub(crate) fn first(&self) -> Option<&'f str> {
        self.0.first().map(|lost| lost.rule.as_str())
    }
}

fn of_nodes(finding: &Finding) -> bool {
    finding.rule.starts_with(names::CLUSTER)
}

/// The rule of several nodes that this step shows.
fn rule(step: &Step) -> &'static str {
    let Action::Send(payload) = &step.action else {
        return match step.action {
            Action::Drop(_) | Action::Connect => names::CLUSTER_PRESENCE,
            _ => names::CLUSTER_DELIVERY,
        };
    };
    let private = payload.get("user").is_some_and(|user| !user.is_null());
    match payload.get("event").and_then(Value::as_str) {
        Some("join" | "leave") => names::CLUSTER_PRESENCE,
        Some("chat") if private => names::CLUSTER_PRIVATE,
        _ => names::CLUSTER_DELIVERY,
    }
}
