use serde_json::json;

use super::*;

fn at(times: &[(u64, What)]) -> Vec<Event> {
    times
        .iter()
        .map(|(at, what)| Event {
            at: *at,
            what: what.clone(),
        })
        .collect()
}

fn packet(text: &str) -> What {
    What::Packet(text.to_owned())
}

fn receive(pattern: Value, after_ms: u64) -> Step {
    Step::Receive {
        pattern,
        without: None,
        after_ms,
    }
}

#[test]
fn wire_and_output_do_not_wait_for_each_other() {
    let events = at(&[
        (1, packet(r#"42["chat",{"event":"join"}]"#)),
        (2, What::Shown(json!({"text": "a"}))),
        (3, packet(r#"427["chat",{"event":"chat","text":"b"}]"#)),
    ]);
    let mut follow = Follow::default();
    let chat = receive(json!({"event": "chat", "user": null}), 0);
    let shows = Step::Shows {
        pattern: json!({"text": "a"}),
        without: None,
    };
    assert_eq!(follow.step(&chat, &events), Some(Ok(())));
    assert_eq!(follow.step(&shows, &events), Some(Ok(())));
    let join = receive(json!({"event": "join"}), 0);
    assert_eq!(
        follow.step(&join, &events),
        None,
        "what lies behind is not found again"
    );
}

#[test]
fn nothing_that_is_forbidden_may_come_before() {
    let events = at(&[
        (1, packet(r#"42["chat",{"event":"chat"}]"#)),
        (2, packet(r#"42["chat",{"event":"users"}]"#)),
    ]);
    let step = Step::Receive {
        pattern: json!({"event": "users"}),
        without: Some(json!({"event": "chat"})),
        after_ms: 0,
    };
    let found = Follow::default().step(&step, &events);
    assert!(found.is_some_and(|found| found.is_err()));
}

#[test]
fn a_wait_counts_from_the_last_event_of_the_server() {
    let events = at(&[
        (100, What::Sent(r#"42["message","{}"]"#.to_owned())),
        (650, What::Sent("2".to_owned())),
        (699, packet(r#"42["chat",{"event":"chat"}]"#)),
    ]);
    let step = |ms| Follow::default().step(&receive(json!({"event": "chat"}), ms), &events);
    assert_eq!(step(599), Some(Ok(())));
    assert!(step(600).is_some_and(|found| found.is_err()));
}

#[test]
fn a_session_counts_when_the_namespace_is_connected() {
    let accept = Step::Accept { pinged: false };
    let mut events = at(&[(1, What::Opened(String::new())), (2, packet("40"))]);
    let mut follow = Follow::default();
    assert_eq!(follow.step(&accept, &events), None);
    // What came before the answer is lost.
    events.extend(at(&[
        (3, packet(r#"42["chat",{"event":"join"}]"#)),
        (4, What::Sent("40{}".to_owned())),
    ]));
    assert_eq!(follow.step(&accept, &events), Some(Ok(())));
    assert_eq!(
        follow.step(&receive(json!({"event": "join"}), 0), &events),
        None
    );
}

#[test]
fn tries_are_apart_and_the_waits_grow() {
    let refused = |at| (at, What::Refused(String::new()));
    let step = |times: &[u64], growing| {
        let mut events = vec![(0, What::Dropped)];
        events.extend(times.iter().map(|at| refused(*at)));
        let step = Step::Refuse { times: 3, growing };
        Follow::default().step(&step, &at(&events))
    };
    assert_eq!(step(&[10, 110, 210], false), Some(Ok(())));
    assert!(step(&[10, 109, 300], false).is_some_and(|found| found.is_err()));
    assert_eq!(step(&[100, 300, 500], true), Some(Ok(())));
    assert!(step(&[200, 400, 600], true).is_some_and(|found| found.is_err()));
    assert_eq!(step(&[10, 110], false), None, "the third is still to come");
}

#[test]
fn a_step_finds_what_comes_after_it_has_looked() {
    let mut events = at(&[(1, packet("3"))]);
    let mut follow = Follow::default();
    let wanted = receive(json!({"event": "chat"}), 0);
    assert_eq!(follow.step(&wanted, &events), None);
    events.extend(at(&[
        (2, packet(r#"42["chat",{"event":"chat"}]"#)),
        (3, packet("3")),
    ]));
    assert_eq!(follow.step(&wanted, &events), Some(Ok(())));
    assert_eq!(
        follow.step(&Step::Packet("3".to_owned()), &events),
        Some(Ok(()))
    );
    assert_eq!(follow.wire, 3, "not the one before");
}
