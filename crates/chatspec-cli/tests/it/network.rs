//! Trouble of the network is told from trouble of the server: it makes a run inconclusive, never a failure, never a pass.

mod tcp;

use serde_json::Value;
use tempfile::TempDir;

use self::tcp::{Tcp, Weather};
use crate::program::{Ran, chatspec};
use crate::suite;

const CASES: [&str; 3] = ["chat/room", "join/move", "users/reply"];

/// What a run over a troubled network came to.
struct Seen {
    ran: Ran,
    report: Value,
}

/// Some conversations over such a network.
async fn test(tcp: &Tcp, data: &TempDir, args: &[&str]) -> Seen {
    let folder = data.path().display().to_string();
    let file = data.path().join("report.json");
    let to = format!("json={}", file.display());
    let fixed = ["test", &tcp.url, "--data", &folder, "--report", &to];
    let ran = chatspec(fixed.iter().chain(args)).await;
    let text = std::fs::read_to_string(file).unwrap_or_else(|_| "null".to_owned());
    let report = serde_json::from_str(&text).expect("a report");
    Seen { ran, report }
}

impl Seen {
    /// Nothing is violated, something is in doubt, and the doubt is the network's.
    fn inconclusive(self) -> Ran {
        let summary = &self.report["summary"];
        let told = format!("exit {}, {summary}\n{}", self.ran.code, self.ran.stdout);
        assert_eq!(self.ran.code, 5, "{told}");
        assert!(summary["cases"].get("fail").is_none(), "{told}");
        assert!(summary["rules"].get("fail").is_none(), "{told}");
        assert_eq!(self.report["conformant"], Value::Null, "{told}");
        let cases = self.report["cases"].as_array().expect("cases");
        let lost = cases.iter().filter(|case| case["network"].is_string());
        assert!(lost.count() > 0, "{told}");
        self.ran
    }
}

/// Z-19: every tenth connection is reset.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resets_are_inconclusive() {
    let data = suite::data(&CASES);
    let tcp = Tcp::start(Weather::ResetsEvery(10)).await;
    let ran = test(&tcp, &data, &[]).await.inconclusive();
    ran.says(&["network", "another try went otherwise"]);
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
    .ran
    .exits(3);
    test(&tcp, &data, &one).await.ran.exits(0);
}

/// Z-20, loss: what never comes on one connection comes on another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalls_are_inconclusive() {
    let data = suite::data(&CASES);
    let tcp = Tcp::start(Weather::StallsEvery(20)).await;
    test(&tcp, &data, &["--timeout-scale", "0.5"])
        .await
        .inconclusive();
}

/// A server that drops a connection at the same place each time is not excused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drops_who_speaks_fails() {
    let data = suite::data(&["chat/room"]);
    let tcp = Tcp::start(Weather::DropsAt("hello from")).await;
    test(&tcp, &data, &["--case", "chat/room@websocket"])
        .await
        .ran
        .exits(1)
        .says(&["FAIL connection.lives"]);
}
