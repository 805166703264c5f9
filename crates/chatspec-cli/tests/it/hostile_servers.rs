//! Servers that want to hang, crash, flood or fool whoever tests them: Z-01 to Z-18 of `conformance/hostile-servers.md`.
//!
//! Each runs the built program as a child and measures it: it ends by itself, with the right code, in bounded memory, and
//! nothing of what the server says gets further than into a report. Nobody believes what it says, either.

mod dies;
mod escapes;
mod floods;
mod front;
mod http;
mod lies;
mod measure;
mod redirects;
mod slow;
mod teardown;
mod unreachable;

use serde_json::Value;
use tempfile::TempDir;

use crate::suite;
use measure::{Measured, measure};

/// What a run came to, and its report, where one was written.
struct Run {
    measured: Measured,
    report: Option<Value>,
    /// The report as it was written.
    text: String,
    folder: TempDir,
}

/// Three small conversations, on the smallest data that holds them.
const CASES: [&str; 3] = ["chat/room", "order/sender", "users/reply"];

/// Half of the usual patience, where it runs out: a busy machine has the other half.
const PATIENT: [&str; 2] = ["--timeout-scale", "0.5"];

const BY_WEBSOCKET: [&str; 2] = ["--transport", "websocket"];
const BY_POLLING: [&str; 2] = ["--transport", "polling"];

/// Runs the suite against a server, one conversation at a time, with the usual patience.
async fn run(url: &str, more: &[&str]) -> Run {
    run_by(1, url, more).await
}

/// The same, so many conversations at a time.
async fn run_by(jobs: usize, url: &str, more: &[&str]) -> Run {
    let folder = suite::data(&CASES);
    let data = folder.path().display().to_string();
    let path = folder.path().join("report.json");
    let (json, jobs) = (format!("json={}", path.display()), jobs.to_string());
    let fixed = [
        "test", url, "--data", &data, "--report", &json, "--seed", "7", "-j", &jobs,
    ];
    let measured = measure(fixed.iter().chain(more)).await;
    let report = std::fs::read_to_string(&path).ok();
    Run {
        measured,
        text: report.clone().unwrap_or_default(),
        report: report.map(|text| serde_json::from_str(&text).expect("a report is JSON")),
        folder,
    }
}

impl Run {
    /// Asserts the exit code, and that memory stayed within its bound.
    #[track_caller]
    fn ends_with(self, code: i32) -> Run {
        assert_eq!(self.measured.ran.code, code, "{:#?}", self.measured.ran);
        let more = self.measured.peak.saturating_sub(measure::IDLE);
        println!("exit {code}, {more} KiB more than an idle run");
        assert!(
            more <= measure::MORE,
            "{more} KiB more than an idle run:\n{:#?}",
            self.measured.ran
        );
        self
    }

    /// Asserts that nothing was played and nothing passed.
    #[track_caller]
    fn played_nothing(self) -> Run {
        assert_eq!(self.measured.ran.stdout, "");
        assert_eq!(self.report, None);
        self
    }

    fn report(&self) -> &Value {
        self.report.as_ref().expect("a report was written")
    }

    /// Cases with this verdict.
    fn cases(&self, verdict: &str) -> Vec<String> {
        let cases = self.report()["cases"].as_array().expect("cases").iter();
        cases
            .filter(|case| case["verdict"] == verdict)
            .map(|case| case["id"].as_str().expect("an id").to_owned())
            .collect()
    }

    /// Whether a finding says this.
    fn finds(&self, seen: &str) -> bool {
        let cases = self.report()["cases"].as_array().expect("cases").iter();
        let mut findings = cases.flat_map(|case| case["findings"].as_array().expect("findings"));
        findings.any(|finding| {
            let said = finding["seen"].as_str();
            said.is_some_and(|said| said.contains(seen))
        })
    }
}
