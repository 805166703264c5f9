//! `cargo xtask bench`: how long the whole suite takes, with the embedded reference server and, beside it in the same
//! run, with the independent server on Node. `--servers` puts servers under load instead, `--proxy` measures what
//! the proxy adds to a round trip.
//!
//! It judges nothing: a machine that is busy makes every figure worse. Compare the rows of one run with each other. What
//! single functions cost is measured by `cargo bench`.

pub mod messages;
mod peer;
mod proxy;
mod servers;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use serde_json::Value;

use self::peer::Peer;
use self::table::Row;
use crate::root;

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
    /// Measured runs of each suite with each server, after one that is not.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Measure single messages instead, beside ajv and pydantic, and write docs/performance.md.
    #[arg(long, conflicts_with_all = ["json", "runs"])]
    pub messages: bool,
    /// Put servers under load beside each other instead, and write docs/performance.md.
    #[arg(long, conflicts_with_all = ["json", "runs", "messages"])]
    pub servers: bool,
    /// Measure what `chatspec proxy` adds to a round trip instead.
    #[arg(long, conflicts_with_all = ["json", "runs", "messages", "servers"])]
    pub proxy: bool,
    /// The program to measure, in place of a release that is built first.
    #[arg(long, value_name = "PATH", requires = "proxy")]
    pub program: Option<PathBuf>,
    /// Seconds of each load.
    #[arg(long, value_name = "N", default_value_t = 5, requires = "servers", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub seconds: u32,
}

/// What is run, and in how many seconds we want it to be over on an idle machine.
struct Suite {
    name: &'static str,
    args: &'static [&'static str],
    goal: f64,
}

const SUITES: [Suite; 2] = [
    Suite {
        name: "core, websocket",
        args: &["--profile", "core", "--transport", "websocket"],
        goal: 2.0,
    },
    Suite {
        name: "core, all transports",
        args: &["--profile", "core"],
        goal: 6.0,
    },
];

/// Builds, measures and prints.
pub fn run(options: &Options) -> ExitCode {
    let other = match options {
        Options { messages: true, .. } => Some(messages::measure()),
        Options { servers: true, .. } => Some(servers::measure(options.seconds)),
        Options { proxy: true, .. } => Some(match &options.program {
            Some(program) => proxy::measure(program),
            None => build().and_then(|()| proxy::measure(&target().join("release/chatspec"))),
        }),
        _ => None,
    };
    if let Some(measured) = other {
        return match measured {
            Ok(table) => {
                print!("{table}");
                ExitCode::SUCCESS
            }
            Err(why) => {
                eprintln!("failed to {why}");
                ExitCode::FAILURE
            }
        };
    }
    match measure(options.runs) {
        Ok(rows) if options.json => println!("{}", table::json(&rows)),
        Ok(rows) => print!("{}", table::markdown(&rows)),
        Err(why) => {
            eprintln!("failed to {why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(runs: u32) -> Result<Vec<Row>, String> {
    build()?;
    let peer = Peer::node()?;
    let program = target().join("release/chatspec");
    let mut rows = Vec::new();
    for suite in &SUITES {
        let mut ours = Row::new(suite.name, "reference, embedded", Some(suite.goal));
        let mut theirs = Row::new(suite.name, "Node socket.io", None);
        // In turn, so that a busy minute hits both.
        for round in 0..=runs {
            for (row, url) in [(&mut ours, None), (&mut theirs, Some(peer.url()))] {
                eprintln!("{}, {}: run {round} of {runs}", row.suite, row.server);
                let ran = once(&program, suite, url)?;
                // The first one warms up caches, and the peer's compiler.
                if round > 0 {
                    row.seconds.push(ran.seconds);
                }
                row.cases = ran.cases;
                row.exit = row.exit.max(ran.exit);
            }
        }
        rows.extend([ours, theirs]);
    }
    Ok(rows)
}

fn build() -> Result<(), String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--release",
            "--package",
            "chatspec-cli",
            "--bin",
            "chatspec",
        ])
        .current_dir(root())
        .status()
        .map_err(|error| format!("run cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("build the release".to_owned())
    }
}

struct Ran {
    seconds: f64,
    cases: usize,
    exit: i32,
}

/// One run of the suite, from the start of the program to its end.
fn once(program: &Path, suite: &Suite, url: Option<&str>) -> Result<Ran, String> {
    let mut command = Command::new(program);
    command
        .arg("test")
        .args(url)
        .args(suite.args)
        .args(["--format", "json"])
        .current_dir(root())
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let started = Instant::now();
    let output = command
        .output()
        .map_err(|error| format!("run {}: {error}", program.display()))?;
    let seconds = started.elapsed().as_secs_f64();
    let report: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let cases = report.and_then(|report| Some(report["cases"].as_array()?.len()));
    match (cases, output.status.code()) {
        (Some(cases), Some(exit)) => Ok(Ran {
            seconds,
            cases,
            exit,
        }),
        _ => Err(format!(
            "measure {}: it ended with {} and without a report; run it by hand: {command:?}",
            suite.name, output.status
        )),
    }
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
