//! Whether a server took the suite for one who sends too much.
//!
//! It may have narrower limits than the protocol's, for its operator's reasons, and everything after such a refusal is
//! another conversation than the one that was written. What came before it, and what no refusal explains, stays a violation.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::{Finding, Outcome};
use crate::fixture::hostile::Word;
use crate::fixture::{Action, Fixture};
use crate::rule::names;
use crate::transcript::{Entry, Transcript, What};

/// The code of a refusal for load.
pub(crate) const RATE_LIMITED: u64 = 30;

/// What was refused as too much in a conversation that is not about that.
pub(super) struct Limits<'a> {
    transcript: &'a Transcript,
    /// The steps of the refusals, each with whom it came to; the first one first.
    refused: Vec<(usize, &'a str)>,
    /// The first act of a bad input, where the refusals are those of its sender alone, and come after it.
    hers: Option<usize>,
}

impl<'a> Limits<'a> {
    /// Nothing where no refusal leaves the conversation in doubt.
    ///
    /// A bystander that is refused once a bad input has begun pays for another's load: that is no limit, but what the
    /// input has done to it.
    pub(super) fn seen(fixture: &Fixture, transcript: &'a Transcript) -> Option<Limits<'a>> {
        if is_about_load(fixture) {
            return None;
        }
        let acts = fixture.input.as_ref().map(|input| input.acts);
        let acting: BTreeSet<&str> = acts
            .and_then(|(first, end)| fixture.steps.get(first..end))
            .into_iter()
            .flatten()
            .flat_map(|step| step.actors())
            .collect();
        let counts = |entry: &&Entry| {
            let after = acts.is_some_and(|(first, _)| entry.step >= first);
            is_refused(&entry.what) && (!after || acting.contains(entry.who.as_str()))
        };
        let mut refused: Vec<(usize, &str)> = transcript
            .entries
            .iter()
            .filter(counts)
            .map(|entry| (entry.step, entry.who.as_str()))
            .collect();
        refused.sort_unstable();
        refused.first()?;
        let hers = acts.map(|(first, _)| first).filter(|first| {
            refused
                .iter()
                .all(|(step, who)| *who == "mallory" && step >= first)
        });
        Some(Limits {
            transcript,
            refused,
            hers,
        })
    }

    /// Whether no refusal explains this violation, so that it stands.
    pub(super) fn spares(&self, finding: &Finding) -> bool {
        let before = self
            .refused
            .first()
            .is_none_or(|(first, _)| finding.step < *first);
        before || self.is_apart(finding)
    }

    /// The violations that do not rest on an act having been accepted. Each is of something that came, or of a process or
    /// connection that is gone; what is missing, or is another than was expected, may be so because of a refusal.
    fn is_apart(&self, finding: &Finding) -> bool {
        let refused = |step: usize, who: &str| {
            let mut all = self.refused.iter();
            all.any(|(at, whom)| *at <= step && *whom == who)
        };
        match (finding.rule.as_str(), finding.outcome) {
            // What a packet looks like is the same whatever it answers.
            (names::SCHEMA | names::VALID_JSON | names::RETRY, Outcome::Different) => true,
            // What was accepted comes once, in order, and not to its sender; the rest does not come.
            (names::NO_ECHO, Outcome::Unexpected)
            | (names::ONCE, Outcome::Duplicate)
            | (names::SENDER_ORDER, Outcome::Order) => true,
            // Everybody's barrier may be refused for load. With another code it is somebody else's refusal.
            (names::REFUSAL_ONLY_SENDER, Outcome::Unexpected) => {
                let entry = finding.entry.and_then(|at| self.transcript.entries.get(at));
                entry.is_some_and(|entry| !is_refused(&entry.what))
            }
            // No refusal ends a process.
            (names::PROCESS, _) => true,
            // Who goes on after a refusal may be closed.
            (names::LIVES, Outcome::Dead) => !refused(finding.step, &finding.who),
            // They have sent nothing that was refused.
            (names::BYSTANDERS | names::NEWCOMERS, _) => self.hers.is_some(),
            _ => false,
        }
    }
}

fn is_about_load(fixture: &Fixture) -> bool {
    let scored = fixture
        .rules
        .iter()
        .any(|rule| names::LOAD.contains(&rule.as_str()));
    let named = |word: &Word| matches!(word, Word::Refused(codes) if codes.contains(&RATE_LIMITED));
    scored
        || fixture.steps.iter().any(|step| match &step.action {
            Action::Attack(attack) => attack.outcome.iter().any(named),
            _ => false,
        })
}

fn is_refused(what: &What) -> bool {
    match what {
        What::Event { name, args } => refusal(name, args)
            .is_some_and(|refusal| refusal["code"].as_u64() == Some(RATE_LIMITED)),
        What::Acked { args, .. } => args
            .first()
            .is_some_and(|arg| arg["code"].as_u64() == Some(RATE_LIMITED)),
        _ => false,
    }
}

/// The object in an event that is a refusal.
pub(crate) fn refusal(name: &str, args: &[Value]) -> Option<Value> {
    match args {
        [Value::String(text)] if name == "message" => serde_json::from_str(text).ok(),
        _ => None,
    }
}
