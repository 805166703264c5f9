//! What people use while they write a server or a fixture.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::program::chatspec;
use crate::proxy;
use crate::suite;

const CASE: [&str; 2] = ["--case", "chat/room@websocket"];

#[tokio::test]
async fn a_folder_of_transcripts_is_judged_again() {
    let data = suite::data(&["chat/room", "join/move"]);
    let (folder, out) = (
        data.path().display().to_string(),
        data.path().join("out").display().to_string(),
    );
    let run = [
        "test",
        "--profile",
        "core",
        "--data",
        &folder,
        "--transcripts",
        &out,
        "--transport",
        "websocket",
    ];
    chatspec(run).await.exits(0);
    chatspec(["judge", &out, "--data", &folder])
        .await
        .exits(0)
        .says(&[
            "pass chat/room@websocket\npass join/move@websocket\n",
            "2 of 2 transcripts without a violation",
        ]);
    // What the ordering probe said is part of the transcript: on a server out of order, silence proves nothing.
    let file = data.path().join("out/chat-room@websocket.json");
    let text = std::fs::read_to_string(&file).expect("a transcript");
    assert!(text.contains("\"in_order\": true"), "{text}");
    suite::write(
        &file,
        &text.replace("\"in_order\": true", "\"in_order\": false"),
    );
    let file = file.display().to_string();
    chatspec(["judge", &file, "--data", &folder])
        .await
        .exits(5)
        .says(&["inconclusive chat/room@websocket"]);
    let empty = data.path().join("spec").display().to_string();
    chatspec(["judge", &empty, "--data", &folder])
        .await
        .exits(2);
    let none = data.path().join("fixtures").display().to_string();
    chatspec(["judge", &none, "--data", &folder]).await.exits(4);
}

#[tokio::test]
async fn fixtures_are_exported_whole_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("mine").display().to_string();
    chatspec(["fixtures", "export", &to])
        .await
        .exits(0)
        .says(&["use them with --data"]);
    let listed = chatspec(["list", "--data", &to]).await.exits(0);
    assert_eq!(listed.stdout, chatspec(["list"]).await.stdout);
    let changed = folder
        .path()
        .join("mine/fixtures/conversations/chat/room.yaml");
    suite::write(&changed, "id: mine\n");
    chatspec(["fixtures", "export", &to])
        .await
        .exits(2)
        .complains(&["1 file", "chat/room.yaml", "--force"]);
    assert_eq!(
        std::fs::read_to_string(&changed).expect("a file"),
        "id: mine\n"
    );
    chatspec(["fixtures", "export", &to, "--force"])
        .await
        .exits(0);
    assert_ne!(
        std::fs::read_to_string(&changed).expect("a file"),
        "id: mine\n"
    );
}

#[tokio::test]
async fn completions_and_manual_come_from_the_arguments() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        chatspec(["completions", shell])
            .await
            .exits(0)
            .says(&["chatspec", "baseline"]);
    }
    chatspec(["completions", "cmd"]).await.exits(2);
    chatspec(["man"])
        .await
        .exits(0)
        .says(&[".TH chatspec 1", "Exit codes"]);
    chatspec(["man", "test"])
        .await
        .exits(0)
        .says(&[".TH chatspec-test 1", "timeout\\-scale"]);
    chatspec(["man", "no"])
        .await
        .exits(2)
        .complains(&["there are test, test-client, serve"]);
}

#[tokio::test]
async fn every_frame_is_traced_as_it_passes() {
    let data = suite::data(&["chat/room"]);
    let folder = data.path().display().to_string();
    let run = ["test", "--data", &folder, "--trace", "--seed", "7"];
    let ran = chatspec(run.iter().chain(&CASE)).await.exits(0);
    let frames = [
        "chat/room@websocket ada → 40",
        "chat/room@websocket ada ← 40{\"sid\":",
        "chat/room@websocket bob → 42[\"chat\",{\"event\":\"join\"",
        "chat/room@websocket cora ← 42[\"chat\",{\"type\":\"newuser\"",
    ];
    ran.complains(&frames).says(&["sends {\"event\":\"join\""]);
}

#[tokio::test]
async fn snapshots_tell_that_something_changed_and_decide_nothing() {
    let data = suite::data(&["chat/room"]);
    let path = data.path().join("fixtures/conversations/chat/room.yaml");
    let text = suite::text("fixtures/conversations/chat/room.yaml");
    suite::write(
        &path,
        &text.replacen("participants:", "transports: [websocket]\nparticipants:", 1),
    );
    let (folder, snaps) = (
        data.path().display().to_string(),
        data.path().join("snaps").display().to_string(),
    );
    let run = [
        "test",
        "--data",
        &folder,
        "--profile",
        "core",
        "--snapshots",
        &snaps,
    ];
    let with = |more: &'static [&'static str]| run.into_iter().chain(more.iter().copied());
    // Most rules have no conversation here, so that the run ends with 5: snapshots change nothing about it.
    chatspec(run)
        .await
        .exits(5)
        .says(&["1 conversation not blessed yet"]);
    chatspec(with(&[
        "--bless",
        "--case",
        "chat/*",
        "--transport",
        "websocket",
    ]))
    .await
    .exits(2)
    .complains(&["needs a whole run"]);
    chatspec(with(&["--bless"]))
        .await
        .exits(5)
        .says(&["blessed 1 conversation: 1 new or changed, 0 removed"]);
    let again = chatspec(run).await.exits(5);
    assert!(!again.stdout.contains("blessed"), "{}", again.stdout);
    let file = data.path().join("snaps/chat-room@websocket.snap");
    let blessed = std::fs::read_to_string(&file).expect("a snapshot");
    suite::write(&file, &blessed.replacen("New User $ada", "Welcome $ada", 1));
    chatspec(run).await.exits(5).says(&[
        "1 conversation changed since blessed",
        "chat/room@websocket: step 1, line ",
        "was  < [\"chat\",{\"type\":\"newuser\",\"message\":\"Welcome $ada",
        "is   < [\"chat\",{\"type\":\"newuser\",\"message\":\"New User $ada",
    ]);
    // What violates a MUST is not blessed.
    let mute =
        proxy::start(|batch| batch.retain(|message| !message.to_string().contains("hello from")))
            .await;
    let args = [
        "test",
        &mute.url,
        "--data",
        &folder,
        "--snapshots",
        &snaps,
        "--bless",
    ];
    chatspec(args)
        .await
        .exits(2)
        .complains(&["what is wrong is not blessed"]);
    chatspec(["test", "--bless"])
        .await
        .exits(2)
        .complains(&["--snapshots"]);
}

/// A running `--watch`, ended when this is dropped.
struct Watching {
    _program: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    fn start(args: &[&str]) -> Watching {
        let mut program = Command::new(env!("CARGO_BIN_EXE_chatspec"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let out = program.stdout.take().expect("a pipe");
        Watching {
            _program: program,
            lines: BufReader::new(out).lines(),
        }
    }

    /// Everything up to the line that says that it waits.
    async fn turn(&mut self) -> String {
        let mut said = String::new();
        let reading = async {
            loop {
                let line = self
                    .lines
                    .next_line()
                    .await
                    .expect("UTF-8")
                    .expect("it goes on");
                if line.starts_with("watching ") {
                    return said;
                }
                said = said + &line + "\n";
            }
        };
        timeout(Duration::from_secs(60), reading)
            .await
            .expect("it plays in time")
    }
}

#[tokio::test]
async fn what_changes_is_played_again() {
    let data = suite::data(&["chat/room"]);
    let folder = data.path().display().to_string();
    let mine = data.path().join("mine");
    let head = |name: &str| {
        format!(
            "id: mine/{name}\ntitle: X\nrules: [chat.room]\nparticipants: [ada, bob]\ntransports: [websocket]\nsteps:\n  - enter: {{who: [ada, bob]}}\n"
        )
    };
    let good = "  - exchange: {from: ada, to: [bob]}\n    rule: chat.room\n";
    let good = "  - by: ada\n    send: {event: chat, room: $room, text: hi}\n    expect: [{to: [bob], must: {type: chat, from: $ada, message: hi}}]\n".to_owned() + good.lines().next().unwrap_or_default() + "\n";
    suite::write(&mine.join("one.yaml"), &(head("one") + &good));
    suite::write(&mine.join("two.yaml"), &(head("two") + &good));
    let mut watching = Watching::start(&[
        "test",
        "--watch",
        &mine.display().to_string(),
        "--data",
        &folder,
    ]);
    let first = watching.turn().await;
    assert!(
        first.contains("one.yaml") && first.contains("two.yaml") && first.contains("2/2"),
        "{first}"
    );
    // Only what changed, and its failure.
    suite::write(
        &mine.join("two.yaml"),
        &(head("two") + &good.replace("message: hi", "message: ho")),
    );
    let second = watching.turn().await;
    assert!(
        !second.contains("one.yaml") && second.contains("FAIL chat.room"),
        "{second}"
    );
    // A mistake is told and waited out.
    suite::write(&mine.join("two.yaml"), "id: [");
    let third = watching.turn().await;
    assert!(
        third.contains("two.yaml") && !third.contains("FAIL"),
        "{third}"
    );
    suite::write(&mine.join("two.yaml"), &(head("two") + &good));
    let last = watching.turn().await;
    assert!(last.contains("1/1"), "{last}");
    chatspec(["test", "--watch", "no-such-file.yaml"])
        .await
        .exits(2)
        .complains(&["no-such-file.yaml", "not there"]);
}
