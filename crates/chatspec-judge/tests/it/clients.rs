//! Clients that chance makes up, on every committed script: what is said of each is what the file beside this one has.

use std::fmt::Write;
use std::path::Path;

use chatspec_judge::check::Checker;
use chatspec_judge::client::{self, Event, What};
use chatspec_judge::model::Dice;
use chatspec_judge::rule::{Keyword, Profile, Rule, Rules, RulesFile};
use chatspec_judge::verdict::Verdict;
use serde_json::{Value, json};

use crate::fixtures::rules;
use crate::golden;

/// Clients of each script; of those after the first dozen there is a hash.
const PLAYS: u64 = 80;
const WHOLE: u64 = 12;
const SCRIPTS: [&str; 9] = [
    "away", "connect", "farewell", "left", "patience", "receive", "refusal", "retry", "talk",
];

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).expect("a file of the checkout")
}

fn checker() -> Checker {
    let schema = |name| file(&format!("schemas/protocol/v1/{name}.json"));
    let [client, server, refusal] = ["client-to-server", "server-to-client", "refusal"].map(schema);
    Checker::from_json(&client, &server, &refusal).expect("schemas")
}

#[test]
fn made_up_clients_are_judged_like_this() {
    let rules = rules();
    let checker = checker();
    let mut all = String::new();
    for name in SCRIPTS {
        let path = format!("fixtures/client/{name}.yaml");
        let script = client::load(&path, &file(&path), &rules).expect("a script");
        for seed in 1..=PLAYS {
            let events = made_up(seed);
            let mut text = String::new();
            writeln!(all, "{name} {seed}").expect("text");
            for finding in client::judge(&script, &events, &rules, &checker) {
                let (rule, verdict, line) = (&finding.rule, finding.verdict, finding.line);
                if verdict != Verdict::Blocked {
                    writeln!(text, "  {line} {rule} {verdict:?} {}", finding.why).expect("text");
                }
            }
            match seed <= WHOLE {
                true => all += &text,
                false => writeln!(all, "  {:016x}", golden::hash(&text)).expect("text"),
            }
        }
    }
    golden::is("clients/made-up.txt", &all);
}

/// What one step has found is not found again by the next.
#[test]
fn each_step_waits_for_something_of_its_own() {
    let rules = rules();
    let checker = checker();
    let opened = || {
        [
            What::Opened("/socket.io/?EIO=4&transport=websocket".to_owned()),
            What::Packet("40".to_owned()),
            What::Sent("40{}".to_owned()),
        ]
    };
    let users = || What::Packet(r#"42["chat",{"event":"users","room":"LOBBY"}]"#.to_owned());
    let shown = || What::Shown(json!({"state": "connected"}));
    for (step, rule, once) in [
        ("accept: true", "client.opens", opened().to_vec()),
        ("receive: {event: users}", "client.users", vec![users()]),
        (
            "packet: \"3\"",
            "client.pong",
            vec![What::Packet("3".to_owned())],
        ),
        ("shows: {state: connected}", "client.shows", vec![shown()]),
    ] {
        let line = format!("  - {{{step}, rule: {rule}}}\n");
        let first = "  - {accept: true, rule: client.opens}\n";
        let first = if step.starts_with("accept") {
            ""
        } else {
            first
        };
        let text = format!("about: x\nsteps:\n{first}{line}{line}");
        let script = client::load("fixtures/client/x.yaml", &text, &rules);
        let script = script.unwrap_or_else(|errors| panic!("{step}: {errors:?}"));
        for times in 1..=3 {
            let happened = opened().into_iter().filter(|_| !step.starts_with("accept"));
            let all = std::iter::repeat_n(once.clone(), times).flatten();
            let events: Vec<Event> = (0..)
                .zip(happened.chain(all))
                .map(|(at, what)| Event { at: at * 500, what })
                .collect();
            let found = client::judge(&script, &events, &rules, &checker);
            let own = found
                .iter()
                .filter(|finding| finding.rule == rule && finding.line > 0);
            let own: Vec<Verdict> = own.map(|finding| finding.verdict).collect();
            let holds = own == [Verdict::Pass, Verdict::Pass];
            assert_eq!(holds, times > 1, "{step}, {times} times: {own:?}");
        }
    }
}

/// What does not hold counts as much as its rule does.
#[test]
fn a_rule_weighs_as_much_as_its_word() {
    let rule = |name: &str, keyword: Keyword| Rule {
        name: name.to_owned(),
        keyword,
        profile: Profile::Core,
        slow: false,
        untested: None,
        text: format!("{name} **MUST** hold."),
        file: "x.md".to_owned(),
        line: 1,
    };
    let rules = Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules: vec![
            rule("client.opens", Keyword::Must),
            rule("client.join", Keyword::Should),
            rule("client.users", Keyword::May),
        ],
    });
    let checker = checker();
    for (of, passed, failed) in [
        ("client.opens", Verdict::Pass, Verdict::Fail),
        ("client.join", Verdict::Pass, Verdict::Warn),
        ("client.users", Verdict::Pass, Verdict::Observed),
    ] {
        let text = format!("about: x\nsteps:\n  - {{accept: true, rule: {of}}}\n");
        let script = client::load("fixtures/client/x.yaml", &text, &rules).expect("a script");
        let opened = ["/socket.io/?EIO=4&transport=websocket"];
        let mut events: Vec<Event> = opened
            .map(|query| What::Opened(query.to_owned()))
            .into_iter()
            .chain([What::Packet("40".to_owned()), What::Sent("40{}".to_owned())])
            .map(|what| Event { at: 0, what })
            .collect();
        for verdict in [passed, failed] {
            let found = client::judge(&script, &events, &rules, &checker);
            let found = found.iter().find(|finding| finding.rule == of);
            assert_eq!(found.map(|finding| finding.verdict), Some(verdict), "{of}");
            events.clear();
        }
    }
}

/// What a client may do, and what we do to it.
fn made_up(seed: u64) -> Vec<Event> {
    let mut dice = Dice::new(seed);
    let mut at = 0;
    // Those of every third seed behave.
    let calm = !seed.is_multiple_of(3);
    let mut events = Vec::new();
    let mut push = |at: u64, what: What| events.push(Event { at, what });
    push(
        0,
        What::Opened("/socket.io/?EIO=4&transport=websocket".to_owned()),
    );
    push(1, What::Packet("40".to_owned()));
    push(2, What::Sent("40{}".to_owned()));
    // Some try again and again.
    let restless = seed.is_multiple_of(5);
    for _ in 0..60 {
        at += 3 + dice.below(if restless { 120 } else { 400 });
        if restless && dice.below(3) == 0 {
            push(at, What::Refused("/socket.io/".to_owned()));
            continue;
        }
        let what = match dice.below(if calm { 24 } else { 40 }) {
            0..=4 => What::Asked(asked(&mut dice)),
            5..=13 => What::Packet(format!("42{}", json!(["chat", said(&mut dice, calm)]))),
            14..=16 => What::Sent(format!("42{}", json!(["chat", heard(&mut dice)]))),
            17..=19 => What::Shown(heard_of(&mut dice)),
            20 => What::Sent(r#"42["message","{\"code\":20,\"message\":\"no\"}"]"#.to_owned()),
            21 => What::Packet("3".to_owned()),
            22 => match dice.below(3) {
                0 => What::Dropped,
                1 => What::Opened("/socket.io/?EIO=4&transport=websocket".to_owned()),
                _ => What::Closed("it was closed".to_owned()),
            },
            23 => {
                push(at, What::Packet("40".to_owned()));
                What::Sent("40{}".to_owned())
            }
            24 => What::Opened("/socket.io/?EIO=3".to_owned()),
            25 => What::Refused("/socket.io/".to_owned()),
            26 => What::Binary(7),
            27 => What::Noise("hello".to_owned()),
            28 => What::Strange("GET /".to_owned()),
            29 => What::Exited("code 0".to_owned()),
            30 if dice.below(3) == 0 => What::Flood,
            _ => What::Packet(packet(&mut dice).to_owned()),
        };
        push(at, what);
    }
    events
}

fn of<'t>(dice: &mut Dice, all: &[&'t str]) -> &'t str {
    all[dice.below(all.len() as u64) as usize]
}

fn text(dice: &mut Dice) -> &'static str {
    of(dice, &["hi", "hi", "hello $5", "later", ""])
}

fn room(dice: &mut Dice) -> &'static str {
    of(dice, &["LOBBY", "LOBBY", "DEN"])
}

fn asked(dice: &mut Dice) -> Value {
    match dice.below(9) {
        0 => json!({"do": "join", "user": "ada", "room": room(dice)}),
        1 => json!({"do": "leave"}),
        2 => json!({"do": "users"}),
        3 => json!({"do": "private", "to": "bob", "text": text(dice)}),
        4 if dice.below(4) == 0 => json!({"do": "quit"}),
        _ => json!({"do": "chat", "text": text(dice)}),
    }
}

fn said(dice: &mut Dice, calm: bool) -> Value {
    match dice.below(if calm { 8 } else { 12 }) {
        0 | 1 => json!({"event": "join", "user": "ada", "room": room(dice)}),
        2 => json!({"event": "leave", "user": "ada", "room": room(dice)}),
        3 => json!({"event": "users", "room": room(dice)}),
        4 => json!({"event": "chat", "room": room(dice), "user": "bob", "text": text(dice)}),
        5..=7 => json!({"event": "chat", "room": room(dice), "text": text(dice)}),
        8 => {
            json!({"event": "image", "room": room(dice), "bimage": "data:image/png;base64,iVBORw0KGgo="})
        }
        9 => json!({"event": "dance"}),
        10 => json!({"event": "chat", "room": 7}),
        _ => json!("chat"),
    }
}

fn heard(dice: &mut Dice) -> Value {
    match dice.below(5) {
        0 => json!({"type": "newuser", "message": "New User bob joined room LOBBY"}),
        1 => json!({"type": "users", "message": "Users in room: ['ADA']"}),
        _ => json!({"type": "chat", "from": of(dice, &["BOB", "EVE"]), "message": text(dice)}),
    }
}

fn heard_of(dice: &mut Dice) -> Value {
    match dice.below(6) {
        0 => json!({"state": "connected"}),
        1 => json!({"error": "no"}),
        _ => json!({"from": of(dice, &["BOB", "EVE"]), "text": text(dice)}),
    }
}

fn packet(dice: &mut Dice) -> &'static str {
    of(
        dice,
        &[
            "1",
            "2probe",
            "5",
            "2",
            "41",
            "41x",
            "40{\"token\":\"x\"}",
            "40[]",
            "43[]",
            "4317[]",
            "43{}",
            "44{}",
            "451-[\"chat\",{}]",
            "46",
            "47",
            "42[\"pm\",{}]",
            "42[\"chat\",{},1]",
            "42[7]",
            "42[",
            "",
            "\u{e9}",
        ],
    )
}
