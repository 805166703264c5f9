//! One run of `chatspec load`, and what it says.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bench::peer::Peer;
use crate::bench::target;

/// How loads are run: how long, and where.
pub(in crate::bench) struct Driver {
    pub seconds: u32,
    /// Whether server and driver have a processor each.
    pub pinned: bool,
}

/// What one load came to.
#[derive(Clone, Debug, Default)]
pub(in crate::bench) struct Run {
    pub per_second: f64,
    pub per_cpu_second: f64,
    pub connects_per_cpu_second: f64,
    pub bytes_per_connection: f64,
    pub p99: f64,
    /// Deliveries that never came.
    pub gaps: u64,
    /// Deliveries that came after a later one.
    pub inversions: u64,
    /// All other violations.
    pub others: u64,
    /// The part of its processor that the driver took.
    pub driver: f64,
}

impl Driver {
    pub(super) fn new(seconds: u32) -> Driver {
        let pinned = Command::new("taskset")
            .args(["-c", "1", "true"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        Driver { seconds, pinned }
    }

    /// What to put before the line of a server.
    pub(super) fn pinned_server(&self) -> Vec<String> {
        self.pin("0")
    }

    fn pin(&self, processor: &str) -> Vec<String> {
        let words = if self.pinned {
            &["taskset", "-c", processor][..]
        } else {
            &[]
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Runs a load against the server. One that does not hold is a result, one that does not run is none.
    pub(super) fn run(&self, peer: &Peer, scenario: &str, more: &[&str]) -> Result<Run, String> {
        let program = target().join("release/chatspec").display().to_string();
        let mut line = self.pin("1");
        line.extend([
            program,
            "load".to_owned(),
            scenario.to_owned(),
            peer.url().to_owned(),
        ]);
        let (head, rest) = line.split_first().ok_or("run nothing")?;
        let output = Command::new(head)
            .args(rest)
            .args(["--pid", &peer.pid().to_string(), "--format", "json"])
            .args(["--duration", &self.seconds.to_string()])
            .args(more)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("run {head}: {error}"))?;
        let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("load {} with {scenario}: {}", peer.url(), said.trim())
        })?;
        Ok(read(&report))
    }
}

fn read(report: &Value) -> Run {
    let number = |pointer: &str| {
        report
            .pointer(pointer)
            .and_then(Value::as_f64)
            .unwrap_or_default()
    };
    let count = |kind: &str| {
        let counts = &report["violations"]["counts"];
        counts[kind].as_u64().unwrap_or_default()
    };
    let counts = report["violations"]["counts"].as_object();
    let all: u64 = counts
        .into_iter()
        .flat_map(|all| all.values())
        .filter_map(Value::as_u64)
        .sum();
    Run {
        per_second: number("/deliveries_per_second"),
        per_cpu_second: number("/process/deliveries_per_cpu_second"),
        connects_per_cpu_second: number("/process/connects_per_cpu_second"),
        bytes_per_connection: number("/process/bytes_per_connection"),
        p99: number("/latency_ms/p99"),
        gaps: count("gap"),
        inversions: count("order"),
        others: all - count("gap") - count("order"),
        driver: number("/driver/busy"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_report_is_read() {
        let run = super::read(&json!({
            "deliveries_per_second": 10.0,
            "process": {"deliveries_per_cpu_second": 20.0, "bytes_per_connection": 7},
            "latency_ms": {"p99": 2.5},
            "violations": {"counts": {"gap": 1, "order": 2, "stranger": 4}},
        }));
        assert_eq!((run.gaps, run.inversions, run.others), (1, 2, 4));
        assert!((run.per_cpu_second - 20.0).abs() < 1e-9 && (run.p99 - 2.5).abs() < 1e-9);
    }
}
