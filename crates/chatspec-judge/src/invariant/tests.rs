//! Recordings that break one invariant each, beside the one that breaks none.

mod leaving;

use serde_json::json;

use super::*;
use crate::fixture::{self, TransportName};

/// Steps of the fixture below: what is recorded in step 9 came after the end.
const END: usize = 9;

fn fixture() -> Fixture {
    let text = "id: chat/x\ntitle: X\nprofile: core\nrules: [chat.room]\nparticipants: [ada, bob, eve]\nsteps:\n  - enter: {who: [ada, bob, eve]}\n";
    let exchange = "  - exchange: {from: ada, to: [bob]}\n".repeat(6);
    fixture::load("x.yaml", &format!("{text}{exchange}")).expect("a fixture")
}

/// What the invariants find wrong: rule, outcome, who.
fn wrong(entries: Vec<(usize, &str, What)>) -> Vec<(String, Outcome, String)> {
    wrong_in(None, entries)
}

/// The same on a server of which the ordering probe has said something.
fn wrong_in(
    in_order: Option<bool>,
    entries: Vec<(usize, &str, What)>,
) -> Vec<(String, Outcome, String)> {
    let fixture = fixture();
    assert_eq!(fixture.steps.len(), END);
    let bindings = [
        ("ada", "Ada-1"),
        ("bob", "Bob-1"),
        ("eve", "Eve-1"),
        ("nonce", "n1"),
    ];
    let transcript = Transcript {
        fixture: "chat/x".to_owned(),
        transport: TransportName::Websocket,
        bindings: bindings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect(),
        entries: entries
            .into_iter()
            .map(|(step, who, what)| Entry {
                at: 0,
                step,
                who: who.to_owned(),
                what,
            })
            .collect(),
        stopped: None,
        in_order,
        network: None,
        nodes: Default::default(),
    };
    let shapes = Shapes::from_json(r#"{"type":"object","required":["type"]}"#).expect("a schema");
    check(&fixture, &transcript, &shapes)
        .into_iter()
        .filter(|finding| finding.outcome.is_violation())
        .map(|finding| (finding.rule, finding.outcome, finding.who))
        .collect()
}

fn none() -> Vec<(String, Outcome, String)> {
    vec![]
}

fn one(rule: &str, outcome: Outcome, who: &str) -> Vec<(String, Outcome, String)> {
    vec![(rule.to_owned(), outcome, who.to_owned())]
}

fn sent(value: Value) -> What {
    What::Sent {
        event: "chat".to_owned(),
        args: vec![value],
        ack: None,
    }
}

fn event(name: &str, value: Value) -> What {
    What::Event {
        name: name.to_owned(),
        args: vec![value],
    }
}

fn says(room: &str, text: &str) -> What {
    sent(json!({"event": "chat", "room": room, "text": text}))
}

fn heard(from: &str, text: &str) -> What {
    event(
        "chat",
        json!({"type": "chat", "from": from, "message": text}),
    )
}

fn joins(room: &str) -> What {
    sent(json!({"event": "join", "user": "x", "room": room}))
}

fn joined(room: &str) -> What {
    event(
        "chat",
        json!({"type": "newuser", "message": format!("New User X joined room {room}")}),
    )
}

fn refused() -> What {
    event("message", json!("{\"code\":99,\"message\":\"no\"}"))
}

/// Rule `robust.process`.
#[test]
fn the_process_is_the_one_that_it_was() {
    let look = |same| What::Process {
        same,
        why: "pid 7 is gone".to_owned(),
    };
    assert_eq!(wrong(vec![(1, "", look(true))]), none());
    let found = one(names::PROCESS, Outcome::Dead, "");
    assert_eq!(
        wrong(vec![(1, "", look(true)), (2, "", look(false))]),
        found
    );
}

/// Rules `message.schema` and `message.valid-json`.
#[test]
fn what_comes_has_the_shape_of_a_message() {
    assert_eq!(
        wrong(vec![(1, "bob", event("chat", json!({"type": "new"})))]),
        none()
    );
    assert_eq!(
        wrong(vec![(1, "bob", event("news", json!(7)))]),
        none(),
        "another event"
    );
    let found = one(names::SCHEMA, Outcome::Different, "bob");
    assert_eq!(wrong(vec![(1, "bob", event("chat", json!({})))]), found);
    let malformed = |json| What::Malformed {
        raw: "42[".to_owned(),
        why: "cut".to_owned(),
        json,
    };
    assert_eq!(wrong(vec![(1, "bob", malformed(false))]), found);
    let found = one(names::VALID_JSON, Outcome::Different, "bob");
    assert_eq!(wrong(vec![(1, "bob", malformed(true))]), found);
}

/// Both are in the room, and ada says two things.
fn two_said(mut heard: Vec<(usize, &'static str, What)>) -> Vec<(usize, &'static str, What)> {
    let mut all = vec![
        (0, "ada", joins("Room-1")),
        (0, "ada", joined("ROOM-1")),
        (0, "bob", joins("room-1")),
        (0, "bob", joined("ROOM-1")),
        (1, "ada", says("Room-1", "one n1")),
        (1, "ada", says("Room-1", "two n1")),
    ];
    all.append(&mut heard);
    all
}

/// Rule `order.sender`: each receiver sees the messages of one sender in sending order.
#[test]
fn one_senders_messages_keep_their_order() {
    let one_two = vec![
        (1, "bob", heard("ADA-1", "one n1")),
        (1, "bob", heard("ADA-1", "two n1")),
    ];
    assert_eq!(wrong(two_said(one_two)), none());
    let swapped =
        |first: What, second: What| wrong(two_said(vec![(1, "bob", first), (1, "bob", second)]));
    let found = one(names::SENDER_ORDER, Outcome::Order, "bob");
    assert_eq!(
        swapped(heard("ADA-1", "two n1"), heard("ADA-1", "one n1")),
        found
    );
    assert_eq!(
        swapped(heard("ADA-1", "two n1"), heard("ADA-1", "two n1")),
        none(),
        "twice is not this rule's"
    );
    assert_eq!(
        swapped(heard("BOB-1", "two n1"), heard("ADA-1", "one n1")),
        none(),
        "of two senders"
    );
    assert_eq!(
        swapped(heard("Ada-1", "two n1"), heard("ADA-1", "one n1")),
        none(),
        "not as names are shown"
    );
    let two = wrong(two_said(vec![
        (1, "bob", heard("ADA-1", "two n1")),
        (1, "ada", heard("ADA-1", "one n1")),
    ]));
    assert_eq!(two, none(), "of two receivers");
    let other = event(
        "chat",
        json!({"type": "image", "from": "ADA-1", "message": "one n1"}),
    );
    assert_eq!(
        swapped(heard("ADA-1", "two n1"), other),
        none(),
        "not a chat"
    );
    let other = event(
        "news",
        json!({"type": "chat", "from": "ADA-1", "message": "one n1"}),
    );
    assert_eq!(
        swapped(heard("ADA-1", "two n1"), other),
        none(),
        "not the event"
    );
    let many = What::Event {
        name: "chat".to_owned(),
        args: vec![json!({"type": "chat", "from": "ADA-1", "message": "one n1"}); 2],
    };
    let found = swapped(heard("ADA-1", "two n1"), many);
    assert!(
        found.iter().all(|(rule, ..)| rule != names::SENDER_ORDER),
        "{found:?}"
    );
    // What does not carry the nonce of the conversation may be anybody's.
    let plain = wrong(vec![
        (1, "ada", says("Room-1", "one")),
        (1, "ada", says("Room-1", "two")),
        (1, "bob", heard("ADA-1", "two")),
        (1, "bob", heard("ADA-1", "one")),
    ]);
    assert_eq!(plain, none());
}

/// A third one, whose membership is told first, and who then hears what ada says to the room.
fn overheard(membership: Vec<What>, text: &str) -> Vec<(String, Outcome, String)> {
    let mut all = two_said(vec![]);
    all.extend(
        membership
            .into_iter()
            .enumerate()
            .map(|(step, what)| (2 + step / 2, "eve", what)),
    );
    all.push((6, "ada", says("Room-1", text)));
    all.push((6, "eve", heard("ADA-1", text)));
    wrong(all)
}

/// Rule `delivery.members-only`.
#[test]
fn a_message_to_a_room_reaches_its_members_alone() {
    let found = one(names::MEMBERS_ONLY, Outcome::Unexpected, "eve");
    assert_eq!(overheard(vec![], "three n1"), found);
    assert_eq!(overheard(vec![], "three"), none(), "anybody's");
    let member = || vec![joins(" ROOM-1 "), joined("ROOM-1")];
    assert_eq!(overheard(member(), "three n1"), none());
    assert_eq!(
        overheard(vec![joins("Room-1")], "three n1"),
        found,
        "asked, not confirmed"
    );
    assert_eq!(
        overheard(vec![joined("ROOM-1")], "three n1"),
        found,
        "not asked"
    );
    assert_eq!(
        overheard(vec![joins("Room-2"), joined("ROOM-2")], "three n1"),
        found
    );
    assert_eq!(
        overheard(vec![joins("Room-1"), joined("ROOM-2")], "three n1"),
        found,
        "another's"
    );
    let renamed = event(
        "chat",
        json!({"type": "chat", "message": "x joined room ROOM-1"}),
    );
    assert_eq!(
        overheard(vec![joins("Room-1"), renamed], "three n1"),
        found,
        "no newuser"
    );
    let elsewhere = event(
        "news",
        json!({"type": "newuser", "message": "x joined room ROOM-1"}),
    );
    assert_eq!(
        overheard(vec![joins("Room-1"), elsewhere], "three n1"),
        found,
        "no chat event"
    );
    let unknown = vec![joins("Küche"), joined("KÜCHE")];
    assert_eq!(
        overheard(unknown, "three n1"),
        none(),
        "a name that is not told apart"
    );
    let parked = sent(json!({"event": "join", "user": "x"}));
    assert_eq!(
        overheard(vec![parked, joined("PARKED")], "three n1"),
        found,
        "the default room"
    );
}

#[test]
fn who_was_dropped_or_moved_on_is_a_member_no_more() {
    let found = one(names::MEMBERS_ONLY, Outcome::Unexpected, "eve");
    let after = |more: Vec<What>| {
        let member = vec![joins("Room-1"), joined("ROOM-1")];
        overheard(member.into_iter().chain(more).collect(), "three n1")
    };
    assert_eq!(
        after(vec![joins("Room-2"), joined("ROOM-2")]),
        found,
        "moved on"
    );
    assert_eq!(
        after(vec![joins("Room-2"), refused()]),
        none(),
        "the new room was refused"
    );
    for gone in [
        What::Dropped,
        What::Connected {
            transport: TransportName::Polling,
        },
    ] {
        assert_eq!(after(vec![gone]), found);
    }
    let closed = What::Closed {
        why: "x".to_owned(),
    };
    assert_eq!(after(vec![closed]), none(), "what was on its way may come");
}

/// What is said to a room in the window in which membership changes may have been said before or after the change.
#[test]
fn a_window_in_which_membership_changes_proves_nothing() {
    for change in [What::Dropped, joins("Room-2")] {
        let mut all = two_said(vec![]);
        all.extend([
            (2, "bob", change),
            (2, "bob", joined("ROOM-2")),
            (2, "ada", says("Room-1", "three n1")),
            (2, "bob", heard("ADA-1", "three n1")),
        ]);
        assert_eq!(wrong(all), none());
    }
}

#[test]
fn what_is_said_to_no_room_is_for_anybody() {
    for message in [
        json!({"event": "chat", "text": "three n1"}),
        json!({"event": "chat", "room": null, "text": "three n1"}),
        json!({"event": "chat", "user": "Eve-1", "room": "Room-1", "text": "three n1"}),
        json!({"event": "shout", "room": "Room-1", "text": "three n1"}),
    ] {
        let mut all = two_said(vec![]);
        all.push((2, "ada", sent(message.clone())));
        all.push((2, "eve", heard("ADA-1", "three n1")));
        assert_eq!(wrong(all), none(), "{message}");
    }
    let mut all = two_said(vec![]);
    all.push((
        2,
        "ada",
        sent(json!({"event": "chat", "user": null, "room": "Room-1", "text": "three n1"})),
    ));
    all.push((2, "eve", heard("ADA-1", "three n1")));
    all.push((3, "eve", heard("ADA-1", "three n1")));
    let found = one(names::MEMBERS_ONLY, Outcome::Unexpected, "eve");
    assert_eq!(wrong(all), found, "of the window in which it was sent");
}

/// Rule `message.closure`: nothing of the conversation comes after everybody has left.
#[test]
fn what_comes_after_the_end_is_late() {
    let found = one(names::CLOSURE, Outcome::Late, "bob");
    for kind in ["chat", "image", "users"] {
        let message = || json!({"type": kind, "from": "ADA-1", "message": "one n1"});
        assert_eq!(
            wrong(vec![(END, "bob", event("chat", message()))]),
            found,
            "{kind}"
        );
        assert_eq!(
            wrong(vec![(END + 1, "bob", event("chat", message()))]),
            found,
            "{kind}"
        );
        assert_eq!(
            wrong(vec![(END - 1, "bob", event("chat", message()))]),
            none(),
            "{kind}"
        );
        assert_eq!(
            wrong(vec![(END, "bob", event("news", message()))]),
            none(),
            "another event"
        );
        let lost = What::BarrierLost {
            why: "gone".to_owned(),
        };
        let late = |who| {
            vec![
                (3, who, lost.clone()),
                (END, "bob", event("chat", message())),
            ]
        };
        assert_eq!(wrong(late("bob")), none(), "who was lost never left");
        assert_eq!(wrong(late("ada")), found, "another was lost");
    }
    for message in [
        json!({"type": "deluser", "message": "n1"}),
        json!({"type": "chat", "from": "X", "message": "of another conversation"}),
    ] {
        assert_eq!(
            wrong(vec![(END, "bob", event("chat", message.clone()))]),
            none(),
            "{message}"
        );
    }
}
