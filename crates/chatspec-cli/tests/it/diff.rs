//! `schema diff`, `schema replay` and `schema corpus`: verdicts, waivers, exit codes.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Ran, chatspec};

const PROTOCOL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/protocol/v1");

/// Our protocol with a text replaced in some of its files.
fn edited(edits: &[(&str, &str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for entry in fs::read_dir(PROTOCOL).expect("the protocol is there") {
        let path = entry.expect("readable").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_file() {
            let mut text = fs::read_to_string(&path).expect("readable");
            for (_, from, to) in edits.iter().filter(|(file, ..)| name.starts_with(file)) {
                assert!(text.contains(from), "{name} has {from}");
                text = text.replace(from, to);
            }
            fs::write(folder.path().join(name), text).expect("writable");
        }
    }
    folder
}

async fn diff(new: &Path, args: &[&str]) -> Ran {
    let new = new.display().to_string();
    let fixed = ["schema", "diff", PROTOCOL, &new];
    chatspec(fixed.iter().chain(args)).await
}

#[tokio::test]
async fn the_same_version_is_compatible() {
    let new = edited(&[]);
    diff(new.path(), &[])
        .await
        .exits(0)
        .says(&["compatible: no change; "]);
}

#[tokio::test]
async fn a_break_is_shown_replayed_and_allowed_with_a_reason() {
    let new = edited(&[
        ("server-to-client", "\"from\"", "\"sender\""),
        (
            "manifest",
            "\"text_max_bytes\": 8192",
            "\"text_max_bytes\": 4096",
        ),
    ]);
    let ran = diff(new.path(), &[]).await.exits(1);
    ran.says(&[
        "`ChatMessage.from` (server-to-client) is called `sender` now",
        "refuse the old server's `ChatMessage`: {\"from\":\"a\",\"message\":\"\",\"type\":\"chat\"}",
        "mend:",
        "breaking: 3 changes; 3 break",
    ]);
    let report = diff(new.path(), &["--format", "json"]).await.exits(1);
    let report: Value = serde_json::from_str(&report.stdout).expect("JSON");
    let names: Vec<&str> = report["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .filter_map(|c| c["fingerprint"].as_str())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");

    let allow = new.path().join("allow.yaml");
    let waiver = |name: &str, reason: &str| format!("  - change: {name}\n    reason: {reason}\n");
    let all: String = names
        .iter()
        .map(|name| waiver(name, "all clients are ours"))
        .collect();
    fs::write(&allow, format!("allow:\n{all}")).expect("writable");
    let path = allow.display().to_string();
    diff(new.path(), &["--allow", &path])
        .await
        .exits(0)
        .says(&["because: all clients are ours", "3 allowed"]);

    let odd = names[0].replace("Chat", "Chta");
    fs::write(&allow, format!("allow:\n{}", waiver(&odd, "typo"))).expect("writable");
    let ran = diff(new.path(), &["--allow", &path]).await.exits(1);
    ran.complains(&["allow.yaml:2", &format!("did you mean {}?", names[0])]);

    fs::write(&allow, format!("allow:\n{}", waiver(names[0], "''"))).expect("writable");
    diff(new.path(), &["--allow", &path])
        .await
        .exits(2)
        .complains(&["the reason is empty"]);
}

#[tokio::test]
async fn other_formats_say_the_same() {
    let new = edited(&[("server-to-client", "\"from\"", "\"sender\"")]);
    diff(new.path(), &["--format", "markdown"])
        .await
        .exits(1)
        .says(&["| **BREAK** | **BREAK** |", "client→server"]);
    diff(new.path(), &["--format", "github"])
        .await
        .exits(1)
        .says(&["::error title=WIRE BREAK::`ChatMessage.from`"]);
}

#[tokio::test]
async fn what_cannot_be_compared_is_usage_and_names_its_place() {
    for (from, to, place) in [
        (
            "\"additionalProperties\": false",
            "\"patternProperties\": {}",
            "client-to-server.json at $.$defs.Join.patternProperties",
        ),
        (
            "draft/2020-12/schema",
            "draft-07/schema",
            "at $.$schema: the draft",
        ),
        (
            "#/$defs/UserName",
            "https://example.org/name",
            "is a remote reference",
        ),
        (
            "\"pattern\": \"^",
            "\"pattern\": \"(?i)^",
            "the regular expression has a flag",
        ),
    ] {
        let new = edited(&[("client-to-server.json", from, to)]);
        diff(new.path(), &[]).await.exits(2).complains(&[place]);
    }
    let none = TempDir::new().expect("a folder");
    diff(none.path(), &[])
        .await
        .exits(2)
        .complains(&["is not there; a protocol has"]);
    let text = none.path().join("client-to-server.json");
    fs::write(&text, "nonsense").expect("writable");
    let name = text.display().to_string();
    chatspec(["schema", "diff", &name, &name])
        .await
        .exits(2)
        .complains(&["is no JSON"]);
    chatspec(["schema", "diff", "git:no-such-revision", "."])
        .await
        .exits(2)
        .complains(&["find the revision"]);
}

#[tokio::test]
async fn one_schema_is_compared_with_another() {
    let old = format!("{PROTOCOL}/refusal.json");
    let new = edited(&[("refusal", "\"type\": \"string\"", "\"type\": \"integer\"")]);
    let new = new.path().join("refusal.json").display().to_string();
    chatspec(["schema", "diff", &old, &old]).await.exits(0);
    chatspec(["schema", "diff", &old, &new])
        .await
        .exits(1)
        .says(&["`Refusal.message` (refusal)"]);
}

#[tokio::test]
async fn a_witness_is_replayed() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("witness.json");
    let name = file.display().to_string();
    let write = |witness: Value| fs::write(&file, witness.to_string()).expect("writable");
    let witness = |message: Value| json!({"direction": "client-to-server", "message": message});

    write(witness(json!({"event": "image", "room": "replay"})));
    chatspec(["schema", "replay", &name])
        .await
        .exits(0)
        .says(&["refused: refusal 99"]);
    write(witness(
        json!({"event": "chat", "room": "replay", "text": "hi", "later": true}),
    ));
    chatspec(["schema", "replay", &name])
        .await
        .exits(1)
        .says(&["survived", "declared only"]);
    write(json!({"direction": "server-to-client", "message": {}}));
    chatspec(["schema", "replay", &name])
        .await
        .exits(2)
        .complains(&["a message of servers"]);
    write(witness(json!({"event": "join"})));
    chatspec(["schema", "replay", &name, "http://127.0.0.1:9"])
        .await
        .exits(3);
}

#[tokio::test]
async fn witnesses_are_files() {
    let new = edited(&[(
        "client-to-server",
        "\"maxLength\": 8192",
        "\"maxLength\": 8",
    )]);
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().display().to_string();
    diff(new.path(), &["--witnesses", &path]).await.exits(1);
    let files: Vec<_> = fs::read_dir(folder.path())
        .expect("there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    let [file] = files.as_slice() else {
        panic!("one witness: {files:?}");
    };
    let witness: Value =
        serde_json::from_str(&fs::read_to_string(file).expect("readable")).expect("JSON");
    assert_eq!(witness["direction"], "client-to-server");
    assert_eq!(
        witness["message"]["text"].as_str().map(str::len),
        Some(9),
        "the shortest that is too long"
    );
}

/// The judge's tests play the whole corpus; here are two edits of it, and what is said of one whose cells are wrong.
#[tokio::test]
async fn the_corpus_is_played() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/compat");
    let data = TempDir::new().expect("a folder");
    let folder = data.path().join("conformance/compat");
    fs::create_dir_all(folder.join("base")).expect("a folder");
    for entry in fs::read_dir(format!("{corpus}/base")).expect("the base is there") {
        let path = entry.expect("readable").path();
        let name = path.file_name().unwrap_or_default().to_owned();
        fs::copy(&path, folder.join("base").join(name)).expect("writable");
    }
    let edits = fs::read_to_string(format!("{corpus}/edits.json")).expect("readable");
    let edits: Vec<Value> = serde_json::from_str(&edits).expect("JSON");
    let write = |edits: &[Value]| {
        fs::write(folder.join("edits.json"), json!(edits).to_string()).expect("writable")
    };
    fs::write(folder.join("rows.json"), "[]").expect("writable");
    let proofs = data.path().join("proofs.json").display().to_string();
    let name = data.path().display().to_string();
    let args = ["schema", "corpus", "--data", &name, "--proofs", &proofs];

    write(&edits[2..4]);
    let ran = chatspec(args).await.exits(0);
    ran.says(&["4 of 4 cells right, 0 unknown; 2 of 2 edits mirrored"]);
    let written: Value =
        serde_json::from_str(&fs::read_to_string(&proofs).expect("readable")).expect("JSON");
    assert_eq!(
        written.as_array().map(Vec::len),
        Some(4),
        "one for each break"
    );

    let mut wrong = edits[2..4].to_vec();
    wrong[0]["cells"] = json!(["ok", "ok", "ok", "ok"]);
    write(&wrong);
    chatspec(args)
        .await
        .exits(1)
        .says(&["WRONG", "3 of 4 cells right"]);
}
