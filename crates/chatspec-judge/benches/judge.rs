//! What the referee costs: one transcript, and one message against the receive schema.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use chatspec_judge::case::{self, Law};
use chatspec_judge::fixture::{self, Fixture, TransportName};
use chatspec_judge::rule::{Profile, Rules};
use chatspec_judge::shape::Shapes;
use chatspec_judge::transcript::{Entry, Transcript, What};
use chatspec_judge::verdict::Verdict;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

/// Who takes part: Ada talks, all others listen.
const CAST: [&str; 6] = ["ada", "bob", "cora", "dan", "eve", "fay"];
/// What Ada says, one text a step: about as much as the longer ones of the committed conversations.
const TEXTS: usize = 24;

fn judge(c: &mut Criterion) {
    let rules = Rules::from_json(&committed("spec/generated/rules.json")).expect("the rules");
    let shapes = shapes();
    let law = Law {
        rules: &rules,
        shapes: &shapes,
        profile: Profile::Core,
        in_order: true,
    };
    let (yaml, transcript) = (yaml(), transcript());
    let fixture = load(&yaml);
    let verdict = case::judge(&fixture, &transcript, &law).verdict;
    assert_eq!(
        verdict,
        Verdict::Pass,
        "a bench of failures measures something else"
    );
    c.bench_function(
        &format!("judge a transcript of {} entries", transcript.entries.len()),
        |b| b.iter(|| case::judge(black_box(&fixture), black_box(&transcript), &law)),
    );
    c.bench_function("load its fixture", |b| b.iter(|| load(black_box(&yaml))));
}

fn shape(c: &mut Criterion) {
    let shapes = shapes();
    let good = [json!({"type": "chat", "from": "ADA", "message": "Has anyone seen my keys?"})];
    let bad = [json!({"type": "chat", "from": null, "message": 7})];
    assert!(shapes.complaint(&good).is_none() && shapes.complaint(&bad).is_some());
    c.bench_function("a message of the right shape", |b| {
        b.iter(|| shapes.complaint(black_box(&good)))
    });
    c.bench_function("a message of a wrong shape", |b| {
        b.iter(|| shapes.complaint(black_box(&bad)))
    });
    let schema = committed(SCHEMA);
    c.bench_function("compile the schema", |b| {
        b.iter(|| Shapes::from_json(black_box(&schema)))
    });
}

const SCHEMA: &str = "schemas/protocol/v1/server-to-client.receive.json";

fn shapes() -> Shapes {
    Shapes::from_json(&committed(SCHEMA)).expect("the schema")
}

fn committed(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).expect("a committed file")
}

fn load(yaml: &str) -> Fixture {
    fixture::load("conversations/bench/room.yaml", yaml).expect("a good fixture")
}

/// All of the cast join, then Ada talks.
fn yaml() -> String {
    let cast = CAST.join(", ");
    let listeners = CAST[1..].join(", ");
    let mut yaml = format!(
        "id: bench/room\ntitle: Ada talks\nrules: [chat.room]\nparticipants: [{cast}]\nsteps:\n  - enter: {{who: [{cast}]}}\n"
    );
    for i in 0..TEXTS {
        yaml += &format!(
            "  - by: ada\n    send: {{event: chat, room: $room, text: \"text {i} $nonce\"}}\n    expect:\n      - to: [{listeners}]\n        must: {{type: chat, from: $ada, message: \"text {i} $nonce\"}}\n"
        );
    }
    yaml
}

/// What a good server makes of it.
fn transcript() -> Transcript {
    let mut tape = Tape::default();
    for (index, who) in CAST.iter().enumerate() {
        let joins = json!({"event": "join", "user": name(who), "room": "ROOM-1"});
        let text = format!("New User {} joined room ROOM-1", name(who));
        let joined = json!({"type": "newuser", "message": text});
        tape.step(who, joins, &CAST[..=index], &joined);
    }
    for i in 0..TEXTS {
        let text = format!("text {i} n1");
        let says = json!({"event": "chat", "room": "ROOM-1", "text": text});
        let heard = json!({"type": "chat", "from": name("ada"), "message": text});
        tape.step("ada", says, &CAST[1..], &heard);
    }
    let fixed = [
        ("room", "ROOM-1"),
        ("nonce", "n1"),
        ("barrier", "BARRIER-1"),
    ];
    let names = CAST.iter().map(|who| ((*who).to_owned(), json!(name(who))));
    let others = fixed.map(|(name, text)| (name.to_owned(), json!(text)));
    Transcript {
        fixture: "bench/room".to_owned(),
        transport: TransportName::Websocket,
        bindings: names.chain(others).collect(),
        entries: tape.entries,
        stopped: None,
        in_order: None,
        network: None,
        nodes: Default::default(),
    }
}

fn name(who: &str) -> String {
    format!("{}-1", who.to_uppercase())
}

/// A recording in the making.
#[derive(Default)]
struct Tape {
    entries: Vec<Entry>,
    steps: usize,
}

impl Tape {
    /// One sends, some receive, and everybody's barrier returns.
    fn step(&mut self, by: &str, payload: Value, receivers: &[&str], message: &Value) {
        let sent = What::Sent {
            event: "chat".to_owned(),
            args: vec![payload],
            ack: None,
        };
        self.push(by, sent);
        for who in receivers {
            self.push(who, event(message.clone()));
        }
        for who in CAST {
            self.push(who, What::BarrierSent);
            let listing = json!({"type": "users", "message": "Users in room: []"});
            self.push(who, event(listing));
            self.push(who, What::BarrierReturned);
        }
        self.steps += 1;
    }

    fn push(&mut self, who: &str, what: What) {
        self.entries.push(Entry {
            at: self.entries.len() as u64,
            step: self.steps,
            who: who.to_owned(),
            what,
        });
    }
}

fn event(message: Value) -> What {
    What::Event {
        name: "chat".to_owned(),
        args: vec![message],
    }
}

criterion_group!(benches, judge, shape);
criterion_main!(benches);
