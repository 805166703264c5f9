//! What comes over a raw connection: HTTP answers first, WebSocket frames after a switch.

use std::collections::VecDeque;
use std::time::Duration;

use chatspec_judge::transcript::What;

use crate::drive::record;
use crate::wire::{Packet, Raw, Received, answer, frames, quote};

/// Bytes of everything that came that are kept to be searched.
const SEEN: usize = 64 << 10;
/// Packets that wait to be looked at.
const PACKETS: usize = 1_000;
/// Bytes of one message in several frames.
const MESSAGE: usize = 1 << 20;
/// Answers, frames and other things that one connection leaves in the transcript.
const ENTRIES: usize = 200;

#[derive(Debug, Default)]
pub(super) struct Incoming {
    websocket: bool,
    head: bool,
    answers: usize,
    recorded: usize,
    seen: Vec<u8>,
    packets: VecDeque<Packet>,
    message: Vec<u8>,
    pings: usize,
    close: Option<u16>,
    over: bool,
}

impl Incoming {
    /// The next answer is one to a HEAD.
    pub fn expect_head(&mut self, head: bool) {
        self.head = head;
    }

    /// Whether the end has been read, or what came is too much.
    pub fn is_over(&self) -> bool {
        self.over
    }

    pub fn answers(&self) -> usize {
        self.answers
    }

    pub fn is_websocket(&self) -> bool {
        self.websocket
    }

    /// Whether these bytes have come, in a head, a body or a frame.
    pub fn has_seen(&self, wanted: &[u8]) -> bool {
        !wanted.is_empty() && self.seen.windows(wanted.len()).any(|part| part == wanted)
    }

    pub fn next_packet(&mut self) -> Option<Packet> {
        self.packets.pop_front()
    }

    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Pings of the server that want an answer.
    pub fn take_pings(&mut self) -> usize {
        std::mem::take(&mut self.pings).min(10)
    }

    /// Reads what has come, whole things only.
    pub fn read(&mut self, raw: &mut Raw, connection: u32) -> Vec<What> {
        let mut all = Vec::new();
        if self.over {
            return all;
        }
        loop {
            let what = match self.websocket {
                true => self.frame(raw, connection),
                false => self.answer(raw, connection),
            };
            match what {
                None => break,
                Some(found) => all.extend(found),
            }
        }
        // A server that floods leaves a beginning.
        all.truncate(ENTRIES.saturating_sub(self.recorded));
        self.recorded += all.len();
        let ended = raw.ended().map(str::to_owned);
        let closed = self
            .close
            .map(|_| "the server closed the WebSocket".to_owned());
        if let Some(why) = closed.or(ended) {
            self.over = true;
            // What we end ourselves is no close that anybody may have asked for.
            all.push(match raw.is_excess() {
                true => record::excess(why),
                false => What::Ended {
                    connection,
                    code: self.close.filter(|code| *code != 0),
                    why,
                },
            });
        }
        all
    }

    fn answer(&mut self, raw: &mut Raw, connection: u32) -> Option<Option<What>> {
        let bytes = raw.received();
        if bytes.is_empty() {
            return None;
        }
        let looks = b"HTTP/";
        let is_http = bytes.starts_with(&looks[..bytes.len().min(looks.len())]);
        if !is_http {
            let text = quote(
                &String::from_utf8_lossy(&bytes[..bytes.len().min(800)]),
                200,
            );
            let count = bytes.len();
            self.remember(&bytes[..count]);
            raw.take(count);
            return Some(Some(What::Got { connection, text }));
        }
        let over = raw.ended().is_some();
        let read = match self.head {
            true => answer::read_head(bytes),
            false => answer::read(bytes, over),
        };
        let (answer, taken) = read?;
        let part = bytes[..taken].to_vec();
        self.remember(&part);
        raw.take(taken);
        self.answers += 1;
        self.head = false;
        self.websocket = answer.status == 101;
        Some(Some(What::Reply {
            connection,
            status: answer.status,
            headers: answer.headers.into_iter().take(40).collect(),
            body: answer.body,
        }))
    }

    fn frame(&mut self, raw: &mut Raw, connection: u32) -> Option<Option<What>> {
        let (frame, taken) = frames::decode(raw.received())?;
        raw.take(taken);
        self.remember(&frame.payload);
        match frame.opcode {
            8 => {
                // No code is none; 0 stands for that until the end is told.
                self.close = Some(frame.close_code().unwrap_or(0));
                None
            }
            0..=2 => {
                if self.message.len() + frame.payload.len() <= MESSAGE {
                    self.message.extend_from_slice(&frame.payload);
                }
                if !frame.fin {
                    return Some(None);
                }
                let message = std::mem::take(&mut self.message);
                Some(self.message(&message, connection))
            }
            _ => Some(None),
        }
    }

    /// The session of a raw WebSocket is heard like any other; elsewhere the text is kept.
    fn message(&mut self, message: &[u8], connection: u32) -> Option<What> {
        let text = String::from_utf8_lossy(message).into_owned();
        let packet = Packet::from_text(&text);
        if matches!(packet, Packet::Ping { .. }) {
            self.pings += 1;
        }
        if packet == Packet::EngineClose {
            self.close = Some(0);
        }
        let what = match connection {
            0 => {
                let received = Received {
                    at: Duration::ZERO,
                    seq: 0,
                    raw: text.chars().take(300).collect(),
                    raw_len: text.len(),
                    packet: packet.clone(),
                };
                record::received(&received)
            }
            _ => Some(What::Got {
                connection,
                text: quote(&text, 300),
            }),
        };
        if self.packets.len() < PACKETS {
            self.packets.push_back(packet);
        }
        what
    }

    fn remember(&mut self, bytes: &[u8]) {
        let room = SEEN.saturating_sub(self.seen.len());
        self.seen.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}
