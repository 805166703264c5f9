//! What a server did wrong, counted whole and told in part.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// Violations that are told; all are counted.
const TOLD: usize = 20;

/// The ways to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A message that was due never came.
    Gap,
    /// A message came after one that was sent later.
    Order,
    /// A message came twice.
    Duplicate,
    /// A message came to one whom it was not for, or from nobody whom we know.
    Stranger,
    /// A text or image is not what was sent, or `from` is not who sent it.
    Altered,
    /// A message came from one whose `newuser` had not come, or whose `deluser` had.
    Unannounced,
    /// A `newuser` or `deluser` is missing, came twice, or tells what is not so.
    Presence,
    /// What came is no message of the protocol.
    Shape,
    /// The server ended a connection that did nothing wrong.
    Lost,
    /// The server said no to what it has to take.
    Refused,
}

impl Kind {
    /// As in reports.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Gap => "gap",
            Kind::Order => "order",
            Kind::Duplicate => "duplicate",
            Kind::Stranger => "stranger",
            Kind::Altered => "altered",
            Kind::Unannounced => "unannounced",
            Kind::Presence => "presence",
            Kind::Shape => "shape",
            Kind::Lost => "lost",
            Kind::Refused => "refused",
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// How it is wrong.
    pub kind: Kind,
    /// Who received it, or should have.
    pub receiver: String,
    /// Who sent it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// What was due.
    pub expected: String,
    /// What came.
    pub seen: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.word(), self.receiver)?;
        if let Some(sender) = &self.sender {
            write!(f, " from {sender}")?;
        }
        write!(f, ": expected {}, saw {}", self.expected, self.seen)
    }
}

/// All of a load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Violations {
    /// How many of each kind.
    pub counts: BTreeMap<Kind, u64>,
    /// The first ones.
    pub first: Vec<Violation>,
}

impl Violations {
    /// All together.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Those of one kind.
    pub fn of(&self, kind: Kind) -> u64 {
        self.counts.get(&kind).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, kind: Kind, violation: impl FnOnce() -> Violation) {
        *self.counts.entry(kind).or_default() += 1;
        // Of each kind some, so that a flood of one does not hide another.
        let told = self.first.iter().filter(|told| told.kind == kind).count();
        if told < TOLD / 4 && self.first.len() < TOLD {
            self.first.push(violation());
        }
    }
}
