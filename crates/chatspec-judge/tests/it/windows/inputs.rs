//! A bad input between other steps: what of its sender matters, and until when.

use chatspec_judge::fixture::hostile;

use super::*;

/// Mallory's input, and the first step after it that is played whatever became of her.
fn input(free: bool) -> (Fixture, usize) {
    let text = "id: packet/x\ntitle: X\nrules: [robust.packet.type]\nover: session\ninputs:\n  - id: S-03\n    title: x\n    do:\n      - packets: ['47']\n    outcome: [ignored]\n";
    let mut inputs = hostile::load("hostile/packet/x.yaml", text).expect("a right fixture");
    let mut fixture = inputs.remove(0);
    let input = fixture.input.as_mut().expect("a bad input");
    input.free = free;
    let end = input.acts.1;
    let settled = |step: &chatspec_judge::fixture::Step| step.given.is_none();
    let after = fixture.steps[end..].iter().position(settled);
    (fixture, end + after.expect("a step for everybody"))
}

/// Whether a message that nobody is to get is held against the server.
fn counts(fixture: &Fixture, index: usize, who: &str) -> bool {
    let entries = [Entry {
        at: 0,
        step: index,
        who: who.to_owned(),
        what: What::Event {
            name: "chat".to_owned(),
            args: vec![json!({"type": "chat", "from": "NOBODY", "message": "unasked"})],
        },
    }];
    let window = Window {
        fixture,
        index,
        entries: &entries,
    };
    let named = fixture
        .participants
        .iter()
        .map(|one| (one.name.clone(), json!("X")));
    let more = ["room", "nonce", "barrier"].map(|name| (name.to_owned(), json!("X")));
    let judged = window
        .judge(&named.chain(more).collect())
        .expect("values that can be made");
    judged.findings.iter().any(|finding| {
        finding.rule == "message.closure" && finding.who == who && finding.outcome.is_violation()
    })
}

/// Once her input is judged, mallory may get what she likes; nobody else may, and neither may she before.
#[test]
fn nothing_is_expected_of_mallory_after_her_input() {
    let (fixture, after) = input(false);
    let other = &fixture
        .participants
        .iter()
        .find(|one| one.name != "mallory");
    let other = other.expect("bystanders").name.as_str();
    assert!(!counts(&fixture, after, "mallory"));
    assert!(counts(&fixture, after, other));
    assert!(counts(&fixture, 0, "mallory"));
    assert!(counts(&fixture, 0, other));
}

/// Where the profile leaves open what an input comes to, that may be a message for anybody.
#[test]
fn a_free_input_may_lead_to_any_message() {
    let (fixture, after) = input(true);
    for one in &fixture.participants {
        assert!(!counts(&fixture, after, &one.name), "{}", one.name);
    }
}
