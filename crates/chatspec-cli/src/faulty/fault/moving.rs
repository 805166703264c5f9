//! Faults of moving to another room or another name: what becomes of the old one.

use std::collections::BTreeMap;

use chatspec::message::{ClientMessage, ServerMessage, UserList};
use chatspec::name::{NameKey, ShownName};
use chatspec_room::{Audience, Delivery, Rooms, SessionId};

use super::{Fault, Server, fault};
use crate::hooks::{after, decide, is_deluser, is_join, said, stay_tuned};
use crate::people::{People, Person};

pub const FAULTS: &[Fault] = &[
    fault(
        "rename-without-effect",
        "A change of name is announced, and the old name stays.",
        |server| {
            decide(server, |rooms, command| {
                let told = rooms.clone().apply(command.clone());
                if !is_rename(&told) {
                    rooms.apply(command);
                }
                told
            });
        },
    ),
    fault(
        "rename-untold",
        "The end of the old name is not announced.",
        |server| {
            after(server, |_, mut deliveries| {
                if is_rename(&deliveries) {
                    deliveries.retain(|d| !is_deluser(d));
                }
                deliveries
            });
        },
    ),
    fault(
        "rename-told-to-oneself",
        "The end of the old name is announced to whoever gave it up as well.",
        |server| {
            after(server, |_, mut deliveries| {
                if is_rename(&deliveries)
                    && let Some(Delivery::Message {
                        audience: Audience::Room { except, .. },
                        ..
                    }) = deliveries.first_mut()
                {
                    *except = None;
                }
                deliveries
            });
        },
    ),
    fault(
        "move-still-hears",
        "Who moves to another room hears the old one on.",
        |server| {
            after(server, |command, deliveries| match is_join(command) {
                true => stay_tuned(command.session, deliveries),
                false => deliveries,
            });
        },
    ),
    fault(
        "move-untold",
        "The old room is not told when somebody moves to another.",
        |server| {
            after(server, |command, mut deliveries| {
                let moves = deliveries
                    .iter()
                    .any(|d| matches!(d, Delivery::Exit { .. }));
                if moves && is_join(command) {
                    deliveries.retain(|d| !is_deluser(d));
                }
                deliveries
            });
        },
    ),
    fault(
        "move-listed-twice",
        "Who has moved is listed in the old room, too.",
        list_twice,
    ),
];

fn list_twice(server: &mut Server) {
    let mut people = People::default();
    let mut moved = BTreeMap::<NameKey, BTreeMap<SessionId, ShownName>>::new();
    decide(server, move |rooms: &mut Rooms, command| {
        let before = people.of(command.session).cloned();
        let mut deliveries = rooms.apply(command.clone());
        people.note(&command, &deliveries);
        let after = people.of(command.session);
        match (before, after) {
            (Some(old), Some(new)) if old.room.key() != new.room.key() => {
                let old_room = moved.entry(old.room.key().clone()).or_default();
                old_room.insert(command.session, old.user.shown());
            }
            (_, None) => {
                for sessions in moved.values_mut() {
                    sessions.remove(&command.session);
                }
            }
            _ => {}
        }
        if let Some(Person { room, .. }) = after
            && let Some(sessions) = moved.get_mut(room.key())
        {
            sessions.remove(&command.session);
        }
        if let Some(ClientMessage::Users(request)) = said(&command)
            && let room = request.room.clone().unwrap_or_default()
            && let Some(gone) = moved.get(room.key())
        {
            let present = rooms.members(&room).filter_map(|s| people.of(s));
            let present: Vec<ShownName> = present.map(|p| p.user.shown()).collect();
            let names = present.iter().chain(gone.values()).map(ShownName::as_str);
            relist(&mut deliveries, UserList::new(names));
        }
        deliveries
    });
}

fn relist(deliveries: &mut [Delivery], list: UserList) {
    for delivery in deliveries {
        if let Delivery::Message { message, .. } = delivery {
            *message = ServerMessage::Users(list.clone());
        }
    }
}

/// A deluser without anybody going: a change of name.
fn is_rename(deliveries: &[Delivery]) -> bool {
    deliveries.first().is_some_and(is_deluser)
}
