//! Who is to blame: the rule that a stop breaks, what follows a violation, and what of a bad input is judged at all.

use chatspec_judge::case::Judgement;
use chatspec_judge::fixture::{Fixture, TransportName, hostile};
use chatspec_judge::transcript::{Stop, Transcript, What};
use chatspec_judge::verdict::Verdict;
use serde_json::json;

use crate::stage::{Tape, chat, fixture, judge, newuser};

const ALL: [&str; 3] = ["ada", "bob", "eve"];
const STEPS: &str = "  - enter: {who: [ada, bob]}
  - exchange: {from: ada, to: [bob]}
  - exchange: {from: ada, to: [bob]}
";

/// Two messages after the joins, in steps 2 and 3.
fn conversation() -> Fixture {
    fixture("core", "chat.room, message.closure", STEPS)
}

fn entered(tape: Tape) -> Tape {
    let join = |name: &str| json!({"event": "join", "user": name, "room": "ROOM-1"});
    tape.sends("ada", join("ADA-1"))
        .gets("ada", newuser("ADA-1"))
        .barrier(&ALL)
        .sends("bob", join("BOB-1"))
        .gets("bob", newuser("BOB-1"))
        .gets("ada", newuser("BOB-1"))
        .barrier(&ALL)
}

fn text(step: usize) -> String {
    format!("control {step} n1")
}

fn says(tape: Tape, step: usize) -> Tape {
    let said = json!({"event": "chat", "room": "ROOM-1", "text": text(step)});
    tape.sends("ada", said)
}

/// The message comes, and so does whatever else this adds.
fn heard(tape: Tape, step: usize, more: impl Fn(Tape) -> Tape) -> Tape {
    more(says(tape, step).gets("bob", chat("ADA-1", &text(step)))).barrier(&ALL)
}

/// It does not come.
fn lost(tape: Tape, step: usize) -> Tape {
    says(tape, step).barrier(&ALL)
}

fn weighed(tape: Tape) -> Judgement {
    judge(&conversation(), &tape.transcript(), true)
}

fn nonsense(tape: Tape) -> Tape {
    tape.gets("eve", json!({"type": 7}))
}

fn same(tape: Tape) -> Tape {
    tape
}

#[test]
fn each_rule_of_the_fixture_is_judged_to_the_end() {
    let right = weighed(heard(heard(entered(Tape::new()), 3, same), 4, same));
    assert_eq!(right.verdict, Verdict::Pass, "{right:?}");
    let more = |tape: Tape| tape.gets("eve", chat("ADA-1", "x"));
    let wrong = weighed(heard(lost(entered(Tape::new()), 3), 4, more));
    assert_eq!(wrong.rules["chat.room"], Verdict::Fail, "{wrong:?}");
    assert_eq!(wrong.rules["message.closure"], Verdict::Fail, "{wrong:?}");
}

/// A rule that the fixture does not cite may be broken by what went wrong before.
#[test]
fn what_is_not_cited_counts_until_something_is_violated() {
    let after = weighed(heard(lost(entered(Tape::new()), 3), 4, nonsense));
    assert_eq!(after.rules["chat.room"], Verdict::Fail, "{after:?}");
    assert_eq!(
        after.rules.get("message.schema"),
        Some(&Verdict::Pass),
        "{after:?}"
    );
    assert_eq!(after.blocked_by, None, "{after:?}");

    let before = weighed(lost(heard(entered(Tape::new()), 3, nonsense), 4));
    assert_eq!(before.rules["message.schema"], Verdict::Fail, "{before:?}");
    assert_eq!(before.blocked_by.as_deref(), Some("message.schema"));
    assert_eq!(before.rules["chat.room"], Verdict::Blocked, "{before:?}");

    let gone = |tape: Tape| {
        let why = "pid 7 is gone".to_owned();
        tape.push("", What::Process { same: false, why })
    };
    let looked = |tape: Tape| {
        let why = String::new();
        tape.push("", What::Process { same: true, why })
    };
    let alive = weighed(heard(heard(entered(Tape::new()), 3, looked), 4, same));
    assert_eq!(alive.rules["robust.process"], Verdict::Pass, "{alive:?}");
    let died = weighed(heard(lost(entered(Tape::new()), 3), 4, gone));
    assert_eq!(died.rules["robust.process"], Verdict::Fail, "{died:?}");
}

/// What comes after the end is no consequence of what went wrong on the way.
#[test]
fn a_late_message_counts_after_any_violation() {
    let tape = heard(heard(entered(Tape::new()), 3, nonsense), 4, same);
    let late = weighed(tape.gets("bob", chat("ADA-1", &text(4))));
    assert_eq!(late.rules["message.schema"], Verdict::Fail, "{late:?}");
    assert_eq!(late.rules["message.closure"], Verdict::Fail, "{late:?}");
}

/// Where the server keeps no order, silence proves nothing; what was heard was heard.
#[test]
fn silence_is_no_evidence_without_order() {
    let tape = || heard(heard(entered(Tape::new()), 3, same), 4, same);
    let judged = |in_order| {
        let judged = judge(&conversation(), &tape().transcript(), in_order);
        (judged.rules["message.closure"], judged.rules["chat.room"])
    };
    assert_eq!(judged(false), (Verdict::Inconclusive, Verdict::Pass));
    assert_eq!(judged(true), (Verdict::Pass, Verdict::Pass));
}

/// Where we are the ones who stopped, rules that are not cited have no verdict of it.
#[test]
fn a_stop_of_ours_is_an_error_of_what_is_cited_alone() {
    let mut transcript = entered(Tape::new()).transcript();
    transcript.stopped = Some(stop(2, "bob", true));
    let judged = judge(&conversation(), &transcript, true);
    assert_eq!(judged.rules["chat.room"], Verdict::Error, "{judged:?}");
    assert_eq!(
        judged.rules.get("message.schema"),
        Some(&Verdict::Pass),
        "{judged:?}"
    );
    assert_eq!(judged.rules.get("robust.close-code"), None, "{judged:?}");
}

fn stop(step: usize, who: &str, ours: bool) -> Stop {
    Stop {
        step,
        who: who.to_owned(),
        why: "nothing came".to_owned(),
        ours,
    }
}

/// The rule of the stop's own finding.
fn blamed(fixture: &Fixture, mut transcript: Transcript, who: &str) -> String {
    let step = transcript.entries.last().map_or(0, |entry| entry.step);
    transcript.stopped = Some(stop(step, who, false));
    let judged = judge(fixture, &transcript, true);
    let found = judged
        .findings
        .into_iter()
        .find(|f| f.seen == "nothing came");
    found.expect("a finding of the stop").rule
}

#[test]
fn a_connection_of_its_own_transport_breaks_that_transports_rule() {
    let refused = |who: &str| {
        let why = "refused".to_owned();
        let tape = entered(Tape::new()).push(who, What::ConnectFailed { why });
        tape.transcript()
    };
    let mut fixture = conversation();
    fixture.participants[1].transport = Some(TransportName::Polling);
    assert_eq!(fixture.participants[1].name, "bob");
    assert_eq!(blamed(&fixture, refused("bob"), "bob"), "transport.polling");
    assert_eq!(
        blamed(&fixture, refused("ada"), "ada"),
        "transport.websocket"
    );
}

fn input() -> Fixture {
    let text = "id: packet/x\ntitle: X\nrules: [robust.packet.type]\nover: session\ninputs:\n  - id: S-03\n    title: x\n    do:\n      - packets: ['47']\n    outcome: [ignored]\n";
    let mut inputs = hostile::load("hostile/packet/x.yaml", text).expect("a right fixture");
    inputs.remove(0)
}

/// A newcomer that cannot come in after a bad input breaks the rule that says so.
#[test]
fn a_stop_after_a_bad_input_breaks_the_rule_of_its_step() {
    let mut fixture = input();
    fixture.steps[0].rule = "robust.newcomers".to_owned();
    let nothing = || Tape::new().transcript();
    assert_eq!(blamed(&fixture, nothing(), "ada"), "robust.newcomers");
    fixture.steps[0].rule = String::new();
    assert_eq!(blamed(&fixture, nothing(), "ada"), "connection.lives");
    let mut conversation = conversation();
    conversation.steps[0].rule = "robust.newcomers".to_owned();
    assert_eq!(blamed(&conversation, nothing(), "ada"), "connection.lives");
}

/// Where the profile leaves open what comes of an input, what follows it is judged all the same.
#[test]
fn of_a_free_input_only_what_follows_is_judged() {
    let judged = |free: bool, step: usize| {
        let mut fixture = input();
        let input = fixture.input.as_mut().expect("a bad input");
        (input.free, input.acts) = (free, (0, 1));
        let mut transcript = nonsense(Tape::new()).transcript();
        transcript.entries[0].step = step;
        transcript.stopped = Some(stop(0, "ada", true));
        let judged = judge(&fixture, &transcript, true);
        judged.rules.get("message.schema").copied()
    };
    assert_eq!(judged(false, 0), Some(Verdict::Fail));
    assert_eq!(judged(true, 0), None);
    assert_eq!(judged(true, 1), Some(Verdict::Fail));
}

/// An acknowledgement without an id answers nothing, even where an event without one was sent.
#[test]
fn an_acknowledgement_without_an_id_is_malformed() {
    let acked = |sent: &str, raw: &str| {
        let sent = What::SentRaw {
            text: sent.to_owned(),
        };
        let acked = What::Malformed {
            raw: raw.to_owned(),
            why: "no id".to_owned(),
            json: false,
        };
        let more = |tape: Tape| tape.push("ada", sent.clone()).push("ada", acked.clone());
        let judged = weighed(heard(heard(entered(Tape::new()), 3, more), 4, same));
        judged.rules["message.schema"]
    };
    assert_eq!(acked("42[\"chat\",{}]", "43[]"), Verdict::Fail);
    let beyond = "99999999999999999999";
    let sent = format!("42{beyond}[\"chat\",{{}}]");
    assert_eq!(acked(&sent, &format!("43{beyond}[]")), Verdict::Pass);
}
