//! `schema validate` says where a message is wrong, by which rule, and how to mend it.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Ran, chatspec};

/// Validates a text as a file.
async fn validate(text: &str, args: &[&str]) -> Ran {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("messages");
    std::fs::write(&file, text).expect("a file");
    let name = file.display().to_string();
    let fixed = ["schema", "validate", &name];
    chatspec(fixed.iter().chain(args)).await
}

const CLIENT: &[&str] = &["--as", "client"];
const SERVER: &[&str] = &["--as", "server"];

#[tokio::test]
async fn what_is_valid_is_said_to_be() {
    let lines = "{\"event\": \"join\"}\n\n{\"event\": \"users\", \"room\": \"lobby\"}\n";
    let ran = validate(lines, CLIENT).await.exits(0);
    ran.says(&["2 messages, all valid"]);
    let over_lines = "{\n  \"type\": \"chat\",\n  \"from\": \"ADA\",\n  \"message\": \"hi\"\n}";
    let ran = validate(over_lines, SERVER).await.exits(0);
    ran.says(&["1 message, all valid"]);
    validate(r#"{"code": 99, "message": "no"}"#, SERVER)
        .await
        .exits(0);
}

#[tokio::test]
async fn each_mistake_has_its_line_its_rule_and_its_mend() {
    let lines = concat!(
        "{\"event\": \"join\"}\n",
        "{\"event\": \"chat\", \"text\": 5}\n",
        "{\"event\": \"join\", \"user\": \"a\", \"user\": \"b\"}\n",
        "nonsense}\n",
        "{\"event\": \"join\", \"user\": \"a\u{200d}b\"}\n",
    );
    let ran = validate(lines, CLIENT).await.exits(1);
    ran.says(&[
        "messages:2: $.text: expected a string, found a number [message.types.refused]",
        "messages:3: $: duplicate key at $.user [message.duplicate-keys.refused]",
        "messages:4: $: no JSON",
        "messages:5: $.user: ",
        "[name.alphabet]",
        "    send each key once",
        "5 messages, 4 invalid",
    ]);
    let ran = validate(r#"{"code": 98, "message": "no"}"#, SERVER)
        .await
        .exits(1);
    ran.says(&["[refusal.codes]"]);
}

#[tokio::test]
async fn a_receiver_takes_more() {
    let absent = r#"{"room": "lobby", "colour": "red"}"#;
    validate(absent, CLIENT).await.exits(1);
    validate(absent, &["--as", "client", "--receive"])
        .await
        .exits(0);
}

#[tokio::test]
async fn programs_get_json() {
    let image = format!(
        r#"{{"event": "image", "room": "r", "bimage": "{}"}}"#,
        "secret".repeat(9_000)
    );
    let ran = validate(&image, &["--as", "client", "--format", "json"])
        .await
        .exits(1);
    assert!(!ran.stdout.contains("secret"), "{}", ran.stdout);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["messages"], 1);
    assert_eq!(report["valid"], false);
    let error = &report["errors"][0];
    assert_eq!(error["path"], "$.bimage");
    assert_eq!(error["rule"], "image.content");
    assert!(
        error["mend"]
            .as_str()
            .is_some_and(|mend| mend.contains("base64"))
    );
}

#[tokio::test]
async fn a_transcript_says_itself_whose_messages_it_has() {
    let said = |who: &str, what: Value| json!({"at": 1, "step": 0, "who": who, "what": what});
    let transcript = json!({
        "fixture": "chat/room", "transport": "websocket", "bindings": {},
        "entries": [
            said("ada", json!({"kind": "sent", "event": "chat", "args": [{"event": "say"}]})),
            said("bob", json!({"kind": "event", "name": "chat", "args": [{"type": "chat", "from": "ADA"}]})),
            said("bob", json!({"kind": "event", "name": "message", "args": ["no JSON"]})),
            said("ada", json!({"kind": "acked", "id": 1, "args": []})),
        ],
    });
    let text = transcript.to_string();
    let ran = validate(&text, &[]).await.exits(1);
    ran.says(&[
        "entry 1 of ada: $.event: not a message of this revision [message.event-unknown.refused]",
        "entry 2 of bob: $: the field \"message\" is missing [message.schema]",
        "entry 3 of bob: $: the string is no JSON text [refusal.form]",
        "4 messages, 3 invalid",
    ]);
    validate(&text, CLIENT)
        .await
        .exits(1)
        .says(&["1 message, 1 invalid"]);
}

#[tokio::test]
async fn what_cannot_be_validated_is_an_error() {
    validate("", CLIENT)
        .await
        .exits(4)
        .complains(&["it is empty"])
        .in_one_line();
    validate("{}", &[])
        .await
        .exits(2)
        .complains(&["--as client"])
        .in_one_line();
    let broken = r#"{"fixture": "x", "entries": 5}"#;
    validate(broken, &[])
        .await
        .exits(2)
        .complains(&["as a transcript"])
        .in_one_line();
    let nowhere = ["schema", "validate", "/nonexistent/file", "--as", "client"];
    chatspec(nowhere)
        .await
        .exits(2)
        .complains(&["read /nonexistent/file"])
        .in_one_line();
}
