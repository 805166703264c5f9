//! Trouble of the network is told from trouble of the server: it makes a run inconclusive, never a failure, never a pass.

mod tcp;

use serde_json::Value;
use tempfile::TempDir;

use self::tcp::{Tcp, Weather};
use crate::program::{Ran, chatspec};
use crate::suite;

const CASES: [&str; 4] = ["chat/room", "chat/broadcast", "join/move", "users/reply"];

/// Some conversations over such a network.
async fn test(tcp: &Tcp, data: &TempDir, args: &[&str]) -> Ran {
    let folder = data.path().display().to_string();
    let fixed = ["test", &tcp.url, "--data", &folder];
    chatspec(fixed.iter().chain(args)).await
}

/// The report; nothing in it may be violated.
fn unviolated(ran: &Ran) -> Value {
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    assert!(
        report["summary"]["cases"].get("fail").is_none(),
        "{}",
        ran.stdout
    );
    assert!(
        report["summary"]["rules"].get("fail").is_none(),
        "{}",
        ran.stdout
    );
    assert_eq!(report["conformant"], Value::Null);
    report
}

/// Z-19: every tenth connection is reset.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resets_are_inconclusive() {
    let data = suite::data(&CASES);
    let tcp = Tcp::start(Weather::ResetsEvery(10)).await;
    let ran = test(&tcp, &data, &["--format", "json"]).await.exits(5);
    let report = unviolated(&ran);
    let lost = report["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter(|case| case["network"].is_string());
    assert!(lost.count() > 0, "{report}");
    // The same for people.
    let tcp = Tcp::start(Weather::ResetsEvery(10)).await;
    test(&tcp, &data, &[])
        .await
        .exits(5)
        .says(&["network", "another try went otherwise"]);
}

/// Z-20, latency: what comes late is no failure, and patience makes it a pass.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latency_is_a_matter_of_patience() {
    let data = suite::data(&["chat/room"]);
    let tcp = Tcp::start(Weather::Latency(100)).await;
    let one = ["--case", "chat/room@websocket"];
    test(
        &tcp,
        &data,
        &[&one[..], &["--timeout-scale", "0.02"]].concat(),
    )
    .await
    .exits(3);
    test(&tcp, &data, &one).await.exits(0);
}

/// Z-20, loss: what never comes on one connection comes on another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalls_are_inconclusive() {
    let data = suite::data(&CASES);
    let tcp = Tcp::start(Weather::StallsEvery(20)).await;
    let ran = test(&tcp, &data, &["--format", "json", "--timeout-scale", "0.1"])
        .await
        .exits(5);
    unviolated(&ran);
}

/// A server that drops a connection at the same place each time is not excused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drops_who_speaks_fails() {
    let data = suite::data(&["chat/room"]);
    let tcp = Tcp::start(Weather::DropsAt("hello from")).await;
    test(&tcp, &data, &["--case", "chat/room@websocket"])
        .await
        .exits(1)
        .says(&["FAIL connection.lives"]);
}
