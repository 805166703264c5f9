//! Faults of images.

use std::collections::BTreeMap;

use chatspec::message::{ClientMessage, ServerMessage};
use chatspec::name::UserName;
use chatspec::refusal::Code;
use chatspec_room::{Action, Audience, Delivery, SessionId};
use serde_json::{Value, json};

use super::{Fault, Server, fault};
use crate::hooks::{after, each_body, each_payload, said, tag};
use crate::people::{People, Shared};

/// A GIF of one pixel.
const PIXEL: &str =
    "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

pub const FAULTS: &[Fault] = &[
    fault("image-lost", "An image reaches nobody.", |server| {
        after(server, |_, mut deliveries| {
            deliveries.retain(|d| !is_image(d));
            deliveries
        });
    }),
    fault(
        "image-shown-next-door",
        "An image is shown in every room whose name ends alike.",
        |server| {
            super::joining::next_door(server, |message| matches!(message, ServerMessage::Image(_)));
        },
    ),
    fault(
        "image-private",
        "An image with a user reaches that user alone.",
        private_images,
    ),
    fault(
        "image-padding-stripped",
        "An image loses its base64 padding.",
        |server| {
            each_body(server, "image", |body| {
                let image = body["bimage"].as_str().unwrap_or_default();
                body["bimage"] = json!(image.trim_end_matches('='));
            });
        },
    ),
    fault(
        "image-large-lost",
        "An image of more than 800 000 characters reaches nobody.",
        |server| {
            after(server, |_, mut deliveries| {
                deliveries.retain(|delivery| match delivery {
                    Delivery::Message {
                        message: ServerMessage::Image(image),
                        ..
                    } => image.bimage.len() <= 800_000,
                    _ => true,
                });
                deliveries
            });
        },
    ),
    fault("svg-accepted", "An SVG is an image.", |server| {
        // It takes the place of a valid one on its way through.
        const SVG: &str =
            "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
        each_payload(server, |_, payload| match payload.get_mut("bimage") {
            Some(Value::String(image)) if image.starts_with("data:image/svg+xml") => {
                *image = PIXEL.replace("R0lGODlh", "R0lGODdh");
                true
            }
            _ => false,
        });
        each_body(server, "image", |body| {
            if body["bimage"] == json!(PIXEL.replace("R0lGODlh", "R0lGODdh")) {
                body["bimage"] = json!(SVG);
            }
        });
    }),
    fault(
        "image-too-large-as-bad",
        "An image that is too large is refused as a bad one.",
        |server| {
            after(server, |command, mut deliveries| {
                if let Action::Refused(refusal) = &command.action
                    && refusal.code == Code::TooLarge
                    && refusal.message.starts_with("$.bimage")
                {
                    super::refusals::recode(&mut deliveries, Code::BadImage);
                }
                deliveries
            });
        },
    ),
    fault(
        "image-room-optional",
        "An image without room goes to the sender's.",
        |server| own_room(server, |room| room.is_none()),
    ),
    fault(
        "image-room-null",
        "An image whose room is null goes to the sender's.",
        |server| own_room(server, |room| room == Some(&Value::Null)),
    ),
];

fn is_image(delivery: &Delivery) -> bool {
    matches!(
        delivery,
        Delivery::Message {
            message: ServerMessage::Image(_),
            ..
        }
    )
}

fn private_images(server: &mut Server) {
    let named = Shared::<BTreeMap<SessionId, String>>::default();
    let heard = named.clone();
    each_payload(server, move |session, payload| {
        let user = payload.get("user").and_then(Value::as_str);
        match user.filter(|_| tag(payload) == Some("image")) {
            Some(user) => heard.open().insert(session, user.to_owned()),
            None => heard.open().remove(&session),
        };
        false
    });
    let mut people = People::default();
    after(server, move |command, mut deliveries| {
        people.note(command, &deliveries);
        let Some(ClientMessage::Image(_)) = said(command) else {
            return deliveries;
        };
        if let Some(user) = named.open().remove(&command.session) {
            let holder = UserName::parse(&user).ok();
            let holder = holder.and_then(|user| people.holder(&user));
            deliveries.retain(|d| !is_image(d) || holder.is_some());
            for delivery in &mut deliveries {
                if let (Delivery::Message { audience, .. }, Some(holder)) = (delivery, holder) {
                    *audience = Audience::Session(holder);
                }
            }
        }
        deliveries
    });
}

/// Fills in the sender's room.
fn own_room(server: &mut Server, wanted: fn(Option<&Value>) -> bool) {
    let people = Shared::<People>::default();
    let noted = people.clone();
    each_payload(server, move |session, payload| {
        let open = people.open();
        match open.of(session) {
            Some(person) if tag(payload) == Some("image") && wanted(payload.get("room")) => {
                payload.insert("room".to_owned(), json!(person.room.as_str()));
                true
            }
            _ => false,
        }
    });
    after(server, move |command, deliveries| {
        noted.open().note(command, &deliveries);
        deliveries
    });
}
