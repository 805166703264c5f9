//! Judges what a bad input came to.

mod facts;
mod holds;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{Judged, Window};
use crate::finding::{Finding, Outcome};
use crate::fixture::hostile::{Attack, Over, Word};
use crate::fixture::{Action, Given, TransportName};
use crate::rule::names;
use crate::transcript::What;
use crate::value;

use self::facts::Facts;
pub(super) use self::facts::may_ask;
use self::holds::Come;

impl Window<'_> {
    /// Whether what a bad input came to is settled, so that the driver need not wait for more. True for other steps.
    pub fn settled(&self) -> bool {
        let Action::Attack(attack) = &self.step().action else {
            return true;
        };
        match holds::judge(attack, &self.facts()) {
            Come::Right => true,
            Come::Wrong { settled, .. } => settled,
        }
    }

    /// What has become of the one who sent the bad input of this step.
    pub fn given(&self) -> Given {
        let facts = self.facts();
        let tcp = matches!(&self.step().action, Action::Attack(attack) if attack.over == Over::Tcp);
        if facts.gone() || tcp {
            Given::Ended
        } else if facts.alive {
            Given::Lives
        } else {
            Given::Unclear
        }
    }

    /// Whether what is due where an input is accepted is due at all.
    pub(super) fn is_due(&self) -> bool {
        let Action::Attack(attack) = &self.step().action else {
            return true;
        };
        let facts = self.facts();
        !(facts.ended()
            || facts.connect_error
            || !facts.refusals.is_empty()
            || facts.statuses().any(|status| status >= 400)
            || attack.outcome.contains(&Word::Ignored))
            || attack.outcome.contains(&Word::Gone)
    }

    fn facts(&self) -> Facts<'_> {
        Facts::read(self.step().by.as_deref().unwrap_or_default(), self)
    }
}

pub(super) fn judge(window: &Window<'_>, judged: &mut Judged) {
    let Action::Attack(attack) = &window.step().action else {
        return;
    };
    let facts = window.facts();
    let who = window.step().by.as_deref().unwrap_or_default();
    let rule = window.step().rule.as_str();
    if attack.outcome.is_empty() {
        return;
    }
    judged.findings.push(match holds::judge(attack, &facts) {
        Come::Right => Finding::held(rule, window.index, who),
        Come::Wrong {
            outcome,
            seen,
            entry,
            ..
        } => window.found(rule, outcome, who, expected(attack), seen, entry),
    });
    codes(window, attack, &facts, judged);
    bodies(window, attack, &facts, judged);
}

fn expected(attack: &Attack) -> String {
    let words: Vec<String> = attack.outcome.iter().map(ToString::to_string).collect();
    let answers = attack
        .answers
        .map(|most| format!(", and at most {most} HTTP answers"))
        .unwrap_or_default();
    format!("{}{answers}", words.join(", or "))
}

/// The close code that should be used, where a WebSocket was closed.
fn codes(window: &Window<'_>, attack: &Attack, facts: &Facts<'_>, judged: &mut Judged) {
    let who = window.step().by.as_deref().unwrap_or_default();
    if attack.code.is_empty() || !is_websocket(window, attack, who) {
        return;
    }
    for (entry, code) in facts.connections.values().filter_map(|one| one.ended) {
        let finding = match code {
            Some(code) if attack.code.contains(&code) => {
                Finding::held(names::CLOSE_CODE, window.index, who)
            }
            other => {
                let codes: Vec<String> = attack.code.iter().map(u16::to_string).collect();
                let seen = other.map_or("no code".to_owned(), |code| format!("code {code}"));
                window.found(
                    names::CLOSE_CODE,
                    Outcome::Different,
                    who,
                    format!("a WebSocket close frame with code {}", codes.join(" or ")),
                    seen,
                    Some(entry),
                )
            }
        };
        judged.findings.push(finding);
    }
}

/// Whether mallory's connection is a WebSocket.
fn is_websocket(window: &Window<'_>, attack: &Attack, who: &str) -> bool {
    match attack.over {
        Over::Websocket => true,
        Over::Tcp | Over::Polling => false,
        Over::Session => window.entries.iter().any(|entry| {
            let websocket = TransportName::Websocket;
            entry.who == who
                && entry.what
                    == What::Connected {
                        transport: websocket,
                    }
        }),
    }
}

fn bodies(window: &Window<'_>, attack: &Attack, facts: &Facts<'_>, judged: &mut Judged) {
    let who = window.step().by.as_deref().unwrap_or_default();
    for reply in facts.connections.values().flat_map(|one| &one.replies) {
        if attack.error_body && (400..500).contains(&reply.status) {
            judged.findings.push(match is_error(reply.body) {
                true => Finding::held(names::ERROR_BODY, window.index, who),
                false => window.found(
                    names::ERROR_BODY,
                    Outcome::Different,
                    who,
                    "a JSON object with a number `code` and a string `message`".to_owned(),
                    format!("{:?}", brief(reply.body)),
                    Some(reply.entry),
                ),
            });
        }
    }
    let wanted: Vec<String> = attack
        .lacks
        .iter()
        .filter_map(|text| value::resolve_text(text, &judged.bindings).ok())
        .filter(|text| !text.is_empty())
        .collect();
    for (entry, text) in said(facts) {
        let lower = text.to_ascii_lowercase();
        let Some(held) = wanted
            .iter()
            .find(|text| lower.contains(&text.to_ascii_lowercase()))
        else {
            continue;
        };
        judged.findings.push(window.found(
            &window.step().rule,
            Outcome::Different,
            who,
            format!("nothing with {held:?}"),
            format!("{:?}", brief(&text)),
            Some(entry),
        ));
    }
}

/// Everything that came over raw connections, as text.
fn said(facts: &Facts<'_>) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for one in facts.connections.values() {
        for reply in &one.replies {
            let headers = reply
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\n"));
            let text = format!(
                "HTTP {}\n{}\n{}",
                reply.status,
                headers.collect::<String>(),
                reply.body
            );
            all.push((reply.entry, text));
        }
        all.extend(
            one.got
                .iter()
                .map(|(entry, text)| (*entry, (*text).to_owned())),
        );
    }
    all
}

fn is_error(body: &str) -> bool {
    serde_json::from_str::<Value>(body).is_ok_and(|value| {
        value.get("code").is_some_and(Value::is_number)
            && value.get("message").is_some_and(Value::is_string)
    })
}

fn brief(text: &str) -> String {
    text.chars().take(200).collect()
}
