//! Which message answers which expectation.

use super::*;

fn expects(list: &[&str]) -> String {
    let list: String = list
        .iter()
        .map(|expectation| format!("      - {expectation}\n"))
        .collect();
    format!("{SAY}    expect:\n{list}")
}

/// Each message is consumed once, and an open expectation never starves a narrow one.
#[test]
fn each_expectation_takes_a_message_of_its_own() {
    let open = "{to: [bob], must: {type: chat}, rule: join.announce}";
    let narrow = "{to: [bob], must: {type: chat, message: b}, rule: ack.always}";
    let may = "{to: [bob], may: {type: chat, message: a}, rule: join.announce}";
    let bob = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| ("bob", gets("X", text)))
            .collect::<Vec<_>>()
    };
    for order in [[open, narrow], [narrow, open]] {
        let step = expects(&order);
        assert_eq!(broken(&step, bob(&["a", "b"])), none(), "{order:?}");
        assert_eq!(broken(&step, bob(&["b", "a"])), none(), "{order:?}");
        let one_came = broken(&step, bob(&["b"]));
        assert_eq!(one_came.len(), 1, "{order:?}: {one_came:?}");
    }
    assert_eq!(
        broken(&expects(&[may, open]), bob(&["a"])),
        none(),
        "what must come comes first"
    );
    assert_eq!(
        broken(&expects(&[may]), bob(&["a", "a"])),
        one("order.once", "bob", Outcome::Duplicate)
    );
    assert_eq!(
        broken(&expects(&[may]), bob(&["a", "c"])),
        one("message.closure", "bob", Outcome::Unexpected)
    );
}

#[test]
fn what_came_instead_is_told() {
    let told = |expectation: &str, what: What| {
        let findings = Step::new(&expects(&[expectation]), vec![("bob", what)]).findings();
        let wrong: Vec<Finding> = findings
            .into_iter()
            .filter(|finding| finding.outcome.is_violation())
            .collect();
        wrong
            .into_iter()
            .map(|finding| (finding.rule, finding.outcome, finding.seen))
            .collect::<Vec<_>>()
    };
    let chat_b = "{to: [bob], must: {type: chat, message: b}}";
    let near = told(chat_b, gets("X", "c"));
    assert_eq!(near.len(), 1, "it is consumed: {near:?}");
    assert_eq!(
        (near[0].0.as_str(), near[0].1),
        ("chat.room", Outcome::Different)
    );
    assert!(near[0].2.starts_with("at $.message: "), "{near:?}");
    let other = told(
        chat_b,
        event(
            "chat",
            json!({"type": "image", "from": "X", "message": "b"}),
        ),
    );
    assert_eq!(other.len(), 2, "another type is another message: {other:?}");
    assert_eq!(other[0].1, Outcome::Missing);
    let two = What::Event {
        name: "chat".to_owned(),
        args: vec![chat("X", "b"), json!(1)],
    };
    let two = told(chat_b, two);
    assert_eq!(two.len(), 1, "{two:?}");
    assert_eq!(two[0].2, "a wrong number of arguments");
    let another_event = told(chat_b, event("news", chat("X", "b")));
    assert_eq!(another_event[0].1, Outcome::Missing, "{another_event:?}");
}

/// Repeated messages come in their order, and so does all that must come in an ordered step.
#[test]
fn order_is_looked_at_where_it_is_asked_for() {
    let repeat =
        "{to: [bob], must: {type: chat, message: \"$i of 3\"}, repeat: 3, rule: order.sender}";
    let bob = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| ("bob", gets("X", text)))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        broken(&expects(&[repeat]), bob(&["1 of 3", "2 of 3", "3 of 3"])),
        none()
    );
    let swapped = broken(&expects(&[repeat]), bob(&["2 of 3", "1 of 3", "3 of 3"]));
    assert!(
        swapped.contains(&one("order.sender", "bob", Outcome::Order)[0]),
        "{swapped:?}"
    );
    let (a, b) = (
        "{to: [bob], must: {type: chat, message: a}}",
        "{to: [bob], must: {type: chat, message: b}}",
    );
    let ordered = format!("{}    ordered: true\n", expects(&[a, b]));
    assert_eq!(broken(&ordered, bob(&["a", "b"])), none());
    let swapped = broken(&ordered, bob(&["b", "a"]));
    assert_eq!(swapped, one("chat.room", "bob", Outcome::Order));
    assert_eq!(
        broken(&expects(&[a, b]), bob(&["b", "a"])),
        none(),
        "not asked for"
    );
    let may = format!(
        "{}    ordered: true\n",
        expects(&[a, &b.replace("must", "may")])
    );
    assert_eq!(
        broken(&may, bob(&["b", "a"])),
        none(),
        "what may come has no turn"
    );
    // Two sequences do not wait for each other.
    let other = repeat.replace("of", "by");
    let two = bob(&["1 by 3", "1 of 3", "2 by 3", "2 of 3", "3 of 3", "3 by 3"]);
    assert_eq!(broken(&expects(&[repeat, &other]), two), none());
}

/// Only the last listing of nobody answers the barrier, and only if it is that.
#[test]
fn a_barrier_takes_one_empty_listing() {
    let listing = |text: &str| event("chat", json!({"type": "users", "message": text}));
    let with = |first: What| {
        let seen = vec![
            ("bob", first),
            ("bob", What::BarrierSent),
            ("bob", What::BarrierReturned),
        ];
        broken(SAY, seen)
            .into_iter()
            .map(|(rule, ..)| rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(with(listing("Users in room: []")), Vec::<String>::new());
    assert_eq!(
        with(listing("Users in room: ['X']")),
        ["users.anyone", "message.closure"]
    );
    assert_eq!(
        with(event(
            "news",
            json!({"type": "users", "message": "Users in room: []"})
        )),
        ["users.anyone"]
    );
    let two = vec![
        ("bob", listing("Users in room: []")),
        ("bob", What::BarrierReturned),
        ("bob", What::BarrierReturned),
    ];
    assert_eq!(
        broken(SAY, two),
        one("users.anyone", "bob", Outcome::Missing),
        "one answers one"
    );
}

/// Rules `ack.success` and `message.closure`: one acknowledgement for one that asked.
#[test]
fn an_acknowledgement_comes_once_and_to_who_asked() {
    let step = format!("{SAY}    ack: ok\n");
    let asked = || {
        let what = What::Sent {
            event: "chat".to_owned(),
            args: vec![json!({})],
            ack: Some(1),
        };
        ("ada", what)
    };
    let acked = |who: &'static str, id: u64| (who, What::Acked { id, args: vec![] });
    assert_eq!(broken(&step, vec![asked(), acked("ada", 1)]), none());
    assert_eq!(
        broken(&step, vec![asked()]),
        one("ack.success", "ada", Outcome::Missing)
    );
    let twice = vec![asked(), acked("ada", 1), acked("ada", 1)];
    assert_eq!(
        broken(&step, twice),
        one("ack.success", "ada", Outcome::Duplicate)
    );
    let another = vec![asked(), acked("ada", 1), acked("ada", 2)];
    assert_eq!(
        broken(&step, another),
        one("message.closure", "ada", Outcome::Unexpected)
    );
    let to_another = vec![asked(), acked("ada", 1), acked("bob", 1)];
    assert_eq!(
        broken(&step, to_another),
        one("message.closure", "bob", Outcome::Unexpected)
    );
    // Literal packets may ask in ways that the suite does not follow.
    let literal = "  - by: ada\n    packets: ['427[\"chat\",{}]']\n";
    assert_eq!(broken(literal, vec![acked("ada", 7)]), none());
    assert_eq!(
        broken(SAY, vec![acked("ada", 7)]),
        one("message.closure", "ada", Outcome::Unexpected)
    );
}
