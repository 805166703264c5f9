//! Faults of leaving.

use chatspec::message::{ClientMessage, DelUser, ServerMessage};
use chatspec::name::{RoomName, UserName};
use chatspec::refusal::Code;
use chatspec_room::{Action, Audience, Command, Delivery};
use serde_json::Value;

use super::{Fault, fault};
use crate::hooks::{
    after, decide, each_payload, insert, is_deluser, pardon, refused, said, stay_tuned, tag,
};
use crate::people::People;

pub const FAULTS: &[Fault] = &[
    fault("leave-untold", "A leave is not announced.", |server| {
        after(server, |command, mut deliveries| {
            if is_leave(command) {
                deliveries.retain(|d| !is_deluser(d));
            }
            deliveries
        });
    }),
    fault(
        "leave-told-to-leaver",
        "Who leaves hears of it, too.",
        |server| {
            after(server, |command, mut deliveries| {
                if is_leave(command)
                    && let Some(Delivery::Message { message, .. }) =
                        deliveries.iter().find(|d| is_deluser(d)).cloned()
                {
                    let audience = Audience::Session(command.session);
                    insert(&mut deliveries, [Delivery::Message { audience, message }]);
                }
                deliveries
            });
        },
    ),
    fault(
        "leave-still-listed",
        "Who has left is a member on, though it hears nothing any more.",
        |server| {
            decide(server, |rooms, command| match is_leave(&command) {
                true => rooms.clone().apply(command),
                false => rooms.apply(command),
            });
        },
    ),
    fault(
        "leave-still-hears",
        "Who has left hears the room on.",
        |server| {
            after(server, |command, deliveries| match is_leave(command) {
                true => stay_tuned(command.session, deliveries),
                false => deliveries,
            });
        },
    ),
    fault(
        "leave-of-others",
        "A leave throws out whoever it names.",
        |server| {
            let mut people = People::default();
            decide(server, move |rooms, mut command| {
                if let Some(ClientMessage::Leave(leave)) = said(&command)
                    && let Some(user) = &leave.user
                    && let Some(holder) = people.holder(user)
                {
                    command.session = holder;
                }
                let deliveries = rooms.apply(command.clone());
                people.note(&command, &deliveries);
                deliveries
            });
        },
    ),
    fault(
        "leave-under-any-name",
        "A leave takes its sender out, whatever name and room it gives.",
        |server| {
            decide(server, |rooms, mut command| {
                if let Action::Message(ClientMessage::Leave(leave)) = &mut command.action {
                    (leave.user, leave.room) = (None, None);
                }
                rooms.apply(command)
            });
        },
    ),
    fault(
        "leave-shown-as-sent",
        "deluser shows names as the leave spells them, not as the join did.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                let person = people.of(command.session).cloned();
                people.note(command, &deliveries);
                if let (Some(ClientMessage::Leave(leave)), Some(person)) = (said(command), person) {
                    let user = leave.user.as_ref().unwrap_or(&person.user);
                    let room = leave.room.as_ref().unwrap_or(&person.room);
                    retell(&mut deliveries, user, room);
                }
                deliveries
            });
        },
    ),
    fault(
        "leave-absent-as-default",
        "A leave without name or room is one of JDOE from PARKED.",
        |server| {
            decide(server, |rooms, mut command| {
                if let Action::Message(ClientMessage::Leave(leave)) = &mut command.action {
                    leave.user.get_or_insert_default();
                    leave.room.get_or_insert_default();
                }
                rooms.apply(command)
            });
        },
    ),
    fault(
        "leave-absent-untold",
        "A leave without name or room takes its sender out, and nobody hears of it.",
        |server| {
            after(server, |command, mut deliveries| {
                if let Some(ClientMessage::Leave(leave)) = said(command)
                    && (leave.user.is_none() || leave.room.is_none())
                {
                    deliveries.retain(|d| !is_deluser(d));
                }
                deliveries
            });
        },
    ),
    fault(
        "leave-unjoined-accepted",
        "A leave of somebody who is nowhere is accepted.",
        |server| {
            after(server, |command, deliveries| {
                match is_leave(command) && is_refused_with(&deliveries, Code::NotJoined) {
                    true => pardon(deliveries),
                    false => deliveries,
                }
            });
        },
    ),
    fault(
        "leave-null-as-absent",
        "A leave whose room is null, or no string, is one without room.",
        |server| {
            each_payload(server, |_, payload| {
                let odd = |value: &Value| !value.is_string();
                let leaves = tag(payload) == Some("leave");
                let odd = leaves && payload.get("room").is_some_and(odd);
                if odd {
                    payload.remove("room");
                }
                odd
            });
        },
    ),
];

fn is_leave(command: &Command) -> bool {
    matches!(said(command), Some(ClientMessage::Leave(_)))
}

/// Whether a command was refused with this code.
pub fn is_refused_with(deliveries: &[Delivery], code: Code) -> bool {
    refused(deliveries)
        && deliveries.iter().any(|delivery| match delivery {
            Delivery::Refuse { refusal, .. } => refusal.code == code,
            _ => false,
        })
}

fn retell(deliveries: &mut [Delivery], user: &UserName, room: &RoomName) {
    for delivery in deliveries {
        if let Delivery::Message {
            message: ServerMessage::DelUser(news),
            ..
        } = delivery
        {
            *news = DelUser::new(user, room);
        }
    }
}
