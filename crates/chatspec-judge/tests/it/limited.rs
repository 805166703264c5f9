//! A refusal for load leaves in doubt what it may explain, and nothing else.

use chatspec_judge::case::Judgement;
use chatspec_judge::fixture::{Fixture, hostile};
use chatspec_judge::transcript::What;
use chatspec_judge::verdict::Verdict;
use serde_json::{Value, json};

use crate::stage::{Tape, chat, fixture, judge, newuser};

const STEPS: &str = "  - enter: {who: [ada, bob]}
  - exchange: {from: ada, to: [bob]}
  - exchange: {from: ada, to: [bob]}
";
const ALL: [&str; 3] = ["ada", "bob", "eve"];

fn entered() -> Tape {
    let join = |name: &str| json!({"event": "join", "user": name, "room": "ROOM-1"});
    Tape::new()
        .sends("ada", join("ADA-1"))
        .gets("ada", newuser("ADA-1"))
        .barrier(&ALL)
        .sends("bob", join("BOB-1"))
        .gets("bob", newuser("BOB-1"))
        .gets("ada", newuser("BOB-1"))
        .barrier(&ALL)
}

fn says(tape: Tape, text: &str) -> Tape {
    tape.sends(
        "ada",
        json!({"event": "chat", "room": "ROOM-1", "text": text}),
    )
}

fn refused(tape: Tape, who: &str, refusal: Value) -> Tape {
    tape.event(who, "message", json!(refusal.to_string()))
}

fn limited(tape: Tape, who: &str) -> Tape {
    let refusal = json!({"code": 30, "message": "too many messages", "retry_ms": 50});
    refused(tape, who, refusal)
}

fn judged(tape: Tape) -> Judgement {
    let conversation = fixture("hardened", "chat.room", STEPS);
    judge(&conversation, &tape.transcript(), true)
}

/// Ada is refused in the first exchange; then both say what the second one is about, and this comes as well.
fn after_a_refusal(more: impl FnOnce(Tape) -> Tape) -> Judgement {
    let tape = limited(says(entered(), "control 3 n1"), "ada").barrier(&ALL);
    let tape = says(tape, "control 4 n1").gets("bob", chat("ADA-1", "control 4 n1"));
    judged(more(tape))
}

#[test]
fn what_a_refusal_may_explain_is_in_doubt() {
    let judged = after_a_refusal(|tape| tape.barrier(&ALL));
    assert!(judged.limited);
    assert_eq!(judged.verdict, Verdict::Inconclusive, "{judged:?}");
    assert_eq!(judged.rules["chat.room"], Verdict::Inconclusive);
    // A leave that was refused rightly leads to deliveries: what comes unexpectedly is in doubt as well.
    let judged = after_a_refusal(|tape| {
        let stray = tape.gets("eve", chat("ADA-1", "control 4 n1"));
        stray.barrier(&ALL)
    });
    assert_eq!(judged.verdict, Verdict::Inconclusive, "{judged:?}");
}

#[test]
fn what_came_before_a_refusal_stands() {
    let missing = says(entered(), "control 3 n1").barrier(&ALL);
    let judged = judged(limited(says(missing, "control 4 n1"), "ada").barrier(&ALL));
    assert!(judged.limited);
    assert_eq!(judged.rules["chat.room"], Verdict::Fail, "{judged:?}");
}

#[test]
fn what_no_refusal_explains_stands() {
    type More = fn(Tape) -> Tape;
    let rows: [(&str, More); 8] = [
        ("message.schema", |tape| {
            tape.gets("eve", json!({"type": 7})).barrier(&ALL)
        }),
        ("message.valid-json", |tape| {
            let malformed = What::Malformed {
                raw: "42[".to_owned(),
                why: "it ends too soon".to_owned(),
                json: true,
            };
            tape.push("bob", malformed).barrier(&ALL)
        }),
        ("chat.no-echo", |tape| {
            tape.gets("ada", chat("ADA-1", "control 4 n1"))
                .barrier(&ALL)
        }),
        ("order.once", |tape| {
            tape.gets("bob", chat("ADA-1", "control 4 n1"))
                .barrier(&ALL)
        }),
        ("order.sender", |tape| {
            tape.gets("bob", chat("ADA-1", "control 3 n1"))
                .barrier(&ALL)
        }),
        ("refusal.only-sender", |tape| {
            refused(tape, "eve", json!({"code": 22, "message": "no"})).barrier(&ALL)
        }),
        ("robust.load.retry", |tape| {
            refused(tape, "ada", json!({"code": 30, "message": "no"})).barrier(&ALL)
        }),
        ("robust.process", |tape| {
            let gone = What::Process {
                same: false,
                why: "pid 7 is gone".to_owned(),
            };
            tape.push("", gone).barrier(&ALL)
        }),
    ];
    for (rule, more) in rows {
        let judged = after_a_refusal(more);
        assert!(judged.limited, "{rule}");
        assert_eq!(judged.rules[rule], Verdict::Fail, "{rule}: {judged:?}");
        assert_eq!(judged.rules["chat.room"], Verdict::Inconclusive, "{rule}");
    }
}

/// The barrier of each may be refused for load, and who goes on after a refusal may be closed.
#[test]
fn what_a_right_server_does_under_load_is_in_doubt() {
    let judged = after_a_refusal(|tape| limited(tape, "eve").barrier(&ALL));
    assert_eq!(judged.verdict, Verdict::Inconclusive, "{judged:?}");
    let lost = |who: &'static str| {
        after_a_refusal(|tape| {
            let why = "closed".to_owned();
            let others: Vec<&str> = ALL.into_iter().filter(|name| *name != who).collect();
            tape.push(who, What::BarrierLost { why }).barrier(&others)
        })
    };
    let hers = lost("ada");
    assert_eq!(hers.verdict, Verdict::Inconclusive, "{hers:?}");
    let anothers = lost("eve");
    assert_eq!(
        anothers.rules["connection.lives"],
        Verdict::Fail,
        "{anothers:?}"
    );
}

fn bad_input() -> Fixture {
    let text = "id: packet/x\ntitle: X\nrules: [robust.packet.type]\nover: session\ninputs:\n  - id: S-03\n    title: x\n    do:\n      - packets: ['47']\n    outcome: [ignored]\n";
    let mut all = hostile::load("hostile/packet/x.yaml", text).expect("a right fixture");
    all.remove(0)
}

/// Nobody says anything; one is refused in a step.
fn refused_at(who: &str, step: usize) -> Judgement {
    let fixture = bad_input();
    let mut tape = Tape::new();
    for at in 0..fixture.steps.len() {
        if at == step {
            tape = limited(tape, who);
        }
        tape = tape.barrier(&["ada", "bob", "cora", "mallory"]);
    }
    let mut transcript = tape.transcript();
    for name in ["cora", "mallory", "elsewhere"] {
        let value = json!(format!("{}-1", name.to_uppercase()));
        transcript.bindings.insert(name.to_owned(), value);
    }
    judge(&fixture, &transcript, true)
}

#[test]
fn a_bystander_that_is_refused_after_a_bad_input_is_no_limit() {
    let input = bad_input().input.expect("a bad input").acts;
    for step in [input.0, input.1] {
        let judged = refused_at("bob", step);
        assert!(!judged.limited, "{judged:?}");
        assert_eq!(judged.verdict, Verdict::Fail, "{judged:?}");
    }
    let before = refused_at("bob", 0);
    assert!(before.limited);
    assert_eq!(
        before.rules["robust.bystanders"],
        Verdict::Inconclusive,
        "{before:?}"
    );
    // The refusal of the one who sent it is one, and excuses nothing that others were owed.
    let hers = refused_at("mallory", input.0);
    assert!(hers.limited);
    assert_eq!(hers.rules["robust.bystanders"], Verdict::Fail, "{hers:?}");
    assert_eq!(
        hers.rules["robust.packet.type"],
        Verdict::Inconclusive,
        "{hers:?}"
    );
}

/// A refusal in an acknowledgement is one, too; one under another event's name, or with another code, is none.
#[test]
fn a_refusal_for_load_is_told_from_what_looks_like_one() {
    let refusal = json!({"code": 30, "message": "too many messages", "retry_ms": 50});
    let acked =
        |args: Vec<Value>| after_a_refusal_of(|tape| tape.push("ada", What::Acked { id: 1, args }));
    assert!(acked(vec![refusal.clone()]).limited);
    assert!(!acked(vec![json!({"code": 22, "message": "no"})]).limited);
    assert!(!acked(vec![]).limited);
    let named =
        |name: &str| after_a_refusal_of(|tape| tape.event("ada", name, json!(refusal.to_string())));
    assert!(named("message").limited);
    assert!(!named("news").limited);
}

/// Ada's first words come to nothing, for the reason that she is given.
fn after_a_refusal_of(refuse: impl FnOnce(Tape) -> Tape) -> Judgement {
    judged(refuse(says(entered(), "control 3 n1")).barrier(&ALL))
}

/// Where the case is about load, a refusal for it is no excuse.
#[test]
fn a_case_about_load_is_never_limited() {
    let tape = || limited(says(entered(), "control 3 n1"), "ada").barrier(&ALL);
    let about = |rule: &str| {
        let conversation = fixture("hardened", rule, STEPS);
        judge(&conversation, &tape().transcript(), true).limited
    };
    assert!(about("chat.room"));
    assert!(!about("robust.load.retry"));

    let outcome = |outcome: &str| {
        let text = format!(
            "id: packet/x\ntitle: X\nrules: [robust.packet.type]\nover: session\ninputs:\n  - id: S-03\n    title: x\n    do:\n      - packets: ['47']\n    outcome: [{outcome}]\n"
        );
        let mut all = hostile::load("hostile/packet/x.yaml", &text).expect("a right fixture");
        let fixture = all.remove(0);
        let acts = fixture.input.as_ref().expect("a bad input").acts;
        let mut tape = Tape::new();
        for at in 0..fixture.steps.len() {
            if at == acts.0 {
                tape = limited(tape, "mallory");
            }
            tape = tape.barrier(&["ada", "bob", "cora", "mallory"]);
        }
        let mut transcript = tape.transcript();
        for name in ["cora", "mallory", "elsewhere"] {
            let value = json!(format!("{}-1", name.to_uppercase()));
            transcript.bindings.insert(name.to_owned(), value);
        }
        judge(&fixture, &transcript, true).limited
    };
    assert!(outcome("ignored"));
    assert!(outcome("{refused: [22]}"));
    assert!(!outcome("ignored, {refused: [30]}"));
}
