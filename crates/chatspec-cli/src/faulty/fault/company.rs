//! Faults that make others suffer for what one client sends.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chatspec::message::{NewUser, ServerMessage};
use chatspec_room::{Action, Audience, Delivery};

use super::frames::{only_if, relay};
use super::presence::hurry;
use super::{Fault, Server, fault};
use crate::hooks::{after, decide, insert, refused};
use crate::people::{People, Shared};
use crate::relay::Hooks;

/// Bytes that are lost for each bad packet: more than what a server may keep.
const LEAK: usize = 256 << 20;

pub const FAULTS: &[Fault] = &[
    fault(
        "bad-packet-silences-others",
        "After a packet of an unknown type, nothing that is said by those who were there before is passed on.",
        |server| {
            let bad = Arc::new(AtomicBool::new(false));
            relay(server, move || {
                let bad = Arc::clone(&bad);
                let late = bad.load(Ordering::SeqCst);
                Hooks {
                    up: Box::new(move |text| {
                        if is_bad(&text) {
                            bad.store(true, Ordering::SeqCst);
                            return vec![text];
                        }
                        let silenced = bad.load(Ordering::SeqCst) && !late;
                        only_if(!(silenced && is_chat(&text)), text)
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
    fault(
        "bad-packet-shuts-the-door",
        "After a packet of an unknown type, no handshake is answered any more.",
        |server| {
            let bad = Arc::new(AtomicBool::new(false));
            relay(server, move || {
                let (bad, shut) = (Arc::clone(&bad), Arc::clone(&bad));
                Hooks {
                    request: Box::new(move |bytes| {
                        let open = !shut.load(Ordering::SeqCst);
                        open.then_some(bytes)
                    }),
                    up: Box::new(move |text| {
                        bad.fetch_or(is_bad(&text), Ordering::SeqCst);
                        vec![text]
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
    fault(
        "refused-announced",
        "Whoever is refused something is announced to the room once more.",
        |server| {
            let mut people = People::default();
            after(server, move |command, mut deliveries| {
                people.note(command, &deliveries);
                if let Some(person) = people.of(command.session)
                    && refused(&deliveries)
                {
                    let news = Delivery::Message {
                        audience: Audience::Room {
                            room: person.room.key().clone(),
                            except: Some(command.session),
                        },
                        message: ServerMessage::NewUser(NewUser::new(&person.user, &person.room)),
                    };
                    insert(&mut deliveries, [news]);
                }
                deliveries
            });
        },
    ),
    fault(
        "thrown-out-listed",
        "Who is thrown out is announced to leave, and stays in the listing. (The heartbeat is short, so that waiting for the end of it is.)",
        |server| {
            hurry(server);
            decide(server, |rooms, command| match command.action {
                Action::Disconnected => rooms.clone().apply(command),
                _ => rooms.apply(command),
            });
        },
    ),
    fault(
        "bad-packet-ends-the-process",
        "A packet of an unknown type ends the server.",
        |server| on_bad_packet(server, || process::exit(70)),
    ),
    fault(
        "bad-packet-leaks",
        "For each packet of an unknown type, memory is taken that is never given back.",
        |server| {
            let lost = Shared::<Vec<Vec<u8>>>::default();
            on_bad_packet(server, move || lost.open().push(vec![1; LEAK]));
        },
    ),
];

fn on_bad_packet(server: &mut Server, act: impl Fn() + Send + Sync + 'static) {
    let act = Arc::new(act);
    relay(server, move || {
        let act = Arc::clone(&act);
        Hooks {
            up: Box::new(move |text| {
                if is_bad(&text) {
                    act();
                }
                vec![text]
            }),
            ..Hooks::default()
        }
    });
}

/// Whether this is a Socket.IO packet of a type that there is not.
fn is_bad(text: &[u8]) -> bool {
    text.starts_with(b"47")
}

fn is_chat(text: &[u8]) -> bool {
    let chat = br#""event":"chat""#;
    text.windows(chat.len()).any(|part| part == chat)
}
