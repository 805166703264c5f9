//! What must hold of a client at any time, whatever the script asks of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::follow::{APART_MS, Event, What, arguments, brief};
use crate::check::{Checker, Sender};
use crate::pattern::cut_text;

/// A session is opened with `EIO=4`.
const VERSION: &str = "client.version";
/// Nothing is sent before the namespace is connected.
const CONNECT: &str = "client.connect";
/// Every frame is a packet.
const PACKETS: &str = "client.packets";
/// Only the event `chat`, with one argument.
const EVENT: &str = "client.event";
/// Every message fits the client schema.
const MESSAGE: &str = "client.message";
/// Nothing binary.
const TEXT: &str = "client.text-frames";
/// Nothing that nobody asked for.
const UNASKED: &str = "client.unasked";
/// Nothing for a room after leaving it.
const LEFT: &str = "client.left";
/// Nothing is shown as said that nobody said.
const SHOWS_ONLY: &str = "client.shows-only";
/// Tries to connect are apart.
const BACKOFF: &str = "client.backoff";
/// It runs until its user quits.
const LIVES: &str = "client.lives";
/// It does not send or print without end.
const FLOOD: &str = "client.flood";

/// The rules that every script tests, in the order of the spec. None of them is held by a client that says nothing.
pub fn rules() -> [&'static str; 12] {
    [
        VERSION, CONNECT, PACKETS, EVENT, MESSAGE, TEXT, UNASKED, FLOOD, LIVES, LEFT, SHOWS_ONLY,
        BACKOFF,
    ]
}

/// What was seen of these rules: for each that something here speaks of, the first thing that broke it. `finished` is
/// whether the script came to its end.
pub(super) fn always(
    events: &[Event],
    finished: bool,
    checker: &Checker,
) -> BTreeMap<&'static str, Option<String>> {
    let mut watch = Watch {
        checker,
        told: BTreeMap::new(),
        connected: false,
        dropped: false,
        quits: false,
        messages: false,
        tried: None,
        left: Vec::new(),
        asked: BTreeMap::new(),
        again: 0,
        said: BTreeMap::new(),
    };
    for event in events {
        watch.see(event);
    }
    if watch.messages {
        watch.tell(TEXT, None);
        watch.tell(PACKETS, None);
        if finished {
            watch.tell(FLOOD, None);
            watch.tell(LIVES, None);
        }
    }
    watch.told
}

struct Watch<'a> {
    checker: &'a Checker,
    told: BTreeMap<&'static str, Option<String>>,
    /// Whether the namespace is connected.
    connected: bool,
    /// Whether it was us who ended the connection.
    dropped: bool,
    /// Whether the user has quit.
    quits: bool,
    /// Whether a message was sent.
    messages: bool,
    /// When the client last tried to connect.
    tried: Option<u64>,
    /// The rooms that were left and not joined again, by this connection.
    left: Vec<Value>,
    /// How often each text was asked for, less how often it was sent.
    asked: BTreeMap<String, u64>,
    /// How many texts may come once more: refusals and lost connections may have cost each of them one.
    again: u64,
    /// How often each sender and text came, less how often it was shown.
    said: BTreeMap<String, u64>,
}

impl Watch<'_> {
    fn tell(&mut self, rule: &'static str, wrong: Option<String>) {
        let kept = self.told.entry(rule).or_default();
        if kept.is_none() {
            *kept = wrong;
        }
    }

    fn see(&mut self, event: &Event) {
        match &event.what {
            What::Opened(query) => {
                (self.connected, self.dropped) = (false, false);
                self.left.clear();
                self.tries(event.at);
                let parts = query.split_once('?').map_or("", |(_, query)| query);
                let right = parts.split('&').any(|part| part == "EIO=4");
                self.tell(VERSION, (!right).then(|| cut_text(query, 160)));
            }
            What::Refused(_) => self.tries(event.at),
            What::Sent(text) => self.sent(text),
            What::Asked(act) => self.asked(act),
            What::Packet(text) => self.packet(text),
            What::Binary(bytes) => {
                self.tell(TEXT, Some(format!("a binary frame of {bytes} bytes")));
            }
            What::Dropped => {
                self.dropped = true;
                self.again += 1;
            }
            What::Closed(_) => self.again += 1,
            What::Shown(line) => self.shown(line),
            What::Exited(how) if !self.quits && !self.dropped => {
                self.tell(LIVES, Some(format!("it ended ({how})")));
            }
            What::Flood => self.tell(FLOOD, Some("it sends or prints without end".to_owned())),
            What::Exited(_) | What::Strange(_) | What::Noise(_) => {}
        }
    }

    fn tries(&mut self, at: u64) {
        let wait = self.tried.map(|tried| at.saturating_sub(tried));
        self.tried = Some(at);
        if let Some(hasty) = wait.filter(|wait| *wait < APART_MS) {
            self.tell(BACKOFF, Some(format!("two tries {hasty} ms apart")));
        }
    }

    fn sent(&mut self, text: &str) {
        if text.starts_with("40") {
            self.connected = true;
        }
        let args = arguments(text).unwrap_or_default();
        match args.as_slice() {
            [name, ..] if name == "message" => self.again += 1,
            [name, message] if name == "chat" && message["type"] == "chat" => {
                let key = key(&message["from"], &message["message"]);
                *self.said.entry(key).or_default() += 1;
            }
            _ => {}
        }
    }

    fn asked(&mut self, act: &Value) {
        match act["do"].as_str() {
            Some("quit") => self.quits = true,
            Some("chat" | "private") => {
                *self.asked.entry(act["text"].to_string()).or_default() += 1;
            }
            _ => {}
        }
    }

    fn shown(&mut self, line: &Value) {
        let (Some(from), Some(text)) = (line.get("from"), line.get("text")) else {
            return;
        };
        let wrong = match self.said.get_mut(&key(from, text)) {
            Some(left @ 1..) => {
                *left -= 1;
                None
            }
            Some(_) => Some(format!("shown once more than it came: {line}")),
            None => Some(format!("nobody said this: {line}")),
        };
        self.tell(SHOWS_ONLY, wrong.map(|wrong| cut_text(&wrong, 200)));
    }

    fn packet(&mut self, text: &str) {
        let what = || cut_text(text, 160);
        if !is_packet(text) {
            self.tell(PACKETS, Some(what()));
        }
        match text.get(..2) {
            Some("42") => {}
            Some("45" | "46") => return self.tell(TEXT, Some(what())),
            _ => return,
        }
        self.messages = true;
        self.tell(CONNECT, (!self.connected).then(what));
        let args = arguments(text).unwrap_or_default();
        let right =
            matches!(args.as_slice(), [name, argument] if name == "chat" && argument.is_object());
        self.tell(EVENT, (!right).then(what));
        let [_, message] = args.as_slice() else {
            return;
        };
        let complaint = self
            .checker
            .message(Sender::Client, message)
            .into_iter()
            .next();
        let complaint = complaint.map(|it| format!("{}: {} ({})", it.path, it.why, it.mend));
        self.tell(MESSAGE, complaint.map(|it| cut_text(&it, 300)));
        self.message(message, &brief(&What::Packet(text.to_owned())));
    }

    fn message(&mut self, message: &Value, brief: &str) {
        let room = &message["room"];
        match message["event"].as_str() {
            Some("leave") => self.left.push(room.clone()),
            Some("join") => self.left.retain(|other| other != room),
            Some(kind @ ("chat" | "image")) => {
                if self.left.contains(room) {
                    self.tell(LEFT, Some(brief.to_owned()));
                }
                let wrong = match self.asked.get_mut(&message["text"].to_string()) {
                    // Nobody is ever asked for an image.
                    Some(_) | None if kind == "image" => Some("nobody asked for"),
                    Some(left @ 1..) => {
                        *left -= 1;
                        None
                    }
                    Some(_) if self.again > 0 => {
                        self.again -= 1;
                        None
                    }
                    Some(_) => Some("sent more often than asked for"),
                    None => Some("nobody asked for"),
                };
                self.tell(UNASKED, wrong.map(|wrong| format!("{wrong}: {brief}")));
            }
            _ => {}
        }
    }
}

fn key(from: &Value, text: &Value) -> String {
    format!("{from}\n{text}")
}

/// Whether a text is one packet that a client of Engine.IO 4 and Socket.IO 5 may send.
fn is_packet(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('4') else {
        return matches!(text, "1" | "3" | "2probe" | "5");
    };
    let json = |rest: &str| serde_json::from_str::<Value>(rest).ok();
    // Anything but the default namespace stands between kind and payload; nothing here asks for one.
    match rest.get(..1) {
        Some("0") => rest.len() == 1 || json(&rest[1..]).is_some_and(|it| it.is_object()),
        Some("1") => rest.len() == 1,
        Some("2") => arguments(text).is_some_and(|args| args.first().is_some_and(Value::is_string)),
        Some("3") => {
            let args = rest[1..].trim_start_matches(|digit: char| digit.is_ascii_digit());
            json(args).is_some_and(|it| it.is_array())
        }
        // Binary ones are another rule's.
        Some("5" | "6") => true,
        _ => false,
    }
}
