//! What a server that refuses for load owes the one whom it refuses.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::case::load::{RATE_LIMITED, refusal};
use crate::finding::{Finding, Outcome, describe};
use crate::rule::names;
use crate::transcript::{Transcript, What};

/// Refusals within [`WINDOW`] after which a connection is overdue. The rule counts fifty by the server's clock; ours sees
/// them later, and closer together, by whatever lay on the way.
const MOST: usize = 150;
/// The longest wait that is told.
const RETRY_MAX_MS: u64 = 60_000;
/// In microseconds.
const WINDOW: u64 = 10_000_000;

/// Both rules over the whole transcript.
pub(super) fn check(transcript: &Transcript) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut times: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (index, entry) in transcript.entries.iter().enumerate() {
        let who = entry.who.as_str();
        match &entry.what {
            What::Event { name, args } => {
                let Some(refusal) = refused(name, args) else {
                    continue;
                };
                let wait = refusal["retry_ms"].as_u64();
                if !wait.is_some_and(|ms| (1..=RETRY_MAX_MS).contains(&ms)) {
                    findings.push(Finding::new(
                        names::RETRY,
                        Outcome::Different,
                        entry.step,
                        who,
                        "a `retry_ms` from 1 to 60000 in a refusal with code 30".to_owned(),
                        describe(name, args),
                        Some(index),
                    ));
                }
                let times = times.entry(who).or_default();
                times.push(entry.at);
                let since = times.len().checked_sub(MOST).map(|first| times[first]);
                if since.is_some_and(|since| entry.at - since <= WINDOW) {
                    times.clear();
                    findings.push(Finding::new(
                        names::PERSISTENT,
                        Outcome::Missing,
                        entry.step,
                        who,
                        "the end of a connection that was refused fifty times within ten seconds"
                            .to_owned(),
                        format!("{MOST} refusals with code 30, and the connection lives"),
                        Some(index),
                    ));
                }
            }
            What::Connected { .. } => {
                times.remove(who);
            }
            _ => {}
        }
    }
    findings
}

/// A refusal for load.
fn refused(name: &str, args: &[Value]) -> Option<Value> {
    refusal(name, args).filter(|refusal| refusal["code"].as_u64() == Some(RATE_LIMITED))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::TransportName;
    use crate::transcript::Entry;

    fn transcript(refusals: impl Iterator<Item = (u64, Value)>) -> Transcript {
        let entries = refusals.map(|(at, refusal)| Entry {
            at,
            step: 0,
            who: "mallory".to_owned(),
            what: What::Event {
                name: "message".to_owned(),
                args: vec![refusal.to_string().into()],
            },
        });
        Transcript {
            fixture: "hostile/abuse/rates#A-01".to_owned(),
            transport: TransportName::Websocket,
            bindings: Default::default(),
            entries: entries.collect(),
            stopped: None,
            in_order: None,
            network: None,
            nodes: Default::default(),
        }
    }

    fn broken(refusals: impl Iterator<Item = (u64, Value)>) -> Vec<String> {
        let findings = check(&transcript(refusals));
        findings.into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_refusal_for_load_says_how_long_to_wait() {
        for (refusal, rules) in [
            (json!({"code": 30, "message": "m", "retry_ms": 50}), vec![]),
            (
                json!({"code": 30, "message": "m"}),
                vec!["robust.load.retry"],
            ),
            (
                json!({"code": 30, "message": "m", "retry_ms": 0}),
                vec!["robust.load.retry"],
            ),
            (
                json!({"code": 30, "message": "m", "retry_ms": "50"}),
                vec!["robust.load.retry"],
            ),
            (json!({"code": 22, "message": "m"}), vec![]),
        ] {
            assert_eq!(
                broken([(0, refusal.clone())].into_iter()),
                rules,
                "{refusal}"
            );
        }
    }

    #[test]
    fn nobody_is_refused_without_end() {
        let refusal = || json!({"code": 30, "message": "m", "retry_ms": 50});
        let each = |every: u64, count| (0..count).map(move |n| (n * every, refusal()));
        assert_eq!(broken(each(1_000, 149)), [""; 0]);
        assert_eq!(broken(each(1_000, 150)), ["robust.load.persistent"]);
        // Spread out, they may be as few by the server's clock as the rule allows.
        assert_eq!(broken(each(70_000, 1_000)), [""; 0]);
    }

    /// Whoever has been closed and comes again is counted from there.
    #[test]
    fn a_connection_is_refused_for_itself() {
        let refusal = json!({"code": 30, "message": "m", "retry_ms": 50});
        let refusals = |entries: &[Entry], count: u64| {
            let start = entries.len() as u64;
            let all = (start..start + count).map(|n| (n * 1_000, refusal.clone()));
            [entries.to_vec(), transcript(all).entries].concat()
        };
        let mut all = transcript([].into_iter());
        all.entries = refusals(&[], 100);
        let connected = What::Connected {
            transport: TransportName::Websocket,
        };
        all.entries.push(Entry {
            at: 100_000,
            step: 0,
            who: "mallory".to_owned(),
            what: connected,
        });
        all.entries = refusals(&all.entries, 100);
        assert_eq!(check(&all), []);
    }
}
