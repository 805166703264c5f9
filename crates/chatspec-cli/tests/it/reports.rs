//! Reports: what programs read. They are complete, the same for the same run, and harmless whatever the server says.

mod evil;
mod formats;
pub mod hostile;
mod interrupted;
mod side_by_side;

use std::fs;
use std::path::Path;

use quick_junit::{NonSuccessKind, TestCaseStatus};
use serde_json::Value;

use crate::dummies::server::Server;
use crate::dummies::seven;
use crate::program::{Ran, chatspec};
use crate::suite::{self, UNHURRIED};

/// What one run has written.
struct Written {
    ran: Ran,
    json: String,
    junit: String,
}

/// Plays `chat/room` by WebSocket, and whatever `more` says, with both reports.
async fn run(more: &[&str]) -> Written {
    let data = suite::data(&["chat/room", "users/reply"]);
    let file = |name: &str| data.path().join(name);
    let report = |format: &str| format!("{format}={}", file(format).display());
    let (folder, json, junit) = (
        data.path().display().to_string(),
        report("json"),
        report("junit"),
    );
    let fixed = [
        "test",
        "--case",
        "{chat/room,users/reply}@websocket",
        "--profile",
        "core",
        "--seed",
        "7",
        UNHURRIED[0],
        UNHURRIED[1],
        "--data",
        &folder,
        "--report",
        &json,
        "--report",
        &junit,
    ];
    let ran = chatspec(fixed.iter().chain(more)).await;
    let read = |path: &Path| fs::read_to_string(path).expect("written");
    Written {
        ran,
        json: read(&file("json")),
        junit: read(&file("junit")),
    }
}

#[tokio::test]
async fn the_json_report_is_what_its_schema_says() {
    let schema: Value =
        serde_json::from_str(&suite::text("schemas/suite/report.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let server = Server::start(seven::open(seven::echo)).await;
    for (more, code, conformant) in [
        ([].as_slice(), 0, Value::Null),
        (&[server.url.as_str()], 1, Value::Bool(false)),
    ] {
        let written = run(more).await;
        assert_eq!(written.ran.code, code, "{:#?}", written.ran);
        let report: Value = serde_json::from_str(&written.json).expect("JSON");
        let errors: Vec<String> = schema
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let keys: Vec<&str> = report
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            keys,
            [
                "chatspec",
                "revision",
                "profile",
                "conformant",
                "summary",
                "rules",
                "cases"
            ]
        );
        assert_eq!(report["conformant"], conformant);
        assert_eq!(report["summary"]["filtered"], true);
        assert_eq!(report["cases"].as_array().expect("a list").len(), 2);
        assert!(written.json.ends_with("}\n"));
    }
}

#[tokio::test]
async fn stdout_can_be_the_json_report() {
    let written = run(&["--format", "json"]).await;
    let printed: Value = serde_json::from_str(&written.ran.stdout).expect("JSON alone");
    let filed: Value = serde_json::from_str(&written.json).expect("JSON");
    assert_eq!(printed, filed);
}

#[tokio::test]
async fn the_junit_report_counts_failures() {
    let passed = junit(&run(&[]).await.junit);
    assert_eq!((passed.tests, passed.failures, passed.errors), (2, 0, 0));
    let server = Server::start(seven::open(seven::echo)).await;
    let failed = junit(&run(&[&server.url]).await.junit);
    assert_eq!((failed.tests, failed.failures, failed.errors), (2, 2, 0));
    let [chat, users] = failed.test_suites.as_slice() else {
        panic!("a suite a topic: {failed:#?}");
    };
    assert_eq!((chat.name.as_str(), users.name.as_str()), ("chat", "users"));
    assert_eq!(chat.test_cases[0].name.as_str(), "chat/room@websocket");
    let TestCaseStatus::NonSuccess { kind, message, .. } = &chat.test_cases[0].status else {
        panic!("it fails: {chat:#?}");
    };
    assert_eq!(*kind, NonSuccessKind::Failure);
    let message = message.as_ref().expect("why").as_str();
    assert!(
        message.contains("expected") && message.contains("saw"),
        "{message}"
    );
}

#[tokio::test]
async fn the_same_run_gives_the_same_report() {
    let server = Server::start(seven::open(seven::echo)).await;
    let (first, second) = (run(&[&server.url]).await, run(&[&server.url]).await);
    assert!(
        first.json.contains("\"transcript\""),
        "nothing that could differ"
    );
    assert_eq!(timeless(&first.json), timeless(&second.json));
    assert_eq!(first.junit, second.junit);
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let server = Server::start(seven::open(hostile::answer)).await;
    let written = run(&[&server.url, "--trace"]).await;
    assert_eq!(written.ran.code, 1, "{:#?}", written.ran);
    // It was all there to be shown.
    for shown in ["\\u{1b}", "]]>", "<script>"] {
        assert!(written.ran.stdout.contains(shown), "{}", written.ran.stdout);
    }
    for output in [
        &written.ran.stdout,
        &written.ran.stderr,
        &written.json,
        &written.junit,
    ] {
        hostile::assert_harmless(output);
    }
    for markup in ["<script>", "]]>"] {
        assert!(!written.junit.contains(markup), "{}", written.junit);
    }
    let junit = junit(&written.junit);
    let out = junit.test_suites[0].test_cases[0].system_out.as_ref();
    let out = out.expect("what was found").as_str();
    assert!(out.contains("<script>") && out.contains("]]>"), "{out}");
    // JSON keeps what was said, to the letter.
    let report: Value = serde_json::from_str(&written.json).expect("JSON");
    assert!(
        strings(&report).any(|text| text.contains(hostile::TEXT)),
        "{}",
        written.json
    );
    let printed = run(&[&server.url, "--format", "json"]).await.ran.stdout;
    hostile::assert_harmless(&printed);
}

#[tokio::test]
async fn hostile_text_stays_text_in_errors() {
    let body = hostile::TEXT.to_owned();
    let server = Server::start(crate::dummies::server::Door::Answers("404 Not Found", body)).await;
    let data = suite::data(&["chat/room"]);
    let data = data.path().display().to_string();
    let refused = chatspec(["test", &server.url, "--data", &data])
        .await
        .exits(3)
        .in_one_line();
    hostile::assert_harmless(&refused.stderr);
    let command = r"printf '\033]0;title\007<script>\n' >&2; exit 1";
    let ended = chatspec(["test", "--cmd", command, "--data", &data])
        .await
        .exits(3);
    hostile::assert_harmless(&ended.stderr);
    let ended = ended.complains(&["<script>"]);
    assert!(ended.stderr.contains("\\u{1b}"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_report_that_cannot_be_written_costs_no_result() {
    let data = suite::data(&["chat/room"]);
    let folder = data.path().display().to_string();
    let report = format!("json={folder}/no-such-folder/report.json");
    let args = [
        "test",
        "--case",
        "*@websocket",
        "--data",
        &folder,
        "--report",
        &report,
    ];
    chatspec(args)
        .await
        .exits(3)
        .in_one_line()
        .complains(&["write", "no-such-folder/report.json"])
        .says(&["ok chat", "1/1"]);
}

fn junit(text: &str) -> quick_junit::Report {
    quick_junit::Report::deserialize_from_str(text).expect("well-formed JUnit")
}

/// The report without the lines that tell a time.
fn timeless(json: &str) -> String {
    let lines = json
        .lines()
        .filter(|line| !line.trim_start().starts_with("\"at\": "));
    lines.collect::<Vec<_>>().join("\n")
}

/// Every string in a value.
fn strings(value: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Value::String(text) => Box::new(std::iter::once(text.as_str())),
        Value::Array(items) => Box::new(items.iter().flat_map(strings)),
        Value::Object(map) => Box::new(map.values().flat_map(strings)),
        _ => Box::new(std::iter::empty()),
    }
}
