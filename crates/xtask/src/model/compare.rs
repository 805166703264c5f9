//! Whether what the rooms do lies within what the model says.

use chatspec_judge::model::{Act, Answer, Deed, Heard, History, Model};
use chatspec_judge::rule::Profile;
use serde_json::Value;

use super::Planted;
use super::server::{Outcome, Server};
use super::words;

/// The first act at which model and rooms differ, in words.
pub fn difference(history: &History, profile: Profile, planted: Option<Planted>) -> Option<String> {
    let model = Model::new(history, profile);
    let mut server = Server::new(history.people.len(), planted);
    for (n, act) in history.acts.iter().enumerate() {
        let outcome = play(&mut server, n, act);
        let wrong = answered(&model.answer(n), act, &outcome)
            .or_else(|| received(history.people.len(), n, act, &model.heard(n), &outcome));
        if let Some(wrong) = wrong {
            return Some(format!("act {n}: {wrong}"));
        }
    }
    None
}

fn play(server: &mut Server, n: usize, act: &Act) -> Outcome {
    let mut outcome = Outcome::default();
    match &act.deed {
        Deed::Connect => server.connect(act.by),
        Deed::Drop(_) => server.drop(act.by, &mut outcome),
        _ => {
            for text in words::sent(n, act) {
                server.send(act.by, &text, act.acked, &mut outcome);
            }
        }
    }
    outcome
}

fn answered(answer: &Answer, act: &Act, outcome: &Outcome) -> Option<String> {
    // What is no argument of `chat` does not come to the rooms at all.
    if matches!(&act.deed, Deed::Odd(number) if chatspec_judge::model::Odd::number(*number).argument().is_none())
    {
        return None;
    }
    let is_sent = !matches!(act.deed, Deed::Drop(_) | Deed::Connect);
    let refused = match answer {
        Answer::Accepted => Vec::new(),
        Answer::Refused { code, .. } => vec![(act.by, *code)],
        // The rooms are hardened, and refuse it with whatever code.
        Answer::Nothing { .. } => outcome.refused.iter().take(1).copied().collect(),
    };
    if outcome.refused != refused {
        return Some(format!(
            "the model has {answer:?}, the rooms refuse {:?}",
            outcome.refused
        ));
    }
    let ack = (is_sent && act.acked).then(|| refused.first().map(|(_, code)| *code));
    (outcome.ack != ack).then(|| format!("acknowledged {:?}, not {ack:?}", outcome.ack))
}

fn received(
    people: usize,
    n: usize,
    act: &Act,
    heard: &[Heard],
    outcome: &Outcome,
) -> Option<String> {
    (0..people).find_map(|who| {
        let expected: Vec<(bool, Value)> = heard
            .iter()
            .filter(|one| one.to.contains(&who))
            .flat_map(|one| {
                let messages = words::heard(n, act, &one.what);
                messages.into_iter().map(|message| (one.must, message))
            })
            .collect();
        let seen = outcome.received.get(&who).map_or(&[][..], Vec::as_slice);
        let holds = within(&expected, seen);
        (!holds).then(|| format!("person {who} receives {seen:?}, the model has {expected:?}"))
    })
}

/// Whether what is seen is what must come, in order, with what may come between.
fn within(expected: &[(bool, Value)], seen: &[Value]) -> bool {
    let Some(((must, message), rest)) = expected.split_first() else {
        return seen.is_empty();
    };
    let taken = seen
        .split_first()
        .is_some_and(|(first, others)| agrees(message, first) && within(rest, others));
    taken || (!must && within(rest, seen))
}

/// Whether a message has these keys with these values; it may have more, but for those that a client has put beside its text.
fn agrees(wanted: &Value, seen: &Value) -> bool {
    let (Some(wanted), Some(seen)) = (wanted.as_object(), seen.as_object()) else {
        return false;
    };
    !seen.contains_key("mood")
        && wanted
            .iter()
            .all(|(key, value)| seen.get(key) == Some(value))
}
