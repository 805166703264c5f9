//! What the report says of an input: what was accepted, what was seen, and which entry shows it.

use super::*;
use crate::finding::Finding;

fn finding(played: &Played) -> Finding {
    let judged = played
        .window()
        .judge(&bindings())
        .expect("values that can be made");
    let mut of_rule = judged
        .findings
        .into_iter()
        .filter(|finding| finding.rule == RULE);
    of_rule.next().expect("a finding of the rule")
}

fn seen(outcome: &str, seen: &[What]) -> String {
    finding(&played("session", "packets: ['47']", outcome, seen)).seen
}

#[test]
fn what_was_seen_is_told_in_one_line() {
    let connect_error = What::Event {
        name: "connect_error".to_owned(),
        args: vec![],
    };
    let odd = What::Malformed {
        raw: "9".to_owned(),
        why: "type 9".to_owned(),
        json: false,
    };
    let listing = What::Event {
        name: "chat".to_owned(),
        args: vec![json!({"type": "users", "message": "Users in room: []"})],
    };
    for (recorded, expected) in [
        (vec![], "nothing"),
        (vec![alive()], "ignored: the connection lives"),
        (vec![listing, alive()], "ignored: the connection lives"),
        (vec![deaf()], "the connection is deaf: no answer"),
        (vec![deaf(), alive()], "ignored: the connection lives"),
        (
            vec![refusal(99), alive()],
            "refused with 99, the connection lives",
        ),
        (
            vec![connect_error, alive()],
            "a CONNECT_ERROR, the connection lives",
        ),
        (
            vec![odd, alive()],
            "the sender got what is no packet: type 9, the connection lives",
        ),
        (vec![refusal(99)], "refused with 99"),
        (
            vec![ended(0, None), deaf()],
            "the server ended the connection",
        ),
        (
            vec![
                refusal(1),
                refusal(2),
                refusal(3),
                refusal(4),
                refusal(5),
                deaf(),
            ],
            "refused with 1, refused with 2, refused with 3, refused with 4, the connection is deaf: no answer",
        ),
    ] {
        assert_eq!(seen("[4xx]", &recorded), expected, "{recorded:?}");
    }
    let heard = seen("[4xx]", &[heard(), alive()]);
    assert!(
        heard.starts_with("the sender got {") && heard.ends_with(", the connection lives"),
        "{heard}"
    );
    assert_eq!(
        seen("[refused]", &[reply(0, 200, ""), alive()]),
        "HTTP 200, ignored: the connection lives"
    );
}

/// Only the event `message` refuses, and only a listing of nobody answers the barrier.
#[test]
fn another_event_is_heard_and_no_refusal() {
    let other = What::Event {
        name: "news".to_owned(),
        args: vec![json!("{\"code\":99}")],
    };
    assert_eq!(
        session("[refused]", &[other.clone(), alive()]),
        Outcome::Different
    );
    assert_eq!(session("[ignored]", &[other, alive()]), Outcome::Different);
    let listing = What::Event {
        name: "chat".to_owned(),
        args: vec![json!({"type": "users", "message": "Users in room: ['X']"})],
    };
    assert_eq!(
        session("[ignored]", &[listing, alive()]),
        Outcome::Different
    );
}

#[test]
fn what_was_accepted_is_told_with_the_answers() {
    let mut played = played("tcp", "bytes: x", "[4xx, closed]", &[]);
    assert_eq!(finding(&played).expected, "HTTP 4xx, or closed");
    if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
        attack.answers = Some(1);
    }
    assert_eq!(
        finding(&played).expected,
        "HTTP 4xx, or closed, and at most 1 HTTP answers"
    );
}

#[test]
fn the_entry_that_shows_it_is_named() {
    let shown = |over: &str, act: &str, outcome: &str, seen: &[What]| {
        let finding = finding(&played(over, act, outcome, seen));
        (finding.seen, finding.entry)
    };
    let long = "x".repeat(300);
    for (outcome, recorded, expected, entry) in [
        (
            "[4xx]",
            vec![reply(1, 500, "oops")],
            "HTTP 500 \"oops\"".to_owned(),
            Some(0),
        ),
        (
            "[4xx]",
            vec![reply(1, 200, &long)],
            format!("HTTP 200 {:?}", &long[..120]),
            Some(0),
        ),
        (
            "[4xx]",
            vec![],
            "no answer, and the connection stays open".to_owned(),
            None,
        ),
        (
            "[4xx]",
            vec![What::Kept { connection: 1 }, ended(1, None)],
            "the server closed without an answer".to_owned(),
            Some(1),
        ),
    ] {
        assert_eq!(
            shown("tcp", "bytes: x", outcome, &recorded),
            (expected, entry)
        );
    }
    let gone = shown(
        "session",
        "packets: ['47']",
        "[refused]",
        &[alive(), ended(0, None)],
    );
    assert_eq!(
        gone,
        ("the server ended the connection".to_owned(), Some(1))
    );
}

/// A close code is asked of WebSockets alone.
#[test]
fn a_close_code_is_asked_of_a_websocket() {
    let advised = |over: &str, act: &str, who: &str, transport| {
        let mut played = played(over, act, "[closed]", &[ended(0, None)]);
        if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
            attack.code = vec![1002];
        }
        played.entries.push(Entry {
            at: 0,
            step: 0,
            who: who.to_owned(),
            what: What::Connected { transport },
        });
        let judged = played
            .window()
            .judge(&bindings())
            .expect("values that can be made");
        let advice = judged
            .findings
            .into_iter()
            .find(|finding| finding.rule == names::CLOSE_CODE);
        advice.map(|finding| (finding.expected, finding.seen))
    };
    use crate::fixture::TransportName::{Polling, Websocket};
    let packets = "packets: ['47']";
    let expected = "a WebSocket close frame with code 1002".to_owned();
    let asked = Some((expected, "no code".to_owned()));
    assert_eq!(advised("session", packets, "mallory", Websocket), asked);
    assert_eq!(advised("session", packets, "mallory", Polling), None);
    assert_eq!(
        advised("session", packets, "bob", Websocket),
        None,
        "another's"
    );
    assert_eq!(
        advised("websocket", "frame: {rsv: 4}", "bob", Polling),
        asked
    );
    assert_eq!(advised("polling", "post: x", "mallory", Websocket), None);
}

/// A JSON error has a number and a string; it is asked of refusals by HTTP alone.
#[test]
fn an_error_body_has_a_code_and_a_message() {
    let advised = |status: u16, body: &str| {
        let mut played = played(
            "tcp",
            "bytes: x",
            "[4xx, 2xx, 500]",
            &[reply(1, status, body)],
        );
        if let Action::Attack(attack) = &mut played.fixture.steps[played.index].action {
            attack.error_body = true;
        }
        let judged = played
            .window()
            .judge(&bindings())
            .expect("values that can be made");
        let advice = judged
            .findings
            .into_iter()
            .find(|finding| finding.rule == names::ERROR_BODY);
        advice.map(|finding| (finding.outcome, finding.seen))
    };
    let right = r#"{"code":0,"message":"no"}"#;
    assert_eq!(
        advised(400, right).map(|found| found.0),
        Some(Outcome::Held)
    );
    for wrong in [
        r#"{"code":0}"#,
        r#"{"message":"no"}"#,
        r#"{"code":"0","message":"no"}"#,
        "no",
    ] {
        assert_eq!(
            advised(400, wrong),
            Some((Outcome::Different, format!("{wrong:?}")))
        );
    }
    assert_eq!(advised(200, "no"), None);
    assert_eq!(advised(500, "no"), None);
}

/// What is due where an input is accepted is not due where it was refused, and what comes unasked is no violation of hers.
#[test]
fn what_is_due_depends_on_what_the_input_came_to() {
    let due = |outcome: &str, seen: &[What]| {
        let played = played("session", "packets: ['47']", outcome, seen);
        played.window().is_due()
    };
    let connect_error = What::Event {
        name: "connect_error".to_owned(),
        args: vec![],
    };
    assert!(due("[accepted]", &[alive()]));
    assert!(due("[accepted]", &[reply(0, 200, ""), alive()]));
    assert!(!due("[accepted]", &[refusal(99), alive()]));
    assert!(!due("[accepted]", &[ended(0, None)]));
    assert!(!due("[accepted]", &[connect_error, alive()]));
    assert!(!due("[accepted]", &[reply(0, 400, ""), alive()]));
    assert!(!due("[accepted]", &[reply(0, 500, ""), alive()]));
    assert!(!due("[accepted, ignored]", &[alive()]));
    assert!(
        due("[gone]", &[ended(0, None)]),
        "she is gone, and what she did was done"
    );
    let step = |index: usize| {
        let played = played("session", "packets: ['47']", "[closed]", &[ended(0, None)]);
        Window {
            fixture: &played.fixture,
            index,
            entries: &played.entries,
        }
        .is_due()
    };
    assert!(step(0), "of a step that is no bad input");
}

/// What comes back to mallory is her outcome; once her input is judged, her connection is no matter any more.
#[test]
fn others_are_judged_as_ever() {
    let bystander = |what: What| {
        let mut played = played("session", "packets: ['47']", "[closed]", &[ended(0, None)]);
        played.entries.push(Entry {
            at: 0,
            step: played.index,
            who: "ada".to_owned(),
            what,
        });
        let judged = played
            .window()
            .judge(&bindings())
            .expect("values that can be made");
        let wrong = judged
            .findings
            .into_iter()
            .filter(|finding| finding.outcome.is_violation());
        wrong
            .map(|finding| (finding.rule, finding.who))
            .collect::<Vec<_>>()
    };
    let ada = |rule: &str| vec![(rule.to_owned(), "ada".to_owned())];
    assert_eq!(bystander(deaf()), ada(names::BYSTANDERS));
    assert_eq!(bystander(heard()), ada(names::ROOM));
    let hers = |after: usize, what: What| {
        let played = played("session", "packets: ['47']", "[closed]", &[]);
        let index = played.index + after;
        let entries = [Entry {
            at: 0,
            step: index,
            who: "mallory".to_owned(),
            what,
        }];
        let window = Window {
            fixture: &played.fixture,
            index,
            entries: &entries,
        };
        let judged = window
            .judge(&bindings())
            .map(|judged| judged.findings)
            .unwrap_or_default();
        judged.iter().any(|finding| {
            finding.who == "mallory" && finding.rule != RULE && finding.outcome.is_violation()
        })
    };
    assert!(!hers(0, heard()), "it is what her input came to");
    let steps = played("session", "packets: ['47']", "[closed]", &[])
        .fixture
        .steps;
    let last = steps.len() - 1;
    let attack = steps
        .iter()
        .position(|step| matches!(step.action, Action::Attack(_)));
    let after = last - attack.expect("the input");
    assert!(
        !hers(after, heard()) && !hers(after, deaf()),
        "she is judged"
    );
}
