//! Makes up what passes: clients that do this and that, and a server that answers well, or badly, or not at all.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::check::Sender;
use chatspec_judge::fixture::TransportName;
use chatspec_judge::model::Dice;
use chatspec_judge::proxy::{Seen, What};
use serde_json::{Value, json};

const USERS: [&str; 12] = [
    "ada", "ADA", "Bob", "bob", "eve ", "JDOE", "n\u{e9}a", "a b", "x  y", "$x", "it's", "zz",
];
const ROOMS: [&str; 8] = [
    "den",
    "Den",
    "hall",
    "HALL",
    "PARKED",
    "r\u{f6}om",
    " porch",
    "a room whose name is too long for a fresh one to take its place",
];
const TEXTS: [&str; 9] = [
    "hi",
    "hi",
    "it costs $5",
    "",
    "Knock! Knock!",
    "\u{1b}[2J \u{2028}",
    "zz",
    "User ada left room den",
    "later",
];
const IMAGES: [&str; 4] = [
    "data:image/png;base64,iVBORw0KGgo=",
    "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
    "nothing of the kind",
    "data:image/$x;base64,AAAA",
];
/// What is sent in place of a text.
const ODD: [fn() -> Value; 5] = [
    || json!(null),
    || json!(7),
    || json!(["a"]),
    || json!({"$any": "text"}),
    || json!(true),
];
const SESSIONS: u32 = 4;

/// What passes, one thing after the other; the same for the same seed.
pub struct Passing {
    dice: Dice,
    at: u64,
    begun: u32,
    /// Nothing is sent that no client or server would send.
    calm: bool,
    asked: u32,
    names: BTreeMap<u32, String>,
    rooms: BTreeSet<(u32, String)>,
    /// What is about to come of what was done.
    due: Vec<(u32, What)>,
}

impl Passing {
    pub fn new(seed: u64) -> Passing {
        Passing {
            dice: Dice::new(seed),
            at: 0,
            begun: 0,
            calm: !seed.is_multiple_of(3),
            asked: 0,
            names: BTreeMap::new(),
            rooms: BTreeSet::new(),
            due: Vec::new(),
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.dice.below(bound as u64) as usize
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }

    fn session(&mut self) -> u32 {
        1 + self.below(SESSIONS as usize) as u32
    }

    /// A text of these, or now and then something else.
    fn text(&mut self, all: &[&str]) -> Value {
        match self.below(24) {
            0 if !self.calm => ODD[self.below(ODD.len())](),
            _ if self.calm => json!(self.of(&all[..4.min(all.len())])),
            _ => json!(self.of(all)),
        }
    }

    fn next_thing(&mut self) -> (u32, What) {
        // Each session opens and connects, if not at once.
        if self.begun < SESSIONS && (self.begun == 0 || self.one_in(4)) {
            self.begun += 1;
            let session = self.begun;
            if !self.one_in(6) {
                let namespace = "/".to_owned();
                self.due.push((session, What::Connected { namespace }));
            }
            let transport = match self.below(2) {
                0 => TransportName::Polling,
                _ => TransportName::Websocket,
            };
            return (session, What::Opened { transport });
        }
        if !self.due.is_empty() && !self.one_in(9) {
            let last = self.due.len() - 1;
            // Not always in the order in which it is due.
            let at = match self.below(8) {
                0 => self.below(self.due.len()),
                _ => last,
            };
            return self.due.remove(at);
        }
        let session = 1 + self.below(self.begun as usize) as u32;
        match self.below(30) {
            0 if self.one_in(3) => (session, What::Upgraded),
            0..=5 if self.calm => self.act(session),
            1 => (session, self.malformed()),
            2 => (session, self.end()),
            3 => {
                let what = ["an Engine.IO ping", "a CONNECT_ERROR"][self.below(2)];
                let by = self.side();
                (session, What::WrongWay { by, what })
            }
            4 => {
                let (by, length) = (self.side(), self.below(90));
                (session, What::Binary { by, length })
            }
            5 => {
                let namespace = ["/", "/admin"][self.below(2)].to_owned();
                match self.below(2) {
                    0 => (session, What::Connected { namespace }),
                    _ => (session, What::ConnectRefused { namespace }),
                }
            }
            6 if self.one_in(4) => {
                let why = "the line is compressed".to_owned();
                let session = session * self.below(2) as u32;
                (session, What::Unread { why })
            }
            6 | 7 => self.unasked(),
            _ => self.act(session),
        }
    }

    fn side(&mut self) -> Sender {
        match self.below(3) {
            0 => Sender::Server,
            _ => Sender::Client,
        }
    }

    fn malformed(&mut self) -> What {
        let raw = ["42[\"chat\",", "\u{fffd}\u{fffd}", "", "4$2"];
        What::Malformed {
            by: self.side(),
            raw: self.of(&raw).to_owned(),
            why: "it is cut off".to_owned(),
            json: self.one_in(2),
        }
    }

    fn end(&mut self) -> What {
        let by = self.side();
        match self.below(2) {
            0 => What::Disconnected { by },
            _ => What::Closed {
                by,
                abrupt: self.one_in(2),
                how: "it was closed".to_owned(),
            },
        }
    }

    /// What a client does, and what may come of it.
    fn act(&mut self, session: u32) -> (u32, What) {
        let mut message = json!({});
        let event = [
            "join", "join", "join", "leave", "chat", "chat", "chat", "image", "users", "dance",
        ];
        let event = match self.calm && !self.names.contains_key(&session) {
            true => "join",
            false => self.of(&event),
        };
        message["event"] = json!(event);
        if matches!(event, "join" | "leave") || self.one_in(5) {
            message["user"] = self.text(&USERS);
        }
        if event != "chat" || !self.one_in(4) {
            message["room"] = self.text(&ROOMS);
        }
        match event {
            "chat" => message["text"] = self.text(&TEXTS),
            "image" => message["bimage"] = self.text(&IMAGES),
            _ => {}
        }
        if self.one_in(9) {
            message["message"] = self.text(&TEXTS);
        }
        if self.one_in(if self.calm { 20 } else { 6 }) {
            let keys = ["event", "user", "room", "text", "bimage"];
            let key = self.of(&keys);
            message.as_object_mut().map(|map| map.shift_remove(key));
        }
        let ids = ["7", "8", "07", "9007199254740993"];
        self.asked += 1;
        let id = match self.calm {
            true => self.asked.to_string(),
            false => self.of(&ids).to_owned(),
        };
        let ack = (!self.one_in(3)).then_some(id);
        self.answer(session, event, &message, ack.as_deref());
        if self.calm {
            let args = vec![message];
            return (
                session,
                event_of(Sender::Client, "/", "chat", args, ack, None),
            );
        }
        let args = match self.below(16) {
            0 => vec![],
            1 => vec![message, json!(1)],
            2 => vec![json!("chat")],
            _ => vec![message],
        };
        let (name, namespace) = match self.below(24) {
            0 => ("pm", "/"),
            1 => ("chat", "/admin"),
            2 => ("message", "/"),
            _ => ("chat", "/"),
        };
        let attachments = self.one_in(16).then(|| self.below(3) as u64);
        (
            session,
            event_of(Sender::Client, namespace, name, args, ack, attachments),
        )
    }

    /// What a server makes of it, last things first.
    fn answer(&mut self, session: u32, event: &str, message: &Value, ack: Option<&str>) {
        let (by, args) = (Sender::Server, self.outcome());
        let refused = self.one_in(9);
        self.newest(session, event, message);
        if let Some(id) = ack.filter(|_| !self.one_in(8)) {
            let id = id.to_owned();
            self.due.push((session, What::Ack { by, id, args }));
        }
        let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or("JDOE");
        let (user, room) = (text("user"), text("room"));
        let said = message.get("text").and_then(Value::as_str);
        let said = said.unwrap_or("Knock! Knock!");
        let told = match event {
            _ if refused => {
                let code = [10, 11, 14, 15, 20, 21, 22, 23, 24, 31, 99][self.below(11)];
                let refusal = json!({"code": code, "message": "no"});
                let refusal = vec![json!(refusal.to_string())];
                let what = event_of(by, "/", "message", refusal, None, None);
                self.due.push((session, what));
                return;
            }
            "join" => {
                json!({"type": "newuser", "message": format!("New User {user} joined room {room}")})
            }
            "leave" => {
                json!({"type": "deluser", "message": format!("User {user} left room {room}")})
            }
            "chat" => {
                json!({"type": "chat", "from": self.known(session), "message": said})
            }
            "image" => {
                json!({"type": "image", "from": self.known(session), "bimage": text("bimage")})
            }
            "users" => {
                let listings = [
                    "['ADA', 'BOB']",
                    "['ADA', \"IT'S\"]",
                    "[]",
                    "['ADA' 'BOB']",
                    "['A\\'",
                    "['X']x",
                ];
                let listing = self.of(&listings);
                json!({"type": "users", "message": format!("Users in room: {listing}")})
            }
            _ => return,
        };
        let times = 1 + usize::from(self.one_in(12));
        for _ in 0..times {
            for to in 1..=self.begun {
                let is_there = self.rooms.contains(&(to, room.to_uppercase()));
                let is_due = match event {
                    _ if self.calm && !is_there => self.one_in(12),
                    "users" => to == session,
                    "join" => to == session || self.one_in(2),
                    _ => to != session || self.one_in(16),
                };
                if is_due {
                    let what = event_of(by, "/", "chat", vec![told.clone()], None, None);
                    self.due.push((to, what));
                }
            }
        }
    }

    /// Remembers as whom one has asked to be known, and where.
    fn newest(&mut self, session: u32, event: &str, message: &Value) {
        let text = |key: &str| message.get(key).and_then(Value::as_str);
        if let ("join", Some(user)) = (event, text("user")) {
            self.names.insert(session, user.trim().to_uppercase());
            let room = text("room").unwrap_or("PARKED").to_uppercase();
            self.rooms.insert((session, room));
        }
    }

    /// The name that a message of a session is from; now and then another.
    fn known(&mut self, session: u32) -> String {
        match self.names.get(&session).cloned() {
            Some(name) if !self.one_in(12) => name,
            _ => self.of(&USERS[..4]).to_uppercase(),
        }
    }

    fn outcome(&mut self) -> Vec<Value> {
        match self.below(if self.calm { 20 } else { 6 }) {
            0 => vec![json!({"code": 20, "message": "no"})],
            1 if !self.calm => vec![json!("yes")],
            _ => vec![],
        }
    }

    /// What a server says by itself.
    fn unasked(&mut self) -> (u32, What) {
        let session = self.session();
        let told = match self.below(7) {
            0 => json!({"type": "newuser", "message": "New User BOB joined room hall"}),
            1 => {
                json!({"type": "deluser", "message": format!("User {} left room {}", self.of(&USERS), self.of(&ROOMS))})
            }
            2 => json!({"type": "users", "message": "Users in room: []"}),
            3 => json!({"type": "chat", "from": self.of(&USERS), "message": self.of(&TEXTS)}),
            4 => json!({"type": "gap", "message": "something is missing"}),
            5 if !self.calm => json!({"kind": 7}),
            _ if !self.calm => json!("chat"),
            _ => json!({"type": "chat", "from": self.known(session), "message": "hi"}),
        };
        let name = match self.below(5) {
            0 if !self.calm => "message",
            1 if !self.calm => "news",
            _ => "chat",
        };
        (
            session,
            event_of(Sender::Server, "/", name, vec![told], None, None),
        )
    }
}

impl Iterator for Passing {
    type Item = Seen;

    fn next(&mut self) -> Option<Seen> {
        let (session, what) = self.next_thing();
        self.at += self.below(600_000) as u64;
        Some(Seen {
            at: self.at,
            session,
            what,
        })
    }
}

fn event_of(
    by: Sender,
    namespace: &str,
    name: &str,
    args: Vec<Value>,
    ack: Option<String>,
    attachments: Option<u64>,
) -> What {
    let raw = Value::from([vec![json!(name)], args.clone()].concat()).to_string();
    What::Event {
        by,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        args,
        ack,
        attachments,
        raw,
    }
}
