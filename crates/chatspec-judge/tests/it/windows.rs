//! One step, and what was recorded in its window: which rule is held, which is broken, and by whom.

mod answers;
mod inputs;
mod pairing;
mod races;
mod silence;

use chatspec_judge::finding::{Finding, Outcome};
use chatspec_judge::fixture::Fixture;
use chatspec_judge::transcript::{Entry, What};
use chatspec_judge::value::Bindings;
use chatspec_judge::window::Window;
use serde_json::{Value, json};

use crate::stage::{chat, fixture};

const SAY: &str = "  - by: ada\n    send: {event: chat, room: $room, text: \"hi $nonce\"}\n";

fn bindings() -> Bindings {
    [
        ("ada", "ADA-1"),
        ("bob", "BOB-1"),
        ("eve", "EVE-1"),
        ("room", "ROOM-1"),
        ("nonce", "n1"),
        ("origin", "https://page.example"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), json!(value)))
    .collect()
}

/// One step, its window alone.
struct Step {
    fixture: Fixture,
    entries: Vec<Entry>,
}

impl Step {
    fn new(step: &str, seen: Vec<(&str, What)>) -> Step {
        let entry = |(who, what): (&str, What)| Entry {
            at: 0,
            step: 0,
            who: who.to_owned(),
            what,
        };
        Step {
            fixture: fixture("hardened", "chat.room", step),
            entries: seen.into_iter().map(entry).collect(),
        }
    }

    fn window(&self) -> Window<'_> {
        Window {
            fixture: &self.fixture,
            index: 0,
            entries: &self.entries,
        }
    }

    fn findings(&self) -> Vec<Finding> {
        self.window()
            .judge(&bindings())
            .expect("values that can be made")
            .findings
    }
}

/// Rules that are broken: by whom, and how.
fn broken(step: &str, seen: Vec<(&str, What)>) -> Vec<(String, String, Outcome)> {
    let findings = Step::new(step, seen).findings();
    let wrong = findings
        .into_iter()
        .filter(|finding| finding.outcome.is_violation());
    wrong
        .map(|finding| (finding.rule, finding.who, finding.outcome))
        .collect()
}

/// Rules that were seen to hold, and by whom; those that rest on silence have a `?`.
fn held(step: &str, seen: Vec<(&str, What)>) -> Vec<String> {
    let mark = |finding: Finding| match finding.outcome {
        Outcome::Held => Some(format!("{} {}", finding.rule, finding.who)),
        Outcome::HeldBySilence => Some(format!("{} {}?", finding.rule, finding.who)),
        _ => None,
    };
    Step::new(step, seen)
        .findings()
        .into_iter()
        .filter_map(mark)
        .collect()
}

fn one(rule: &str, who: &str, outcome: Outcome) -> Vec<(String, String, Outcome)> {
    vec![(rule.to_owned(), who.to_owned(), outcome)]
}

fn none() -> Vec<(String, String, Outcome)> {
    vec![]
}

fn event(name: &str, argument: Value) -> What {
    What::Event {
        name: name.to_owned(),
        args: vec![argument],
    }
}

fn gets(from: &str, text: &str) -> What {
    event("chat", chat(from, text))
}

fn refusal() -> What {
    event("message", json!("{\"code\":21,\"message\":\"no\"}"))
}

fn lost() -> What {
    What::BarrierLost {
        why: "deadline".to_owned(),
    }
}

fn closed() -> What {
    What::Closed {
        why: "going away".to_owned(),
    }
}

/// The barrier: a listing of an unused room, and its acknowledgement.
fn barrier(who: &str) -> Vec<(&str, What)> {
    let listing = json!({"type": "users", "message": "Users in room: []"});
    vec![
        (who, What::BarrierSent),
        (who, event("chat", listing)),
        (who, What::BarrierReturned),
    ]
}

fn and(
    mut seen: Vec<(&'static str, What)>,
    more: Vec<(&'static str, What)>,
) -> Vec<(&'static str, What)> {
    seen.extend(more);
    seen
}

#[test]
fn the_driver_waits_for_what_must_come_and_for_nothing_else() {
    let expects = |kind: &str| {
        format!(
            "{SAY}    expect:\n      - {{to: [bob], {kind}: {{type: chat, from: $ada, message: \"hi $nonce\"}}}}\n"
        )
    };
    let satisfied = |step: &str, seen: Vec<(&str, What)>| {
        Step::new(step, seen)
            .window()
            .satisfied(&bindings())
            .expect("values that can be made")
    };
    assert!(!satisfied(&expects("must"), vec![]));
    assert!(satisfied(
        &expects("must"),
        vec![("bob", gets("ADA-1", "hi n1"))]
    ));
    assert!(
        !satisfied(&expects("must"), vec![("bob", gets("ADA-1", "HI n1"))]),
        "another text"
    );
    let more = vec![
        ("bob", gets("ADA-1", "hi n1")),
        ("eve", gets("ADA-1", "hi n1")),
    ];
    assert!(
        satisfied(&expects("must"), more),
        "what must not come is not waited for"
    );
    assert!(satisfied(&expects("may"), vec![]));
    let closes = format!("{SAY}    connection: must-close\n");
    assert!(!satisfied(&closes, vec![]));
    assert!(satisfied(&closes, vec![("ada", closed())]));
    assert!(
        satisfied(SAY, vec![("ada", lost())]),
        "a lost connection is not waited for"
    );
}

#[test]
fn what_becomes_of_the_connection_is_judged_by_its_word() {
    let with = |word: &str, who: &'static str, seen: Vec<What>| {
        let step = format!("{SAY}    connection: {word}\n    rule: chat.members-only\n");
        broken(&step, seen.into_iter().map(|what| (who, what)).collect())
    };
    let dead = |rule: &str, who: &str| one(rule, who, Outcome::Dead);
    assert_eq!(
        with("lives", "ada", vec![lost()]),
        dead("connection.lives", "ada")
    );
    assert_eq!(with("may-close", "ada", vec![lost()]), none());
    assert_eq!(
        with("may-close", "bob", vec![lost()]),
        dead("connection.lives", "bob")
    );
    assert_eq!(
        with("must-close", "ada", vec![]),
        dead("chat.members-only", "ada")
    );
    assert_eq!(
        with("must-close", "ada", vec![lost()]),
        dead("chat.members-only", "ada"),
        "deaf, not closed"
    );
    assert_eq!(with("must-close", "ada", vec![closed(), lost()]), none());
    let bob = with("must-close", "bob", vec![closed(), lost()]);
    assert!(bob.contains(&dead("connection.lives", "bob")[0]), "{bob:?}");
    assert_eq!(
        with("lives-or-closes", "ada", vec![closed(), lost()]),
        none()
    );
    assert_eq!(
        with("lives-or-closes", "ada", vec![lost()]),
        dead("chat.members-only", "ada"),
        "deaf"
    );
    assert_eq!(
        with("lives-or-closes", "bob", vec![closed(), lost()]),
        dead("connection.lives", "bob")
    );

    let holds = |word: &str, seen: Vec<(&str, What)>| {
        let step = format!("{SAY}    connection: {word}\n    rule: chat.members-only\n");
        held(&step, seen)
    };
    assert!(holds("lives", barrier("ada")).contains(&"connection.lives ada".to_owned()));
    assert!(
        !holds("lives", vec![]).contains(&"connection.lives ada".to_owned()),
        "no evidence"
    );
    let closed = vec![("ada", closed()), ("ada", lost())];
    for word in ["must-close", "lives-or-closes"] {
        assert!(
            holds(word, closed.clone()).contains(&"chat.members-only ada".to_owned()),
            "{word}"
        );
    }
}

/// What is no conversation may cost others their connection: that breaks the rule that the step is about.
#[test]
fn a_rough_step_that_costs_others_their_connection_breaks_its_own_rule() {
    let seen = || vec![("bob", lost())];
    let step = "  - by: ada\n    packets: ['47']\n    connection: may-close\n    rule: message.valid-json\n";
    assert_eq!(
        broken(step, seen()),
        one("message.valid-json", "bob", Outcome::Dead)
    );
    let own = broken(step, vec![("ada", lost())]);
    assert_eq!(own, none(), "hers may be closed");
    assert_eq!(
        broken(SAY, seen()),
        one("connection.lives", "bob", Outcome::Dead)
    );
}

#[test]
fn a_refusal_is_for_its_sender_alone() {
    let step = format!(
        "{SAY}    connection: lives-or-closes\n    refused: [21]\n    rule: chat.members-only\n"
    );
    assert_eq!(
        broken(&step, and(vec![("ada", refusal())], barrier("ada"))),
        none()
    );
    let missing = broken(&step, barrier("ada"));
    assert_eq!(missing, one("chat.members-only", "ada", Outcome::Missing));
    let gone = vec![("ada", closed()), ("ada", lost())];
    assert_eq!(
        broken(&step, gone),
        none(),
        "a connection that is gone needs none"
    );
    // No step asks for one here.
    assert_eq!(
        broken(SAY, and(vec![("bob", refusal())], barrier("bob"))),
        one("refusal.only-sender", "bob", Outcome::Unexpected)
    );
    for other in [
        json!("no JSON"),
        json!("{\"code\":\"21\"}"),
        json!({"code": 21}),
        json!("{\"note\":21}"),
    ] {
        let seen = and(
            vec![("bob", event("message", other.clone()))],
            barrier("bob"),
        );
        assert_eq!(broken(SAY, seen), none(), "{other}");
    }
}

#[test]
fn what_nobody_asked_for_breaks_the_rule_that_fits_it() {
    let after = |step: &str, who: &'static str, message: Value| {
        broken(step, and(vec![(who, event("chat", message))], barrier(who)))
    };
    let unexpected = |rule: &str, who: &str| one(rule, who, Outcome::Unexpected);
    let own = |kind: &str| json!({"type": kind, "from": "ADA-1", "message": "hi n1"});
    assert_eq!(
        after(SAY, "ada", own("chat")),
        unexpected("chat.no-echo", "ada")
    );
    assert_eq!(
        after(SAY, "ada", own("image")),
        unexpected("chat.no-echo", "ada")
    );
    assert_eq!(
        after(SAY, "ada", own("users")),
        unexpected("message.closure", "ada")
    );
    assert_eq!(
        after(SAY, "ada", chat("BOB-1", "hi")),
        unexpected("message.closure", "ada")
    );
    assert_eq!(
        after(SAY, "bob", chat("BOB-1", "hi")),
        unexpected("message.closure", "bob"),
        "he said nothing"
    );
    let quiet = format!("{SAY}    quiet: chat.members-only\n");
    assert_eq!(
        after(&quiet, "bob", chat("ADA-1", "hi n1")),
        unexpected("chat.members-only", "bob")
    );
    assert_eq!(
        after(&quiet, "ada", own("chat")),
        unexpected("chat.no-echo", "ada")
    );
    let open = |message: &str| json!({"type": "weather", "message": message});
    assert_eq!(
        after(SAY, "bob", open("sun")),
        none(),
        "the protocol leaves it open"
    );
    assert_eq!(
        after(SAY, "bob", open("hi n1")),
        unexpected("message.closure", "bob"),
        "it carries what was said"
    );
    assert_eq!(after(SAY, "ada", open("hi n1")), none());
    let not = format!(
        "{SAY}    expect:\n      - {{to: [bob], not: {{type: chat}}, rule: chat.members-only}}\n"
    );
    assert_eq!(
        after(&not, "bob", chat("X", "hi")),
        unexpected("chat.members-only", "bob")
    );
    assert_eq!(
        after(&not, "eve", chat("X", "hi")),
        unexpected("message.closure", "eve"),
        "forbidden to another"
    );
}

/// Rule `leave.silent`: who leaves is not told so.
#[test]
fn who_leaves_is_not_told() {
    let leave = "  - by: ada\n    send: {event: leave, room: $room}\n";
    let told = |step: &str, who: &'static str, message: Value| {
        broken(step, and(vec![(who, event("chat", message))], barrier(who)))
    };
    let deluser = |text: &str| json!({"type": "deluser", "message": text});
    let rule = |rule: &str, who: &str| one(rule, who, Outcome::Unexpected);
    assert_eq!(
        told(leave, "ada", deluser("User Ada-1 left room X")),
        rule("leave.silent", "ada")
    );
    assert_eq!(
        told(leave, "ada", deluser("User BOB-1 left room X")),
        rule("message.closure", "ada")
    );
    assert_eq!(
        told(leave, "bob", deluser("User BOB-1 left room X")),
        rule("message.closure", "bob")
    );
    assert_eq!(
        told(SAY, "ada", deluser("User ADA-1 left room X")),
        rule("message.closure", "ada")
    );
    let newuser = json!({"type": "newuser", "message": "User ADA-1 left room X"});
    assert_eq!(told(leave, "ada", newuser), rule("message.closure", "ada"));
}
