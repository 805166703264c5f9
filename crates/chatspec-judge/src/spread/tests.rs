//! Who sits together, and who may sit apart.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::fixture::{self, Fixture};
use crate::transcript::{Entry, What};

fn conversation(steps: &str) -> Fixture {
    let head = "id: chat/x\ntitle: X\nprofile: hardened\nrules: [chat.room]\nparticipants: [ada, bob, cora, eve]\nrooms: [den, attic]\nsteps:\n";
    fixture::load("x.yaml", &format!("{head}{steps}")).expect("a fixture")
}

/// Who has to sit with whom, by name.
fn pairs(steps: &str) -> BTreeSet<(String, String)> {
    let fixture = conversation(steps);
    let name = |index: usize| fixture.participants[index].name.clone();
    together(&fixture)
        .into_iter()
        .map(|(one, other, _)| (name(one.min(other)), name(one.max(other))))
        .collect()
}

fn two(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

const ENTER: &str =
    "  - enter: {who: [ada, bob], room: $den}\n  - enter: {who: [cora], room: $attic}\n";

#[test]
fn what_must_come_may_come_from_elsewhere() {
    let steps = format!("{ENTER}  - exchange: {{from: ada, to: [bob], room: $den}}\n");
    assert_eq!(pairs(&steps), BTreeSet::new());
}

#[test]
fn silence_in_the_own_room_is_shown_by_a_sentinel() {
    let steps = format!(
        "{ENTER}  - by: ada\n    send: {{event: chat, room: $den, user: nobody, text: x}}\n    expect: [{{to: [bob], not: {{}}}}]\n"
    );
    assert_eq!(pairs(&steps), BTreeSet::new());
}

#[test]
fn silence_of_an_outsider_is_not() {
    let steps = format!(
        "{ENTER}  - by: ada\n    send: {{event: chat, room: $den, text: x}}\n    expect: [{{to: [bob, cora, eve], not: {{}}}}]\n"
    );
    let expected = BTreeSet::from([two("ada", "cora"), two("ada", "eve")]);
    assert_eq!(pairs(&steps), expected);
}

#[test]
fn nor_is_what_may_come_after_one_has_left() {
    let leave = "  - by: ada\n    send: {event: leave, user: $ada, room: $den}\n    expect: [{to: [bob], may: {type: deluser}}]\n";
    let pairs = pairs(&format!("{ENTER}{leave}"));
    assert!(pairs.contains(&two("ada", "bob")), "{pairs:?}");
}

#[test]
fn a_leave_that_must_be_heard_is() {
    let leave = "  - by: ada\n    send: {event: leave, user: $ada, room: $den}\n    expect: [{to: [bob], must: {type: deluser}}]\n";
    assert_eq!(pairs(&format!("{ENTER}{leave}")), BTreeSet::new());
}

/// One who has left as it joined is outside for certain; of one who has left otherwise nobody can tell.
#[test]
fn who_leaves_as_it_joined_is_outside() {
    let after = "  - by: bob\n    send: {event: chat, room: $den, text: x}\n    expect: [{to: [ada], not: {}}]\n";
    let leaves = |user: &str, room: &str| {
        let leave = format!(
            "  - by: ada\n    send: {{event: leave, user: {user}, room: {room}}}\n    expect: [{{to: [bob], must: {{type: deluser}}}}]\n"
        );
        pairs(&format!("{ENTER}{leave}{after}"))
    };
    let outside = leaves("$ada", "$den");
    for (user, room) in [("$bob", "$den"), ("$ada", "$attic")] {
        assert!(leaves(user, room).is_superset(&outside), "{user} {room}");
    }
    assert!(outside.contains(&two("ada", "bob")), "{outside:?}");
}

#[test]
fn variables_end_where_a_word_does() {
    assert_eq!(place::variables("$ada"), ["ada"]);
    assert_eq!(
        place::variables("x $a_1-b ${bob|lower}$"),
        ["a_1", "bob", ""]
    );
    assert_eq!(place::variables("none"), Vec::<&str>::new());
}

#[test]
fn a_refusal_is_silence_for_everybody() {
    let refused =
        "  - by: ada\n    send: {event: chat, room: $attic, text: x}\n    refused: [22]\n";
    let expected = BTreeSet::from([two("ada", "cora"), two("ada", "eve")]);
    assert_eq!(pairs(&format!("{ENTER}{refused}")), expected);
}

#[test]
fn who_wants_the_name_of_another_sits_with_it() {
    let taken = "  - by: eve\n    send: {event: join, user: \"${ada|lower}\", room: $den}\n    expect: [{to: [eve], may: {}}]\n";
    assert_eq!(
        pairs(&format!("{ENTER}{taken}")),
        BTreeSet::from([two("ada", "eve")])
    );
    let unknown = "  - by: eve\n    send: {event: join, user: ADA, room: $den}\n";
    let all = conversation(&format!("{ENTER}{unknown}"));
    assert_eq!(seats(&all, 4, 7), vec![3; 4]);
}

#[test]
fn one_common_order_is_that_of_one_node() {
    let race = "  - race: {by: [ada, bob], count: 3, send: {event: chat, room: $den, text: \"$me $i\"}}\n    expect: [{to: [ada, bob], must: {type: chat, from: $me}, each: true, repeat: 3}]\n    agree: {among: [ada, bob], rules: [order.room.total]}\n";
    let pairs = pairs(&format!("{ENTER}{race}"));
    assert_eq!(pairs, BTreeSet::from([two("ada", "bob")]));
}

#[test]
fn literal_text_and_requests_go_to_one_node() {
    for act in [
        "  - by: ada\n    packets: ['42[\"chat\",1]']\n    connection: may-close\n",
        "  - request: {query: \"EIO=4&transport=polling\"}\n    answer: {status: 200}\n",
    ] {
        let fixture = conversation(&format!("{ENTER}{act}"));
        let seats = seats(&fixture, 2, 3);
        assert!(
            seats.iter().all(|seat| *seat == seats[0]),
            "{act}: {seats:?}"
        );
    }
}

#[test]
fn whoever_may_sits_apart_and_the_seed_decides_where() {
    let steps = format!("{ENTER}  - exchange: {{from: ada, to: [bob], room: $den}}\n");
    let fixture = conversation(&steps);
    let mut met = BTreeSet::new();
    for mix in 0..64_u64 {
        let seats = seats(&fixture, 2, mix.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        assert_eq!(
            seats,
            super::seats(&fixture, 2, mix.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        );
        assert!(seats.contains(&0) && seats.contains(&1), "{seats:?}");
        for one in 0..4 {
            for other in one + 1..4 {
                if seats[one] != seats[other] {
                    met.insert((one, other));
                }
            }
        }
    }
    assert_eq!(met.len(), 6, "every pair meets across nodes: {met:?}");
    assert_eq!(seats(&fixture, 1, 5), vec![0; 4]);
}

#[test]
fn a_fixture_may_say_who_sits_where() {
    let text = "id: chat/x\ntitle: X\nprofile: core\nrules: [chat.room]\nparticipants: [ada, bob]\nsettings: {bob: {node: 2}}\nsteps:\n  - enter: {who: [ada, bob]}\n";
    let fixture = fixture::load("x.yaml", text).expect("a fixture");
    assert_eq!(fixture.nodes(), 2);
    assert_eq!(seats(&fixture, 2, 0), vec![0, 1]);
    assert_eq!(seats(&fixture, 2, 1), vec![1, 0]);
    assert_eq!(seats(&fixture, 3, 2), vec![2, 0]);
}

#[test]
fn what_is_said_in_a_room_may_reach_all_but_those_who_are_known_to_be_elsewhere() {
    let entry = |step: usize, who: &str, what: What| Entry {
        at: 0,
        step,
        who: who.to_owned(),
        what,
    };
    let chat = |message: Value| ("chat".to_owned(), vec![message]);
    let asks = |who: &str, room: &str| {
        let (event, args) = chat(json!({"event": "join", "user": who, "room": room}));
        let ack = None;
        entry(0, who, What::Sent { event, args, ack })
    };
    let told = |who: &str, room: &str| {
        let message = format!("New User {who} joined room {}", room.to_uppercase());
        let (name, args) = chat(json!({"type": "newuser", "message": message}));
        entry(0, who, What::Event { name, args })
    };
    let mut entries = Vec::new();
    for (who, room) in [
        ("ada", "den"),
        ("bob", "Den "),
        ("cora", "attic"),
        ("dan", "h\u{f6}hle"),
    ] {
        entries.extend([asks(who, room), told(who, room)]);
    }
    // What has become of this join is not known.
    entries.push(asks("fay", "attic"));
    let who = ["ada", "bob", "cora", "dan", "eve", "fay"];
    let reaches = |entries: &[Entry], steps| {
        let hearers = hearers(entries, steps, "DEN", who);
        hearers.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(reaches(&entries, 1), "ada bob dan fay");
    entries.push(asks("cora", "den"));
    assert_eq!(reaches(&entries, 1), "ada bob cora dan fay");
    // Who has left is elsewhere as soon as the step is over.
    let (event, args) = chat(json!({"event": "leave"}));
    let ack = None;
    entries.push(entry(1, "bob", What::Sent { event, args, ack }));
    entries.push(entry(1, "bob", What::BarrierReturned));
    assert_eq!(reaches(&entries, 2), "ada bob cora dan fay");
    assert_eq!(reaches(&entries, 3), "ada cora dan fay");
}

#[test]
fn a_listing_lists_whole_names() {
    assert!(lists("Users in room: ['ADA', 'BOB']", "BOB"));
    assert!(!lists("Users in room: ['ADA', 'BOBBY']", "BOB"));
    assert!(!lists("Users in room: []", "BOB"));
    assert!(!lists("nonsense", "BOB"));
    assert!(!lists("Users in room: ['ADA', 'BOB", "BOB"));
}

#[test]
fn a_listing_lists_names_that_want_escapes() {
    let text = r#"Users in room: ["O'BRIEN", 'SAY "HI"', 'BO\'TH"Q', 'BACK\\SLASH', "', '", 'A\tB\x00\u00ad\U000e0001']"#;
    for user in [
        "O'BRIEN",
        r#"SAY "HI""#,
        r#"BO'TH"Q"#,
        r"BACK\SLASH",
        "', '",
        "A\tB\0\u{ad}\u{e0001}",
    ] {
        assert!(lists(text, user), "{user:?}");
    }
    for user in ["BRIEN", r"BO\'TH", "HI", ""] {
        assert!(!lists(text, user), "{user:?}");
    }
    // Whoever writes them as they are is told so elsewhere.
    assert!(lists(
        r#"Users in room: ['BACK\SLASH', 'BO'TH"Q']"#,
        r#"BO'TH"Q"#
    ));
    for broken in ["[", "['", r"['\", r"['\x", r"['\uD800", "[,", "['A' 'B']"] {
        assert!(!lists(broken, "B"), "{broken}");
    }
}

#[test]
fn a_bystander_of_a_bad_input_sits_apart() {
    let text = "id: polling/x\ntitle: X\nprofile: hardened\nrules: [transport.bad-frames.closed]\nover: polling\ninputs:\n  - id: P-03\n    title: nothing\n    do: [{post: \"\"}]\n    outcome: [4xx, closed]\n";
    let fixtures = fixture::hostile::load("x.yaml", text).expect("a fixture");
    for fixture in fixtures {
        let name = |index: usize| fixture.participants[index].name.as_str();
        let cora = (0..fixture.participants.len()).find(|index| name(*index) == "cora");
        let cora = cora.expect("she is always there");
        let seats = seats(&fixture, 2, 5);
        for (index, seat) in seats.iter().enumerate() {
            assert_eq!(
                *seat == seats[cora],
                index == cora,
                "{}: {seats:?}",
                name(index)
            );
        }
    }
}
