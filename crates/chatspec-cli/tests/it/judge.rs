//! A written transcript, judged again: the same verdict, and another one where it is edited.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::dummies::server::Server;
use crate::dummies::seven;
use crate::program::{Ran, chatspec};
use crate::suite::{self, UNHURRIED};

const CASE: &str = "chat/room@websocket";

/// Data, and the transcripts of one run with it.
struct Recorded {
    data: TempDir,
    ran: Ran,
}

impl Recorded {
    /// Plays the case, against the embedded server where there is no URL.
    async fn new(url: Option<&str>) -> Recorded {
        let data = suite::data(&["chat/room"]);
        let (folder, to) = (path(data.path()), path(&data.path().join("out")));
        let fixed = [
            "test",
            "--profile",
            "core",
            "--case",
            CASE,
            UNHURRIED[0],
            UNHURRIED[1],
            "--data",
            &folder,
            "--transcripts",
            &to,
        ];
        let ran = chatspec(fixed.into_iter().chain(url)).await;
        Recorded { data, ran }
    }

    fn file(&self) -> PathBuf {
        self.data.path().join("out/chat-room@websocket.json")
    }

    fn transcript(&self) -> Value {
        let text = std::fs::read_to_string(self.file()).expect("written");
        serde_json::from_str(&text).expect("JSON")
    }

    async fn judge(&self) -> Ran {
        let folder = path(self.data.path());
        chatspec(["judge", &path(&self.file()), "--data", &folder]).await
    }

    /// Judges an edited transcript.
    async fn judge_edited(&self, edit: impl FnOnce(&mut Value)) -> Ran {
        let mut transcript = self.transcript();
        edit(&mut transcript);
        let edited = self.data.path().join("edited.json");
        suite::write(&edited, &transcript.to_string());
        let folder = path(self.data.path());
        chatspec(["judge", &path(&edited), "--data", &folder]).await
    }
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test]
async fn a_passing_transcript_passes_again() {
    let recorded = Recorded::new(None).await;
    assert_eq!(recorded.ran.code, 0, "{:#?}", recorded.ran);
    let judged = recorded.judge().await.exits(0);
    assert_eq!(judged.stdout, format!("pass {CASE}\n"));
}

#[tokio::test]
async fn a_failing_transcript_fails_again_for_the_same_reason() {
    let server = Server::start(seven::open(seven::echo)).await;
    let recorded = Recorded::new(Some(&server.url)).await;
    assert_eq!(recorded.ran.code, 1, "{:#?}", recorded.ran);
    let judged = recorded
        .judge()
        .await
        .exits(1)
        .says(&[&format!("fail {CASE}\n")]);
    let rules = |ran: &Ran| -> Vec<String> {
        let lines = ran.stdout.lines().filter(|line| line.starts_with("FAIL "));
        lines.map(str::to_owned).collect()
    };
    assert!(!rules(&judged).is_empty());
    assert_eq!(rules(&judged), rules(&recorded.ran));
}

#[tokio::test]
async fn an_appended_leak_breaks_the_rule_that_forbids_it() {
    let recorded = Recorded::new(None).await;
    // What ada says in her room, in the step that says so, reaches eve, who never joined.
    recorded
        .judge_edited(|transcript| leak(transcript, "eve", false))
        .await
        .exits(1)
        .says(&[
            &format!("fail {CASE}"),
            "FAIL message.closure",
            "(eve): unexpected",
            "hello from",
        ]);
    // The same comes back to ada herself.
    recorded
        .judge_edited(|transcript| leak(transcript, "ada", false))
        .await
        .exits(1)
        .says(&["FAIL chat.no-echo", "(ada): unexpected"]);
    // It reaches bob a second time.
    recorded
        .judge_edited(|transcript| leak(transcript, "bob", false))
        .await
        .exits(1)
        .says(&["(bob): duplicate"]);
    // It reaches eve after everybody has left.
    recorded
        .judge_edited(|transcript| leak(transcript, "eve", true))
        .await
        .exits(1)
        .says(&["FAIL message.closure", "(eve): late"]);
}

#[tokio::test]
async fn a_message_cut_out_is_missed() {
    let recorded = Recorded::new(None).await;
    recorded
        .judge_edited(|transcript| {
            let entries = transcript["entries"].as_array_mut().expect("a list");
            let heard = entries
                .iter()
                .position(|entry| entry["who"] == "bob" && is_hello(entry));
            entries.remove(heard.expect("bob heard it"));
        })
        .await
        .exits(1)
        .says(&[
            "FAIL chat.room",
            "(bob): missing",
            "nothing like it, up to the barrier",
        ]);
}

#[tokio::test]
async fn what_is_no_transcript_is_a_mistake_of_usage() {
    let recorded = Recorded::new(None).await;
    recorded
        .judge_edited(|transcript| transcript["fixture"] = json!("chat/\u{1b}other"))
        .await
        .exits(2)
        .in_one_line()
        .complains(&["find the conversation", "chat/"]);
    recorded
        .judge_edited(|transcript| *transcript = json!({"entries": []}))
        .await
        .exits(2)
        .in_one_line()
        .complains(&["edited.json as a transcript"]);
    let folder = path(recorded.data.path());
    chatspec(["judge", "no-such.json", "--data", &folder])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["no-such.json"]);
}

/// Lets what bob hears first reach somebody else as well, in the same step or after the last.
fn leak(transcript: &mut Value, who: &str, late: bool) {
    let entries = transcript["entries"].as_array_mut().expect("a list");
    let heard = entries
        .iter()
        .find(|entry| entry["who"] == "bob" && is_hello(entry));
    let mut leaked = heard.expect("bob heard it").clone();
    leaked["who"] = json!(who);
    if late {
        let last = entries
            .iter()
            .filter_map(|entry| entry["step"].as_u64())
            .max();
        leaked["step"] = json!(last.expect("a step"));
    }
    entries.push(leaked);
}

fn is_hello(entry: &Value) -> bool {
    let message = &entry["what"]["args"][0]["message"];
    message
        .as_str()
        .is_some_and(|text| text.starts_with("hello from"))
}
