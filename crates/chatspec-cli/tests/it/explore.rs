//! `chatspec explore`: nothing on a right server, a small fixture of what a wrong one does, and never green where nobody answers.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::dummies::server::{Dead, Door, Server};
use crate::dummies::seven;
use crate::program::{Ran, chatspec};

async fn explore(url: &str, out: &tempfile::TempDir, more: &[&str]) -> Ran {
    let out = out.path().display().to_string();
    let fixed = ["explore", "--seed", "3", "--json", "--out", &out];
    let url = Some(url).filter(|url| !url.is_empty());
    chatspec(fixed.iter().chain(url.iter()).chain(more)).await
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"))
}

#[tokio::test]
async fn the_reference_server_diverges_nowhere() {
    let out = tempfile::tempdir().expect("a folder");
    let ran = explore("", &out, &["--histories", "24"]).await.exits(0);
    let said = json(&ran);
    assert_eq!(said["profile"], "hardened");
    assert_eq!(said["coverage"]["histories"], 24);
    assert_eq!(said["coverage"]["unclear"], 0);
    let rules = said["coverage"]["rules"].as_object().expect("rules");
    assert!(rules.len() > 15, "{rules:?}");
    assert_eq!(said["finds"], serde_json::json!([]));
    assert_eq!(fs::read_dir(out.path()).expect("a folder").count(), 0);
}

#[tokio::test]
async fn what_is_found_is_small_and_can_be_played_again() {
    let out = tempfile::tempdir().expect("a folder");
    let dummy = seven::ALL.iter().find(|dummy| dummy.name == "barrier-only");
    let server = dummy.expect("the dummy").start().await;
    let args = ["--profile", "core", "--histories", "16"];
    let ran = explore(server.url(), &out, &args).await.exits(1);
    let said = json(&ran);
    let find = &said["finds"][0];
    assert!(find["shrunk"].as_u64() <= Some(2), "{find:#}");
    assert!(find["acts"].as_u64() > find["shrunk"].as_u64(), "{find:#}");
    let files: Vec<PathBuf> = fs::read_dir(out.path())
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    let [file] = files.as_slice() else {
        panic!("{files:?}")
    };
    let file = file.display().to_string();
    chatspec(["lint", &file]).await.exits(0);
    let again = [
        "test",
        server.url(),
        "--profile",
        "core",
        "--fixtures",
        &file,
        "--format",
        "json",
    ];
    let again = json(&chatspec(again).await.exits(1));
    let rule = find["rule"].as_str().expect("a rule");
    let rules = again["cases"][0]["rules"].clone();
    assert_eq!(rules[rule], "fail", "{rules:#}");
    assert_eq!(again["summary"]["filtered"], true);
}

#[tokio::test]
async fn nobody_who_is_dead_or_mute_conforms() {
    let out = tempfile::tempdir().expect("a folder");
    explore(&Dead::new().url, &out, &[]).await.exits(3);
    let mute = Server::start(Door::Open(Box::new(|_| {}))).await;
    let args = ["--histories", "8", "--timeout-scale", "0.05"];
    explore(&mute.url, &out, &args).await.exits(3);
}
