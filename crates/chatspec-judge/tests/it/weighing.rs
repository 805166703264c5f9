//! From findings to verdicts: where the play stopped, what the network did, and who is to blame.

use chatspec_judge::case::{self, Judgement};
use chatspec_judge::fixture::{Fixture, TransportName};
use chatspec_judge::transcript::{Stop, Transcript, What};
use chatspec_judge::verdict::Verdict;
use serde_json::json;

use crate::stage::{Tape, chat, fixture, judge, newuser};

const STEPS: &str = "  - enter: {who: [ada, bob]}
  - exchange: {from: ada, to: [bob]}
";
const ALL: [&str; 3] = ["ada", "bob", "eve"];

fn conversation() -> Fixture {
    fixture("core", "chat.room", STEPS)
}

fn entered() -> Tape {
    entered_after(Tape::new())
}

fn entered_after(tape: Tape) -> Tape {
    let join = |name: &str| json!({"event": "join", "user": name, "room": "ROOM-1"});
    tape.sends("ada", join("ADA-1"))
        .gets("ada", newuser("ADA-1"))
        .barrier(&ALL)
        .sends("bob", join("BOB-1"))
        .gets("bob", newuser("BOB-1"))
        .gets("ada", newuser("BOB-1"))
        .barrier(&ALL)
}

fn said(tape: Tape) -> Tape {
    tape.sends(
        "ada",
        json!({"event": "chat", "room": "ROOM-1", "text": "control 3 n1"}),
    )
}

fn whole() -> Tape {
    said(entered())
        .gets("bob", chat("ADA-1", "control 3 n1"))
        .barrier(&ALL)
}

fn stopped(tape: Tape, ours: bool) -> Transcript {
    let mut transcript = tape.transcript();
    transcript.stopped = Some(Stop {
        step: 2,
        who: "bob".to_owned(),
        why: "nothing came".to_owned(),
        ours,
    });
    transcript
}

fn weighed(transcript: &Transcript) -> Judgement {
    judge(&conversation(), transcript, true)
}

#[test]
fn a_case_that_was_not_played_says_why() {
    let ours = case::failed(&conversation(), "no room left".to_owned());
    assert_eq!(
        (ours.verdict, ours.rules["chat.room"]),
        (Verdict::Error, Verdict::Error)
    );
    assert_eq!(ours.error.as_deref(), Some("no room left"));
    let blocked = case::blocked(&conversation(), "join.announce");
    assert_eq!(
        (blocked.verdict, blocked.rules["chat.room"]),
        (Verdict::Blocked, Verdict::Blocked)
    );
    assert_eq!(blocked.blocked_by.as_deref(), Some("join.announce"));
}

#[test]
fn a_play_that_stopped_is_the_servers_fault_or_ours() {
    assert_eq!(weighed(&whole().transcript()).verdict, Verdict::Pass);
    let theirs = weighed(&stopped(entered(), false));
    assert_eq!(
        theirs.rules["connection.lives"],
        Verdict::Fail,
        "{theirs:?}"
    );
    assert_eq!(theirs.rules["chat.room"], Verdict::Blocked);
    assert_eq!(theirs.error, None);
    let ours = weighed(&stopped(entered(), true));
    assert_eq!(
        (ours.verdict, ours.rules["chat.room"]),
        (Verdict::Error, Verdict::Error),
        "{ours:?}"
    );
    assert_eq!(ours.error.as_deref(), Some("nothing came"));
    assert!(
        ours.rules.values().all(|verdict| *verdict != Verdict::Fail),
        "{ours:?}"
    );
}

/// A participant that cannot even connect breaks the rule of its transport.
#[test]
fn a_connection_that_cannot_be_opened_breaks_its_transports_rule() {
    let refused = |who: &str| {
        entered().push(
            who,
            What::ConnectFailed {
                why: "refused".to_owned(),
            },
        )
    };
    let on = |transport, tape: Tape| {
        let mut transcript = stopped(tape, false);
        transcript.transport = transport;
        let judged = weighed(&transcript);
        let dead = judged
            .findings
            .into_iter()
            .find(|finding| finding.seen == "nothing came");
        dead.expect("a finding of the stop").rule
    };
    for (transport, rule) in [
        (TransportName::Websocket, "transport.websocket"),
        (TransportName::Polling, "transport.polling"),
        (TransportName::Upgrade, "transport.upgrade"),
    ] {
        assert_eq!(on(transport, refused("bob")), rule);
    }
    assert_eq!(on(TransportName::Polling, entered()), "connection.lives");
    assert_eq!(
        on(TransportName::Polling, refused("eve")),
        "connection.lives",
        "another's"
    );
    let earlier = Tape::new().push(
        "bob",
        What::ConnectFailed {
            why: "refused".to_owned(),
        },
    );
    let earlier = on(TransportName::Polling, entered_after(earlier));
    assert_eq!(earlier, "connection.lives", "it was open since");
}

/// Trouble of the network puts what did not hold in doubt, and never what did.
#[test]
fn a_violation_on_a_broken_network_is_inconclusive() {
    let doubtful = |tape: Tape| {
        let mut transcript = tape.transcript();
        transcript.network = Some("a reset".to_owned());
        weighed(&transcript)
    };
    let held = doubtful(whole());
    assert_eq!(held.rules["chat.room"], Verdict::Pass);
    assert_eq!(held.rules["connection.lives"], Verdict::Inconclusive);
    let missing = doubtful(said(entered()).barrier(&ALL));
    assert_eq!(missing.rules["chat.room"], Verdict::Inconclusive);
    assert_eq!(missing.verdict, Verdict::Inconclusive);
    let unannounced = doubtful(Tape::new().barrier(&ALL).barrier(&ALL).barrier(&ALL));
    assert_eq!(unannounced.rules["chat.room"], Verdict::Inconclusive);
    assert_eq!(
        unannounced.blocked_by, None,
        "nothing rests on what is in doubt"
    );
    assert!(
        unannounced
            .rules
            .values()
            .all(|verdict| *verdict <= Verdict::Inconclusive)
    );
}

/// A server that floods violates one rule thousands of times, and a report shows a hundred.
#[test]
fn of_one_rule_a_hundred_findings_are_kept() {
    let flood = |times: usize| {
        let mut tape = said(entered()).gets("bob", chat("ADA-1", "control 3 n1"));
        for _ in 0..times {
            tape = tape.gets("eve", json!({"type": 7}));
        }
        let judged = weighed(&tape.barrier(&ALL).transcript());
        let of_rule =
            |finding: &&chatspec_judge::finding::Finding| finding.rule == "message.schema";
        (
            judged.findings.iter().filter(of_rule).count(),
            judged.rules["message.schema"],
        )
    };
    assert_eq!(flood(99), (99, Verdict::Fail));
    assert_eq!(flood(100), (100, Verdict::Fail));
    assert_eq!(flood(250), (100, Verdict::Fail));
}

/// The first violation is a fact; what follows may be its consequence.
#[test]
fn what_follows_a_violation_is_dropped_unless_it_is_late() {
    let wrong = |message: serde_json::Value| {
        let tape = said(entered().gets("eve", json!({"type": 7})).barrier(&ALL));
        let tape = tape.gets("bob", message).barrier(&ALL);
        let judged = weighed(&tape.transcript());
        judged
            .findings
            .iter()
            .map(|finding| finding.rule.clone())
            .collect::<Vec<_>>()
    };
    let found = wrong(json!({"type": 8}));
    assert!(found.contains(&"message.schema".to_owned()), "{found:?}");
    let late = whole()
        .gets("eve", json!({"type": 7}))
        .gets("bob", chat("ADA-1", "control 3 n1"));
    let judged = weighed(&late.transcript());
    assert_eq!(judged.rules["message.closure"], Verdict::Fail, "{judged:?}");
}
