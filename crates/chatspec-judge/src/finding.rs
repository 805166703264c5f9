//! Findings: one rule on one transcript.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the referee says of one rule at one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// Whether it held.
    pub outcome: Outcome,
    /// Index of the step.
    pub step: usize,
    /// The participant that saw it, or did not.
    pub who: String,
    /// What was expected, in one line.
    pub expected: String,
    /// What was seen, in one line.
    pub seen: String,
    /// Index of the offending entry of the transcript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
}

/// Whether a rule held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was seen to hold.
    Held,
    /// It held because nothing was seen: worth as much as the barrier.
    HeldBySilence,
    /// Something due did not come.
    Missing,
    /// Something like it came, but not it.
    Different,
    /// Something came that must not.
    Unexpected,
    /// The same came twice.
    Duplicate,
    /// It came at the wrong place.
    Order,
    /// It came after the end of the conversation.
    Late,
    /// The connection ended, or no longer answers.
    Dead,
}

impl Outcome {
    /// Whether the rule is violated.
    pub fn is_violation(self) -> bool {
        !matches!(self, Outcome::Held | Outcome::HeldBySilence)
    }

    /// The word in reports and fingerprints.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Held => "held",
            Outcome::HeldBySilence => "held-by-silence",
            Outcome::Missing => "missing",
            Outcome::Different => "different",
            Outcome::Unexpected => "unexpected",
            Outcome::Duplicate => "duplicate",
            Outcome::Order => "order",
            Outcome::Late => "late",
            Outcome::Dead => "dead",
        }
    }
}

impl Finding {
    /// A finding that something held.
    pub fn held(rule: &str, step: usize, who: &str) -> Finding {
        Finding::new(
            rule,
            Outcome::Held,
            step,
            who,
            String::new(),
            String::new(),
            None,
        )
    }

    /// A finding that rests on silence.
    pub fn silent(rule: &str, step: usize, who: &str) -> Finding {
        Finding::new(
            rule,
            Outcome::HeldBySilence,
            step,
            who,
            String::new(),
            String::new(),
            None,
        )
    }

    /// Any finding.
    pub fn new(
        rule: &str,
        outcome: Outcome,
        step: usize,
        who: &str,
        expected: String,
        seen: String,
        entry: Option<usize>,
    ) -> Finding {
        Finding {
            rule: rule.to_owned(),
            outcome,
            step,
            who: who.to_owned(),
            expected,
            seen,
            entry,
        }
    }
}

/// One event on one line: its name where it is not `chat`, and its arguments.
pub fn describe(name: &str, args: &[Value]) -> String {
    let body = match args {
        [one] => crate::pattern::brief(one),
        many => crate::pattern::brief(&Value::Array(many.to_vec())),
    };
    if name == "chat" {
        body
    } else {
        format!("event {:?} {body}", crate::pattern::cut_text(name, 120))
    }
}
