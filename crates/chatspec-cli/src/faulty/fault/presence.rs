//! Faults of noticing who has gone.

use std::collections::BTreeMap;
use std::time::Duration;

use chatspec::message::ClientMessage;
use chatspec::name::NameKey;
use chatspec_room::{Action, Audience, Delivery, SessionId};

use super::{Fault, Server, fault};
use crate::hooks::{after, decide, insert, is_deluser, refused, said};
use crate::people::People;

pub const FAULTS: &[Fault] = &[
    fault(
        "ghosts",
        "Who drops stays a member for ever. (The heartbeat is short, so that waiting for the end of it is.)",
        |server| {
            hurry(server);
            decide(server, |rooms, command| match command.action {
                Action::Disconnected => Vec::new(),
                _ => rooms.apply(command),
            });
        },
    ),
    fault(
        "drop-untold",
        "A drop is not announced. (The heartbeat is short, so that waiting for the end of it is.)",
        |server| {
            hurry(server);
            after(server, |command, mut deliveries| {
                if command.action == Action::Disconnected {
                    deliveries.retain(|d| !is_deluser(d));
                }
                deliveries
            });
        },
    ),
    fault("drop-told-twice", "A drop is announced twice.", |server| {
        after(server, |command, mut deliveries| {
            if command.action == Action::Disconnected {
                let again: Vec<Delivery> = deliveries
                    .iter()
                    .filter(|d| is_deluser(d))
                    .cloned()
                    .collect();
                insert(&mut deliveries, again);
            }
            deliveries
        });
    }),
    fault(
        "private-to-first-holder",
        "A private message goes to whoever had the name first, there or not.",
        |server| {
            let mut first = BTreeMap::<NameKey, SessionId>::new();
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if let Some(person) = people.of(command.session) {
                    let name = person.user.key().clone();
                    first.entry(name).or_insert(command.session);
                }
                if let Some(ClientMessage::Chat(chat)) = said(command)
                    && !refused(&deliveries)
                    && let Some(user) = &chat.user
                    && let Some(session) = first.get(user.key())
                    && let Some(Delivery::Message { audience, .. }) = deliveries.first_mut()
                {
                    *audience = Audience::Session(*session);
                }
                deliveries
            });
        },
    ),
];

/// Shortens the heartbeat.
pub fn hurry(server: &mut Server) {
    server.config.ping_interval = Duration::from_millis(1_000);
    server.config.ping_timeout = Duration::from_millis(2_000);
}
