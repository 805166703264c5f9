//! Whether a server took the suite for one who sends too much.
//!
//! It may have narrower limits than the protocol's, for its operator's reasons, and everything after such a refusal is
//! another conversation than the one that was written.

use serde_json::Value;

use crate::fixture::hostile::Word;
use crate::fixture::{Action, Fixture};
use crate::rule::names;
use crate::transcript::{Transcript, What};

/// The code of a refusal for load.
pub(crate) const RATE_LIMITED: u64 = 30;

/// Whether something was refused as too much in a conversation that is not about that.
pub(super) fn is_limited(fixture: &Fixture, transcript: &Transcript) -> bool {
    !is_about_load(fixture)
        && transcript
            .entries
            .iter()
            .any(|entry| is_refused(&entry.what))
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
