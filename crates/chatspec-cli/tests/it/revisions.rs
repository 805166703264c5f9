//! Which rules are scored: those of the revision that is asked for.

use chatspec_judge::report::Report;

use crate::program::chatspec;
use crate::suite;

/// A requirement set with one rule.
const OLD: &str = "revision: \"0.9\"\nreleased: true\nrules:\n  - {name: chat.room, keyword: MUST, profile: core, clause: x}\n";

#[tokio::test]
async fn only_the_rules_of_the_revision_are_scored() {
    let data = suite::data(&["chat/room"]);
    suite::write(&data.path().join("conformance/requirements/0.9.yaml"), OLD);
    let data = data.path().display().to_string();
    let run = ["test", "--data", &data, "--transport", "websocket"];

    let chosen = run.iter().chain(&["--revision", "0.9", "--format", "json"]);
    let ran = chatspec(chosen).await.exits(0);
    let report: Report = serde_json::from_str(&ran.stdout).expect("a report");
    assert_eq!(report.revision, "0.9");
    let scored = report.rules.iter().filter(|rule| rule.scored);
    let scored: Vec<&str> = scored.map(|rule| rule.name.as_str()).collect();
    assert_eq!(scored, ["chat.room"]);
    assert!(report.rules.len() > 100, "all others are reported");

    chatspec(run.iter().chain(&["--revision", "1.1"]))
        .await
        .exits(2)
        .complains(&["find the revision \"1.1\"", "has 0.9"]);
}

#[tokio::test]
async fn the_embedded_data_has_the_newest_revision() {
    chatspec(["test", "--case", "chat/room@websocket", "--revision", "1.0"])
        .await
        .exits(0)
        .says(&["revision 1.0"]);
}
