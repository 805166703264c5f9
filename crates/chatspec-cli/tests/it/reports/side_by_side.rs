//! `chatspec matrix`: what may merge merges, what may not is shown apart.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::run;
use crate::program::chatspec;

/// A report of a server that holds what is asked, changed by `change`, as a file.
async fn saved(folder: &TempDir, name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut report: Value = serde_json::from_str(&run(&[]).await.json).expect("JSON");
    change(&mut report);
    let path = folder.path().join(name);
    fs::write(&path, report.to_string()).expect("written");
    path.display().to_string()
}

/// The lines of the table that begin with this cell.
fn lines<'a>(table: &'a str, cell: &str) -> Vec<&'a str> {
    let start = format!("| `{cell}` |");
    table
        .lines()
        .filter(|line| line.starts_with(&start))
        .collect()
}

#[tokio::test]
async fn reports_of_one_server_merge_and_only_worsen() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = saved(&folder, "whole.json", |_| {}).await;
    // A run that did not look at a rule says nothing about it, one that saw it fail does.
    let part = saved(&folder, "part.json", |report| {
        for rule in report["rules"].as_array_mut().expect("a list") {
            let (verdict, cases) = match rule["name"].as_str() {
                Some("chat.no-echo") => ("fail", json!(["chat/room@polling"])),
                _ => ("unverified", json!([])),
            };
            rule["verdict"] = verdict.into();
            rule["cases"] = cases;
        }
        report["conformant"] = false.into();
    })
    .await;
    let (whole, part) = (format!("one={whole}"), format!("one={part}"));
    let table = chatspec(["matrix", &whole, &part]).await.exits(0).stdout;
    let [server] = lines(&table, "one")[..] else {
        panic!("one server, not\n{table}");
    };
    assert!(server.contains("does not conform to core"), "{server}");
    for (rule, sign) in [("chat.room", "✔"), ("chat.no-echo", "✘")] {
        let [line] = lines(&table, rule)[..] else {
            panic!("one line for {rule} in\n{table}");
        };
        assert!(line.ends_with(&format!("| {sign} |")), "{line}");
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_said_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let core = saved(&folder, "core.json", |_| {}).await;
    let other = saved(&folder, "other.json", |report| {
        report["profile"] = "hardened".into();
        report["revision"] = "0.9".into();
        let rules = report["rules"].as_array_mut().expect("a list");
        rules.retain(|rule| rule["name"] != "chat.room");
    })
    .await;
    let (core, other) = (format!("same={core}"), format!("same={other}"));
    let table = chatspec(["matrix", &core, &other]).await.exits(0).stdout;
    assert_eq!(lines(&table, "same").len(), 2, "{table}");
    for said in ["different revisions", "different profiles"] {
        assert!(table.contains(said), "no {said:?} in\n{table}");
    }
    let [line] = lines(&table, "chat.room")[..] else {
        panic!("one line for the rule in\n{table}");
    };
    assert!(line.ends_with("| ✔ | – |"), "{line}");
    let badge = folder.path().join("badge.svg").display().to_string();
    chatspec(["matrix", &core, &other, "--badge-svg", &badge])
        .await
        .exits(2)
        .complains(&["make a badge", "one server"]);
}
