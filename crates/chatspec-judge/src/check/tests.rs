use serde_json::{Value, json};

use super::*;

fn schema(name: &str) -> String {
    let path = format!(
        "{}/../../schemas/protocol/v1/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).unwrap()
}

fn checker(suffix: &str) -> Checker {
    Checker::from_json(
        &schema(&format!("client-to-server{suffix}")),
        &schema(&format!("server-to-client{suffix}")),
        &schema("refusal"),
    )
    .unwrap()
}

fn said(complaints: &[Complaint]) -> Vec<(&str, &str, &str)> {
    complaints
        .iter()
        .map(|c| (c.path.as_str(), c.rule, c.why.as_str()))
        .collect()
}

#[test]
fn each_mistake_of_a_client_has_its_place_and_its_rule() {
    let checker = checker("");
    let long = "x".repeat(70);
    let table: Vec<(Value, (&str, &str, &str))> = vec![
        (
            json!([1]),
            (
                "$",
                "message.shape.refused",
                "expected an object, found an array",
            ),
        ),
        (
            json!({"room": "r"}),
            (
                "$",
                "message.event-absent",
                "the field \"event\" is missing",
            ),
        ),
        (
            json!({"event": "joni"}),
            (
                "$.event",
                "message.event-unknown.refused",
                "not a message of this revision",
            ),
        ),
        (
            json!({"event": 5}),
            (
                "$.event",
                "message.types.refused",
                "expected a string, found a number",
            ),
        ),
        (
            json!({"event": "join", "user": 5}),
            (
                "$.user",
                "message.types.refused",
                "expected a string, found a number",
            ),
        ),
        (
            json!({"event": "join", "user": long}),
            ("$.user", "name.length", "longer than 64 characters: 70"),
        ),
        (
            json!({"event": "join", "room": " "}),
            ("$.room", "name.length", "not of the form that is asked for"),
        ),
        (
            json!({"event": "join", "user": "a\u{0}b"}),
            (
                "$.user",
                "name.alphabet",
                "not of the form that is asked for",
            ),
        ),
        (
            json!({"event": "join", "nick": "a"}),
            ("$", "message.unknown-keys", "unknown \"nick\""),
        ),
        (
            json!({"event": "chat", "text": "x".repeat(8193)}),
            (
                "$.text",
                "chat.text-size",
                "longer than 8192 characters: 8193",
            ),
        ),
        (
            json!({"event": "chat", "room": null, "text": "a"}),
            (
                "$.room",
                "message.types.refused",
                "expected a string, found null",
            ),
        ),
        (
            json!({"event": "image", "room": "r"}),
            (
                "$",
                "image.fields.refused",
                "the field \"bimage\" is missing",
            ),
        ),
        (
            json!({"event": "image", "room": "r", "bimage": "x"}),
            (
                "$.bimage",
                "image.content",
                "not of the form that is asked for",
            ),
        ),
    ];
    for (message, expected) in table {
        let found = checker.message(Sender::Client, &message);
        assert_eq!(said(&found), [expected], "{message}");
        assert!(!found[0].mend.is_empty());
    }
}

#[test]
fn each_mistake_of_a_server_has_its_place_and_its_rule() {
    let checker = checker("");
    let table: Vec<(Value, (&str, &str, &str))> = vec![
        (
            json!("hello"),
            ("$", "message.schema", "expected an object, found a string"),
        ),
        (
            json!({"message": "x"}),
            ("$", "message.schema", "the field \"type\" is missing"),
        ),
        (
            json!({"type": "topic"}),
            (
                "$.type",
                "message.unknown-types",
                "not a message of this revision",
            ),
        ),
        (
            json!({"type": null}),
            ("$.type", "message.schema", "expected a string, found null"),
        ),
        (
            json!({"type": "newuser", "message": "hi"}),
            (
                "$.message",
                "join.announce",
                "not of the form that is asked for",
            ),
        ),
        (
            json!({"type": "deluser", "message": "hi"}),
            (
                "$.message",
                "leave.announce",
                "not of the form that is asked for",
            ),
        ),
        (
            json!({"type": "users", "message": "hi"}),
            (
                "$.message",
                "users.reply",
                "not of the form that is asked for",
            ),
        ),
        (
            json!({"type": "chat", "message": "hi"}),
            ("$", "message.schema", "the field \"from\" is missing"),
        ),
    ];
    for (message, expected) in table {
        let found = checker.message(Sender::Server, &message);
        assert_eq!(said(&found), [expected], "{message}");
    }
}

/// Rules `image.too-large`, `image.fields.refused` and `image.unchanged`.
#[test]
fn mistakes_of_images_are_told_apart() {
    let checker = checker("");
    let data = |length: usize| format!("data:image/png;base64,{}", "A".repeat(length));
    let sent = |room: Value, bimage: Value| {
        let message = json!({"event": "image", "room": room, "bimage": bimage});
        let found = checker.message(Sender::Client, &message);
        let each = found.into_iter().map(|c| (c.path, c.rule, c.why));
        each.collect::<Vec<_>>()
    };
    assert_eq!(sent(json!("r"), json!(data(8))), []);
    let large = sent(json!("r"), json!(data(1_000_000)));
    assert_eq!(
        (large[0].0.as_str(), large[0].1),
        ("$.bimage", "image.too-large")
    );
    assert!(large[0].2.starts_with("longer than "), "{large:?}");
    let number = sent(json!(5), json!(data(8)));
    assert_eq!(
        (number[0].0.as_str(), number[0].1),
        ("$.room", "image.fields.refused")
    );
    for bimage in ["x".to_owned(), data(1_000_000)] {
        let relayed = json!({"type": "image", "from": "ADA", "room": "R", "bimage": bimage});
        let found = checker.message(Sender::Server, &relayed);
        let rules: Vec<&str> = found
            .iter()
            .filter(|c| c.path == "$.bimage")
            .map(|c| c.rule)
            .collect();
        assert_eq!(rules, ["image.unchanged"], "{found:?}");
    }
}

#[test]
fn a_complaint_says_what_is_expected_instead() {
    let checker = checker("");
    let unknown = &checker.message(Sender::Client, &json!({"event": "joni"}))[0];
    assert!(
        unknown.mend.starts_with("send one of ") && unknown.mend.contains("join"),
        "{unknown:?}"
    );
    let code = checker.refusal_event(&[json!(r#"{"code": 98, "message": "no"}"#)]);
    assert!(code[0].why.starts_with("expected one of 99, "), "{code:?}");
    assert_eq!(
        (Sender::Client.word(), Sender::Server.word()),
        ("client", "server")
    );
}

/// A receiver takes null for a name, so that a number there fits no alternative; that makes it no name of a wrong length.
#[test]
fn what_is_no_string_is_no_bad_name() {
    let found = checker(".receive").message(
        Sender::Client,
        &json!({"event": "chat", "user": 5, "text": "a"}),
    );
    assert_eq!(
        (found[0].path.as_str(), found[0].rule),
        ("$.user", "message.types.refused")
    );
}

#[test]
fn a_receiver_takes_what_a_sender_may_not_emit() {
    let (sent, received) = (checker(""), checker(".receive"));
    for (sender, message) in [
        (Sender::Client, json!({"room": "r", "x": 1})),
        (
            Sender::Client,
            json!({"event": "chat", "user": null, "text": "a"}),
        ),
        (Sender::Client, json!({"event": "join", "nick": "a"})),
        (Sender::Server, json!({"type": "topic"})),
    ] {
        assert_ne!(sent.message(sender, &message), [], "{message}");
        assert_eq!(received.message(sender, &message), [], "{message}");
    }
    let name = json!({"event": "chat", "user": "x".repeat(65), "text": "a"});
    let found = received.message(Sender::Client, &name);
    assert_eq!(
        said(&found),
        [("$.user", "name.length", "not of the form that is asked for")]
    );
}

#[test]
fn keys_of_its_own_are_no_mistake_of_a_server() {
    let more = json!({"type": "chat", "from": "ADA", "message": "hi", "at": 5});
    assert_eq!(checker("").message(Sender::Server, &more), []);
}

#[test]
fn several_mistakes_are_all_told() {
    let found = checker("").message(
        Sender::Client,
        &json!({"event": "image", "bimage": 5, "nick": "a"}),
    );
    let mut paths: Vec<&str> = found.iter().map(|c| c.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["$", "$", "$.bimage"]);
}

#[test]
fn refusals_are_checked_in_both_of_their_forms() {
    let checker = checker("");
    let event = |text: &str| checker.refusal_event(&[json!(text)]);
    assert_eq!(event(r#"{"code": 99, "message": "no", "more": 1}"#), []);
    assert_eq!(
        said(&event(r#"{"code": 98, "message": "no"}"#))[0].1,
        "refusal.codes"
    );
    assert_eq!(
        said(&event(r#"{"code": "99", "message": "no"}"#))[0].1,
        "refusal.form"
    );
    assert_eq!(said(&event("no"))[0].1, "refusal.form");
    assert_eq!(
        said(&checker.refusal_event(&[json!({"code": 99})]))[0].1,
        "refusal.form"
    );
    assert_eq!(checker.acknowledgement(&[]), []);
    assert_eq!(
        checker.acknowledgement(&[json!({"code": 20, "message": "taken"})]),
        []
    );
    assert_eq!(
        said(&checker.acknowledgement(&[json!(1), json!(2)]))[0].1,
        "ack.success"
    );
    assert_eq!(
        said(&checker.acknowledgement(&[json!("ok")]))[0].1,
        "refusal.form"
    );
}

#[test]
fn not_one_or_no_object_is_no_message() {
    let checker = checker("");
    assert_eq!(
        checker.arguments(Sender::Client, &[json!({"event": "users"})]),
        []
    );
    assert_eq!(
        said(&checker.arguments(Sender::Client, &[]))[0].1,
        "message.shape.refused"
    );
    assert_eq!(
        said(&checker.arguments(Sender::Server, &[json!({}), json!({})]))[0].2,
        "expected exactly one argument, found 2"
    );
}

#[test]
fn no_complaint_repeats_the_message() {
    let secret = "s3cr3t".repeat(20_000);
    for message in [
        json!({"event": "chat", "text": secret}),
        json!({"event": "join", "user": secret}),
        json!({"event": secret}),
        json!({"event": "image", "room": "r", "bimage": secret}),
        json!({"event": "join", "user": {"deep": secret}}),
        json!(secret),
    ] {
        for complaint in checker("").message(Sender::Client, &message) {
            let text = serde_json::to_string(&complaint).unwrap();
            assert!(!text.contains("s3cr3t"), "{text}");
            assert!(text.len() < 400);
        }
    }
}

#[test]
fn every_rule_that_is_cited_exists() {
    let rules = std::fs::read_to_string(format!(
        "{}/../../spec/generated/rules.json",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap();
    let rules = crate::rule::Rules::from_json(&rules).unwrap();
    let source = include_str!("cite.rs");
    let mut cited = 0;
    for word in source.split('"') {
        let dotted = word.contains('.')
            && !word.starts_with('.')
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '.' || c == '-');
        if dotted {
            cited += 1;
            assert!(rules.find(word).is_some(), "{word}");
        }
    }
    assert!(cited > 15);
}

#[test]
fn a_schema_without_messages_is_an_error() {
    let nothing = Checker::from_json("{}", "{}", "{}").err().unwrap();
    assert!(nothing.to_string().contains("no definition"), "{nothing}");
    assert!(Checker::from_json("no", "{}", "{}").is_err());
}
