//! One step, and what was recorded in its window: which rule is held, which is broken, and by whom.

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

/// Silence is worth as much as the barrier that ends it.
#[test]
fn silence_holds_where_a_barrier_has_returned() {
    let quiet = format!("{SAY}    quiet: chat.members-only\n");
    let silent =
        |seen: Vec<(&str, What)>| held(&quiet, seen).contains(&"chat.members-only ?".to_owned());
    assert!(silent(barrier("bob")));
    assert!(!silent(vec![]), "no barrier has returned");
    assert!(
        !silent(and(vec![("bob", gets("ADA-1", "hi n1"))], barrier("bob"))),
        "it was broken"
    );
    let of_another_rule = and(vec![("bob", lost())], barrier("eve"));
    assert!(silent(of_another_rule), "another rule was broken");
    let closure =
        |seen: Vec<(&str, What)>| held(SAY, seen).contains(&"message.closure bob?".to_owned());
    assert!(closure(barrier("bob")));
    assert!(!closure(vec![("bob", lost())]));
    assert!(!closure(and(
        vec![("bob", gets("ADA-1", "hi n1"))],
        barrier("bob")
    )));
    let not = format!(
        "{SAY}    expect:\n      - {{to: [bob], not: {{type: chat}}, rule: chat.members-only}}\n"
    );
    let forbidden =
        |seen: Vec<(&str, What)>| held(&not, seen).contains(&"chat.members-only bob?".to_owned());
    assert!(forbidden(barrier("bob")));
    assert!(!forbidden(vec![]));
    assert!(!forbidden(and(
        vec![("bob", gets("ADA-1", "hi n1"))],
        barrier("bob")
    )));
}

/// A barrier that is acknowledged without its listing does not answer.
#[test]
fn a_barrier_needs_its_listing() {
    assert!(held(SAY, barrier("bob")).contains(&"users.anyone bob".to_owned()));
    let bare = vec![("bob", What::BarrierSent), ("bob", What::BarrierReturned)];
    assert_eq!(
        broken(SAY, bare),
        one("users.anyone", "bob", Outcome::Missing)
    );
}

const RACE: &str = "  - race:
      by: [ada, bob]
      count: 2
      send: {event: chat, room: $room, text: \"$i $me\"}
    expect:
      - {to: [ada, bob, eve], must: {type: chat, from: $me, message: \"$i $me\"}, repeat: 2, each: true, rule: order.sender}
    agree: {among: [bob, eve], rules: [order.once]}
";

/// What each hears of a race: sender and number.
fn raced(ada: &[&str], bob: &[&str], eve: &[&str]) -> Vec<(&'static str, What)> {
    let hears = |who: &'static str, texts: &[&str]| {
        let message = move |text: &str| {
            let (_, from) = text.split_once(' ').expect("number and name");
            (who, gets(from, text))
        };
        texts.iter().map(|text| message(text)).collect::<Vec<_>>()
    };
    [hears("ada", ada), hears("bob", bob), hears("eve", eve)].concat()
}

const OF_ADA: [&str; 2] = ["1 ADA-1", "2 ADA-1"];
const OF_BOB: [&str; 2] = ["1 BOB-1", "2 BOB-1"];

/// Everybody hears every sender of a race but himself, each sender's messages in their order.
#[test]
fn a_race_is_heard_by_everybody_else() {
    let both = ["1 ADA-1", "1 BOB-1", "2 BOB-1", "2 ADA-1"];
    assert_eq!(broken(RACE, raced(&OF_BOB, &OF_ADA, &both)), none());
    let missing = broken(RACE, raced(&OF_BOB[..1], &OF_ADA, &both));
    assert_eq!(missing, one("order.sender", "ada", Outcome::Missing));
    let missing = broken(RACE, raced(&OF_BOB, &OF_ADA, &both[..3]));
    assert_eq!(missing, one("order.sender", "eve", Outcome::Missing));
    let swapped = broken(RACE, raced(&["2 BOB-1", "1 BOB-1"], &OF_ADA, &both));
    assert!(
        swapped
            .iter()
            .any(|(rule, who, _)| rule == "order.sender" && who == "ada"),
        "{swapped:?}"
    );
}

/// Rule `order.room` in the spec: what two have both heard stands in one order.
#[test]
fn receivers_agree_on_the_order_of_what_they_both_heard() {
    let agree = |one: &[&str], other: &[&str]| {
        let steps = format!("{SAY}    agree: {{among: [bob, eve], rules: [order.once]}}\n");
        let findings = Step::new(&steps, raced(&[], one, other)).findings();
        let of_rule = findings
            .into_iter()
            .filter(|finding| finding.rule == "order.once" && finding.entry.is_none());
        of_rule.map(|finding| finding.outcome).next()
    };
    let all = ["1 A", "2 A", "1 B"];
    assert_eq!(agree(&all, &all), Some(Outcome::Held));
    assert_eq!(agree(&all, &["1 A", "1 B", "2 A"]), Some(Outcome::Order));
    assert_eq!(
        agree(&all, &["1 A", "1 B"]),
        Some(Outcome::Held),
        "one has heard less"
    );
    assert_eq!(
        agree(&all, &["1 A", "1 B", "3 A"]),
        Some(Outcome::Held),
        "each has heard more"
    );
    assert_eq!(agree(&all, &["1 A"]), None, "one message has no order");
    assert_eq!(
        agree(&["1 A", "2 A"], &["2 A", "1 A"]),
        Some(Outcome::Order)
    );
    // Only chats count.
    let step = format!("{SAY}    agree: {{among: [bob, eve], rules: [order.once]}}\n");
    let other = |name: &str, kind: &str, n: u8| event(name, json!({"type": kind, "message": n}));
    for (name, kind) in [("chat", "users"), ("news", "chat")] {
        let seen = vec![
            ("bob", other(name, kind, 1)),
            ("bob", other(name, kind, 2)),
            ("eve", other(name, kind, 2)),
            ("eve", other(name, kind, 1)),
        ];
        let found = Step::new(&step, seen).findings();
        assert!(
            found
                .iter()
                .all(|finding| finding.outcome != Outcome::Order),
            "{found:?}"
        );
    }
}

/// What one HTTP request came to: nothing, or what was expected and what was seen.
fn answered(
    answer: &str,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
    closed: bool,
) -> Option<(String, String)> {
    let step = format!("  - request: {{query: \"EIO=4\"}}\n    answer: {{{answer}}}\n");
    let what = What::Answered {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
        closed,
    };
    let findings = Step::new(&step, vec![("", what)]).findings();
    let mut of_rule = findings
        .into_iter()
        .filter(|finding| finding.rule == "chat.room");
    let finding = of_rule.next().expect("a finding of the answer");
    match finding.outcome {
        Outcome::Held => None,
        outcome => {
            assert_eq!((outcome, finding.entry), (Outcome::Different, Some(0)));
            Some((finding.expected, finding.seen))
        }
    }
}

fn differs(expected: &str, seen: &str) -> Option<(String, String)> {
    Some((expected.to_owned(), seen.to_owned()))
}

#[test]
fn an_answer_has_the_status_that_is_asked_for() {
    let status =
        |asked: &str, status: u16| answered(&format!("status: {asked}"), status, &[], "", false);
    assert_eq!(status("400", 400), None);
    assert_eq!(status("4xx", 413), None);
    assert_eq!(status("400", 404), differs("HTTP 400", "HTTP 404"));
    assert_eq!(status("4xx", 500), differs("HTTP 4xx", "HTTP 500"));
    assert_eq!(status("4xx", 0), differs("HTTP 4xx", "no HTTP answer"));
    assert_eq!(
        status("4xx", 101),
        differs("HTTP 4xx", "a WebSocket that stays open")
    );
    let or_closed =
        |status, closed| answered("status: 4xx, or-closed: true", status, &[], "", closed);
    assert_eq!(or_closed(101, true), None);
    assert_eq!(or_closed(400, false), None);
    let expected = "HTTP 4xx, or a WebSocket closed at once";
    assert_eq!(
        or_closed(101, false),
        differs(expected, "a WebSocket that stays open")
    );
    assert!(answered("status: 4xx", 101, &[], "", true).is_some());
}

#[test]
fn an_answer_has_the_body_that_is_asked_for() {
    let body =
        |asked: &str, body: &str| answered(&format!("status: 200, {asked}"), 200, &[], body, false);
    let lacks = "body-lacks: \"<$nonce>\"";
    assert_eq!(body(lacks, "<n2>"), None);
    assert_eq!(
        body(lacks, "x<n1>"),
        differs("a body without \"<n1>\"", "\"x<n1>\"")
    );
    let holds = "body-contains: sid";
    assert_eq!(body(holds, "0{\"sid\":1}"), None);
    assert_eq!(body(holds, "no"), differs("a body with \"sid\"", "\"no\""));
    let open = "open-packet: {pingTimeout: {$atLeast: 20}}";
    let expected = "an open packet {\"pingTimeout\":{\"$atLeast\":20}}";
    assert_eq!(body(open, "0{\"pingTimeout\":20,\"sid\":\"x\"}"), None);
    for text in ["", "1{\"pingTimeout\":20}", "0{", "{\"pingTimeout\":20}"] {
        assert_eq!(body(open, text), differs(expected, &format!("{text:?}")));
    }
    let small = body(open, "0{\"pingTimeout\":19}").expect("it is too small");
    assert_eq!(small.0, expected);
    assert!(small.1.starts_with("at $.pingTimeout: "), "{small:?}");
}

#[test]
fn an_answer_can_be_read_by_the_page_that_asked() {
    let cors = |headers: &[(&str, &str)]| {
        answered(
            "status: 400, readable-cross-origin: true",
            400,
            headers,
            "",
            false,
        )
    };
    let name = "access-control-allow-origin";
    let expected = "Access-Control-Allow-Origin: https://page.example or *";
    assert_eq!(cors(&[(name, "*")]), None);
    assert_eq!(
        cors(&[("vary", "origin"), (name, "https://page.example")]),
        None
    );
    assert_eq!(
        cors(&[(name, "https://other.example")]),
        differs(expected, "\"https://other.example\"")
    );
    assert_eq!(cors(&[("vary", "*")]), differs(expected, "no such header"));
    assert_eq!(
        answered("status: 400", 400, &[], "", false),
        None,
        "not asked for"
    );
}
