//! Faults of WebSocket frames: fragments, closes, lengths and floods.

use axum::http::{HeaderValue, StatusCode, header};

use super::frames::relay;
use super::{Fault, fault};
use crate::http::each_head;
use crate::relay::{Frame, Hooks};

/// Opcodes of RFC 6455, section 5.2.
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

pub const FAULTS: &[Fault] = &[
    fault(
        "fragments-first-alone",
        "Of a message in several frames, the first one is the message.",
        |server| {
            relay(server, || Hooks {
                frame: Box::new(|frame| match frame.opcode() {
                    CONTINUATION => Vec::new(),
                    TEXT => vec![Frame::text(frame.payload)],
                    _ => vec![frame],
                }),
                ..Hooks::default()
            });
        },
    ),
    fault(
        "close-frame-ignored",
        "A close frame has no effect.",
        |server| {
            relay(server, || Hooks {
                frame: Box::new(|frame| match frame.opcode() {
                    CLOSE => Vec::new(),
                    _ => vec![frame],
                }),
                ..Hooks::default()
            });
        },
    ),
    fault(
        "close-code-always-normal",
        "Whatever the server closes a WebSocket for, it says 1000.",
        |server| {
            relay(server, || Hooks {
                back: Box::new(|frame| match frame.opcode() {
                    CLOSE => vec![Frame::close(1000)],
                    _ => vec![frame],
                }),
                ..Hooks::default()
            });
        },
    ),
    fault(
        "compression-agreed",
        "An offer to compress is agreed to.",
        |server| {
            each_head(server, |asked, status, headers| {
                let offered = asked.headers.contains_key(header::SEC_WEBSOCKET_EXTENSIONS);
                if offered && status == StatusCode::SWITCHING_PROTOCOLS {
                    let agreed = HeaderValue::from_static("permessage-deflate");
                    headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, agreed);
                }
            });
        },
    ),
    fault(
        "frame-length-awaited",
        "A frame is read to its end before anything is made of its length.",
        |server| relay(server, Hooks::default),
    ),
    fault(
        "pings-deafen",
        "Who has sent a thousand pings is not heard any more.",
        |server| {
            relay(server, || {
                let mut pings = 0_u32;
                Hooks {
                    frame: Box::new(move |frame| {
                        pings += u32::from(frame.opcode() == PING);
                        match pings {
                            0..=1_000 => vec![frame],
                            _ => Vec::new(),
                        }
                    }),
                    ..Hooks::default()
                }
            });
        },
    ),
];
