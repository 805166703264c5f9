//! Judges the acknowledgement of a step.

use serde_json::{Value, json};

use super::{Judged, Window, attack};
use crate::finding::{Finding, Outcome};
use crate::fixture::{AckMode, Action};
use crate::pattern::{self, brief};
use crate::rule::names;
use crate::transcript::What;
use crate::value::Bindings;

pub(super) fn judge(window: &Window<'_>, judged: &mut Judged) {
    let step = window.step();
    unasked(window, judged);
    let Some(actor) = step.by.as_deref() else {
        return;
    };
    let asked: Vec<u64> = window
        .of(actor)
        .filter_map(|(_, what)| match what {
            What::Sent { ack, .. } => *ack,
            _ => None,
        })
        .collect();
    let acked: Vec<(usize, u64, &[Value])> = window
        .of(actor)
        .filter_map(|(entry, what)| match what {
            What::Acked { id, args } => Some((entry, *id, args.as_slice())),
            _ => None,
        })
        .collect();
    // Literal packets may ask for acknowledgements that this side does not know of.
    let literal = matches!(
        step.action,
        Action::Packets(_) | Action::Frames(_) | Action::Attack(_)
    );
    for (entry, id, _) in acked
        .iter()
        .filter(|(_, id, _)| !literal && !asked.contains(id))
    {
        let seen = format!("an acknowledgement of {id}");
        judged.findings.push(window.found(
            names::CLOSURE,
            Outcome::Unexpected,
            actor,
            "no acknowledgement that nobody asked for".to_owned(),
            seen,
            Some(*entry),
        ));
    }
    let Some(id) = asked.last() else { return };
    let mine: Vec<_> = acked.iter().filter(|(_, acked, _)| acked == id).collect();
    if mine.len() > 1 {
        let expected = "one acknowledgement".to_owned();
        let seen = format!("{} of them", mine.len());
        judged.findings.push(window.found(
            step.ack_rule(),
            Outcome::Duplicate,
            actor,
            expected,
            seen,
            mine.last().map(|ack| ack.0),
        ));
    }
    let (rule, pattern) = match step.ack {
        AckMode::None | AckMode::Any => return,
        AckMode::Ok => (names::ACK_SUCCESS, json!([])),
        AckMode::Refused => {
            let codes = if step.refused.is_empty() {
                json!({"$any": "number"})
            } else {
                json!({"$oneOf": step.refused})
            };
            (
                names::ACK_ALWAYS,
                json!([{"code": codes, "message": {"$any": "string"}}]),
            )
        }
    };
    let Some((entry, _, args)) = mine.first() else {
        let expected = format!("an acknowledgement {}", brief(&pattern));
        judged.findings.push(window.found(
            rule,
            Outcome::Missing,
            actor,
            expected,
            "none".to_owned(),
            None,
        ));
        return;
    };
    judged.findings.push(
        match pattern::matches(&pattern, &json!(args), &mut Bindings::new()) {
            Ok(()) => Finding::held(rule, window.index, actor),
            Err(why) => {
                let seen = format!("at {}: {}", why.path, why.why);
                window.found(
                    rule,
                    Outcome::Different,
                    actor,
                    brief(&pattern),
                    seen,
                    Some(*entry),
                )
            }
        },
    );
    after_effects(window, actor, *entry, judged);
}

/// Acknowledgements to those who sent nothing that could be acknowledged. What a flood has asked for may still come when others
/// have their turn.
fn unasked(window: &Window<'_>, judged: &mut Judged) {
    let step = window.step();
    for participant in &window.fixture.participants {
        let who = participant.name.as_str();
        if step.by.as_deref() == Some(who) {
            continue;
        }
        for (entry, what) in window.of(who) {
            let What::Acked { id, .. } = what else {
                continue;
            };
            let before = &window.fixture.steps[..window.index];
            let mut own = before.iter().filter(|step| step.by.as_deref() == Some(who));
            if own.any(|step| attack::may_ask(step, *id)) {
                continue;
            }
            judged.findings.push(window.found(
                names::CLOSURE,
                Outcome::Unexpected,
                who,
                "no acknowledgement that nobody asked for".to_owned(),
                format!("an acknowledgement of {id}"),
                Some(entry),
            ));
        }
    }
}

/// An acknowledgement comes after the event's own effects on the sender's connection.
fn after_effects(window: &Window<'_>, actor: &str, ack: usize, judged: &mut Judged) {
    let barrier = window
        .of(actor)
        .find(|(_, what)| matches!(what, What::BarrierSent))
        .map(|(entry, _)| entry);
    let is_effect = |what: &What| matches!(what, What::Event { name, .. } if name == "chat" || name == "message");
    // What nothing explains is told under its own rule: it may be of somebody else's doing.
    let is_astray = |entry: usize| {
        judged.findings.iter().any(|finding| {
            let is_beyond = matches!(finding.outcome, Outcome::Unexpected | Outcome::Duplicate);
            is_beyond && finding.who == actor && finding.entry == Some(entry)
        })
    };
    // The barrier's own listing comes after the acknowledgement by right.
    let effects: Vec<usize> = window
        .of(actor)
        .filter(|(entry, what)| is_effect(what) && !is_astray(*entry))
        .map(|(entry, _)| entry)
        .collect();
    let own = effects.len().saturating_sub(usize::from(barrier.is_some()));
    if own == 0 {
        return;
    }
    let before = effects.iter().filter(|entry| **entry < ack).count();
    judged.findings.push(if before >= own {
        Finding::held(names::ACK_AFTER, window.index, actor)
    } else {
        window.found(
            names::ACK_AFTER,
            Outcome::Order,
            actor,
            "the acknowledgement after the event's own effects".to_owned(),
            "the acknowledgement before them".to_owned(),
            Some(ack),
        )
    });
}
