//! One TCP connection: which HTTP answer belongs to which request, and where it becomes a WebSocket.

use std::collections::VecDeque;

use chatspec_judge::check::Sender;

use super::frames::{Frames, Item};
use super::http::{Head, Message, Messages, Wrong};

/// Requests that may wait for their answers. More, and nothing on the connection is read any longer.
const PIPELINED: usize = 256;
/// Bytes that a client may send before it knows whether it may: 64 KiB.
const EARLY_BYTES: usize = 64 << 10;

/// What came of bytes.
#[derive(Debug)]
pub(super) enum Event {
    /// A request is whole.
    Request(Message),
    /// An answer is whole, to this request, whose content is left out.
    Answer(Message, Head),
    /// The server has gone over to WebSocket, asked by this request.
    Switched(Head),
    /// A WebSocket message, or what is none.
    Frame(Sender, Item),
    /// Nothing on this connection can be read any longer.
    Blind(String),
}

/// What is known of one connection.
pub(super) struct Connection {
    requests: Messages,
    answers: Messages,
    waiting: VecDeque<Head>,
    /// Whether the request whose content is under way has its answer already.
    early: bool,
    mode: Mode,
}

enum Mode {
    Http,
    /// The last request asks for a WebSocket: what comes after it is none of HTTP if the answer is yes.
    Asked,
    WebSocket(Box<Sides>),
    Blind,
}

/// Both directions of a WebSocket.
struct Sides {
    client: Frames,
    server: Frames,
}

impl Default for Connection {
    fn default() -> Connection {
        Connection {
            requests: Messages::default(),
            answers: Messages::default(),
            waiting: VecDeque::new(),
            early: false,
            mode: Mode::Http,
        }
    }
}

impl Connection {
    /// Bytes that are kept of it.
    pub(super) fn held(&self) -> usize {
        let frames = match &self.mode {
            Mode::WebSocket(sides) => sides.client.held() + sides.server.held(),
            _ => 0,
        };
        self.requests.held() + self.answers.held() + frames
    }

    /// Nothing more of it is read, and nothing is kept. Whether something was until now.
    pub(super) fn blind(&mut self) -> bool {
        self.requests = Messages::default();
        self.answers = Messages::default();
        self.waiting.clear();
        !matches!(std::mem::replace(&mut self.mode, Mode::Blind), Mode::Blind)
    }

    /// What these bytes of one side come to, together with those before.
    pub(super) fn push(&mut self, by: Sender, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        match (&mut self.mode, by) {
            (Mode::Blind, _) => return events,
            (Mode::WebSocket(sides), _) => {
                let side = match by {
                    Sender::Client => &mut sides.client,
                    Sender::Server => &mut sides.server,
                };
                let items = side.push(bytes);
                events.extend(items.into_iter().map(|item| Event::Frame(by, item)));
                return events;
            }
            (_, Sender::Client) => self.requests.push(bytes),
            (_, Sender::Server) => self.answers.push(bytes),
        }
        self.http(&mut events);
        events
    }

    fn http(&mut self, events: &mut Vec<Event>) {
        let mut read = || -> Result<(), Wrong> {
            self.read_requests(events)?;
            self.read_answers(events)
        };
        if let Err(wrong) = read() {
            self.blind();
            events.push(Event::Blind(format!("{wrong}: it is no HTTP/1.1")));
        }
    }

    fn read_requests(&mut self, events: &mut Vec<Event>) -> Result<(), Wrong> {
        while matches!(self.mode, Mode::Http) {
            let content = |head: &Head| {
                head.target().ok_or(Wrong("a line that is no request"))?;
                head.request_content()
            };
            let Some(request) = self.requests.next(content)? else {
                break;
            };
            if std::mem::take(&mut self.early) {
                events.push(Event::Request(request));
                continue;
            }
            if self.waiting.len() >= PIPELINED {
                return Err(Wrong("hundreds of requests without an answer"));
            }
            if request.head.lists("upgrade", "websocket") {
                self.mode = Mode::Asked;
            }
            self.waiting.push_back(request.head.clone());
            events.push(Event::Request(request));
        }
        if matches!(self.mode, Mode::Asked) && self.requests.waiting() > EARLY_BYTES {
            return Err(Wrong("much that comes before the answer to an upgrade"));
        }
        Ok(())
    }

    fn read_answers(&mut self, events: &mut Vec<Event>) -> Result<(), Wrong> {
        loop {
            if self.answers.is_between() {
                return Ok(());
            }
            // A server need not wait for the end of a request that it refuses.
            let under_way = self.requests.begun().filter(|_| !self.early);
            let Some(request) = self.waiting.front().or(under_way).cloned() else {
                return Err(Wrong("an answer that nobody asked for"));
            };
            let content = |head: &Head| head.answer_content(request.method());
            let Some(answer) = self.answers.next(content)? else {
                return Ok(());
            };
            let status = answer.head.status().unwrap_or_default();
            if (100..200).contains(&status) && status != 101 {
                continue;
            }
            self.early |= self.waiting.pop_front().is_none();
            if status == 101 {
                self.switch(answer, request, events);
                return Ok(());
            }
            let asked = self.waiting.is_empty() && matches!(self.mode, Mode::Asked);
            events.push(Event::Answer(answer, request));
            if asked {
                // The server has not switched: what follows is HTTP.
                self.mode = Mode::Http;
                self.read_requests(events)?;
            }
        }
    }

    fn switch(&mut self, answer: Message, request: Head, events: &mut Vec<Event>) {
        if !matches!(self.mode, Mode::Asked) || !answer.head.lists("upgrade", "websocket") {
            self.blind();
            let why = "the server has gone over to what is no WebSocket";
            events.push(Event::Blind(why.to_owned()));
            return;
        }
        let extensions = answer.head.header("sec-websocket-extensions");
        if extensions.is_some_and(|agreed| !agreed.trim().is_empty()) {
            self.blind();
            events.push(Event::Switched(request));
            events.push(Event::Blind(
                "both sides have agreed on an extension, such as permessage-deflate, so that messages on this connection cannot be \
                 read; switch it off on the server, or in the client (perMessageDeflate: false)"
                    .to_owned(),
            ));
            return;
        }
        events.push(Event::Switched(request));
        let mut client = Frames::of(Sender::Client);
        let mut server = Frames::of(Sender::Server);
        let early = [
            (Sender::Client, client.push(&self.requests.rest())),
            (Sender::Server, server.push(&self.answers.rest())),
        ];
        for (by, items) in early {
            events.extend(items.into_iter().map(|item| Event::Frame(by, item)));
        }
        self.mode = Mode::WebSocket(Box::new(Sides { client, server }));
    }

    /// One side sends no more; what that makes whole.
    pub(super) fn end(&mut self, by: Sender) -> Vec<Event> {
        let mut events = Vec::new();
        if by == Sender::Server
            && matches!(self.mode, Mode::Http | Mode::Asked)
            && let (Some(answer), Some(request)) = (self.answers.end(), self.waiting.pop_front())
        {
            events.push(Event::Answer(answer, request));
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(events: &[Event]) -> Vec<String> {
        let word = |event: &Event| match event {
            Event::Request(message) => message.head.line.clone(),
            Event::Answer(message, request) => {
                format!(
                    "{} to {}",
                    message.head.status().expect("a status"),
                    request.method()
                )
            }
            Event::Switched(_) => "switched".to_owned(),
            Event::Frame(by, item) => format!("{} {item:?}", by.word()),
            Event::Blind(why) => format!("blind: {why}"),
        };
        events.iter().map(word).collect()
    }

    const ASK: &[u8] =
        b"GET /socket.io/?EIO=4 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n";
    const YES: &[u8] = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n";

    #[test]
    fn answers_find_their_requests() {
        let mut connection = Connection::default();
        let two = b"HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n";
        assert_eq!(words(&connection.push(Sender::Client, two)).len(), 2);
        let answers = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 404 No\r\n\r\n";
        let found = words(&connection.push(Sender::Server, answers));
        assert_eq!(found, ["200 to HEAD"]);
        assert_eq!(words(&connection.end(Sender::Server)), ["404 to GET"]);
    }

    #[test]
    fn a_request_may_be_answered_before_its_end() {
        let mut connection = Connection::default();
        let begun = b"POST /big HTTP/1.1\r\nContent-Length: 4\r\n\r\nab";
        assert!(connection.push(Sender::Client, begun).is_empty());
        let no = b"HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(words(&connection.push(Sender::Server, no)), ["413 to POST"]);
        let rest = b"cdGET / HTTP/1.1\r\n\r\n";
        assert_eq!(words(&connection.push(Sender::Client, rest)).len(), 2);
        let yes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(words(&connection.push(Sender::Server, yes)), ["200 to GET"]);
        assert!(words(&connection.push(Sender::Server, yes))[0].contains("nobody asked"));
    }

    #[test]
    fn a_websocket_begins_where_the_server_says_so() {
        let mut connection = Connection::default();
        let early = [ASK, &[0x81, 0x81, 0, 0, 0, 0, b'a']].concat();
        assert_eq!(words(&connection.push(Sender::Client, &early)).len(), 1);
        let yes = [YES, &[0x81, 1, b'b', 0x81]].concat();
        let found = words(&connection.push(Sender::Server, &yes));
        assert_eq!(
            found,
            ["switched", "client Text([97])", "server Text([98])"]
        );
        let found = words(&connection.push(Sender::Server, &[1, b'c']));
        assert_eq!(found, ["server Text([99])"]);
        // Where it refuses, HTTP goes on.
        let mut connection = Connection::default();
        let two = [ASK, b"GET /next HTTP/1.1\r\n\r\n"].concat();
        assert_eq!(words(&connection.push(Sender::Client, &two)).len(), 1);
        let no = b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n";
        let found = words(&connection.push(Sender::Server, no));
        assert_eq!(found, ["400 to GET", "GET /next HTTP/1.1"]);
    }

    #[test]
    fn what_cannot_be_read_is_said_once() {
        let deflate = b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
        let cases: [(&[u8], &[u8], &str); 5] = [
            (ASK, deflate, "permessage-deflate"),
            (
                ASK,
                b"HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n",
                "no WebSocket",
            ),
            (b"\x16\x03\x01\r\n\r\n", b"", "no request"),
            (b"", b"220 smtp ready\r\n\r\n", "nobody asked"),
            (b"GET / HTTP/1.1\r\n\r\n", b"220 smtp\r\n\r\n", "no answer"),
        ];
        for (ask, answer, why) in cases {
            let mut connection = Connection::default();
            let mut events = connection.push(Sender::Client, ask);
            events.extend(connection.push(Sender::Server, answer));
            let found = words(&events);
            let last = found.last().expect("something");
            assert!(last.starts_with("blind") && last.contains(why), "{found:?}");
            assert!(connection.push(Sender::Client, ASK).is_empty());
            assert!(connection.push(Sender::Server, YES).is_empty());
        }
    }
}
