//! Servers that implement nothing. The seven kinds of them, some in several flavours.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::server::{Asked, Dead, Door, Server};

/// A dummy by name.
pub struct Dummy {
    pub name: &'static str,
    door: Option<fn() -> Door>,
    /// Whether it handles whatever it is sent, and acknowledges: then a case is played to its end.
    pub acknowledges: bool,
}

/// A running dummy.
pub enum Running {
    Dead(Dead),
    Living(Server),
}

impl Running {
    pub fn url(&self) -> &str {
        match self {
            Running::Dead(dead) => &dead.url,
            Running::Living(server) => &server.url,
        }
    }
}

impl Dummy {
    pub async fn start(&self) -> Running {
        match self.door {
            None => Running::Dead(Dead::new()),
            Some(door) => Running::Living(Server::start(door()).await),
        }
    }
}

/// All of them.
pub const ALL: [Dummy; 11] = [
    deaf("dead", None),
    deaf("mute", Some(|| Door::Silent)),
    deaf("mute, but connects", Some(|| open(|_| {}))),
    deaf(
        "reject-everything",
        Some(|| Door::Answers("400 Bad Request", "no".to_owned())),
    ),
    hearing("reject-everything, but connects", || open(reject)),
    deaf("close-everything", Some(|| Door::Closing)),
    deaf(
        "close-everything, at the first event",
        Some(|| open(|asked| asked.close())),
    ),
    hearing("echo-everything", || open(echo)),
    hearing("schema-valid-nonsense", || {
        open(nonsense(|asked, message| {
            asked.announce("chat", &[message])
        }))
    }),
    hearing("schema-valid-nonsense, to the sender", || {
        open(nonsense(|asked, message| asked.reply("chat", &[message])))
    }),
    hearing("barrier-only", || open(barrier_only)),
];

/// The one that opens sessions and never answers.
pub fn connected_mute() -> Door {
    open(|_| {})
}

/// Sends each event back, and calls it a success.
pub fn echo(asked: &Asked<'_>) {
    asked.reply(asked.name, asked.args);
    asked.acknowledge(&json!([]));
}

/// A door for a plain function.
pub fn open(answer: impl Fn(&Asked<'_>) + Send + Sync + 'static) -> Door {
    Door::Open(Box::new(answer))
}

fn reject(asked: &Asked<'_>) {
    let refusal = json!({"code": 99, "message": "no"});
    asked.reply("message", std::slice::from_ref(&refusal));
    asked.acknowledge(&json!([refusal]));
}

/// Answers with one message of each type, until it is out of breath: a burst would drown the suite, and prove no more.
fn nonsense(say: fn(&Asked<'_>, Value)) -> impl Fn(&Asked<'_>) + Send + Sync + 'static {
    const BREATH: usize = 30;
    let answered = AtomicUsize::new(0);
    move |asked| {
        if answered.fetch_add(1, Ordering::Relaxed) < BREATH {
            for message in four() {
                say(asked, message);
            }
        }
        asked.acknowledge(&json!([]));
    }
}

/// One of each type that says anything, right in shape.
fn four() -> [Value; 4] {
    [
        json!({"type": "newuser", "message": "New User JOHN joined room LOBBY"}),
        json!({"type": "deluser", "message": "User JOHN left room LOBBY"}),
        json!({"type": "users", "message": "Users in room: ['JOHN']"}),
        json!({"type": "chat", "from": "JOHN", "message": "hello"}),
    ]
}

fn barrier_only(asked: &Asked<'_>) {
    let event = asked.args.first().and_then(|payload| payload.get("event"));
    if asked.name == "chat" && event == Some(&json!("users")) {
        asked.reply(
            "chat",
            &[json!({"type": "users", "message": "Users in room: []"})],
        );
    }
    asked.acknowledge(&json!([]));
}

const fn deaf(name: &'static str, door: Option<fn() -> Door>) -> Dummy {
    Dummy {
        name,
        door,
        acknowledges: false,
    }
}

const fn hearing(name: &'static str, door: fn() -> Door) -> Dummy {
    Dummy {
        name,
        door: Some(door),
        acknowledges: true,
    }
}
