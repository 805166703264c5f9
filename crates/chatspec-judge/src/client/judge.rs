//! What the rules say of a client on one script.

use serde::Serialize;

use super::always::always;
use super::follow::{Event, Follow, What, brief};
use super::script::{Script, Step};
use crate::check::Checker;
use crate::rule::{Level, Rules};
use crate::verdict::Verdict;

/// One rule at one place of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// Pass, warn, fail, or blocked by a step that failed before.
    pub verdict: Verdict,
    /// The script.
    pub script: String,
    /// The line of the step, 0 where no single step tests the rule.
    pub line: u64,
    /// What was wrong; empty for a pass.
    pub why: String,
}

/// Holds what happened against a script: one finding for each of its steps that tests a rule, and one for each rule
/// that every script tests and that something here speaks of. `events` end where the driver gave up waiting.
pub fn judge(script: &Script, events: &[Event], rules: &Rules, checker: &Checker) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut note = |rule: &str, verdict: Verdict, line: u64, why: String| {
        let verdict = match rules.find(rule).map(|rule| rule.keyword.level()) {
            Some(Level::Should) if verdict == Verdict::Fail => Verdict::Warn,
            Some(Level::May) if verdict == Verdict::Fail => Verdict::Observed,
            _ => verdict,
        };
        found.push(Finding {
            rule: rule.to_owned(),
            verdict,
            script: script.id.clone(),
            line,
            why,
        });
    };
    let mut follow = Follow::default();
    // The line of the step that never came to its end.
    let mut stopped = None;
    for (step, rule, line) in &script.steps {
        let result = match stopped {
            None => follow.step(step, events),
            Some(_) => None,
        };
        let Some(rule) = rule else { continue };
        match (result, stopped) {
            (Some(Ok(())), _) => note(rule, Verdict::Pass, *line, String::new()),
            (Some(Err(why)), _) => note(rule, Verdict::Fail, *line, why),
            (None, Some(at)) => {
                let why = format!("what line {at} waits for did not come");
                note(rule, Verdict::Blocked, *line, why);
            }
            (None, None) => {
                stopped = Some(*line);
                note(rule, Verdict::Fail, *line, missing(step, events));
            }
        }
    }
    for (rule, wrong) in always(events, stopped.is_none(), checker) {
        match wrong {
            None => note(rule, Verdict::Pass, 0, String::new()),
            Some(why) => note(rule, Verdict::Fail, 0, why),
        }
    }
    found
}

fn missing(step: &Step, events: &[Event]) -> String {
    let wanted = match step {
        Step::Accept { .. } => "no session with the default namespace connected".to_owned(),
        Step::Receive { pattern, .. } => format!("no event chat with {pattern}"),
        Step::Packet(text) => format!("no packet {text}"),
        Step::Shows { pattern, .. } => format!("no line shown with {pattern}"),
        Step::Refuse { .. } => "too few tries to connect".to_owned(),
        _ => "the connection stayed open".to_owned(),
    };
    let theirs =
        |event: &&Event| !matches!(event.what, What::Sent(_) | What::Asked(_) | What::Dropped);
    let last = match events.iter().rev().find(theirs) {
        None => "nothing came".to_owned(),
        Some(event) => format!("the last that came: {}", brief(&event.what)),
    };
    format!("{wanted}; {last}")
}

#[cfg(test)]
mod tests;
