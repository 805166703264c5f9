//! Rule `delivery.members-only`, of those who have left.

use super::*;

/// Eve is in the room, then come these windows, and in the one after them ada says something that eve hears.
fn then(in_order: Option<bool>, windows: Vec<Vec<What>>) -> Vec<(String, Outcome, String)> {
    let last = 2 + windows.len();
    let mut all = two_said(vec![]);
    all.extend([
        (1, "eve", joins("Room-1")),
        (1, "eve", joined("ROOM-1")),
        (1, "eve", What::BarrierReturned),
    ]);
    for (step, window) in windows.into_iter().enumerate() {
        all.extend(window.into_iter().map(|what| (2 + step, "eve", what)));
    }
    all.push((last, "ada", says("Room-1", "three n1")));
    all.push((last, "eve", heard("ADA-1", "three n1")));
    wrong_in(in_order, all)
}

fn after(window: Vec<What>) -> Vec<(String, Outcome, String)> {
    then(None, vec![window])
}

fn caught() -> Vec<(String, Outcome, String)> {
    one(names::MEMBERS_ONLY, Outcome::Unexpected, "eve")
}

fn leaves(names: Value) -> What {
    let mut message = names;
    message["event"] = json!("leave");
    What::Sent {
        event: "chat".to_owned(),
        args: vec![message],
        ack: Some(5),
    }
}

/// As `joins` has it.
fn leaves_room() -> What {
    leaves(json!({"user": "x", "room": "Room-1"}))
}

fn acked(id: u64, args: Vec<Value>) -> What {
    What::Acked { id, args }
}

#[test]
fn who_has_left_hears_no_more() {
    assert_eq!(after(vec![]), none(), "a member");
    assert_eq!(after(vec![leaves_room(), What::BarrierReturned]), caught());
    assert_eq!(after(vec![leaves_room(), acked(5, vec![])]), caught());
    for names in [
        json!({}),
        json!({"user": "X"}),
        json!({"room": " room-1 "}),
        json!({"user": " x", "room": "ROOM-1"}),
    ] {
        let leave = leaves(names.clone());
        assert_eq!(
            after(vec![leave, What::BarrierReturned]),
            caught(),
            "{names}"
        );
    }
}

#[test]
fn a_leave_that_may_not_have_been_handled_ends_nothing() {
    assert_eq!(after(vec![leaves_room()]), none(), "no answer to anything");
    assert_eq!(
        after(vec![What::BarrierReturned, leaves_room()]),
        none(),
        "a barrier before it"
    );
    assert_eq!(
        after(vec![leaves_room(), acked(6, vec![])]),
        none(),
        "another's acknowledgement"
    );
    let lost = What::BarrierLost {
        why: "gone".to_owned(),
    };
    assert_eq!(after(vec![leaves_room(), lost]), none());
    // Where events overtake each other, the barrier says nothing of the leave; its own acknowledgement does.
    let barrier = || vec![leaves_room(), What::BarrierReturned];
    assert_eq!(then(Some(true), vec![barrier()]), caught());
    assert_eq!(then(Some(false), vec![barrier()]), none());
    let own = vec![leaves_room(), acked(5, vec![])];
    assert_eq!(then(Some(false), vec![own]), caught());
}

#[test]
fn a_refused_leave_ends_nothing() {
    let ended = |refusal: What| after(vec![leaves_room(), refusal, What::BarrierReturned]);
    assert_eq!(ended(refused()), none());
    for (name, argument) in [
        ("typing", json!({"code": 24})),
        ("message", json!("hello")),
        ("message", json!("{\"text\":\"hello\"}")),
    ] {
        let event = What::Event {
            name: name.to_owned(),
            args: vec![argument.clone()],
        };
        assert_eq!(ended(event), caught(), "{name} {argument} is no refusal");
    }
    let code = vec![json!({"code": 24, "message": "no"})];
    assert_eq!(ended(acked(5, code.clone())), none());
    assert_eq!(ended(acked(6, code)), caught(), "something else is refused");
}

#[test]
fn a_leave_of_something_else_ends_nothing() {
    for names in [
        json!({"user": "y", "room": "Room-1"}),
        json!({"user": "x", "room": "Room-2"}),
        json!({"user": "x", "room": "PARKED"}),
        json!({"user": "x", "room": "Küche"}),
        json!({"user": "x", "room": null}),
        json!({"user": 1, "room": "Room-1"}),
    ] {
        let leave = leaves(names.clone());
        assert_eq!(after(vec![leave, What::BarrierReturned]), none(), "{names}");
    }
    let shout = sent(json!({"event": "left", "user": "x", "room": "Room-1"}));
    assert_eq!(after(vec![shout, What::BarrierReturned]), none());
    // The leave of a room in which one is no more: of the other one nothing is heard, and of this one everything.
    let mut window = vec![joins("Room-2"), joined("ROOM-2")];
    window.extend([joins("Room-1"), joined("ROOM-1")]);
    window.extend([
        leaves(json!({"user": "x", "room": "Room-2"})),
        What::BarrierReturned,
    ]);
    assert_eq!(after(window), none());
}

#[test]
fn who_has_left_and_come_back_hears_again() {
    let left = || vec![leaves_room(), What::BarrierReturned];
    let back = |more: Vec<What>| then(None, vec![left(), more]);
    assert_eq!(back(vec![joins("Room-1"), joined("ROOM-1")]), none());
    assert_eq!(back(vec![joins("Room-1")]), caught(), "not confirmed");
    assert_eq!(back(vec![joins("Room-1"), refused()]), caught());
    assert_eq!(back(vec![joins("Room-2"), joined("ROOM-2")]), caught());
    // All at once: what is confirmed is what was asked for last.
    let at_once = vec![
        leaves_room(),
        joins("Room-1"),
        joined("ROOM-1"),
        What::BarrierReturned,
    ];
    assert_eq!(after(at_once), none());
    let at_once = vec![
        joins("Room-1"),
        leaves_room(),
        joined("ROOM-1"),
        What::BarrierReturned,
    ];
    assert_eq!(after(at_once), caught(), "in again, and out");
}

/// Whoever comes into a room that a wrong server still lets one hear is not oneself.
#[test]
fn the_newuser_of_another_brings_nobody_back() {
    let mut all = two_said(vec![]);
    all.extend([
        (2, "eve", joins("Room-1")),
        (2, "eve", joined("ROOM-1")),
        (3, "eve", leaves_room()),
        (3, "eve", What::BarrierReturned),
        (4, "eve", joined("ROOM-1")),
        (5, "ada", says("Room-1", "three n1")),
        (5, "eve", heard("ADA-1", "three n1")),
    ]);
    assert_eq!(wrong(all), caught());
    let again = What::Connected {
        transport: TransportName::Websocket,
    };
    let mut all = two_said(vec![]);
    all.extend([
        (2, "eve", joins("Room-1")),
        (3, "eve", again),
        (4, "eve", joined("ROOM-1")),
        (5, "ada", says("Room-1", "three n1")),
        (5, "eve", heard("ADA-1", "three n1")),
    ]);
    assert_eq!(
        wrong(all),
        caught(),
        "nor into a session of which it was not"
    );
}

#[test]
fn what_is_said_while_somebody_leaves_may_come() {
    let mut all = two_said(vec![]);
    all.extend([
        (2, "eve", joins("Room-1")),
        (2, "eve", joined("ROOM-1")),
        (3, "eve", leaves_room()),
        (3, "ada", says("Room-1", "three n1")),
        (3, "eve", heard("ADA-1", "three n1")),
        (3, "eve", What::BarrierReturned),
        // What was said before and comes late is another rule's.
        (4, "eve", heard("ADA-1", "three n1")),
    ]);
    assert_eq!(wrong(all), none());
    // One who was there for a part of the window alone.
    let mut all = two_said(vec![]);
    all.extend([
        (2, "eve", joins("Room-1")),
        (2, "eve", joined("ROOM-1")),
        (2, "eve", leaves_room()),
        (2, "ada", says("Room-1", "three n1")),
        (2, "eve", heard("ADA-1", "three n1")),
        (2, "eve", What::BarrierReturned),
    ]);
    assert_eq!(wrong(all), none());
}

/// A message counts as one to each room to which it was sent.
#[test]
fn the_same_text_may_go_to_two_rooms() {
    let mut all = two_said(vec![]);
    all.extend([
        (2, "eve", joins("Room-1")),
        (2, "eve", joined("ROOM-1")),
        (3, "bob", says("Room-2", "three n1")),
        (3, "ada", says("Room-1", "three n1")),
        (3, "eve", heard("ADA-1", "three n1")),
    ]);
    assert_eq!(wrong(all), none());
}

#[test]
fn what_is_no_whole_message_is_no_leave() {
    let acts = |event: &str, args: Vec<Value>| {
        let event = event.to_owned();
        let ack = Some(5);
        vec![What::Sent { event, args, ack }, acked(5, vec![])]
    };
    let leave = || json!({"event": "leave", "user": "x", "room": "Room-1"});
    assert_eq!(after(acts("chat", vec![leave()])), caught());
    assert_eq!(after(acts("chat", vec![leave(), leave()])), none());
    assert_eq!(after(acts("Chat", vec![leave()])), none());
}
