//! A session becomes a fixture, which a person has to review before it counts.

use std::fs;
use std::path::Path;
use std::time::Duration;

use chatspec_harness::wire::{How, Transport};
use serde_json::{Value, json};
use tokio::time::{interval, timeout};

use super::people::{Person, said};
use super::program::{Between, Ended, PATIENCE};
use crate::program::{Ran, chatspec};
use crate::proxy::reference;

/// People who meet, talk, are refused, show something, move and part.
async fn evening(url: &str) {
    let mut ada = Person::new(url, Transport::Websocket).await;
    let mut bob = Person::new(url, Transport::Upgrade).await;
    ada.joins("ada", "den").await;
    bob.joins("Bob", "Den").await;
    ada.says(&json!({"event": "chat", "room": "den", "text": "it costs $5"}))
        .await;
    bob.hears(said("it costs $5")).await;
    let mut cora = Person::new(url, Transport::Polling).await;
    cora.says(&json!({"event": "chat", "room": "den", "text": "let me in"}))
        .await;
    cora.joins("ADA", "attic").await;
    cora.joins("cora", "attic").await;
    cora.says(&json!({"event": "chat", "text": "all of you"}))
        .await;
    ada.hears(said("all of you")).await;
    bob.hears(said("all of you")).await;
    bob.says(&json!({"event": "chat", "user": "ADA", "text": "just you"}))
        .await;
    ada.hears(said("just you")).await;
    let image = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    bob.says(&json!({"event": "image", "room": "den", "bimage": image}))
        .await;
    ada.says(&json!({"event": "users", "room": "den"})).await;
    ada.says(&json!({"event": "users"})).await;
    cora.joins("cora", "DEN").await;
    ada.joins("Adele", "den").await;
    ada.says(&json!({"event": "chat", "room": "den", "txt": "oops"}))
        .await;
    bob.says(&json!({"event": "leave", "user": "bob", "room": "den"}))
        .await;
    // What is on its way to somebody who tears down the connection may come or not.
    ada.hears(|packet| format!("{packet:?}").contains("User Bob left"))
        .await;
    ada.0.close(How::Abort).await;
    cora.hears(|packet| format!("{packet:?}").contains("User Adele left"))
        .await;
    cora.says(&json!({"event": "users", "room": "den"})).await;
}

async fn recorded(file: &Path, profile: &str) -> Ended {
    let (server, address) = reference().await;
    let path = file.display().to_string();
    let args = ["--record", &path, "--profile", profile];
    let between = Between::start(&format!("http://{address}"), &args).await;
    timeout(PATIENCE, evening(&between.url))
        .await
        .expect("in time");
    let ended = between.interrupt().await;
    server.abort();
    ended
}

/// Plays it on another server.
async fn played(file: &str, profile: &str) -> Ran {
    let (server, address) = reference().await;
    let url = format!("http://{address}");
    let args = [
        "test",
        &url,
        "--profile",
        profile,
        "--fixtures",
        file,
        "--format",
        "json",
    ];
    let ran = chatspec(args).await;
    server.abort();
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    let text = fs::read_to_string(file).expect("a fixture");
    let case = &report["cases"][0];
    assert_eq!(case["verdict"], "pass", "{:#}\n{text}", case["findings"]);
    ran
}

#[tokio::test]
async fn what_is_recorded_is_played_and_counts_once_it_is_reviewed() {
    for profile in ["hardened", "core"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("evening.yaml");
        // The one wrong message is a client's: an unknown key.
        let ended = recorded(&path, profile).await.exits(1);
        assert_eq!(
            ended.summary()["client"],
            json!({"message.unknown-keys": 1})
        );
        assert_eq!(ended.summary()["server"], json!({}));
        let file = path.display().to_string();
        assert_eq!(ended.summary()["recorded"], file);
        let text = fs::read_to_string(&path).expect("a fixture");
        assert!(text.contains("reviewed: false\n"), "{text}");
        assert!(
            text.contains("# client: $ unknown \"txt\" [message.unknown-keys]"),
            "{text}"
        );
        // It may be played, and says what it is; it is no part of what counts.
        let ran = played(&file, profile).await.exits(0);
        assert!(ran.stderr.contains("not reviewed: "), "{}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
        let title = report["cases"][0]["title"].as_str().expect("a title");
        assert!(title.ends_with("(not reviewed)"), "{title}");
        chatspec(["lint", &file])
            .await
            .exits(2)
            .complains(&["evening.yaml:3:1", "set `reviewed: true`"]);
        // A person has read it.
        fs::write(&path, text.replace("reviewed: false", "reviewed: true")).expect("a file");
        chatspec(["lint", &file]).await.exits(0);
        let ran = played(&file, profile).await.exits(0);
        assert!(!ran.stderr.contains("not reviewed"), "{}", ran.stderr);
        // What is there is not written over.
        chatspec([
            "proxy",
            "--upstream",
            "http://127.0.0.1:1",
            "--record",
            &file,
        ])
        .await
        .exits(2)
        .complains(&["there already"]);
    }
}

#[tokio::test]
async fn a_fixture_of_a_right_server_fails_on_a_wrong_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("evening.yaml");
    recorded(&path, "hardened").await;
    let is_chat = |message: &tokio_tungstenite::tungstenite::Message| {
        message.to_string().contains("it costs")
    };
    let server = crate::proxy::start(move |batch| batch.retain(|message| !is_chat(message))).await;
    let file = path.display().to_string();
    let args = [
        "test",
        &server.url,
        "--profile",
        "hardened",
        "--fixtures",
        &file,
    ];
    // The proxy of that server knows WebSocket alone.
    let text = fs::read_to_string(&path).expect("a fixture");
    let text = text
        .replace("\"upgrade\"", "\"websocket\"")
        .replace("\"polling\"", "\"websocket\"");
    fs::write(&path, text).expect("a file");
    chatspec(args).await.exits(1).says(&["FAIL chat.room"]);
}

#[tokio::test]
async fn a_recording_that_is_killed_has_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("evening.yaml");
    let file = path.display().to_string();
    let (server, address) = reference().await;
    let between = Between::start(&format!("http://{address}"), &["--record", &file]).await;
    evening(&between.url).await;
    let mut again = interval(Duration::from_millis(20));
    let whole = async {
        loop {
            again.tick().await;
            if let Ok(text) = fs::read_to_string(&path) {
                // Whole at any time.
                assert!(
                    text.contains("  - exchange: {from: yan, to: [zoe], room: $yard}\n"),
                    "{text}"
                );
                break;
            }
        }
    };
    timeout(PATIENCE, whole)
        .await
        .expect("a file while it runs");
    drop(between);
    chatspec(["lint", &file])
        .await
        .exits(2)
        .complains(&["1 place"]);
    server.abort();
}
