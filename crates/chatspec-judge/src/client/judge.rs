//! What the rules say of a client on one script.

use std::collections::BTreeMap;

use serde::Serialize;

use super::follow::{Event, Follow, What, arguments, brief};
use super::script::{Script, Step};
use crate::check::{Checker, Sender};
use crate::rule::{Level, Rules};
use crate::verdict::Verdict;

/// A session is opened with `EIO=4`.
const VERSION: &str = "client.version";
/// The namespace is connected before anything else is sent.
const CONNECT: &str = "client.connect";
/// Only the event `chat`, with one argument.
const EVENT: &str = "client.event";
/// Every message fits the client schema.
const MESSAGE: &str = "client.message";
/// Nothing binary.
const TEXT: &str = "client.text-frames";
/// Nothing for a room after leaving it.
const LEFT: &str = "client.left";

/// One rule on one script.
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

/// Holds what happened against a script: one finding for each rule that it tests, the worst of each. `events` end where the
/// driver gave up waiting.
pub fn judge(script: &Script, events: &[Event], rules: &Rules, checker: &Checker) -> Vec<Finding> {
    let mut found: BTreeMap<String, Finding> = BTreeMap::new();
    let mut note = |rule: &str, verdict: Verdict, line: u64, why: String| {
        let verdict = match rules.find(rule).map(|rule| rule.keyword.level()) {
            Some(Level::Should) if verdict == Verdict::Fail => Verdict::Warn,
            Some(Level::May) if verdict == Verdict::Fail => Verdict::Observed,
            _ => verdict,
        };
        let finding = Finding {
            rule: rule.to_owned(),
            verdict,
            script: script.id.clone(),
            line,
            why,
        };
        // Blocked ranks below what was seen: the same rule may have been tested by an earlier step.
        let worse = |kept: &Finding| finding.verdict > kept.verdict;
        if found.get(rule).is_none_or(worse) {
            found.insert(rule.to_owned(), finding);
        }
    };
    let mut follow = Follow::default();
    let mut stopped = false;
    for (step, rule, line) in &script.steps {
        let result = if stopped {
            None
        } else {
            follow.step(step, events)
        };
        let Some(rule) = rule else { continue };
        match result {
            Some(Ok(())) => note(rule, Verdict::Pass, *line, String::new()),
            Some(Err(why)) => note(rule, Verdict::Fail, *line, why),
            None if stopped => note(
                rule,
                Verdict::Blocked,
                *line,
                "a step before it failed".to_owned(),
            ),
            None => {
                stopped = true;
                note(rule, Verdict::Fail, *line, missing(step, events));
            }
        }
    }
    for (rule, wrong) in always(events, checker) {
        match wrong {
            None => note(rule, Verdict::Pass, 0, String::new()),
            Some(why) => note(rule, Verdict::Fail, 0, why),
        }
    }
    found.into_values().collect()
}

/// The rules that every script tests.
pub fn rules() -> [&'static str; 6] {
    [VERSION, CONNECT, EVENT, MESSAGE, TEXT, LEFT]
}

fn missing(step: &Step, events: &[Event]) -> String {
    let wanted = match step {
        Step::Accept => "no connection with the namespace connected".to_owned(),
        Step::Receive { pattern, .. } => format!("no event chat with {pattern}"),
        Step::Packet(text) => format!("no packet {text}"),
        Step::Shows(pattern) => format!("no line shown with {pattern}"),
        Step::Refuse(_) => "too few tries to connect".to_owned(),
        _ => "the connection stayed open".to_owned(),
    };
    let last = events
        .iter()
        .rev()
        .find(|event| !matches!(event.what, What::Sent(_) | What::Asked(_)));
    let last = last.map_or("nothing came".to_owned(), |event| {
        format!("the last that came: {}", brief(&event.what))
    });
    format!("{wanted}; {last}")
}

/// What must hold at any time: each rule that something here speaks of, and what broke it.
fn always(events: &[Event], checker: &Checker) -> BTreeMap<&'static str, Option<String>> {
    let mut told: BTreeMap<&'static str, Option<String>> = BTreeMap::new();
    let mut tell = |rule: &'static str, wrong: Option<String>| {
        let kept = told.entry(rule).or_default();
        if kept.is_none() {
            *kept = wrong;
        }
    };
    let mut connected = false;
    // The rooms that were left and not joined again, by this connection.
    let mut left: Vec<serde_json::Value> = Vec::new();
    let mut messages = false;
    for Event { what, .. } in events {
        match what {
            What::Opened(query) => {
                (connected, left) = (false, Vec::new());
                let parts = query.split_once('?').map_or("", |(_, query)| query);
                let right = parts.split('&').any(|part| part == "EIO=4");
                tell(
                    VERSION,
                    (!right).then(|| crate::pattern::cut_text(query, 160)),
                );
            }
            What::Binary(bytes) => tell(TEXT, Some(format!("a binary frame of {bytes} bytes"))),
            What::Flood => tell(MESSAGE, Some("it sends or prints without end".to_owned())),
            What::Packet(text) => match text.get(..2) {
                Some("40") => {
                    connected = true;
                    tell(CONNECT, None);
                }
                Some("42") => {
                    messages = true;
                    tell(CONNECT, (!connected).then(|| brief(what)));
                    let args = arguments(text).unwrap_or_default();
                    let right = matches!(args.as_slice(), [name, argument] if name == "chat" && argument.is_object());
                    tell(EVENT, (!right).then(|| brief(what)));
                    let [_, message] = args.as_slice() else {
                        continue;
                    };
                    let complaint = checker.message(Sender::Client, message).into_iter().next();
                    tell(
                        MESSAGE,
                        complaint.map(|it| format!("{}: {} ({})", it.path, it.why, it.mend)),
                    );
                    let room = message.get("room").cloned().unwrap_or_default();
                    match message.get("event").and_then(serde_json::Value::as_str) {
                        Some("leave") => {
                            left.push(room);
                            tell(LEFT, None);
                        }
                        Some("join") => left.retain(|other| *other != room),
                        Some("chat" | "image") if left.contains(&room) => {
                            tell(LEFT, Some(brief(what)))
                        }
                        _ => {}
                    }
                }
                Some("45" | "46") => tell(TEXT, Some(brief(what))),
                _ => {}
            },
            _ => {}
        }
    }
    if messages {
        tell(TEXT, None);
    }
    told
}
