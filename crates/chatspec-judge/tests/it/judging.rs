//! One conversation, played right and in every wrong way.

use chatspec_judge::case::Judgement;
use chatspec_judge::transcript::What;
use chatspec_judge::verdict::Verdict;
use serde_json::{Value, json};

use crate::stage::{Tape, chat, fixture, judge, newuser};

const ALL: [&str; 3] = ["ada", "bob", "eve"];
const STEPS: &str = "  - enter: {who: [ada, bob]}
  - by: ada
    send: {event: chat, room: $room, text: \"hi $nonce\"}
    expect:
      - {to: [bob], must: {type: chat, from: $ada, message: \"hi $nonce\"}}
  - exchange: {from: bob, to: [ada]}
";

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
        .sends("ada", said("hi n1"))
}

fn said(text: &str) -> Value {
    json!({"event": "chat", "room": "ROOM-1", "text": text})
}

fn ended(tape: Tape) -> Tape {
    tape.barrier(&ALL)
        .sends("bob", said("control 4 n1"))
        .gets("ada", chat("BOB-1", "control 4 n1"))
        .barrier(&ALL)
}

fn verdict(tape: Tape) -> Judgement {
    judge(
        &fixture("core", "chat.room", STEPS),
        &tape.transcript(),
        true,
    )
}

#[test]
fn the_right_conversation_passes() {
    let judged = verdict(ended(entered().gets("bob", chat("ADA-1", "hi n1"))));
    assert_eq!(judged.verdict, Verdict::Pass, "{judged:?}");
    assert!(judged.findings.is_empty());
    assert_eq!(judged.rules["message.closure"], Verdict::Pass);
}

#[test]
fn each_wrong_one_breaks_the_rule_that_it_breaks() {
    let right = || entered().gets("bob", chat("ADA-1", "hi n1"));
    let cases: Vec<(&str, Tape, &str)> = vec![
        ("missing", ended(entered()), "chat.room"),
        (
            "another text",
            ended(entered().gets("bob", chat("ADA-1", "HI n1"))),
            "chat.room",
        ),
        (
            "another sender",
            ended(entered().gets("bob", chat("BOB-1", "hi n1"))),
            "chat.room",
        ),
        (
            "leaked",
            ended(right().gets("eve", chat("ADA-1", "hi n1"))),
            "message.closure",
        ),
        (
            "echoed",
            ended(right().gets("ada", chat("ADA-1", "hi n1"))),
            "chat.no-echo",
        ),
        (
            "twice",
            ended(right().gets("bob", chat("ADA-1", "hi n1"))),
            "order.once",
        ),
        (
            "no object",
            ended(right().event("eve", "chat", json!([1]))),
            "message.schema",
        ),
        (
            "carried elsewhere",
            ended(right().event("eve", "gossip", json!("hi n1"))),
            "message.closure",
        ),
        (
            "no JSON",
            ended(right().push(
                "bob",
                What::Malformed {
                    raw: "42[NaN]".into(),
                    why: "NaN".into(),
                    json: true,
                },
            )),
            "message.valid-json",
        ),
        (
            "late",
            ended(right()).gets("bob", chat("ADA-1", "hi n1")),
            "message.closure",
        ),
    ];
    for (name, tape, rule) in cases {
        let judged = verdict(tape);
        assert_eq!(
            judged.rules.get(rule),
            Some(&Verdict::Fail),
            "{name}: {judged:?}"
        );
        assert_eq!(judged.verdict, Verdict::Fail, "{name}");
    }
}

#[test]
fn what_the_protocol_leaves_open_is_no_violation() {
    let tape = entered()
        .gets("bob", chat("ADA-1", "hi n1"))
        .event("ada", "message", json!("{\"code\":99,\"message\":\"no\"}"))
        .gets("eve", json!({"type": "weather", "sun": true}))
        .event("eve", "news", json!("nothing of yours"));
    assert_eq!(verdict(ended(tape)).verdict, Verdict::Pass);
}

#[test]
fn a_failed_prerequisite_blocks_and_is_named_once() {
    // The join is not announced to bob: what follows proves nothing, and is not reported again.
    let join = json!({"event": "join", "user": "ADA-1", "room": "ROOM-1"});
    let tape = Tape::new()
        .sends("ada", join)
        .barrier(&ALL)
        .barrier(&ALL)
        .sends("ada", said("hi n1"));
    let judged = verdict(ended(tape));
    assert_eq!(judged.blocked_by.as_deref(), Some("join.announce"));
    assert_eq!(judged.rules["chat.room"], Verdict::Blocked);
    assert_eq!(judged.rules["join.announce"], Verdict::Fail);
    assert!(
        judged
            .findings
            .iter()
            .all(|finding| finding.rule == "join.announce"),
        "{judged:?}"
    );
}

#[test]
fn silence_proves_nothing_on_a_server_that_reorders() {
    let steps = "  - enter: {who: [ada, bob]}
  - exchange: {from: ada, to: [bob]}
  - by: eve
    send: {event: chat, room: $room, text: \"psst $nonce\"}
    quiet: chat.room
  - exchange: {from: bob, to: [ada]}
";
    let tape = || {
        let quiet = entered_for_silence()
            .sends("eve", said("psst n1"))
            .barrier(&ALL);
        quiet
            .sends("bob", said("control 5 n1"))
            .gets("ada", chat("BOB-1", "control 5 n1"))
            .barrier(&ALL)
    };
    let fixture = fixture("core", "chat.room", steps);
    assert_eq!(
        judge(&fixture, &tape().transcript(), true).verdict,
        Verdict::Pass
    );
    assert_eq!(
        judge(&fixture, &tape().transcript(), false).rules["chat.room"],
        Verdict::Inconclusive
    );
}

fn entered_for_silence() -> Tape {
    let join = |name: &str| json!({"event": "join", "user": name, "room": "ROOM-1"});
    Tape::new()
        .sends("ada", join("ADA-1"))
        .gets("ada", newuser("ADA-1"))
        .barrier(&ALL)
        .sends("bob", join("BOB-1"))
        .gets("bob", newuser("BOB-1"))
        .gets("ada", newuser("BOB-1"))
        .barrier(&ALL)
        .sends("ada", said("control 3 n1"))
        .gets("bob", chat("ADA-1", "control 3 n1"))
        .barrier(&ALL)
}

#[test]
fn a_connection_that_no_longer_answers_is_a_violation() {
    let tape = entered().gets("bob", chat("ADA-1", "hi n1")).push(
        "eve",
        What::BarrierLost {
            why: "deadline".into(),
        },
    );
    assert_eq!(
        verdict(ended(tape)).rules["connection.lives"],
        Verdict::Fail
    );
}

#[test]
fn a_refusal_must_come_alone_and_be_acknowledged_after_it() {
    let steps = "  - enter: {who: [ada, bob]}
  - exchange: {from: ada, to: [bob]}
  - by: eve
    send: {event: chat, room: $room, text: \"psst $nonce\"}
    refused: [21]
    ack: refused
    rule: chat.members-only
  - exchange: {from: bob, to: [ada]}
";
    let fixture = fixture("hardened", "chat.members-only, ack.always", steps);
    let refusal = || json!("{\"code\":21,\"message\":\"no\"}");
    let ack = || vec![json!({"code": 21, "message": "no"})];
    let end = |tape: Tape| {
        let tape = tape.barrier(&ALL).sends("bob", said("control 5 n1"));
        tape.gets("ada", chat("BOB-1", "control 5 n1"))
            .barrier(&ALL)
            .transcript()
    };
    let asked = || entered_for_silence().asks("eve", said("psst n1"), 1);
    let right = end(asked()
        .event("eve", "message", refusal())
        .acked("eve", 1, ack()));
    assert_eq!(judge(&fixture, &right, true).verdict, Verdict::Pass);
    let wrong: Vec<(&str, Tape, &str)> = vec![
        (
            "silent",
            asked().acked("eve", 1, ack()),
            "chat.members-only",
        ),
        (
            "another code",
            asked()
                .event("eve", "message", json!("{\"code\":22,\"message\":\"\"}"))
                .acked("eve", 1, ack()),
            "chat.members-only",
        ),
        (
            "delivered",
            asked()
                .event("eve", "message", refusal())
                .gets("bob", chat("EVE-1", "psst n1"))
                .acked("eve", 1, ack()),
            "chat.members-only",
        ),
        (
            "not acked",
            asked().event("eve", "message", refusal()),
            "ack.always",
        ),
        (
            "acked as success",
            asked()
                .event("eve", "message", refusal())
                .acked("eve", 1, vec![]),
            "ack.always",
        ),
        (
            "acked first",
            asked()
                .acked("eve", 1, ack())
                .event("eve", "message", refusal()),
            "ack.after-effects",
        ),
        (
            "told to all",
            asked()
                .event("eve", "message", refusal())
                .event("bob", "message", refusal())
                .acked("eve", 1, ack()),
            "refusal.only-sender",
        ),
    ];
    for (name, tape, rule) in wrong {
        let judged = judge(&fixture, &end(tape), true);
        assert_eq!(
            judged.rules.get(rule),
            Some(&Verdict::Fail),
            "{name}: {judged:?}"
        );
    }
    // What somebody else's play leaks is no effect of hers.
    let leaked = asked()
        .event("eve", "message", refusal())
        .acked("eve", 1, ack())
        .gets("eve", chat("STRANGER", "of another play"));
    let judged = judge(&fixture, &end(leaked), true);
    assert_eq!(judged.verdict, Verdict::Fail);
    let after = judged.rules.get("ack.after-effects");
    assert_ne!(after, Some(&Verdict::Fail), "{judged:?}");
}

#[test]
fn a_should_beside_a_must_is_a_warning() {
    let steps = "  - enter: {who: [ada, bob]}
  - by: bob
    send: {event: users, room: $room}
    expect:
      - to: [bob]
        must: {type: users, message: {$listing: [\"'$ada'\", \"'$bob'\"]}}
        rule: chat.room
        and: [{is: {message: \"Users in room: ['$ada', '$bob']\"}, rule: users.order}]
  - exchange: {from: bob, to: [ada]}
";
    let fixture = fixture("core", "chat.room, users.order", steps);
    let listed = |text: &str| {
        let join = |name: &str| json!({"event": "join", "user": name, "room": "ROOM-1"});
        Tape::new()
            .sends("ada", join("ADA-1"))
            .gets("ada", newuser("ADA-1"))
            .barrier(&ALL)
            .sends("bob", join("BOB-1"))
            .gets("bob", newuser("BOB-1"))
            .gets("ada", newuser("BOB-1"))
            .barrier(&ALL)
            .sends("bob", json!({"event": "users", "room": "ROOM-1"}))
            .gets("bob", json!({"type": "users", "message": text}))
            .barrier(&ALL)
            .sends("bob", said("control 4 n1"))
            .gets("ada", chat("BOB-1", "control 4 n1"))
            .barrier(&ALL)
            .transcript()
    };
    assert_eq!(
        judge(&fixture, &listed("Users in room: ['ADA-1', 'BOB-1']"), true).verdict,
        Verdict::Pass
    );
    let swapped = judge(&fixture, &listed("Users in room: ['BOB-1', 'ADA-1']"), true);
    assert_eq!(
        (swapped.rules["users.order"], swapped.rules["chat.room"]),
        (Verdict::Warn, Verdict::Pass)
    );
    let short = judge(&fixture, &listed("Users in room: ['ADA-1']"), true);
    assert_eq!(short.rules["chat.room"], Verdict::Fail);
}

/// No program counts so far, but an id is text on the wire: who gave it gets it back.
#[test]
fn an_acknowledgement_of_a_huge_id_is_malformed_unless_it_was_asked_for() {
    let huge = "9".repeat(22);
    let acked = |tape: Tape| {
        tape.push(
            "ada",
            What::Malformed {
                raw: format!("43{huge}[]"),
                why: "an acknowledgement of an id that nobody uses".to_owned(),
                json: false,
            },
        )
    };
    let asks = |id: &str| What::SentRaw {
        text: format!("42{id}[\"chat\",{{}}]"),
    };
    let schema = |tape: Tape| verdict(ended(tape.gets("bob", chat("ADA-1", "hi n1")))).rules["message.schema"];
    let mine = acked(entered().push("ada", asks(&huge)));
    assert_eq!(schema(mine), Verdict::Pass);
    for (who, id) in [("bob", huge.as_str()), ("ada", "99"), ("ada", "")] {
        let not_mine = acked(entered().push(who, asks(id)));
        assert_eq!(schema(not_mine), Verdict::Fail, "{who} {id}");
    }
    assert_eq!(schema(acked(entered())), Verdict::Fail);
}
