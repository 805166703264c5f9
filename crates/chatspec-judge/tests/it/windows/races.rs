//! Several senders at once, and the order that receivers see.

use super::*;

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

/// Where it does not matter who said what, all senders' messages are one lot.
#[test]
fn of_a_race_as_a_whole_so_many_are_heard() {
    let race = RACE
        .replace(", each: true", "")
        .replace("from: $me, message: \"$i $me\"", "");
    let race = race
        .replace("to: [ada, bob, eve]", "to: [eve]")
        .replace("repeat: 2", "repeat: 4");
    let heard = |eve: &[&str]| broken(&race, raced(&[], &[], eve));
    assert_eq!(heard(&["1 ADA-1", "1 BOB-1", "2 BOB-1", "2 ADA-1"]), none());
    let missing = heard(&["1 ADA-1", "1 BOB-1", "2 BOB-1"]);
    assert_eq!(missing, one("order.sender", "eve", Outcome::Missing));
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
