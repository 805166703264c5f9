//! Which of the accepted outcomes was seen, if any.

use super::facts::{Facts, Seen};
use crate::finding::Outcome;
use crate::fixture::hostile::{Attack, Over, Word};

/// What an input came to.
pub enum Come {
    /// To one of the accepted outcomes.
    Right,
    /// To another one, or to none.
    Wrong {
        /// How it differs.
        outcome: Outcome,
        /// What was seen, in one line.
        seen: String,
        /// The entry that shows it.
        entry: Option<usize>,
        /// Whether nothing that comes later can mend it.
        settled: bool,
    },
}

/// Holds what was seen against the accepted outcomes.
pub fn judge(attack: &Attack, facts: &Facts<'_>) -> Come {
    if attack.outcome.is_empty() {
        return Come::Right;
    }
    if let Some(wrong) = wrong_status(attack, facts).or_else(|| too_many(attack, facts)) {
        return wrong;
    }
    if attack.over == Over::Tcp {
        return tcp(attack, facts);
    }
    if let Some((entry, id)) = facts.strange.first() {
        return Come::Wrong {
            outcome: Outcome::Unexpected,
            seen: format!("an acknowledgement of {id}, an id that was not given"),
            entry: Some(*entry),
            settled: true,
        };
    }
    // Of a connection that she has torn herself nothing more is asked.
    let torn = facts
        .connections
        .get(&0)
        .is_some_and(|session| session.left);
    match torn || attack.outcome.iter().any(|word| holds(word, facts)) {
        true => Come::Right,
        false => Come::Wrong {
            outcome: match facts.heard.is_empty() && facts.refusals.is_empty() && !facts.ended() {
                true => Outcome::Missing,
                false => Outcome::Different,
            },
            seen: seen(facts),
            entry: facts
                .connections
                .values()
                .find_map(|one| one.ended)
                .map(|(entry, _)| entry),
            settled: false,
        },
    }
}

fn holds(word: &Word, facts: &Facts<'_>) -> bool {
    let quiet = facts.refusals.is_empty() && !facts.connect_error;
    match word {
        Word::Refused(codes) => {
            let meant = |code: &u64| codes.is_empty() || codes.contains(code);
            facts.alive && !facts.refusals.is_empty() && facts.refusals.iter().all(meant)
        }
        Word::Ignored => facts.alive && quiet && facts.heard.is_empty(),
        Word::Accepted => facts.alive && quiet,
        Word::Closed => facts.ended(),
        Word::Status(_) | Word::Upgraded => facts.statuses().any(|status| word.covers(status)),
        Word::ConnectError => facts.connect_error,
        Word::Kept => facts.connections.values().any(|one| one.kept),
        Word::Gone => true,
    }
}

/// An error of the server's own is never right unless it is named; a refusal of HTTP only where it, or the end, is accepted.
fn wrong_status(attack: &Attack, facts: &Facts<'_>) -> Option<Come> {
    let closed = attack.outcome.contains(&Word::Closed) && facts.ended();
    let named = |status: u16| attack.outcome.iter().any(|word| word.covers(status));
    let mut replies = facts.connections.values().flat_map(|one| &one.replies);
    let reply = replies.find(|reply| match reply.status {
        500.. => !named(reply.status),
        400.. => !named(reply.status) && !closed,
        _ => false,
    })?;
    Some(Come::Wrong {
        outcome: Outcome::Different,
        seen: format!("HTTP {} {:?}", reply.status, brief(reply.body)),
        entry: Some(reply.entry),
        // Where the end is accepted, it may still come and make the answer right.
        settled: reply.status >= 500 || !attack.outcome.contains(&Word::Closed),
    })
}

fn too_many(attack: &Attack, facts: &Facts<'_>) -> Option<Come> {
    let most = attack.answers? as usize;
    let one = facts
        .connections
        .values()
        .find(|one| one.replies.len() > most)?;
    let extra = &one.replies[most];
    Some(Come::Wrong {
        outcome: Outcome::Unexpected,
        seen: format!(
            "{} HTTP answers, the last of them {}",
            one.replies.len(),
            extra.status
        ),
        entry: Some(extra.entry),
        settled: true,
    })
}

/// Every connection has to come to something accepted.
fn tcp(attack: &Attack, facts: &Facts<'_>) -> Come {
    for number in 1..=attack.connections {
        let missing = Seen::default();
        let one = facts.connections.get(&number).unwrap_or(&missing);
        if let Some(wrong) = connection(attack, one) {
            return wrong;
        }
    }
    Come::Right
}

/// What is wrong with what one connection came to.
fn connection(attack: &Attack, one: &Seen<'_>) -> Option<Come> {
    let closed = one.ended.is_some() && attack.outcome.contains(&Word::Closed);
    if let Some(reply) = one.replies.first() {
        let named = attack.outcome.iter().any(|word| word.covers(reply.status));
        // A switch that ends without a packet of a session was none.
        let switched = reply.status == 101;
        let right = named || (closed && (reply.status >= 400 || switched));
        return (!right).then(|| Come::Wrong {
            outcome: Outcome::Different,
            seen: format!("HTTP {} {:?}", reply.status, brief(reply.body)),
            entry: Some(reply.entry),
            settled: (reply.status < 400 && !switched) || !attack.outcome.contains(&Word::Closed),
        });
    }
    let gone = one.left && attack.outcome.contains(&Word::Gone);
    if closed || gone || (one.kept && attack.outcome.contains(&Word::Kept)) {
        return None;
    }
    Some(match one.ended {
        Some((entry, _)) => Come::Wrong {
            outcome: Outcome::Different,
            seen: "the server closed without an answer".to_owned(),
            entry: Some(entry),
            settled: true,
        },
        None => Come::Wrong {
            outcome: Outcome::Missing,
            seen: "no answer, and the connection stays open".to_owned(),
            entry: None,
            settled: false,
        },
    })
}

/// What was seen, in one line.
fn seen(facts: &Facts<'_>) -> String {
    let mut parts: Vec<String> = facts
        .statuses()
        .take(4)
        .map(|status| format!("HTTP {status}"))
        .collect();
    parts.extend(
        facts
            .refusals
            .iter()
            .take(4)
            .map(|code| format!("refused with {code}")),
    );
    if facts.connect_error {
        parts.push("a CONNECT_ERROR".to_owned());
    }
    parts.extend(
        facts
            .heard
            .iter()
            .take(2)
            .map(|event| format!("the sender got {event}")),
    );
    if facts.ended() {
        parts.push("the server ended the connection".to_owned());
    } else if facts.alive {
        let quiet = facts.refusals.is_empty() && facts.heard.is_empty() && !facts.connect_error;
        parts.push(
            if quiet {
                "ignored: the connection lives"
            } else {
                "the connection lives"
            }
            .to_owned(),
        );
    } else if let Some(why) = facts.deaf {
        parts.push(format!("the connection is deaf: {why}"));
    } else if parts.is_empty() {
        parts.push("nothing".to_owned());
    }
    parts.join(", ")
}

fn brief(text: &str) -> String {
    text.chars().take(120).collect()
}
