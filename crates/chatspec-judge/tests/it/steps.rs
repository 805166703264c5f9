//! Who acts in a step, and which rules it can hold.

use chatspec_judge::fixture::Action;
use serde_json::json;

use crate::stage::fixture;

const SAY: &str = "  - by: ada\n    send: {event: chat, room: $room, text: hi}\n";

#[test]
fn one_acts_or_all_that_race() {
    let actors = |step: &str| {
        let fixture = fixture("core", "chat.room", step);
        let actors = fixture.steps[0].actors();
        actors.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(actors(SAY), ["ada"]);
    let race = "  - race: {by: [ada, bob], count: 2, send: {event: chat, room: $room, text: $i}}\n";
    assert_eq!(actors(race), ["ada", "bob"]);
}

/// Rules `ack.success` and `ack.always`: an acknowledgement of what was refused is another promise.
#[test]
fn an_acknowledgement_has_its_rule() {
    let rules = |ack: &str| {
        let fixture = fixture("hardened", "chat.room", &format!("{SAY}{ack}"));
        let rules: Vec<String> = fixture.steps[0].rules().map(str::to_owned).collect();
        rules
    };
    assert!(!rules("").iter().any(|rule| rule.starts_with("ack.")));
    let of = |ack: &str| {
        rules(ack)
            .into_iter()
            .filter(|rule| rule.starts_with("ack."))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("    ack: ok\n"), ["ack.success"]);
    assert_eq!(of("    ack: refused\n"), ["ack.always"]);
}

/// A short form is the step that it stands for.
#[test]
fn who_departs_is_no_member_any_more() {
    let steps = "  - enter: {who: [ada, bob]}
  - depart: {who: bob, heard: [ada]}
  - enter: {who: [bob], room: $room}
  - depart: {who: bob, room: $hall, heard: []}
  - listing: {by: ada, holds: [ada, BOB-2, x]}
";
    let fixture = fixture("core", "chat.room", steps);
    let sent = |n: usize| match &fixture.steps[n].action {
        Action::Send(payload) => payload.clone(),
        other => panic!("{other:?}"),
    };
    let expected = |n: usize| {
        let all = fixture.steps[n].expect.iter();
        let all = all.map(|item| (item.to.join(" "), item.pattern["message"].clone()));
        all.collect::<Vec<_>>()
    };
    assert_eq!(
        sent(2),
        json!({"event": "leave", "user": "$bob", "room": "$room"})
    );
    assert_eq!(
        expected(2),
        [("ada".to_owned(), json!("User $bob left room $room"))]
    );
    assert_eq!(fixture.steps[2].rule, "leave.announce");
    // Ada alone is there, and hears of the one who comes again once.
    assert_eq!(
        expected(3),
        [(
            "ada bob".to_owned(),
            json!("New User $bob joined room $room")
        )]
    );
    assert_eq!(
        sent(4),
        json!({"event": "leave", "user": "$bob", "room": "$hall"})
    );
    assert_eq!(expected(4), []);
    // Participants stand for their names, and other texts for themselves.
    let listing = json!({"$listing": ["'$ada'", "'BOB-2'", "'$x'"]});
    assert_eq!(expected(5), [("ada".to_owned(), listing)]);
}

/// Whoever touches what all cases share has to be alone.
#[test]
fn what_reaches_everybody_is_played_alone() {
    let alone = |act: &str| {
        let steps = format!("  - by: ada\n    {act}\n");
        fixture("core", "chat.room", &steps).alone
    };
    assert_eq!(alone("send: {event: chat, room: $room, text: hi}"), None);
    let why = alone("send: {event: chat, text: hi}").expect("it reaches everybody");
    assert!(why.contains("everybody"), "{why}");
    assert!(alone("emit: {event: chat, args: [{event: users}]}").is_some());
    assert_eq!(alone("emit: {event: news, args: [{event: users}]}"), None);
}
