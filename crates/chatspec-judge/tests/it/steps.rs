//! Who acts in a step, and which rules it can hold.

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
