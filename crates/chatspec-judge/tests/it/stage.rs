//! Transcripts by hand: a few words per line, the barriers written for them.

use chatspec_judge::case::{self, Judgement, Law};
use chatspec_judge::fixture::{self, Fixture, TransportName};
use chatspec_judge::rule::{Keyword, Profile, Rule, Rules, RulesFile};
use chatspec_judge::shape::Shapes;
use chatspec_judge::transcript::{Entry, Transcript, What};
use chatspec_judge::value::Bindings;
use serde_json::{Value, json};

/// A recording in the making.
pub struct Tape {
    entries: Vec<Entry>,
    step: usize,
}

impl Tape {
    pub fn new() -> Tape {
        Tape {
            entries: vec![],
            step: 0,
        }
    }

    pub fn sends(self, who: &str, payload: Value) -> Tape {
        self.push(
            who,
            What::Sent {
                event: "chat".to_owned(),
                args: vec![payload],
                ack: None,
            },
        )
    }

    pub fn asks(self, who: &str, payload: Value, id: u64) -> Tape {
        self.push(
            who,
            What::Sent {
                event: "chat".to_owned(),
                args: vec![payload],
                ack: Some(id),
            },
        )
    }

    pub fn gets(self, who: &str, message: Value) -> Tape {
        self.event(who, "chat", message)
    }

    pub fn event(self, who: &str, name: &str, argument: Value) -> Tape {
        self.push(
            who,
            What::Event {
                name: name.to_owned(),
                args: vec![argument],
            },
        )
    }

    pub fn acked(self, who: &str, id: u64, args: Vec<Value>) -> Tape {
        self.push(who, What::Acked { id, args })
    }

    pub fn push(mut self, who: &str, what: What) -> Tape {
        let at = self.entries.len() as u64;
        self.entries.push(Entry {
            at,
            step: self.step,
            who: who.to_owned(),
            what,
        });
        self
    }

    /// Everybody's barrier returns, and the next step begins.
    pub fn barrier(mut self, all: &[&str]) -> Tape {
        for who in all {
            self = self.push(who, What::BarrierSent);
            self = self.gets(
                who,
                json!({"type": "users", "message": "Users in room: []"}),
            );
            self = self.push(who, What::BarrierReturned);
        }
        self.step += 1;
        self
    }

    pub fn transcript(self) -> Transcript {
        let bindings: Bindings = [
            ("ada", "ADA-1"),
            ("bob", "BOB-1"),
            ("eve", "EVE-1"),
            ("room", "ROOM-1"),
            ("nonce", "n1"),
            ("barrier", "BARRIER-1"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
        Transcript {
            fixture: "chat/x".to_owned(),
            transport: TransportName::Websocket,
            bindings,
            entries: self.entries,
            stopped: None,
            in_order: None,
            network: None,
            nodes: Default::default(),
        }
    }
}

pub fn rules() -> Rules {
    let rule = |name: &str, keyword, profile| Rule {
        name: name.to_owned(),
        keyword,
        profile,
        slow: false,
        untested: None,
        text: format!("{name} **MUST** hold."),
        file: "x.md".to_owned(),
        line: 1,
    };
    let mut rules: Vec<Rule> = [
        "message.closure",
        "message.schema",
        "message.valid-json",
        "connection.lives",
        "users.anyone",
        "ack.success",
        "ack.after-effects",
        "chat.no-echo",
        "chat.room",
        "order.once",
        "order.sender",
        "join.announce",
    ]
    .into_iter()
    .map(|name| rule(name, Keyword::Must, Profile::Core))
    .collect();
    rules.push(rule("users.order", Keyword::Should, Profile::Core));
    for name in [
        "delivery.members-only",
        "refusal.only-sender",
        "chat.members-only",
        "ack.always",
    ] {
        rules.push(rule(name, Keyword::Must, Profile::Hardened));
    }
    Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules,
    })
}

pub fn fixture(profile: &str, rules: &str, steps: &str) -> Fixture {
    let text = format!(
        "id: chat/x\ntitle: X\nprofile: {profile}\nrules: [{rules}]\nparticipants: [ada, bob, eve]\nsteps:\n{steps}"
    );
    fixture::load("x.yaml", &text).expect("a fixture")
}

pub fn judge(fixture: &Fixture, transcript: &Transcript, in_order: bool) -> Judgement {
    let rules = rules();
    let shapes = Shapes::from_json(
        r#"{"type":"object","required":["type"],"properties":{"type":{"type":"string"},"from":{"type":"string"}}}"#,
    )
    .expect("a schema");
    let law = Law {
        rules: &rules,
        shapes: &shapes,
        profile: fixture.profile,
        in_order,
    };
    case::judge(fixture, transcript, &law)
}

pub fn newuser(name: &str) -> Value {
    json!({"type": "newuser", "message": format!("New User {name} joined room ROOM-1")})
}

pub fn chat(from: &str, text: &str) -> Value {
    json!({"type": "chat", "from": from, "message": text})
}
