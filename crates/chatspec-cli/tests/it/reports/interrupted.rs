//! A run that is interrupted has a report, a documented exit code, and leaves nothing running.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use crate::suite;

/// No wait here takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays one conversation over and over, on a server that it starts.
fn endless(data: &Path, report: &Path) -> Child {
    let server = format!(
        "{} serve --listen 127.0.0.1:{{port}} & wait",
        env!("CARGO_BIN_EXE_chatspec")
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_chatspec"));
    command
        .args([
            "test",
            "--case",
            "chat/room@websocket",
            "--repeat",
            "10000",
            "-j",
            "1",
            "--cmd",
            &server,
            "--data",
        ])
        .arg(data)
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command.spawn().expect("the program starts")
}

/// Asks again and again: no event tells that a file is there.
async fn written(path: &Path) -> Value {
    let mut again = interval(Duration::from_millis(20));
    let wait = async {
        loop {
            again.tick().await;
            if let Ok(text) = fs::read_to_string(path) {
                break serde_json::from_str(&text).expect("whole at any time");
            }
        }
    };
    timeout(PATIENCE, wait)
        .await
        .expect("a report while it runs")
}

async fn interrupt(child: &Child, signal: &str) {
    let pid = child.id().expect("it runs").to_string();
    let sent = Command::new("kill").args([signal, &pid]).status().await;
    assert!(sent.expect("kill").success());
}

#[tokio::test]
async fn an_interrupted_run_has_a_report_and_no_children() {
    let data = suite::data(&["chat/room"]);
    let schema: Value =
        serde_json::from_str(&suite::text("schemas/suite/report.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for signal in ["-INT", "-TERM"] {
        let path = data.path().join("report.json");
        let _ = fs::remove_file(&path);
        let child = endless(data.path(), &path);
        // Whatever ended the run now, this would be left of it.
        let before = written(&path).await;
        interrupt(&child, signal).await;
        let ended = timeout(PATIENCE, child.wait_with_output());
        let ended = ended.await.expect("it ends").expect("its output");
        assert_eq!(ended.status.code(), Some(130), "{ended:?}");
        let after = written(&path).await;
        for report in [&before, &after] {
            assert!(schema.is_valid(report), "{report:#}");
            assert_eq!(report["summary"]["aborted"], true);
            assert_eq!(report["conformant"], Value::Null);
            assert_eq!(report["cases"][0]["id"], "chat/room@websocket");
            assert_eq!(report["cases"][0]["verdict"], "pass");
        }
        let said = String::from_utf8(ended.stdout).expect("UTF-8");
        assert!(said.contains("interrupted"), "{said}");
        let target = after["summary"]["target"].as_str().expect("a URL");
        let address = target.trim_start_matches("http://").trim_end_matches('/');
        let server = TcpStream::connect(address).await;
        assert!(server.is_err(), "the server that it started still runs");
    }
}

#[tokio::test]
async fn what_was_started_ends_before_the_first_case_too() {
    let data = suite::data(&["chat/room"]);
    let pid = data.path().join("pid");
    // It never listens, and says where it is.
    let command = format!(
        "echo $$ > {}.new; mv {0}.new {0}; exec sleep 1000",
        pid.display()
    );
    let child = Command::new(env!("CARGO_BIN_EXE_chatspec"))
        .args(["test", "--cmd", &command, "--data"])
        .arg(data.path())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let server = written(&pid).await.to_string();
    interrupt(&child, "-INT").await;
    let ended = timeout(PATIENCE, child.wait_with_output());
    let ended = ended.await.expect("it ends").expect("its output");
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    let gone = timeout(PATIENCE, gone(&server)).await;
    assert!(gone.is_ok(), "what it started still runs");
}

/// Returns when a process has ended: nothing tells of one that is not our child. One that only its parent could bury has.
async fn gone(pid: &str) {
    let mut again = tokio::time::interval(std::time::Duration::from_millis(20));
    loop {
        again.tick().await;
        let ps = Command::new("ps").args(["-o", "stat=", "-p", pid]).output();
        let state = ps.await.expect("ps").stdout;
        if state.is_empty() || state.starts_with(b"Z") {
            return;
        }
    }
}
