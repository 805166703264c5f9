//! What there is to know without a server: `list`, `explain`, `schema print` and `--dry-run`.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::program::chatspec;
use crate::suite;

#[tokio::test]
async fn list_names_every_rule_and_conversation() {
    let ran = chatspec(["list", "--json"]).await.exits(0);
    let listed: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let rules: Value =
        serde_json::from_str(&suite::text("spec/generated/rules.json")).expect("JSON");
    let names = |list: &Value, key: &str| -> Vec<String> {
        let list = list.as_array().expect("a list");
        list.iter()
            .map(|one| one[key].as_str().expect("a name").to_owned())
            .collect()
    };
    let mut specified = names(&rules["rules"], "name");
    specified.sort();
    assert_eq!(names(&listed["rules"], "name"), specified);
    assert_eq!(listed["revision"], rules["revision"]);
    let committed: Vec<String> = suite::Committed::read()
        .fixtures
        .iter()
        .map(|fixture| fixture.id.clone())
        .collect();
    assert_eq!(names(&listed["cases"], "id"), committed);
    let room = listed["cases"].as_array().expect("a list").iter();
    let room = room
        .clone()
        .find(|case| case["id"] == "chat/room")
        .expect("there");
    assert_eq!(
        room["transports"],
        serde_json::json!(["websocket", "polling", "upgrade"])
    );
    assert!(
        room["rules"]
            .as_array()
            .expect("a list")
            .contains(&Value::from("chat.room"))
    );
}

#[tokio::test]
async fn list_can_be_halved() {
    let data = suite::data(&["chat/room"]);
    let data = data.path().display().to_string();
    let rules = chatspec(["list", "rules", "--data", &data])
        .await
        .exits(0)
        .says(&["chat.room "]);
    assert!(!rules.stdout.contains("chat/room"), "{}", rules.stdout);
    let cases = chatspec(["list", "cases", "--data", &data]).await.exits(0);
    let lines: Vec<&str> = cases.stdout.lines().collect();
    assert!(
        lines.len() == 1 && lines[0].starts_with("chat/room "),
        "{}",
        cases.stdout
    );
}

#[tokio::test]
async fn explain_quotes_the_spec() {
    let data = suite::data(&["chat/room"]);
    let data = data.path().display().to_string();
    chatspec(["explain", "chat.room", "--data", &data])
        .await
        .exits(0)
        .says(&[
            "chat.room (MUST, core) spec/src/chat.md:",
            "  When a member sends a `chat` without `user`",
            "  chat/room ",
            "Test it: chatspec test URL --profile core --rule chat.room",
        ]);
    chatspec(["explain", "chat/room", "--data", &data])
        .await
        .exits(0)
        .says(&[
            "chat/room (core)",
            "  chat.no-echo (MUST NOT)\n      The server **MUST NOT**",
            "participants: [ada, bob, cora, dan, fay, eve]",
        ]);
}

#[tokio::test]
async fn explain_knows_what_was_meant() {
    let data = suite::data(&["chat/room"]);
    let data = data.path().display().to_string();
    for (name, meant) in [("chat.rom", "`chat.room`"), ("chat/rooom", "`chat/room`")] {
        chatspec(["explain", name, "--data", &data])
            .await
            .exits(2)
            .in_one_line()
            .complains(&[name, &format!("did you mean {meant}?"), "chatspec list"]);
    }
    let ran = chatspec(["explain", "zzzzzzzzzzzzzzzz", "--data", &data])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["no rule, no conversation and no input (see `chatspec list`)\n"]);
    assert!(!ran.stderr.contains("did you mean"), "{}", ran.stderr);
}

#[tokio::test]
async fn schemas_are_printed_as_they_are() {
    let names = chatspec(["schema", "print"]).await.exits(0).stdout;
    assert!(
        names.lines().any(|name| name == "suite/report.json"),
        "{names}"
    );
    for name in names.lines() {
        let printed = chatspec(["schema", "print", name]).await.exits(0).stdout;
        assert_eq!(printed, suite::text(&format!("schemas/{name}")), "{name}");
    }
    chatspec(["schema", "print", "no-such.json"])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["no-such.json", "suite/report.json"]);
}

#[tokio::test]
async fn a_dry_run_lists_and_touches_nothing() {
    let data = suite::data(&["chat/room", "chat/unjoined"]);
    let data = data.path().display().to_string();
    // Nothing listens at port 1: a run that tried to connect would end with 3.
    let dry = ["test", "http://127.0.0.1:1", "--dry-run", "--data", &data];
    let all = chatspec(dry).await.exits(0).stdout;
    let expected = ["chat/room", "chat/unjoined"]
        .map(|id| ["websocket", "polling", "upgrade"].map(|transport| format!("{id}@{transport}")));
    assert_eq!(all.lines().collect::<Vec<_>>(), expected.concat());
    let one = dry
        .into_iter()
        .chain(["--case", "chat/r*", "--transport", "polling"]);
    assert_eq!(chatspec(one).await.exits(0).stdout, "chat/room@polling\n");
    let skipped =
        dry.into_iter()
            .chain(["--skip", "chat.unjoined", "--skip", "*@{polling,upgrade}"]);
    assert_eq!(
        chatspec(skipped).await.exits(0).stdout,
        "chat/room@websocket\n"
    );
}

#[tokio::test]
async fn a_reader_may_go_away() {
    // More than a pipe holds, so that nobody can print it all without a reader.
    let mut listing = Command::new(env!("CARGO_BIN_EXE_chatspec"))
        .args(["list", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    drop(listing.stdout.take());
    let ended = timeout(Duration::from_secs(60), listing.wait_with_output());
    let ended = ended.await.expect("in time").expect("an end");
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}
