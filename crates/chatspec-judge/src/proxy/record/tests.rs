use serde_json::json;

use super::*;
use crate::check::Sender;
use crate::fixture::{self, Fixture, TransportName, lint};
use crate::rule::Rules;

/// What passes, written down.
#[derive(Default)]
struct Script(Recorder);

impl Script {
    fn see(&mut self, session: u32, what: What) {
        let seen = Seen {
            at: 0,
            session,
            what,
        };
        self.0.see(&seen, &[]);
    }

    fn opens(&mut self, session: u32) {
        let transport = TransportName::Polling;
        self.see(session, What::Opened { transport });
        let namespace = "/".to_owned();
        self.see(session, What::Connected { namespace });
    }

    fn event(&mut self, by: Sender, session: u32, name: &str, arg: Value) {
        let ack = (by == Sender::Client).then(|| "7".to_owned());
        let what = What::Event {
            by,
            namespace: "/".to_owned(),
            name: name.to_owned(),
            args: vec![arg],
            ack,
            attachments: None,
            raw: String::new(),
        };
        self.see(session, what);
    }

    fn sends(&mut self, session: u32, message: Value) {
        self.event(Sender::Client, session, "chat", message);
    }

    fn get(&mut self, sessions: &[u32], message: Value) {
        for session in sessions {
            self.event(Sender::Server, *session, "chat", message.clone());
        }
    }

    fn acks(&mut self, session: u32, args: Vec<Value>) {
        let (by, id) = (Sender::Server, "7".to_owned());
        self.see(session, What::Ack { by, id, args });
    }

    fn text(&self, profile: Profile) -> String {
        self.0
            .fixture(profile, "recorded/x", "A title: with a colon")
            .expect("something was done")
    }
}

fn rules() -> Rules {
    let text = std::fs::read_to_string("../../spec/generated/rules.json").expect("the rules");
    Rules::from_json(&text).expect("the rules")
}

/// Loads it, and says everything that lint says but that nobody has reviewed it.
fn loaded(text: &str) -> Fixture {
    let fixture =
        fixture::load("x.yaml", text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    assert_eq!(lint::lint(&fixture, &rules()), [], "{text}");
    assert!(!fixture.reviewed && lint::unreviewed(&fixture).is_some());
    fixture
}

fn join(user: &str) -> Value {
    json!({"event": "join", "user": user, "room": "The Den"})
}

fn newuser(user: &str) -> Value {
    json!({"type": "newuser", "message": format!("New User {user} joined room The Den")})
}

/// Two who meet, talk and part.
fn meeting() -> Script {
    let mut script = Script::default();
    script.opens(1);
    script.opens(2);
    script.see(2, What::Upgraded);
    script.sends(1, join("alice"));
    script.get(&[1], newuser("alice"));
    script.acks(1, vec![]);
    script.sends(2, join("Bob"));
    script.get(&[1, 2], newuser("Bob"));
    script.acks(2, vec![]);
    script.sends(
        1,
        json!({"event": "chat", "room": "The Den", "text": "it costs $5"}),
    );
    script.get(
        &[2],
        json!({"type": "chat", "from": "ALICE", "message": "it costs $5"}),
    );
    script.acks(1, vec![]);
    script.sends(2, json!({"event": "users", "room": "The Den"}));
    script.get(
        &[2],
        json!({"type": "users", "message": "Users in room: ['ALICE', 'BOB']"}),
    );
    script.acks(2, vec![]);
    script
}

#[test]
fn names_rooms_and_texts_become_fresh() {
    let text = meeting().text(Profile::Core);
    for line in [
        "reviewed: false",
        "participants: [\"ada\",\"bob\",\"yan\",\"zoe\"]",
        "settings: {\"ada\":{\"transport\":\"polling\"},\"bob\":{\"transport\":\"upgrade\"}}",
        r#"{"by":"ada","send":{"event":"join","user":"${ada|lower}","room":"$room"},"ack":"ok","expect":[{"to":["ada"],"must":{"type":"newuser","message":"New User ${ada|lower} joined room $room"},"rule":"join.announce"}]}"#,
        r#""message":"New User ${bob|title} joined room $room""#,
        r#""send":{"event":"chat","room":"$room","text":"it costs $$5 $nonce"}"#,
        r#""expect":[{"to":["bob"],"must":{"type":"chat","from":"$ada","message":"it costs $$5 $nonce"},"rule":"chat.room"}]"#,
        r#""must":{"type":"users","message":{"$listing":["'$ada'","'$bob'"]}},"rule":"users.reply""#,
    ] {
        assert!(text.contains(line), "no {line} in\n{text}");
    }
    let fixture = loaded(&text);
    assert_eq!(fixture.steps.len(), 2 + 4 + 1);
    for profile in [Profile::Core, Profile::Hardened] {
        loaded(&meeting().text(profile));
    }
}

#[test]
fn refusals_ends_and_late_comers_are_written() {
    let mut script = meeting();
    let refusal = r#"{"code":20,"message":"that name is taken"}"#;
    script.opens(3);
    script.sends(3, join("ALICE"));
    script.event(Sender::Server, 3, "message", json!(refusal));
    script.acks(
        3,
        vec![json!({"code": 20, "message": "that name is taken"})],
    );
    let (by, how) = (Sender::Client, String::new());
    script.see(
        1,
        What::Closed {
            by,
            abrupt: true,
            how: how.clone(),
        },
    );
    let left = json!({"type": "deluser", "message": "User alice left room The Den"});
    script.get(&[2], left.clone());
    script.sends(2, json!({"event": "leave"}));
    script.acks(2, vec![]);
    script.see(
        2,
        What::Closed {
            by,
            abrupt: false,
            how,
        },
    );
    let text = script.text(Profile::Hardened);
    for line in [
        r#""cora":{"transport":"polling","connect":"later"}"#,
        r#"{"by":"cora","connect":true}"#,
        r#""refused":[20],"rule":"join.unique","ack":"refused"}"#,
        r#"{"by":"ada","drop":"abrupt","within":"heartbeat","expect":[{"to":["bob"],"must":{"type":"deluser","message":"User ${ada|lower} left room $room"},"rule":"presence.cleanup"}]}"#,
        r#"{"by":"bob","send":{"event":"leave"},"ack":"ok"}"#,
    ] {
        assert!(text.contains(line), "no {line} in\n{text}");
    }
    // Nobody sees how the last one goes.
    assert!(!text.contains("\"drop\":\"close\""), "{text}");
    loaded(&text);
    // In core none of that is due.
    let text = script.text(Profile::Core);
    assert!(
        !text.contains("refused") && text.contains(r#""may":{"type":"deluser""#),
        "{text}"
    );
    // It may come late, and what rests on it is asked for again.
    let may =
        r#"{"to":["bob"],"may":{"type":"deluser","message":"User ${ada|lower} left room $room"}}"#;
    assert_eq!(text.matches(may).count(), 3, "{text}");
    assert!(
        text.ends_with(&format!("room: $yard}}\n    expect: [{may}]\n")),
        "{text}"
    );
    loaded(&text);
}

#[test]
fn what_is_said_again_later_comes_of_the_later() {
    let mut script = Script::default();
    script.opens(1);
    script.opens(2);
    script.sends(1, join("a"));
    script.get(&[1], newuser("a"));
    let hi = json!({"event": "chat", "room": "The Den", "text": "hi"});
    script.sends(1, hi.clone());
    script.sends(2, join("b"));
    script.get(&[1, 2], newuser("b"));
    script.sends(1, hi);
    script.get(&[2], json!({"type": "chat", "from": "A", "message": "hi"}));
    let fixture = loaded(&script.text(Profile::Core));
    let heard: Vec<usize> = fixture.steps[2..6]
        .iter()
        .map(|step| step.expect.len())
        .collect();
    assert_eq!(heard, [1, 0, 1, 1]);
}

#[test]
fn whatever_clients_send_is_a_fixture() {
    let mut script = Script::default();
    script.opens(1);
    for arg in [
        json!({"$repeat": {"text": "x", "times": 9_999_999}}),
        json!({"event": "$image"}),
        json!({"event": "chat", "room": "A\u{1b}[2J'\"\\", "text": "$ada ${room} \u{2028} \u{202e} # : -"}),
        json!({"event": "chat", "room": {"$any": "text"}, "text": null}),
        json!({"event": "join", "user": " JDOE ", "room": "x".repeat(100)}),
        json!({"event": "image", "room": "A", "bimage": format!("data:image/png;base64,{}", "A".repeat(4000))}),
        json!([["$$"]]),
        json!({"event": "chat", "room": "A", "text": "\u{7f}\u{80}\u{93}quoted\u{94}\u{9f}\u{fffe}\u{ffff}\u{85}"}),
        Value::Null,
    ] {
        script.sends(1, arg);
    }
    script.event(Sender::Client, 1, "$event", json!("x"));
    let (by, raw) = (Sender::Client, "42[\"chat\",NaN] $x\n".to_owned());
    script.see(
        1,
        What::Malformed {
            by,
            raw,
            why: String::new(),
            json: true,
        },
    );
    script.get(
        &[1],
        json!({"type": "users", "message": "Users in room: [\"$x\", 'y']"}),
    );
    script.get(
        &[1],
        json!({"type": "users", "message": "Users in room: [x"}),
    );
    script.get(&[1], json!({"type": "newuser", "message": "$none"}));
    let text = script.text(Profile::Core);
    loaded(&text);
    assert!(
        text.contains(r#""bimage":{"$image":{"type":"png","bytes":3000}}"#),
        "{text}"
    );
    assert!(
        text.contains("  # ada: an event that a fixture has no words for is left out\n"),
        "{text}"
    );
}

/// As much as is kept of short messages can be read again.
#[test]
fn a_long_session_is_a_fixture() {
    let mut script = Script::default();
    for session in 1..=2 {
        script.opens(session);
    }
    for (session, user) in [(1, "ADA"), (2, "BOB")] {
        script.sends(
            session,
            json!({"event": "join", "user": user, "room": "DEN"}),
        );
    }
    let says = |script: &mut Script| {
        script.sends(1, json!({"event": "chat", "room": "DEN", "text": "hello"}));
        script.get(
            &[2],
            json!({"type": "chat", "from": "ADA", "message": "hello"}),
        );
    };
    // Longer than acts are looked back for; to load what is written of all takes half a minute.
    (0..2_500).for_each(|_| says(&mut script));
    let fixture = loaded(&script.text(Profile::Core));
    assert!(fixture.steps.len() > 2_500);
    while !script.0.is_full() {
        says(&mut script);
    }
    assert_eq!(script.0.len(), 20_000);
}

#[test]
fn nothing_done_is_no_fixture_and_much_is_cut() {
    let mut script = Script::default();
    script.opens(1);
    assert!(script.0.fixture(Profile::Core, "x", "y").is_none());
    let long = "x".repeat(1 << 20);
    for _ in 0..40 {
        script.sends(1, json!({"event": "chat", "room": "A", "text": long}));
    }
    assert!(script.0.is_full() && script.0.len() < 40);
    assert!(script.text(Profile::Core).contains("# More has passed"));
}

#[test]
fn what_is_kept_is_weighed() {
    assert_eq!(size(&json!(7)), 32);
    assert_eq!(size(&json!("abc")), 35);
    assert_eq!(size(&json!(["ab", "cd"])), 32 + 34 + 34);
    assert_eq!(
        size(&json!({"key": "ab", "k": 7})),
        64 + 64 + 3 + 34 + 64 + 1 + 32
    );
}

#[test]
fn a_refusal_rests_on_the_rule_of_its_code() {
    for (code, rule) in [
        (10, "message.event-unknown.refused"),
        (11, "name.length"),
        (12, "name.length"),
        (14, "image.content"),
        (15, "chat.text-size"),
        (20, "join.unique"),
        (21, "chat.unjoined.refused"),
        (22, "chat.members-only"),
        (23, "chat.private.unknown.refused"),
        (24, "leave.own-record"),
        (99, "message.shape.refused"),
        (7, "refusal.form"),
    ] {
        let mut script = meeting();
        script.sends(
            1,
            json!({"event": "chat", "room": "The Den", "text": "again"}),
        );
        let refusal = json!({"code": code, "message": "no"}).to_string();
        script.event(Sender::Server, 1, "message", json!(refusal));
        let text = script.text(Profile::Hardened);
        let wanted = format!("\"refused\":[{code}],\"rule\":\"{rule}\"");
        assert!(text.contains(&wanted), "no {wanted} in\n{text}");
    }
}

/// Who opens a namespace of its own, ends the session in order, or whose session ends, is written so.
#[test]
fn ends_are_told_apart() {
    let by = Sender::Client;
    for (what, word) in [
        (What::Disconnected { by }, "namespace"),
        (
            What::Closed {
                by,
                abrupt: true,
                how: String::new(),
            },
            "abrupt",
        ),
        (
            What::Closed {
                by,
                abrupt: false,
                how: String::new(),
            },
            "close",
        ),
    ] {
        let mut script = meeting();
        script.see(
            2,
            What::Connected {
                namespace: "/admin".to_owned(),
            },
        );
        script.see(1, what);
        script.sends(2, json!({"event": "users", "room": "The Den"}));
        let text = script.text(Profile::Core);
        assert!(
            text.contains(&format!("\"drop\":\"{word}\"")),
            "no {word} in\n{text}"
        );
        assert!(!text.contains("\"connect\""), "{text}");
    }
    let mut script = meeting();
    let (by, how) = (Sender::Server, String::new());
    script.see(
        1,
        What::Closed {
            by,
            abrupt: false,
            how,
        },
    );
    script.sends(2, json!({"event": "users", "room": "The Den"}));
    let text = script.text(Profile::Core);
    let last = text
        .lines()
        .filter(|line| line.contains("may-close"))
        .collect::<Vec<_>>();
    assert_eq!(last.len(), 1, "{text}");
    assert!(last[0].contains("\"by\":\"ada\""), "{text}");
}
