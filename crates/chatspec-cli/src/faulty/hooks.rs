//! Shorter ways into the hooks of a server.

use chatspec::json::Payload;
use chatspec::message::{ClientMessage, Leave, ServerMessage};
use chatspec_room::{Action, Audience, Command, Delivery, Rooms, SessionId};
use chatspec_server::Emission;
use serde_json::{Map, Value};

use crate::fault::Server;

/// A JSON object.
pub type Object = Map<String, Value>;

/// Decides what comes of a command, given the rooms as they are.
pub fn decide(
    server: &mut Server,
    decide: impl FnMut(&mut Rooms, Command) -> Vec<Delivery> + Send + 'static,
) {
    server.faults.decision = Box::new(decide);
}

/// Changes what has come of a command.
pub fn after(
    server: &mut Server,
    mut change: impl FnMut(&Command, Vec<Delivery>) -> Vec<Delivery> + Send + 'static,
) {
    decide(server, move |rooms, command| {
        let deliveries = rooms.apply(command.clone());
        change(&command, deliveries)
    });
}

/// Changes one message on its way out, or who gets it.
pub fn each_message(
    server: &mut Server,
    mut change: impl FnMut(&Command, &mut Audience, &mut ServerMessage) + Send + 'static,
) {
    after(server, move |command, mut deliveries| {
        for delivery in &mut deliveries {
            if let Delivery::Message { audience, message } = delivery {
                change(command, audience, message);
            }
        }
        deliveries
    });
}

/// Changes the JSON of every message of one type on its way out.
pub fn each_body(
    server: &mut Server,
    kind: &'static str,
    mut change: impl FnMut(&mut Object) + Send + 'static,
) {
    server.faults.emission = Box::new(move |mut emission: Emission| {
        if let Some(Value::Object(body)) = emission.arguments.first_mut()
            && body.get("type").and_then(Value::as_str) == Some(kind)
        {
            change(body);
        }
        vec![emission]
    });
}

/// Changes the name and arguments of every event that comes in, unless they are no JSON, have a key twice, or the change
/// says that there is none. Then the text stays as it was.
pub fn each_event(
    server: &mut Server,
    mut change: impl FnMut(SessionId, &mut Vec<Value>) -> bool + Send + 'static,
) {
    server.faults.packet = Box::new(move |session, text| {
        let Ok(mut event) = serde_json::from_str::<Vec<Value>>(&text) else {
            return text;
        };
        if Payload::parse(&text).value().is_err() {
            return text;
        }
        match change(session, &mut event) {
            true => Value::Array(event).to_string(),
            false => text,
        }
    });
}

/// Changes the payload of every event that has exactly one, an object.
pub fn each_payload(
    server: &mut Server,
    mut change: impl FnMut(SessionId, &mut Object) -> bool + Send + 'static,
) {
    each_event(server, move |session, event| match event.as_mut_slice() {
        [_, Value::Object(payload)] => change(session, payload),
        _ => false,
    });
}

/// The value of `event` in a payload.
pub fn tag(payload: &Object) -> Option<&str> {
    payload.get("event").and_then(Value::as_str)
}

/// The message of a command, unless it was refused at the door or is the end of a connection.
pub fn said(command: &Command) -> Option<&ClientMessage> {
    match &command.action {
        Action::Message(message) => Some(message),
        // The last three are of a cluster, which a server with a fault is no part of.
        Action::Excess(..)
        | Action::Refused(_)
        | Action::Disconnected
        | Action::Admitted(..)
        | Action::Denied(..)
        | Action::Remote(_) => None,
    }
}

/// Whether a command was refused.
pub fn refused(deliveries: &[Delivery]) -> bool {
    deliveries
        .iter()
        .any(|delivery| matches!(delivery, Delivery::Refuse { .. }))
}

/// Does as if a command had been carried out: no refusal, and an acknowledgement of success.
pub fn pardon(deliveries: Vec<Delivery>) -> Vec<Delivery> {
    let kept = deliveries
        .into_iter()
        .filter(|delivery| !matches!(delivery, Delivery::Refuse { .. }));
    kept.map(|delivery| match delivery {
        Delivery::Ack { session, token, .. } => Delivery::Ack {
            session,
            token,
            outcome: Ok(()),
        },
        other => other,
    })
    .collect()
}

/// Puts messages where a command's effects are: before its acknowledgement.
pub fn insert(deliveries: &mut Vec<Delivery>, message: impl IntoIterator<Item = Delivery>) {
    let end = deliveries
        .iter()
        .position(|delivery| matches!(delivery, Delivery::Ack { .. }))
        .unwrap_or(deliveries.len());
    deliveries.splice(end..end, message);
}

/// Whether this is a join, refused or not.
pub fn is_join(command: &Command) -> bool {
    matches!(said(command), Some(ClientMessage::Join(_)))
}

/// Whether this tells of somebody who goes.
pub fn is_deluser(delivery: &Delivery) -> bool {
    matches!(
        delivery,
        Delivery::Message {
            message: ServerMessage::DelUser(_),
            ..
        }
    )
}

/// The command of a session that goes away without a word.
pub fn leaving(session: SessionId) -> Command {
    Command::new(
        session,
        Action::Message(ClientMessage::Leave(Leave::default())),
    )
}

/// What is not said of going away, but done.
pub fn exits(deliveries: Vec<Delivery>) -> Vec<Delivery> {
    let mut deliveries = deliveries;
    deliveries.retain(|d| matches!(d, Delivery::Exit { .. }));
    deliveries
}

/// A session does not go out of its room after all, and yet does not hear that it has.
pub fn stay_tuned(session: SessionId, mut deliveries: Vec<Delivery>) -> Vec<Delivery> {
    deliveries.retain(|d| !matches!(d, Delivery::Exit { .. }));
    for delivery in deliveries.iter_mut().filter(|d| is_deluser(d)) {
        if let Delivery::Message {
            audience: Audience::Room { except, .. },
            ..
        } = delivery
        {
            *except = Some(session);
        }
    }
    deliveries
}
