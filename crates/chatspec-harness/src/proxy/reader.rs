//! Reads copies of what passes on all connections, and puts it together to sessions. No sockets and no clock.

mod packets;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chatspec_judge::check::Sender;
use chatspec_judge::fixture::TransportName;
use chatspec_judge::proxy::{Seen, What};
use url::form_urlencoded;

use super::connection::{Connection, Event};
use super::frames::Item;
use super::http::{Head, Message};
use crate::wire::Handshake;
use crate::wire::payload::{self, Part};

/// Sessions that are told apart at a time. Beyond, the oldest are forgotten.
const SESSIONS: usize = 20_000;
/// Bytes of messages that are not whole, of all connections together. Beyond, the connection that brings more is read no longer.
const HELD: usize = 256 << 20;
/// How long a server may take beyond its heartbeat to notice that a client is gone.
const GRACE: Duration = Duration::from_secs(5);

/// Makes sessions of connections.
pub struct Reader {
    path: String,
    connections: HashMap<u64, Known>,
    by_sid: HashMap<String, u32>,
    sessions: BTreeMap<u32, Session>,
    last: u32,
    at: u64,
    /// When silent sessions were looked for.
    swept: u64,
    /// Bytes of messages that are not whole, of all connections.
    held: usize,
}

#[derive(Default)]
struct Known {
    connection: Connection,
    websocket: Option<WebSocket>,
}

/// A connection that has become a WebSocket.
struct WebSocket {
    /// Absent until the server has opened one.
    session: Option<u32>,
    /// Whether the session was opened by long-polling, and is not upgraded yet.
    is_probe: bool,
    /// Who ended it.
    ended: bool,
}

struct Session {
    sid: String,
    /// Whether it is one of long-polling, not upgraded.
    is_polling: bool,
    /// When anything passed.
    last: u64,
    /// How long nothing may pass.
    patience: u64,
}

impl Reader {
    /// Reads Engine.IO at this path, such as `/socket.io/`; what else there is on a server is left alone.
    pub fn new(path: &str) -> Reader {
        Reader {
            path: path.split('?').next().unwrap_or_default().to_owned(),
            connections: HashMap::new(),
            by_sid: HashMap::new(),
            sessions: BTreeMap::new(),
            last: 0,
            at: 0,
            swept: 0,
            held: 0,
        }
    }

    /// These bytes have passed on a connection, at so many microseconds.
    pub fn bytes(&mut self, connection: u64, by: Sender, bytes: &[u8], at: u64) -> Vec<Seen> {
        self.at = at;
        let mut out = self.silent();
        let known = self.connections.entry(connection).or_default();
        let before = known.connection.held();
        let events = known.connection.push(by, bytes);
        self.held = self.held + known.connection.held() - before;
        for event in events {
            self.event(connection, event, &mut out);
        }
        if self.held > HELD {
            let why = "messages that are not whole take more than 256 MiB; it is forwarded, and not looked at";
            out.extend(self.blind(connection, why));
        }
        out
    }

    /// One side of a connection sends no more; `abrupt` where it was torn down.
    pub fn ended(&mut self, connection: u64, by: Sender, abrupt: bool, at: u64) -> Vec<Seen> {
        self.at = at;
        let mut out = Vec::new();
        let Some(known) = self.connections.get_mut(&connection) else {
            return out;
        };
        for event in known.connection.end(by) {
            self.event(connection, event, &mut out);
        }
        let how = match abrupt {
            true => "tore the connection down",
            false => "ended the connection",
        };
        self.websocket_over(connection, by, true, how, &mut out);
        out
    }

    /// A connection is over, on both sides.
    pub fn forget(&mut self, connection: u64) {
        if let Some(known) = self.connections.remove(&connection) {
            self.held -= known.connection.held();
        }
    }

    /// Copies were not kept, because reading is slower than passing: nothing more can be understood on this connection.
    pub fn lost(&mut self, connection: u64, at: u64) -> Vec<Seen> {
        self.at = at;
        let why = "more passed than could be read in time; it was forwarded, and not looked at";
        self.blind(connection, why).into_iter().collect()
    }

    /// Reads no more of a connection. It stays known: what comes next on it begins in the middle of something.
    fn blind(&mut self, connection: u64, why: &str) -> Option<Seen> {
        let session = self.session_of(connection);
        let known = self.connections.entry(connection).or_default();
        self.held -= known.connection.held();
        let why = why.to_owned();
        known
            .connection
            .blind()
            .then(|| self.seen(session, What::Unread { why }))
    }

    fn session_of(&self, connection: u64) -> u32 {
        let known = self.connections.get(&connection);
        let websocket = known.and_then(|known| known.websocket.as_ref());
        websocket.and_then(|some| some.session).unwrap_or_default()
    }

    fn seen(&self, session: u32, what: What) -> Seen {
        Seen {
            at: self.at,
            session,
            what,
        }
    }

    fn event(&mut self, connection: u64, event: Event, out: &mut Vec<Seen>) {
        match event {
            Event::Request(request) => self.request(&request, out),
            Event::Answer(answer, request) => self.answer(&answer, &request, out),
            Event::Switched(request) => self.switched(connection, &request),
            Event::Frame(by, item) => self.frame(connection, by, item, out),
            Event::Blind(why) => {
                let session = self.session_of(connection);
                out.push(self.seen(session, What::Unread { why }));
            }
        }
    }

    /// What the query of a request to Engine.IO says; none where it goes elsewhere.
    fn query(&self, request: &Head) -> Option<HashMap<String, String>> {
        let (path, query) = request.target()?.split_once('?')?;
        let ours = path.trim_end_matches('/') == self.path.trim_end_matches('/');
        let query: HashMap<String, String> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        (ours && query.contains_key("EIO")).then_some(query)
    }

    fn known(&mut self, query: &HashMap<String, String>) -> Option<u32> {
        let id = *self.by_sid.get(query.get("sid")?)?;
        let session = self.sessions.get_mut(&id)?;
        session.last = self.at;
        Some(id)
    }

    fn request(&mut self, request: &Message, out: &mut Vec<Seen>) {
        let Some(query) = self.query(&request.head) else {
            return;
        };
        let Some(session) = self.known(&query) else {
            return;
        };
        if request.head.method() == "POST" {
            self.payload(session, Sender::Client, request, out);
        }
    }

    fn answer(&mut self, answer: &Message, request: &Head, out: &mut Vec<Seen>) {
        let Some(query) = self.query(request) else {
            return;
        };
        let is_polling = query.get("transport").is_some_and(|name| name == "polling");
        if request.method() != "GET" || !is_polling {
            return;
        }
        let is_right = answer.head.status() == Some(200);
        match (query.contains_key("sid"), self.known(&query)) {
            (false, _) if is_right => self.payload(0, Sender::Server, answer, out),
            (true, Some(session)) if is_right => {
                self.payload(session, Sender::Server, answer, out);
            }
            (true, Some(session)) if self.is_polling(session) => {
                let status = answer.head.status().unwrap_or_default();
                let how = format!("answered a GET with {status}");
                self.over(session, Sender::Server, false, &how, out);
            }
            _ => {}
        }
    }

    fn is_polling(&self, session: u32) -> bool {
        let session = self.sessions.get(&session);
        session.is_some_and(|session| session.is_polling)
    }

    /// The packets of a polling body. Session 0 stands for one that the first packet opens.
    fn payload(&mut self, mut session: u32, by: Sender, message: &Message, out: &mut Vec<Seen>) {
        let unread = match message.head.header("content-encoding") {
            _ if message.is_long => Some("a body of more than 4 MiB is not read".to_owned()),
            None | Some("identity") => None,
            Some(coding) => Some(format!(
                "a body is compressed ({}), and cannot be read; switch it off on the server (httpCompression: false)",
                crate::wire::quote(coding, 20)
            )),
        };
        if let Some(why) = unread {
            out.push(self.seen(session, What::Unread { why }));
            return;
        }
        if message.body.is_empty() {
            return;
        }
        for part in payload::decode(&message.body) {
            match part {
                Part::Text(text) if session == 0 && by == Sender::Server => {
                    match self.open(text, TransportName::Polling, out) {
                        Some(opened) => session = opened,
                        None => return,
                    }
                }
                Part::Text(text) => self.text(session, by, text, out),
                Part::Binary(bytes) => {
                    let length = bytes.len();
                    out.push(self.seen(session, What::Binary { by, length }));
                }
                Part::Malformed(bytes, malformed) => {
                    let raw = packets::cut(&String::from_utf8_lossy(bytes));
                    out.push(self.seen(session, packets::malformed(by, raw, malformed)));
                }
            }
        }
    }

    /// The session that an open packet of the server opens.
    fn open(&mut self, text: &str, transport: TransportName, out: &mut Vec<Seen>) -> Option<u32> {
        let handshake = text
            .strip_prefix('0')
            .and_then(|data| Handshake::parse(data, Duration::ZERO).ok());
        let Some(handshake) = handshake else {
            let why = "the server's handshake is none of Engine.IO 4: what follows is not read";
            out.push(self.seen(
                0,
                What::Unread {
                    why: why.to_owned(),
                },
            ));
            return None;
        };
        self.last += 1;
        let patience = handshake.ping_interval + handshake.ping_timeout + GRACE;
        self.by_sid.insert(handshake.sid.clone(), self.last);
        let session = Session {
            sid: handshake.sid,
            is_polling: transport == TransportName::Polling,
            last: self.at,
            patience: u64::try_from(patience.as_micros()).unwrap_or(u64::MAX),
        };
        self.sessions.insert(self.last, session);
        if self.sessions.len() > SESSIONS
            && let Some((id, _)) = self.sessions.first_key_value()
        {
            let id = *id;
            self.drop_session(id);
            let why = "more sessions are open than are told apart: the oldest is not read any more";
            out.push(self.seen(
                id,
                What::Unread {
                    why: why.to_owned(),
                },
            ));
        }
        out.push(self.seen(self.last, What::Opened { transport }));
        Some(self.last)
    }

    fn switched(&mut self, connection: u64, request: &Head) {
        let Some(query) = self.query(request) else {
            return;
        };
        let session = self.known(&query);
        if query.contains_key("sid") && session.is_none() {
            return;
        }
        if let Some(known) = self.connections.get_mut(&connection) {
            known.websocket = Some(WebSocket {
                session,
                is_probe: session.is_some(),
                ended: false,
            });
        }
    }

    fn frame(&mut self, connection: u64, by: Sender, item: Item, out: &mut Vec<Seen>) {
        let known = self.connections.get_mut(&connection);
        let Some(websocket) = known.and_then(|known| known.websocket.as_mut()) else {
            return;
        };
        let Some(session) = websocket.session else {
            if let (Sender::Server, Item::Text(text)) = (by, &item) {
                let text = String::from_utf8_lossy(text);
                let opened = self.open(&text, TransportName::Websocket, out);
                let known = self.connections.get_mut(&connection);
                if let Some(known) = known {
                    known.websocket = opened.map(|session| WebSocket {
                        session: Some(session),
                        is_probe: false,
                        ended: false,
                    });
                }
            }
            return;
        };
        if let Some(known) = self.sessions.get_mut(&session) {
            known.last = self.at;
        }
        match item {
            Item::Text(text) => match str::from_utf8(&text) {
                Ok("2probe" | "3probe") if websocket.is_probe => {}
                Ok("5") if websocket.is_probe && by == Sender::Client => {
                    websocket.is_probe = false;
                    if let Some(session) = self.sessions.get_mut(&session) {
                        session.is_polling = false;
                    }
                    out.push(self.seen(session, What::Upgraded));
                }
                Ok(text) => self.text(session, by, text, out),
                Err(_) => {
                    let raw = packets::cut(&String::from_utf8_lossy(&text));
                    let why = "a text frame that is not UTF-8".to_owned();
                    let json = false;
                    out.push(self.seen(session, What::Malformed { by, raw, why, json }));
                }
            },
            Item::Binary(bytes) => {
                let length = bytes.len();
                out.push(self.seen(session, What::Binary { by, length }));
            }
            Item::Long(length) => {
                let why = format!("a message of {length} bytes is not read; up to 4 MiB are");
                out.push(self.seen(session, What::Unread { why }));
            }
            Item::Close(code) => {
                let how = match code {
                    Some(code) => format!("closed the WebSocket with {code}"),
                    None => "closed the WebSocket".to_owned(),
                };
                self.websocket_over(connection, by, false, &how, out);
            }
            Item::Wrong(why) => {
                let (raw, why, json) = (String::new(), why.to_owned(), false);
                out.push(self.seen(session, What::Malformed { by, raw, why, json }));
            }
        }
    }

    fn websocket_over(
        &mut self,
        connection: u64,
        by: Sender,
        abrupt: bool,
        how: &str,
        out: &mut Vec<Seen>,
    ) {
        let known = self.connections.get_mut(&connection);
        let Some(websocket) = known.and_then(|known| known.websocket.as_mut()) else {
            return;
        };
        // An upgrade that comes to nothing leaves the session where it was.
        let is_last = !websocket.is_probe && !std::mem::replace(&mut websocket.ended, true);
        if let Some(session) = websocket.session.filter(|_| is_last) {
            self.over(session, by, abrupt, how, out);
        }
    }

    fn over(&mut self, session: u32, by: Sender, abrupt: bool, how: &str, out: &mut Vec<Seen>) {
        if !self.drop_session(session) {
            return;
        }
        let how = format!("the {} {how}", by.word());
        out.push(self.seen(session, What::Closed { by, abrupt, how }));
    }

    /// Whether it was there.
    fn drop_session(&mut self, session: u32) -> bool {
        let Some(known) = self.sessions.remove(&session) else {
            return false;
        };
        // A server may have given the same id again.
        if self.by_sid.get(&known.sid) == Some(&session) {
            self.by_sid.remove(&known.sid);
        }
        true
    }

    /// Sessions of long-polling in which nothing has passed for longer than the heartbeat allows: looked for once a second.
    fn silent(&mut self) -> Vec<Seen> {
        let mut out = Vec::new();
        if self.at < self.swept + 1_000_000 {
            return out;
        }
        self.swept = self.at;
        let silent: Vec<u32> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.is_polling)
            .filter(|(_, session)| self.at.saturating_sub(session.last) > session.patience)
            .map(|(id, _)| *id)
            .collect();
        for session in silent {
            let how = "has not asked for anything for longer than the heartbeat allows";
            self.over(session, Sender::Client, true, how, &mut out);
        }
        out
    }
}

#[cfg(test)]
mod tests;
