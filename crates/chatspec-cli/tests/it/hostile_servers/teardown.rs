//! In whatever way a run ends, nothing that it started goes on.
#![cfg(unix)]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use super::BY_WEBSOCKET;
use crate::suite;

/// For a busy machine. What is waited for comes by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that starts a child of its own, and notes both process ids once it listens.
fn command(folder: &Path) -> String {
    let program = env!("CARGO_BIN_EXE_chatspec");
    let pids = folder.join("pids").display().to_string();
    format!(
        "tail -f /dev/null & echo $! > '{pids}.part'; echo $$ >> '{pids}.part'; \
         mv '{pids}.part' '{pids}'; '{program}' serve --listen 127.0.0.1:{{port}}"
    )
}

/// Waits until a condition holds: the other side of it is another process, which tells nobody.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        let mut again = interval(Duration::from_millis(20));
        while !holds() {
            again.tick().await;
        }
    };
    timeout(PATIENCE, waiting).await.expect(what);
}

fn pids(folder: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(folder.join("pids")).unwrap_or_default();
    text.lines()
        .map(|line| line.parse().expect("a process id"))
        .collect()
}

/// A process that nobody has waited for is gone as well.
fn is_gone(pid: u32) -> bool {
    let shown = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .expect("ps runs");
    let state = String::from_utf8_lossy(&shown.stdout).trim().to_owned();
    state.is_empty() || state.starts_with('Z')
}

async fn all_gone(folder: &Path) {
    let pids = pids(folder);
    assert_eq!(pids.len(), 2, "the server was started");
    until("nothing is left", || pids.iter().all(|pid| is_gone(*pid))).await;
}

fn start(folder: &Path, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_chatspec"))
        .args(["test", "--cmd", &command(folder), "--seed", "7"])
        .args(["--data", &folder.display().to_string()])
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts")
}

#[tokio::test]
async fn a_run_that_ends_leaves_nothing() {
    let data = suite::data(&["chat/room"]);
    let child = start(data.path(), &BY_WEBSOCKET);
    let ran = child.wait_with_output().await.expect("it ends");
    assert_eq!(ran.status.code(), Some(0), "{ran:#?}");
    all_gone(data.path()).await;
}

/// While the server is awaited, and while conversations are played.
#[tokio::test]
async fn an_interrupted_run_leaves_nothing() {
    for signal in ["-INT", "-TERM"] {
        let data = suite::data(&["chat/room"]);
        let report = data.path().join("report.json");
        let json = format!("json={}", report.display());
        // Played often enough to be interrupted; if it ends before, that is no interruption, and fails.
        let child = start(data.path(), &["--repeat", "10000", "--report", &json]);
        until("it starts", || !pids(data.path()).is_empty()).await;
        let id = child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([signal, &id]).status().await;
        assert!(sent.expect("kill runs").success());
        let ran = timeout(PATIENCE, child.wait_with_output()).await;
        let ran = ran.expect("it ends").expect("it can be waited for");
        assert_eq!(ran.status.code(), Some(130), "{ran:#?}");
        all_gone(data.path()).await;
    }
}

/// What had ended until then is told.
#[tokio::test]
async fn an_interrupted_run_has_a_report() {
    let data = suite::data(&["chat/room"]);
    let report = data.path().join("report.json");
    let json = format!("json={}", report.display());
    let mut child = start(data.path(), &["--repeat", "10000", "--report", &json]);
    // The head is printed when the probes are done.
    let mut head = [0];
    let mut out = child.stdout.take().expect("piped");
    let read = tokio::io::AsyncReadExt::read_exact(&mut out, &mut head);
    timeout(PATIENCE, read)
        .await
        .expect("in time")
        .expect("a head");
    let id = child.id().expect("it runs").to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().await;
    assert!(sent.expect("kill runs").success());
    let mut rest = String::new();
    let read = tokio::io::AsyncReadExt::read_to_string(&mut out, &mut rest);
    timeout(PATIENCE, read)
        .await
        .expect("in time")
        .expect("UTF-8");
    let status = timeout(PATIENCE, child.wait()).await.expect("in time");
    assert_eq!(status.expect("it ends").code(), Some(130));
    assert!(rest.contains("interrupted"), "{rest}");
    let text = std::fs::read_to_string(&report).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["summary"]["aborted"], true);
    assert_eq!(report["summary"]["filtered"], true);
    assert_eq!(report["conformant"], serde_json::Value::Null);
    all_gone(data.path()).await;
}

/// A client that heeds nothing ends with all that it has started, whether its script ends first or the run.
#[tokio::test]
async fn no_client_outlives_its_run() {
    for (signal, code) in [(None, 1), (Some("-INT"), 130), (Some("-TERM"), 130)] {
        let folder = tempfile::TempDir::new().expect("a folder");
        let pids_of = folder.path().join("pids").display().to_string();
        let client = format!(
            "trap '' TERM; tail -f /dev/null & echo $! > '{pids_of}.part'; echo $$ >> '{pids_of}.part'; \
             mv '{pids_of}.part' '{pids_of}'; wait"
        );
        let patience = if signal.is_some() { "5" } else { "0.2" };
        let child = Command::new(env!("CARGO_BIN_EXE_chatspec"))
            .args(["test-client", "--case", "talk", "--timeout-scale", patience])
            .args(["--cmd", &client])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        until("it starts", || !pids(folder.path()).is_empty()).await;
        if let Some(signal) = signal {
            let id = child.id().expect("it runs").to_string();
            let sent = Command::new("kill").args([signal, &id]).status().await;
            assert!(sent.expect("kill runs").success());
        }
        let ran = timeout(PATIENCE, child.wait_with_output()).await;
        let ran = ran.expect("it ends").expect("it can be waited for");
        assert_eq!(ran.status.code(), Some(code), "{signal:?}: {ran:#?}");
        all_gone(folder.path()).await;
    }
}
