//! Every word holds where it should, and does not where it should not.

mod said;

use serde_json::json;

use crate::finding::Outcome;
use crate::fixture::{Action, Fixture, Given, hostile};
use crate::rule::names;
use crate::transcript::{Entry, What};
use crate::value::Bindings;
use crate::window::Window;

const RULE: &str = "robust.packet.type";

/// What mallory's input came to, with the outcomes accepted and what was recorded on her side.
struct Played {
    fixture: Fixture,
    index: usize,
    entries: Vec<Entry>,
}

fn played(over: &str, act: &str, outcome: &str, seen: &[What]) -> Played {
    let text = format!(
        "id: packet/x\ntitle: X\nrules: [{RULE}]\nover: {over}\ninputs:\n  - id: S-03\n    title: x\n    do:\n      - {act}\n    outcome: {outcome}\n"
    );
    let fixture = hostile::load("hostile/packet/x.yaml", &text)
        .expect("a right fixture")
        .remove(0);
    let attack = |step: &crate::fixture::Step| matches!(step.action, Action::Attack(_));
    let index = fixture.steps.iter().position(attack).expect("the input");
    let entries = seen.iter().map(|what| Entry {
        at: 0,
        step: index,
        who: "mallory".to_owned(),
        what: what.clone(),
    });
    Played {
        index,
        entries: entries.collect(),
        fixture,
    }
}

impl Played {
    fn window(&self) -> Window<'_> {
        Window {
            fixture: &self.fixture,
            index: self.index,
            entries: &self.entries,
        }
    }

    /// The outcome of one rule, and what was seen.
    fn finding(&self, rule: &str) -> (Outcome, String) {
        let judged = self
            .window()
            .judge(&bindings())
            .expect("values that can be made");
        let found = judged
            .findings
            .into_iter()
            .find(|finding| finding.rule == rule);
        let found = found.expect("a finding of the rule");
        (found.outcome, found.seen)
    }

    fn come(&self) -> Outcome {
        self.finding(RULE).0
    }
}

fn session(outcome: &str, seen: &[What]) -> Outcome {
    played("session", "packets: ['47']", outcome, seen).come()
}

fn tcp(outcome: &str, seen: &[What]) -> Outcome {
    played("tcp", "bytes: x", outcome, seen).come()
}

fn alive() -> What {
    What::BarrierReturned
}

fn deaf() -> What {
    What::BarrierLost {
        why: "no answer".to_owned(),
    }
}

fn refusal(code: u64) -> What {
    What::Event {
        name: "message".to_owned(),
        args: vec![json!(format!("{{\"code\":{code},\"message\":\"no\"}}"))],
    }
}

fn heard() -> What {
    What::Event {
        name: "chat".to_owned(),
        args: vec![json!({"type": "newuser", "message": "New User X joined room X"})],
    }
}

fn ended(connection: u32, code: Option<u16>) -> What {
    What::Ended {
        connection,
        code,
        why: "closed".to_owned(),
    }
}

fn reply(connection: u32, status: u16, body: &str) -> What {
    What::Reply {
        connection,
        status,
        headers: vec![("server".to_owned(), "Odd".to_owned())],
        body: body.to_owned(),
    }
}

#[test]
fn refused_is_a_refusal_on_a_living_connection() {
    assert_eq!(session("[refused]", &[refusal(99), alive()]), Outcome::Held);
    assert_eq!(
        session("[{refused: [11, 99]}]", &[refusal(99), alive()]),
        Outcome::Held
    );
    assert_eq!(
        session("[{refused: [11]}]", &[refusal(99), alive()]),
        Outcome::Different
    );
    assert_eq!(session("[refused]", &[alive()]), Outcome::Missing);
    assert_eq!(
        session("[refused]", &[refusal(99), deaf()]),
        Outcome::Different
    );
    assert_eq!(
        session("[refused]", &[refusal(99), alive(), ended(0, None)]),
        Outcome::Different
    );
}

#[test]
fn ignored_is_silence_on_a_living_connection() {
    assert_eq!(session("[ignored]", &[alive()]), Outcome::Held);
    assert_eq!(
        session("[ignored]", &[refusal(99), alive()]),
        Outcome::Different
    );
    assert_eq!(
        session("[ignored]", &[heard(), alive()]),
        Outcome::Different
    );
    assert_eq!(session("[ignored]", &[deaf()]), Outcome::Missing);
}

#[test]
fn accepted_is_a_living_connection_without_a_refusal() {
    assert_eq!(session("[accepted]", &[heard(), alive()]), Outcome::Held);
    assert_eq!(
        session("[accepted]", &[refusal(99), alive()]),
        Outcome::Different
    );
    assert_eq!(session("[accepted]", &[deaf()]), Outcome::Missing);
}

#[test]
fn closed_is_an_end_that_the_server_made() {
    assert_eq!(session("[closed]", &[ended(0, None)]), Outcome::Held);
    let closed = What::Closed {
        why: "gone".to_owned(),
    };
    assert_eq!(session("[closed]", &[closed]), Outcome::Held);
    assert_eq!(session("[closed]", &[alive()]), Outcome::Missing);
    assert_eq!(
        session("[closed]", &[refusal(99), alive()]),
        Outcome::Different
    );
    assert_eq!(tcp("[closed]", &[ended(1, None)]), Outcome::Held);
    assert_eq!(
        tcp("[closed]", &[What::Kept { connection: 1 }]),
        Outcome::Missing
    );
}

#[test]
fn a_status_is_that_status_or_its_class() {
    assert_eq!(tcp("[4xx]", &[reply(1, 431, "")]), Outcome::Held);
    assert_eq!(tcp("[400, 413]", &[reply(1, 413, "")]), Outcome::Held);
    assert_eq!(tcp("[400]", &[reply(1, 413, "")]), Outcome::Different);
    assert_eq!(tcp("[2xx]", &[reply(1, 200, "ok")]), Outcome::Held);
    assert_eq!(
        tcp("[4xx, closed]", &[reply(1, 200, "ok"), ended(1, None)]),
        Outcome::Different
    );
    assert_eq!(tcp("[4xx]", &[]), Outcome::Missing);
    assert_eq!(
        session("[ignored]", &[reply(0, 413, ""), alive()]),
        Outcome::Different
    );
}

#[test]
fn an_error_of_the_servers_own_is_never_right_unless_it_is_named() {
    assert_eq!(
        tcp("[4xx, closed]", &[reply(1, 500, ""), ended(1, None)]),
        Outcome::Different
    );
    assert_eq!(
        tcp("[4xx, closed]", &[reply(1, 400, ""), reply(1, 500, "")]),
        Outcome::Different
    );
    assert_eq!(tcp("[4xx, 501]", &[reply(1, 501, "")]), Outcome::Held);
}

#[test]
fn upgraded_is_a_switch_of_protocols() {
    assert_eq!(tcp("[upgraded]", &[reply(1, 101, "")]), Outcome::Held);
    assert_eq!(tcp("[upgraded]", &[reply(1, 200, "")]), Outcome::Different);
    assert_eq!(
        tcp("[4xx, closed]", &[reply(1, 101, "")]),
        Outcome::Different
    );
    // A switch that ends at once was none.
    assert_eq!(
        tcp("[4xx, closed]", &[reply(1, 101, ""), ended(1, None)]),
        Outcome::Held
    );
}

#[test]
fn connect_error_is_the_refusal_of_a_namespace() {
    let error = What::Event {
        name: "connect_error".to_owned(),
        args: vec![json!({"namespace": "/nope", "data": null})],
    };
    assert_eq!(
        session("[connect-error]", &[error.clone(), alive()]),
        Outcome::Held
    );
    assert_eq!(session("[connect-error]", &[alive()]), Outcome::Missing);
    assert_eq!(session("[ignored]", &[error, alive()]), Outcome::Missing);
}

#[test]
fn kept_is_open_and_silent_to_the_end() {
    assert_eq!(
        tcp("[kept]", &[What::Kept { connection: 1 }]),
        Outcome::Held
    );
    assert_eq!(tcp("[kept]", &[ended(1, None)]), Outcome::Different);
    assert_eq!(
        tcp("[kept]", &[reply(1, 200, ""), What::Kept { connection: 1 }]),
        Outcome::Different
    );
}

#[test]
fn gone_asks_nothing_more() {
    assert_eq!(session("[gone]", &[What::Dropped]), Outcome::Held);
    let left = What::Left { connection: 1 };
    assert_eq!(tcp("[gone]", std::slice::from_ref(&left)), Outcome::Held);
    assert_eq!(tcp("[closed]", &[left]), Outcome::Missing);
    assert_eq!(session("[gone]", &[reply(0, 500, "")]), Outcome::Different);
}

#[test]
fn every_connection_has_to_come_to_something_accepted() {
    let text = |outcome: &str, seen: &[What]| {
        let mut played = played("tcp", "bytes: x", outcome, seen);
        if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
            attack.connections = 2;
        }
        played.come()
    };
    let both = [ended(1, None), reply(2, 400, "")];
    assert_eq!(text("[4xx, closed]", &both), Outcome::Held);
    assert_eq!(text("[4xx]", &both), Outcome::Different);
    assert_eq!(text("[closed]", &both[..1]), Outcome::Missing);
}

#[test]
fn what_is_smuggled_in_is_never_answered() {
    let mut played = played(
        "tcp",
        "bytes: x",
        "[4xx, closed]",
        &[reply(1, 400, ""), reply(1, 400, "")],
    );
    assert_eq!(played.come(), Outcome::Held);
    if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
        attack.answers = Some(1);
    }
    assert_eq!(played.come(), Outcome::Unexpected);
}

#[test]
fn what_an_answer_must_not_hold_is_found_in_all_of_it() {
    let lacks = |text: &str, seen: &[What]| {
        let mut played = played("tcp", "bytes: x", "[4xx]", seen);
        if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
            attack.lacks = vec![text.to_owned()];
        }
        let judged = played
            .window()
            .judge(&bindings())
            .expect("values that can be made");
        judged
            .findings
            .iter()
            .any(|finding| finding.rule == RULE && finding.outcome.is_violation())
    };
    let seen = [
        reply(1, 400, "no Traceback here"),
        What::Got {
            connection: 1,
            text: "more".to_owned(),
        },
    ];
    for text in ["traceback", "server: odd", "HTTP 400", "more"] {
        assert!(lacks(text, &seen), "{text}");
    }
    assert!(!lacks("panicked", &seen));
}

#[test]
fn close_codes_and_bodies_are_advice() {
    let advised = |code: Option<u16>| {
        let mut played = played(
            "websocket",
            "frame: {rsv: 4}",
            "[closed]",
            &[ended(0, code)],
        );
        if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
            attack.code = vec![1002, 1009];
        }
        played.finding(names::CLOSE_CODE).0
    };
    assert_eq!(advised(Some(1009)), Outcome::Held);
    assert_eq!(advised(Some(1000)), Outcome::Different);
    assert_eq!(advised(None), Outcome::Different);
    let body = |body: &str| {
        let mut played = played("tcp", "bytes: x", "[4xx]", &[reply(1, 400, body)]);
        if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
            attack.error_body = true;
        }
        played.finding(names::ERROR_BODY).0
    };
    assert_eq!(
        body(r#"{"code":0,"message":"Transport unknown"}"#),
        Outcome::Held
    );
    assert_eq!(body("Transport unknown"), Outcome::Different);
}

#[test]
fn what_became_of_her_is_told_for_the_steps_after() {
    let given =
        |over: &str, act: &str, seen: &[What]| played(over, act, "[closed]", seen).window().given();
    let packets = "packets: ['47']";
    assert_eq!(given("session", packets, &[alive()]), Given::Lives);
    assert_eq!(
        given("session", packets, &[alive(), ended(0, None)]),
        Given::Ended
    );
    assert_eq!(given("session", packets, &[deaf()]), Given::Unclear);
    assert_eq!(
        given(
            "polling",
            "post: x",
            &[reply(1, 400, ""), ended(1, None), alive()]
        ),
        Given::Lives
    );
    assert_eq!(given("tcp", "bytes: x", &[]), Given::Ended);
}

#[test]
fn the_driver_waits_no_longer_than_it_has_to() {
    let settled = |outcome: &str, seen: &[What]| {
        played("session", "packets: ['47']", outcome, seen)
            .window()
            .settled()
    };
    assert!(settled("[closed]", &[ended(0, None)]));
    assert!(!settled("[closed]", &[alive()]));
    assert!(settled("[4xx]", &[reply(0, 500, "")]));
    // The end may still come, and make the answer right.
    assert!(!settled("[closed]", &[reply(0, 400, "")]));
}

fn bindings() -> Bindings {
    let names = ["ada", "mallory", "eve", "room", "nonce"];
    names
        .iter()
        .map(|name| ((*name).to_owned(), json!("X")))
        .collect()
}

#[test]
fn what_was_asked_for_may_be_acknowledged_when_others_have_their_turn() {
    let comes = |act: &str, id: u64| {
        let mut played = played("session", act, "[accepted]", &[]);
        played.index += 1;
        played.entries.push(Entry {
            at: 0,
            step: played.index,
            who: "mallory".to_owned(),
            what: What::Acked { id, args: vec![] },
        });
        let mut known = bindings();
        known.extend(["bob", "cora"].map(|name| (name.to_owned(), json!(name))));
        let judged = played.window().judge(&known).expect("values");
        let mut findings = judged.findings.iter();
        !findings.any(|f| f.rule == names::CLOSURE && f.outcome == Outcome::Unexpected)
    };
    let two = r#"packets: ['427["chat",{}]', '428["chat",{}]']"#;
    assert!(comes(two, 7) && comes(two, 8));
    assert!(!comes(two, 9), "nobody asked for it");
    assert!(!comes("packets: ['47']", 0), "nor for this");
    let flood = r#"burst: {count: 9, frame: '42$i["chat",{}]'}"#;
    assert!(comes(flood, 5));
}
