//! A bad input between other steps: what of its sender matters, and until when.

use chatspec_judge::fixture::hostile;

use super::*;

/// Mallory's input, and the first step after it that is played whatever became of her.
fn input(free: bool) -> (Fixture, usize) {
    let text = "id: packet/x\ntitle: X\nrules: [robust.packet.wrong-way]\nover: session\ninputs:\n  - id: S-03\n    title: x\n    do:\n      - packets: ['47']\n    outcome: [ignored]\n";
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

/// What mallory gives an id to may be acknowledged under that id, and under no other.
#[test]
fn an_acknowledgement_of_an_id_that_nobody_gave_is_wrong() {
    let wrong = |act: &str, id: u64| {
        let text = format!(
            "id: packet/x\ntitle: X\nrules: [robust.packet.wrong-way]\nover: session\ninputs:\n  - id: S-03\n    title: x\n    do:\n      - {act}\n    outcome: [accepted, ignored]\n"
        );
        let mut inputs = hostile::load("hostile/packet/x.yaml", &text).expect("a right fixture");
        let fixture = inputs.remove(0);
        let attack = |step: &chatspec_judge::fixture::Step| {
            matches!(step.action, chatspec_judge::fixture::Action::Attack(_))
        };
        let index = fixture.steps.iter().position(attack).expect("the input");
        let entry = |what: What| Entry {
            at: 0,
            step: index,
            who: "mallory".to_owned(),
            what,
        };
        let acked = |id| entry(What::Acked { id, args: vec![] });
        let mut of_another = acked(99);
        of_another.who = "eve".to_owned();
        let entries = [acked(id), of_another, entry(What::BarrierReturned)];
        let window = Window {
            fixture: &fixture,
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
        let of_rule = |finding: &Finding| {
            finding.rule == "robust.packet.wrong-way" && finding.outcome.is_violation()
        };
        judged.findings.iter().any(of_rule)
    };
    let two = "packets: ['427[\"chat\",{}]', '4212[\"chat\",{}]', '42[\"chat\",{}]', '43']";
    assert!(!wrong(two, 7) && !wrong(two, 12));
    for other in [0, 1, 42, 427] {
        assert!(wrong(two, other), "{other}");
    }
    // What is sent many times is not looked into.
    assert!(!wrong("{packets: ['427[\"chat\",{}]'], times: 2}", 8));
}

/// Two inputs of one id could not be told apart in a baseline.
#[test]
fn an_id_stands_for_one_input() {
    let (one, _) = input(false);
    let twice = hostile::lint_all(&[one.clone(), one.clone()]);
    assert_eq!(twice.len(), 1, "{twice:?}");
    assert!(twice[0].to_string().contains("S-03"), "{}", twice[0]);
    let mut other = one.clone();
    other.input.as_mut().expect("a bad input").id = "S-04".to_owned();
    assert_eq!(hostile::lint_all(&[one, other]), []);
}

/// Rule `robust.packet.wrong-way` and its like accept words, which a report shows to people.
#[test]
fn outcomes_are_words_for_people() {
    let shown = |word: hostile::Word| word.to_string();
    assert_eq!(shown(hostile::Word::Refused(vec![])), "refused");
    assert_eq!(
        shown(hostile::Word::Refused(vec![10, 99])),
        "refused with 10 or 99"
    );
    for alive in [
        hostile::Word::Ignored,
        hostile::Word::Accepted,
        hostile::Word::Refused(vec![]),
    ] {
        assert!(alive.is_alive(), "{alive}");
    }
    assert!(!hostile::Word::Closed.is_alive());
}
