//! How a play is carried out, beside what is played: who looks on, and how fast.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chatspec_judge::finding::Finding;
use chatspec_judge::rule::{Level, Profile, Rules};

use crate::wire::{Clock, Tap, Way};

/// How plays are carried out. By default nobody looks on, and nothing is slowed down.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Told of every frame.
    pub trace: Option<Trace>,
    /// Waited before each step, so that a person can follow.
    pub pace: Duration,
    /// Ends a play with the first step that breaks something.
    pub hasty: Option<Hasty>,
}

/// What is broken where one of these rules is, if the profile has it and it is a MUST.
#[derive(Clone, Debug)]
pub struct Hasty {
    /// The rules.
    pub rules: Arc<Rules>,
    /// The profile that is played.
    pub profile: Profile,
}

impl Hasty {
    /// Why a play has stopped that has come to something broken: the error that its case has then, where the referee finds in the end
    /// that nothing is broken after all, as where the server has refused what was too much.
    pub const WHY: &str = "something is broken already";

    /// Whether one of these findings breaks something.
    pub(super) fn is_broken(&self, findings: &[Finding]) -> bool {
        findings
            .iter()
            .filter(|one| one.outcome.is_violation())
            .any(|one| {
                self.rules.find(&one.rule).is_some_and(|rule| {
                    rule.keyword.level() == Level::Must && self.profile.includes(rule.profile)
                })
            })
    }
}

/// Told of every frame of every play.
#[derive(Clone)]
pub struct Trace(Arc<Look>);

type Look = dyn Fn(&Traced<'_>) + Send + Sync;

/// One frame on its way.
#[derive(Clone, Copy, Debug)]
pub struct Traced<'a> {
    /// Since the run began.
    pub at: Duration,
    /// `fixture@transport`.
    pub case: &'a str,
    /// The participant.
    pub who: &'a str,
    /// Which way it goes.
    pub way: Way,
    /// What it says, as it came: nothing in it is harmless to print.
    pub text: &'a str,
}

impl Trace {
    /// Calls `look` for each frame, on the task that carries it: it must not wait.
    pub fn new(look: impl Fn(&Traced<'_>) + Send + Sync + 'static) -> Trace {
        Trace(Arc::new(look))
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trace")
    }
}

impl Manner {
    /// What a participant's connection tells.
    pub(super) fn tap(&self, clock: Clock, case: &str, who: &str) -> Tap {
        let Some(Trace(look)) = self.trace.clone() else {
            return Tap::default();
        };
        let (case, who) = (case.to_owned(), who.to_owned());
        Tap::new(move |way, text| {
            look(&Traced {
                at: clock.elapsed(),
                case: &case,
                who: &who,
                way,
                text,
            });
        })
    }
}
