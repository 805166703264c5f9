//! Faults of WebSocket messages: what is malformed, what is no JSON, and what never arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::presence::hurry;
use super::{Fault, Server, fault};
use crate::people::Shared;
use crate::relay::Hooks;

pub const FAULTS: &[Fault] = &[
    fault(
        "bad-frame-ignored",
        "A message that is no packet is ignored.",
        |server| up(server, |text| only_if(is_packet(&text), text)),
    ),
    fault(
        "bad-frame-loses-another",
        "A message that is no packet makes the server lose the next chat, whoever it is from.",
        |server| {
            let lose = Arc::new(AtomicBool::new(false));
            relay(server, move || {
                let (marked, lose) = (Arc::clone(&lose), Arc::clone(&lose));
                Hooks {
                    up: Box::new(move |text| {
                        if !is_packet(&text) {
                            marked.store(true, Ordering::SeqCst);
                        }
                        vec![text]
                    }),
                    down: Box::new(move |text| {
                        let chat = text.starts_with(br#"42["chat",{"type":"chat""#);
                        let lost = chat && lose.swap(false, Ordering::SeqCst);
                        only_if(!lost, text)
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
    fault(
        "heartbeat-announced-shorter",
        "The heartbeat is announced as a second and is that of the default: who falls silent is noticed far too late.",
        |server| {
            down(server, |text| {
                let announced = |name: &str, real: &str, said: &str| {
                    (format!("\"{name}\":{real}"), format!("\"{name}\":{said}"))
                };
                let text = String::from_utf8_lossy(&text).into_owned();
                if !text.starts_with("0{") {
                    return vec![text.into_bytes()];
                }
                let (interval, shorter) = announced("pingInterval", "25000", "500");
                let (timeout, short) = announced("pingTimeout", "20000", "500");
                vec![
                    text.replace(&interval, &shorter)
                        .replace(&timeout, &short)
                        .into_bytes(),
                ]
            });
        },
    ),
    fault(
        "heartbeat-unheard",
        "Answers to pings do not count: everybody is disconnected when the first heartbeat has run out.",
        |server| {
            hurry(server);
            up(server, |text| only_if(!text.starts_with(b"3"), text));
        },
    ),
    fault(
        "binary-awaited",
        "Whoever announces an attachment is not heard any more until it comes.",
        |server| {
            relay(server, || {
                let mut waits = false;
                Hooks {
                    up: Box::new(move |text| {
                        waits |= text.starts_with(b"45");
                        // Pings are answered all the same.
                        only_if(!waits || text.starts_with(b"3"), text)
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
    fault(
        "nan-relayed",
        "NaN and its like go through to those who hear it.",
        |server| {
            relay(server, || Hooks {
                up: Box::new(|text| vec![replace(text, NOT_NUMBERS, ":\"@NaN@\"")]),
                down: Box::new(|text| vec![replace(text, &["\"@NaN@\""], "NaN")]),
                ..Hooks::default()
            });
        },
    ),
    fault(
        "nul-unescaped",
        "U+0000 in a text is sent as it is, which JSON does not allow.",
        |server| down(server, |text| vec![replace(text, &["\\u0000"], "\0")]),
    ),
    fault(
        "websocket-long-lost",
        "A message of more than 1 500 bytes never arrives over WebSocket.",
        |server| down(server, |text| only_if(text.len() <= 1_500, text)),
    ),
    fault(
        "upgrade-swaps",
        "The first message after an upgrade comes after the second one.",
        |server| {
            relay(server, || {
                let upgraded = Shared::<bool>::default();
                let seen = upgraded.clone();
                let mut held: Option<Vec<u8>> = None;
                Hooks {
                    up: Box::new(move |text| {
                        *upgraded.open() |= text == b"5";
                        vec![text]
                    }),
                    down: Box::new(move |text| {
                        let news = text.starts_with(b"42") && !is_listing(&text);
                        if news && std::mem::take(&mut *seen.open()) {
                            held = Some(text);
                            return Vec::new();
                        }
                        // What comes before a listing stays there: the suite takes it for a sign that all has come.
                        let both = [Some(text), held.take()].into_iter().flatten();
                        match news {
                            true => both.collect(),
                            false => both.rev().collect(),
                        }
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
    fault(
        "disconnect-ignored",
        "DISCONNECT has no effect. (The heartbeat is short, so that waiting for the end of it is.)",
        |server| {
            hurry(server);
            up(server, |text| only_if(text != b"41", text));
        },
    ),
];

/// What JSON has no word for.
const NOT_NUMBERS: &[&str] = &[":-Infinity", ":Infinity", ":NaN", ":1E400"];

fn is_listing(text: &[u8]) -> bool {
    text.starts_with(br#"42["chat",{"type":"users""#)
}

/// A message as it is, or nothing of it.
pub fn only_if(goes_on: bool, text: Vec<u8>) -> Vec<Vec<u8>> {
    Some(text).filter(|_| goes_on).into_iter().collect()
}

/// Whether this is an Engine.IO packet that a client may send.
fn is_packet(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'1'..=b'5'))
}

/// Replaces words, but for those after a backslash, which are somebody's text.
fn replace(text: Vec<u8>, words: &[&str], by: &str) -> Vec<u8> {
    let Ok(mut text) = String::from_utf8(text) else {
        return Vec::new();
    };
    for word in words {
        let mut kept = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(word) {
            let (before, after) = (&rest[..at], &rest[at + word.len()..]);
            kept.push_str(before);
            kept.push_str(if before.ends_with('\\') { word } else { by });
            rest = after;
        }
        kept.push_str(rest);
        text = kept;
    }
    text.into_bytes()
}

/// Changes every text message of a client.
pub fn up(server: &mut Server, hook: fn(Vec<u8>) -> Vec<Vec<u8>>) {
    relay(server, move || Hooks {
        up: Box::new(hook),
        ..Hooks::default()
    });
}

fn down(server: &mut Server, hook: fn(Vec<u8>) -> Vec<Vec<u8>>) {
    relay(server, move || Hooks {
        down: Box::new(hook),
        ..Hooks::default()
    });
}

/// Puts a relay in front of the server.
pub fn relay(server: &mut Server, hooks: impl Fn() -> Hooks + Send + Sync + 'static) {
    server.relay = Some(Box::new(hooks));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_left_alone() {
        let text = br#"42["chat",{"message":"a\u0000b \\u0000"}]"#.to_vec();
        let replaced = replace(text, &["\\u0000"], "\0");
        let expected = b"42[\"chat\",{\"message\":\"a\0b \\\\u0000\"}]";
        assert_eq!(replaced, expected);
    }
}
