//! Conversations that may go several ways: what was sent at the same time may be taken in any order, and then everything else is as
//! it is in that order.

use chatspec_judge::fixture::{self, Fixture};
use chatspec_judge::transcript::Transcript;
use chatspec_judge::verdict::Verdict;
use chatspec_judge::window::Window;
use serde_json::{Value, json};

use crate::stage::{Tape, judge};

const ALL: [&str; 3] = ["ada", "bob", "eve"];

/// Ada speaks while bob leaves. Either bob hears her, and ada sees him leave after that, or not; and eve lists the room.
const FILE: &str = r#"
id: chat/x
title: One speaks while one leaves
rules: [chat.room, users.anyone]
participants: [ada, bob, eve]
steps:
  - together:
      ada: {event: chat, room: $room, text: $nonce}
      bob: {event: leave, user: $bob, room: $room}
    rule: chat.room
    expect:
      - {to: [ada], must: {type: deluser}}
    either:
      - [{to: [bob, eve], must: {type: chat, message: $nonce}}]
      - [{to: [eve], must: {type: chat, message: $nonce}}, {to: [eve], must: {type: deluser}}]
  - by: eve
    send: {event: users, room: $room}
    rule: users.anyone
    either:
      - [{to: [eve], must: {type: users, message: "Users in room: ['ADA-1']"}}]
      - [{to: [eve], must: {type: users, message: "Users in room: ['ADA-1', 'EVE-1']"}}]
"#;

fn loaded(text: &str) -> Result<Fixture, String> {
    fixture::load("chat/x.yaml", text).map_err(|errors| errors[0].to_string())
}

fn said() -> Value {
    json!({"type": "chat", "from": "ADA-1", "message": "n1"})
}

fn gone() -> Value {
    json!({"type": "deluser", "message": "User BOB-1 left room ROOM-1"})
}

/// What becomes of the race, and what eve is told then.
fn played(bob: bool, eve: bool, listing: &str) -> Transcript {
    let mut tape = Tape::new()
        .sends(
            "ada",
            json!({"event": "chat", "room": "ROOM-1", "text": "n1"}),
        )
        .sends(
            "bob",
            json!({"event": "leave", "user": "BOB-1", "room": "ROOM-1"}),
        )
        .gets("ada", gone())
        .gets("eve", said());
    if bob {
        tape = tape.gets("bob", said());
    }
    if eve {
        tape = tape.gets("eve", gone());
    }
    let text = format!("Users in room: [{listing}]");
    tape.barrier(&ALL)
        .sends("eve", json!({"event": "users", "room": "ROOM-1"}))
        .gets("eve", json!({"type": "users", "message": text}))
        .barrier(&ALL)
        .transcript()
}

fn verdict(transcript: &Transcript) -> (Verdict, Vec<String>) {
    let judged = judge(&loaded(FILE).expect("a fixture"), transcript, true);
    let broken = judged.findings.into_iter().map(|finding| finding.rule);
    (judged.verdict, broken.collect())
}

#[test]
fn it_may_go_one_way_or_the_other() {
    let (first, second) = ("'ADA-1'", "'ADA-1', 'EVE-1'");
    assert_eq!(verdict(&played(true, false, first)).0, Verdict::Pass);
    assert_eq!(verdict(&played(false, true, second)).0, Verdict::Pass);
}

#[test]
fn it_may_not_go_half_of_each() {
    let (first, second) = ("'ADA-1'", "'ADA-1', 'EVE-1'");
    // The way it comes nearest to is what the findings are about.
    assert_eq!(
        verdict(&played(true, false, second)),
        (Verdict::Fail, vec!["users.anyone".to_owned()])
    );
    assert_eq!(
        verdict(&played(false, false, first)),
        (Verdict::Fail, vec!["chat.room".to_owned()])
    );
    assert_eq!(
        verdict(&played(true, true, first)),
        (Verdict::Fail, vec!["message.closure".to_owned()])
    );
}

/// What the driver waits for on a server of several nodes: what the way lacks that lacks least.
#[test]
fn either_way_may_be_waited_for() {
    let fixture = loaded(FILE).expect("a fixture");
    let pending = |bob, eve| {
        let transcript = played(bob, eve, "");
        let window = Window {
            fixture: &fixture,
            index: 0,
            entries: &transcript.entries,
        };
        window.pending(&transcript.bindings).expect("a fixture")
    };
    assert_eq!(pending(true, false), [""; 0]);
    assert_eq!(pending(false, true), [""; 0]);
    assert_eq!(pending(false, false), ["bob"]);
}

#[test]
fn all_steps_have_as_many_ways() {
    let one = FILE.replace(
        "      - [{to: [eve], must: {type: users, message: \"Users in room: ['ADA-1', 'EVE-1']\"}}]\n",
        "",
    );
    let error = loaded(&one).expect_err("one way is none");
    assert!(
        error.contains("`either` takes two lists or more"),
        "{error}"
    );
    let three = FILE.to_owned() + "      - [{to: [eve], may: {type: users}}]\n";
    let error = loaded(&three).expect_err("three are not two");
    assert!(error.contains("as many in every step"), "{error}");
}

#[test]
fn who_sends_together_takes_part() {
    let error = loaded(&FILE.replace("      bob: {event", "      dan: {event")).expect_err("dan?");
    assert!(error.contains("`dan` is no participant"), "{error}");
    let fixture = loaded(FILE).expect("a fixture");
    assert_eq!(fixture.ways(), 2);
    assert_eq!(fixture.steps[0].actors(), ["ada", "bob"]);
    assert!(fixture.steps[0].is_control());
}
