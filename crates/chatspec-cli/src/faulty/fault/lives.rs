//! Faults of lives that are short or loud: told twice, left behind, and refused in the wrong words.

use std::collections::{BTreeMap, BTreeSet};

use chatspec::message::ClientMessage;
use chatspec_room::{Action, Delivery, SessionId};

use super::presence::hurry;
use super::{Fault, fault};
use crate::hooks::{after, decide, insert, is_deluser, is_join, said};

/// Messages of one session until it counts as flooding.
const FLOOD: u32 = 500;

pub const FAULTS: &[Fault] = &[
    fault(
        "leave-told-at-the-end",
        "Who has left is announced to leave once more when the connection ends.",
        |server| {
            let mut left = BTreeMap::<SessionId, Delivery>::new();
            after(server, move |command, mut deliveries| {
                let leaves = matches!(said(command), Some(ClientMessage::Leave(_)));
                if let Some(told) = deliveries.iter().find(|d| is_deluser(d)).filter(|_| leaves) {
                    left.insert(command.session, told.clone());
                }
                if command.action == Action::Disconnected {
                    insert(&mut deliveries, left.remove(&command.session));
                }
                deliveries
            });
        },
    ),
    fault(
        "join-unfinished-kept",
        "Who is gone without having said anything behind a join stays a member. (The heartbeat is short, so that waiting for the end of it is.)",
        |server| {
            hurry(server);
            let mut joining = BTreeSet::<SessionId>::new();
            decide(server, move |rooms, command| {
                let just_joined = joining.remove(&command.session);
                if is_join(&command) {
                    joining.insert(command.session);
                }
                match command.action {
                    Action::Disconnected if just_joined => Vec::new(),
                    _ => rooms.apply(command),
                }
            });
        },
    ),
    fault(
        "flood-refused-as-malformed",
        "From its 500th message on, whatever a session says is refused as malformed.",
        |server| {
            // Who floods, or reads no more than that, would be thrown out before it matters.
            server.config.unlimited = true;
            server.config.buffer_packets = 10_000;
            let mut said = BTreeMap::<SessionId, u32>::new();
            server.faults.packet = Box::new(move |session, text| {
                let count = said.entry(session).or_default();
                *count += 1;
                match *count < FLOOD {
                    true => text,
                    false => r#"["chat"]"#.to_owned(),
                }
            });
        },
    ),
];
