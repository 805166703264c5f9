use serde_json::{Value, json};

use super::*;
use crate::client::{load, merge, rules as always_rules};

const SCRIPT: &str = "about: x\nsteps:\n  - {accept: true, rule: client.opens}\n  - do: {do: join, user: ada, room: LOBBY}\n  \
                      - {receive: {event: join}, rule: client.join}\n  - {receive: {event: users}, rule: client.users}\n";

fn file(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    std::fs::read_to_string(format!("{root}/{path}")).expect("a file of the checkout")
}

fn rules() -> Rules {
    Rules::from_json(&file("spec/generated/rules.json")).expect("rules")
}

fn checker() -> Checker {
    let schema = |name| file(&format!("schemas/protocol/v1/{name}.json"));
    Checker::from_json(
        &schema("client-to-server"),
        &schema("server-to-client"),
        &schema("refusal"),
    )
    .expect("schemas")
}

fn judged(happened: Vec<What>) -> Vec<Finding> {
    let rules = rules();
    let script = load("fixtures/client/x.yaml", SCRIPT, &rules).expect("a script");
    let events: Vec<Event> = (0..)
        .zip(happened)
        .map(|(at, what)| Event {
            at: at * 1000,
            what,
        })
        .collect();
    judge(&script, &events, &rules, &checker())
}

fn opened() -> Vec<What> {
    vec![
        What::Opened("/socket.io/?EIO=4&transport=websocket".to_owned()),
        packet("40"),
        What::Sent("40{}".to_owned()),
        What::Asked(json!({"do": "join", "user": "ada", "room": "LOBBY"})),
    ]
}

fn packet(text: &str) -> What {
    What::Packet(text.to_owned())
}

fn say(message: &Value) -> What {
    packet(&format!("42{}", json!(["chat", message])))
}

fn of<'a>(findings: &'a [Finding], rule: &str) -> &'a Finding {
    let mut found = findings.iter().filter(|finding| finding.rule == rule);
    found
        .next()
        .unwrap_or_else(|| panic!("no {rule} in {findings:#?}"))
}

/// The rules that do not hold, when this happens in a session in which ada has joined.
fn broken(happened: Vec<What>) -> Vec<String> {
    let mut all = opened();
    all.push(say(
        &json!({"event": "join", "user": "ada", "room": "LOBBY"}),
    ));
    all.extend(happened);
    all.push(say(&json!({"event": "users", "room": "LOBBY"})));
    let bad = |held: &crate::client::Held| matches!(held.verdict, Verdict::Fail | Verdict::Warn);
    merge(&judged(all), [])
        .into_iter()
        .filter(bad)
        .map(|held| held.rule)
        .collect()
}

#[test]
fn who_does_nothing_holds_nothing() {
    let findings = judged(Vec::new());
    let verdicts: Vec<(&str, Verdict)> = findings
        .iter()
        .map(|finding| (finding.rule.as_str(), finding.verdict))
        .collect();
    assert_eq!(
        verdicts,
        [
            ("client.opens", Verdict::Fail),
            ("client.join", Verdict::Blocked),
            ("client.users", Verdict::Blocked)
        ]
    );
    assert!(of(&findings, "client.opens").why.ends_with("nothing came"));
}

#[test]
fn a_step_that_does_not_come_blocks_those_behind_it() {
    let mut happened = opened();
    happened.push(What::Exited("exit status: 1".to_owned()));
    let findings = judged(happened);
    let join = of(&findings, "client.join");
    assert_eq!((join.verdict, join.line), (Verdict::Fail, 5));
    assert!(
        join.why.contains("the program ended (exit status: 1)"),
        "{join:?}"
    );
    let users = of(&findings, "client.users");
    assert_eq!((users.verdict, users.line), (Verdict::Blocked, 6));
    assert!(users.why.contains("line 5"), "{users:?}");
    assert_eq!(of(&findings, "client.lives").verdict, Verdict::Fail);
}

#[test]
fn what_holds_at_any_time_is_held_by_what_was_said() {
    assert_eq!(broken(Vec::new()), Vec::<String>::new());
    let mut happened = opened();
    happened.push(say(
        &json!({"event": "join", "user": "ada", "room": "LOBBY"}),
    ));
    happened.push(say(&json!({"event": "users", "room": "LOBBY"})));
    let findings = judged(happened);
    for rule in [
        "client.version",
        "client.connect",
        "client.message",
        "client.lives",
    ] {
        assert_eq!(of(&findings, rule).verdict, Verdict::Pass);
    }
    for rule in [
        "client.unasked",
        "client.left",
        "client.shows-only",
        "client.backoff",
    ] {
        assert!(always_rules().contains(&rule));
        assert!(
            findings.iter().all(|finding| finding.rule != rule),
            "{rule}"
        );
    }
}

#[test]
fn each_wrong_packet_breaks_its_rule() {
    let chat = json!({"event": "chat", "room": "LOBBY", "text": "hi"});
    for (what, rule) in [
        (packet("hello"), "client.packets"),
        (packet("4"), "client.packets"),
        (packet("47"), "client.packets"),
        (packet("40[]"), "client.packets"),
        (packet("é"), "client.packets"),
        (packet(r#"451-["chat",{}]"#), "client.text-frames"),
        (What::Binary(7), "client.text-frames"),
        (packet(r#"42["news",{}]"#), "client.event"),
        (packet(r#"42["chat","hi"]"#), "client.event"),
        (say(&json!({"event": "leave", "user": 7})), "client.message"),
        (say(&chat), "client.unasked"),
        (What::Flood, "client.flood"),
    ] {
        let broken = broken(vec![what.clone()]);
        assert!(broken.iter().any(|it| it == rule), "{what:?}: {broken:?}");
    }
}

#[test]
fn a_text_is_sent_as_often_as_it_was_asked_for() {
    let asked = || What::Asked(json!({"do": "chat", "room": "LOBBY", "text": "hi"}));
    let chat = || say(&json!({"event": "chat", "room": "LOBBY", "text": "hi"}));
    let refused = || What::Sent(r#"42["message","{\"code\":30}"]"#.to_owned());
    assert_eq!(broken(vec![asked(), chat()]), Vec::<String>::new());
    assert_eq!(broken(vec![asked(), chat(), chat()]), ["client.unasked"]);
    assert_eq!(
        broken(vec![asked(), chat(), refused(), chat()]),
        Vec::<String>::new()
    );
    assert_eq!(
        broken(vec![asked(), chat(), refused(), chat(), chat()]),
        ["client.unasked"]
    );
}

#[test]
fn what_is_shown_has_come() {
    let came = || {
        What::Sent(format!(
            "42{}",
            json!(["chat", {"type": "chat", "from": "BOB", "message": "hi"}])
        ))
    };
    let shown = || What::Shown(json!({"from": "BOB", "text": "hi"}));
    assert_eq!(broken(vec![came(), shown()]), Vec::<String>::new());
    assert_eq!(
        broken(vec![came(), shown(), shown()]),
        ["client.shows-only"]
    );
    assert_eq!(broken(vec![shown()]), ["client.shows-only"]);
    assert_eq!(
        broken(vec![What::Shown(json!({"refused": 7}))]),
        Vec::<String>::new()
    );
}

#[test]
fn only_who_was_dropped_or_has_quit_may_end() {
    let exited = || What::Exited("exit status: 0".to_owned());
    assert_eq!(broken(vec![exited()]), ["client.lives"]);
    assert_eq!(
        broken(vec![What::Closed("by the client".to_owned()), exited()]),
        ["client.lives"]
    );
    assert_eq!(broken(vec![What::Dropped, exited()]), Vec::<String>::new());
    let quit = What::Asked(json!({"do": "quit"}));
    assert_eq!(broken(vec![quit, exited()]), Vec::<String>::new());
}

#[test]
fn the_scripts_of_the_checkout_are_right_and_test_every_rule() {
    let rules = rules();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/client");
    let mut tested: std::collections::BTreeSet<String> = always_rules()
        .iter()
        .map(|rule| (*rule).to_owned())
        .collect();
    let files = std::fs::read_dir(folder).expect("a folder").flatten();
    for path in files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
    {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("a file");
        let script = load(&format!("fixtures/client/{name}"), &text, &rules)
            .unwrap_or_else(|errors| panic!("{errors:#?}"));
        tested.extend(script.rules().into_iter().map(str::to_owned));
    }
    let clauses: std::collections::BTreeSet<String> = rules
        .iter()
        .filter(|rule| rule.name.starts_with("client."))
        .map(|rule| rule.name.clone())
        .collect();
    assert_eq!(tested, clauses);
}
