//! What became of one fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::play::Verdicts;
use super::table::Fault;

/// A fault and what the suite says of it.
pub struct Outcome<'a> {
    /// The fault.
    pub fault: &'a Fault,
    /// Every rule that failed.
    pub failed: BTreeSet<String>,
    /// Rules that had to fail and did not, with what they did instead.
    missed: BTreeMap<String, String>,
    /// Rules that failed and may not.
    extra: BTreeSet<String>,
    /// Why there is no verdict.
    error: Option<String>,
}

impl<'a> Outcome<'a> {
    /// Compares.
    pub fn new(fault: &'a Fault, verdicts: Result<Verdicts, String>) -> Self {
        let (verdicts, error) = match verdicts {
            Ok(verdicts) => (verdicts, None),
            Err(why) => (Verdicts::default(), Some(why)),
        };
        let missed = fault.rules.difference(&verdicts.failed).map(|rule| {
            let word = verdicts.untried.get(rule).map_or("held", String::as_str);
            (rule.clone(), word.to_owned())
        });
        let may = |rule: &&String| !fault.rules.contains(*rule) && !fault.may.contains(*rule);
        Self {
            fault,
            missed: missed.collect(),
            extra: verdicts.failed.iter().filter(may).cloned().collect(),
            failed: verdicts.failed,
            error,
        }
    }

    /// Whether the fault was caught, by all rules that must and by none that may not.
    pub fn is_killed(&self) -> bool {
        self.error.is_none() && self.missed.is_empty() && self.extra.is_empty()
    }

    /// Rules that failed and did not have to.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.failed
            .difference(&self.fault.rules)
            .map(String::as_str)
    }

    /// One line for the log.
    pub fn line(&self) -> String {
        let word = if self.is_killed() {
            "killed"
        } else {
            "SURVIVED"
        };
        format!("{word} {}", self.fault.name)
    }
}

/// Why it survived.
impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.fault.name)?;
        if let Some(why) = &self.error {
            return write!(f, " failed to {why}");
        }
        for (rule, word) in &self.missed {
            write!(f, " {rule} {word} and must fail;")?;
        }
        for rule in &self.extra {
            write!(f, " {rule} failed and may not;")?;
        }
        Ok(())
    }
}

/// Faults that fail the same rules: one of them proves nothing that the other does not. One line each pair.
pub fn twins(outcomes: &[Outcome<'_>]) -> Vec<String> {
    let mut seen: BTreeMap<&BTreeSet<String>, &str> = BTreeMap::new();
    let mut twins = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.error.is_none()) {
        let name = outcome.fault.name.as_str();
        if let Some(other) = seen.insert(&outcome.failed, name) {
            twins.push(format!("{other} and {name}: the same rules fail"));
        }
    }
    twins
}

#[cfg(test)]
mod tests {
    use super::super::table::Suite;
    use super::*;

    fn set(rules: &[&str]) -> BTreeSet<String> {
        rules.iter().map(|rule| (*rule).to_owned()).collect()
    }

    fn fault() -> Fault {
        Fault {
            name: "mute".to_owned(),
            what: "Nobody hears anything.".to_owned(),
            topic: "chat".to_owned(),
            unexplored: None,
            transport: "websocket".to_owned(),
            suite: Suite::Conversations,
            only: None,
            cases: Vec::new(),
            rules: set(&["chat.room"]),
            may: set(&["image.room"]),
        }
    }

    fn verdicts(failed: &[&str]) -> Verdicts {
        Verdicts {
            failed: set(failed),
            untried: BTreeMap::from([("chat.room".to_owned(), "blocked".to_owned())]),
            ..Verdicts::default()
        }
    }

    #[test]
    fn all_that_must_and_none_that_may_not() {
        let fault = fault();
        let outcome = |failed: &[&str]| Outcome::new(&fault, Ok(verdicts(failed)));
        assert!(outcome(&["chat.room"]).is_killed());
        assert!(outcome(&["chat.room", "image.room"]).is_killed());
        assert_eq!(
            outcome(&["image.room"]).to_string(),
            "mute: chat.room blocked and must fail;"
        );
        assert_eq!(
            outcome(&["chat.room", "ack.success"]).to_string(),
            "mute: ack.success failed and may not;"
        );
        let error = Outcome::new(&fault, Err("run it".to_owned()));
        assert!(!error.is_killed());
    }

    #[test]
    fn twins_are_told() {
        let fault = fault();
        let outcome = |failed: &[&str]| Outcome::new(&fault, Ok(verdicts(failed)));
        let different = [outcome(&["chat.room"]), outcome(&["image.room"])];
        assert!(twins(&different).is_empty());
        let alike = [outcome(&["chat.room"]), outcome(&["chat.room"])];
        assert_eq!(twins(&alike), ["mute and mute: the same rules fail"]);
    }
}
