//! Faults of Socket.IO packets and of their JSON, as they come over WebSocket.

use super::frames::{only_if, relay, up};
use super::{Fault, fault};
use crate::people::Shared;
use crate::relay::{Frame, Hooks};

/// What is refused with code 10, like any event that there is not.
const UNKNOWN_EVENT: &[u8] = br#"42["nothing"]"#;
/// The names that Socket.IO keeps for itself.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];
const BINARY: u8 = 2;

pub const FAULTS: &[Fault] = &[
    fault(
        "connect-with-object-ignored",
        "A CONNECT with an object behind it is overlooked.",
        |server| up(server, |text| only_if(!text.starts_with(b"40{"), text)),
    ),
    fault(
        "connect-with-anything",
        "Whatever stands behind a CONNECT is overlooked.",
        |server| {
            up(server, |text| {
                let other = text.starts_with(b"40/");
                match text.starts_with(b"40") && !other {
                    true => vec![b"40".to_vec()],
                    false => vec![text],
                }
            });
        },
    ),
    fault(
        "connect-again-deafens",
        "Who says CONNECT twice is not heard any more.",
        |server| {
            relay(server, || {
                let mut connects = 0_u32;
                Hooks {
                    up: Box::new(move |text| {
                        connects += u32::from(text.starts_with(b"40") && !text.starts_with(b"40/"));
                        only_if(connects < 2, text)
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
    fault(
        "unconnected-kept",
        "Events that come before CONNECT are kept, and handled behind it.",
        |server| {
            relay(server, || {
                let connected = Shared::<bool>::default();
                let seen = connected.clone();
                let mut kept = Vec::new();
                Hooks {
                    up: Box::new(move |text| {
                        if text.starts_with(b"42") && !*connected.open() {
                            kept.push(text);
                            return Vec::new();
                        }
                        // Behind the answer to CONNECT: what comes right behind CONNECT itself is early still.
                        let mut all = match *connected.open() {
                            true => std::mem::take(&mut kept),
                            false => Vec::new(),
                        };
                        all.push(text);
                        all
                    }),
                    down: Box::new(move |text| {
                        *seen.open() |= text.starts_with(b"40");
                        vec![text]
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
    fault(
        "namespace-long-ignored",
        "A CONNECT to a namespace whose name has more than a thousand bytes is not answered.",
        |server| {
            up(server, |text| {
                only_if(!(text.starts_with(b"40/") && text.len() > 1_000), text)
            });
        },
    ),
    fault(
        "ack-unasked-refused",
        "An acknowledgement that was not asked for is refused like an unknown event.",
        |server| {
            up(server, |text| match text.starts_with(b"43") {
                true => vec![UNKNOWN_EVENT.to_vec()],
                false => vec![text],
            });
        },
    ),
    fault(
        "reserved-event-served",
        "An event with a name that Socket.IO reserves is handled like chat.",
        |server| {
            up(server, |text| {
                let reserved = RESERVED.iter().find_map(|name| {
                    let rest = text.strip_prefix(format!("42[\"{name}\"").as_bytes())?;
                    Some([b"42[\"chat\"", rest].concat())
                });
                vec![reserved.unwrap_or(text)]
            });
        },
    ),
    fault(
        "escaped-name-unread",
        "A backslash in the name of an event is overlooked, so that an escape stands for something else.",
        |server| up(server, |text| vec![without_backslashes(text)]),
    ),
    fault(
        "ack-id-rounded",
        "An acknowledgement id goes through a floating-point number.",
        |server| up(server, |text| vec![with_rounded_id(text)]),
    ),
    fault(
        "attachment-stray-refused",
        "An attachment that no event has announced is refused like an unknown event.",
        |server| {
            relay(server, || Hooks {
                frame: Box::new(|frame| match frame.opcode() {
                    BINARY => vec![Frame::text(UNKNOWN_EVENT.to_vec())],
                    _ => vec![frame],
                }),
                ..Hooks::default()
            });
        },
    ),
    fault(
        "json-comma-overlooked",
        "A comma behind the last member of an object is overlooked.",
        |server| up(server, |text| vec![without_last_commas(text)]),
    ),
    fault(
        "json-deep-ignored",
        "An event that is more than a hundred levels deep is not answered.",
        |server| {
            up(server, |text| {
                only_if(!(text.starts_with(b"42") && depth(&text) > 100), text)
            });
        },
    ),
];

/// The event without the backslashes of its name.
fn without_backslashes(text: Vec<u8>) -> Vec<u8> {
    let Some(rest) = text.strip_prefix(b"42[\"") else {
        return text;
    };
    let end = rest.iter().position(|byte| *byte == b'"').unwrap_or(0);
    let (name, rest) = rest.split_at(end);
    let name = name.iter().copied().filter(|byte| *byte != b'\\');
    b"42[\""
        .iter()
        .copied()
        .chain(name)
        .chain(rest.to_vec())
        .collect()
}

/// The event with an acknowledgement id of 53 bits, if it has one.
fn with_rounded_id(text: Vec<u8>) -> Vec<u8> {
    let rounded = || {
        let rest = std::str::from_utf8(&text).ok()?.strip_prefix("42")?;
        let (digits, event) = rest.split_at(rest.find('[')?);
        let id = digits.parse::<f64>().ok()?;
        Some(format!("42{id}{event}").into_bytes())
    };
    rounded().unwrap_or(text)
}

fn without_last_commas(text: Vec<u8>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    for byte in text {
        if byte == b'}' && kept.last() == Some(&b',') {
            kept.pop();
        }
        kept.push(byte);
    }
    kept
}

/// How many brackets are open at most, those in texts included.
fn depth(text: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in text {
        match byte {
            b'[' | b'{' => now += 1,
            b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ids_commas_and_depth() {
        let text = |text: &str| text.as_bytes().to_vec();
        let named = without_backslashes(text(r#"42["ch\u0061t",{"text":"\n"}]"#));
        assert_eq!(named, text(r#"42["chu0061t",{"text":"\n"}]"#));
        let id = with_rounded_id(text(r#"429007199254740993["chat"]"#));
        assert_eq!(id, text(r#"429007199254740992["chat"]"#));
        for as_ever in [r#"42["chat"]"#, r#"42900001["chat"]"#] {
            assert_eq!(with_rounded_id(text(as_ever)), text(as_ever));
        }
        assert_eq!(without_last_commas(text("[{1,},]")), text("[{1},]"));
        assert_eq!(depth(b"42[{}[[]]]"), 3);
    }
}
