//! Faults of names that are taken.

use chatspec::message::{ClientMessage, Join};
use chatspec_room::{Action, SessionId};

use super::{Fault, fault};
use crate::cipher::{reveal_all, tag};
use crate::hooks::{decide, exits, is_join, leaving, refused, said};
use crate::people::People;

pub const FAULTS: &[Fault] = &[
    fault(
        "refused-join-leaves",
        "Who is refused a join because the name is taken loses its old place.",
        |server| {
            decide(server, |rooms, command| {
                let (session, join) = (command.session, is_join(&command));
                let deliveries = rooms.apply(command);
                if join && refused(&deliveries) {
                    let mut all = exits(rooms.apply(leaving(session)));
                    all.extend(deliveries);
                    return all;
                }
                deliveries
            });
        },
    ),
    fault(
        "name-taken-over",
        "Who joins under a name that is taken throws out whoever held it.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, command| {
                let mut deliveries = Vec::new();
                if let Some(ClientMessage::Join(join)) = said(&command) {
                    let user = join.user.clone().unwrap_or_default();
                    let holder = people.holder(&user).filter(|h| *h != command.session);
                    deliveries.extend(holder.into_iter().flat_map(|holder| {
                        let out = leaving(holder);
                        let told = rooms.apply(out.clone());
                        people.note(&out, &told);
                        told
                    }));
                }
                let told = rooms.apply(command.clone());
                people.note(&command, &told);
                deliveries.extend(told);
                deliveries
            });
        },
    ),
    fault(
        "name-unique-in-room-only",
        "The same name can be used in two rooms at once.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, mut command| {
                if let Action::Message(ClientMessage::Join(join)) = &mut command.action {
                    tag_if_held_elsewhere(join, command.session, &people);
                }
                let deliveries = rooms.apply(command.clone());
                people.note(&command, &deliveries);
                deliveries
            });
            reveal_all(server);
        },
    ),
];

fn tag_if_held_elsewhere(join: &mut Join, session: SessionId, people: &People) {
    let user = join.user.clone().unwrap_or_default();
    let room = join.room.clone().unwrap_or_default();
    let holder = people.holder(&user).filter(|holder| *holder != session);
    let elsewhere = holder
        .and_then(|holder| people.of(holder))
        .is_some_and(|person| person.room.key() != room.key());
    if elsewhere {
        join.user = format!("{user}{}", tag(session.0)).parse().ok();
    }
}
