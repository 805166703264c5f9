//! `cargo xtask flake`: plays the conversations again and again, each time with other names, and tells every verdict that
//! changes.
//!
//! A suite that says something else each time is believed by nobody. Without a change in `n` runs, the rate of changes is
//! below `3 / n` with a confidence of 95 %.

mod server;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde::Deserialize;

use self::server::Server;
use self::table::Table;
use crate::root;

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Only with this server.
    #[arg(long, value_enum)]
    pub server: Vec<Server>,
    /// Runs with each server [default: 200 with the embedded one, 50 with the others].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub runs: Option<u32>,
    /// The seed of the first run; each run adds one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Cargo profile of the program.
    #[arg(long, value_name = "NAME", default_value = "release")]
    pub profile: String,
}

/// Runs the command in the checkout. It succeeds only where no verdict has changed.
pub fn run(options: &Options) -> ExitCode {
    match repeat(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn repeat(options: &Options) -> Result<bool, String> {
    let program = build(&options.profile)?;
    let servers = match options.server.as_slice() {
        [] => &Server::ALL,
        chosen => chosen,
    };
    let mut steady = true;
    for server in servers {
        server.set_up()?;
        let runs = options.runs.unwrap_or(server.runs());
        let mut table = Table::default();
        for run in 0..runs {
            let seed = options.seed.wrapping_add(u64::from(run));
            let played = play(&program, *server, seed)?;
            table.add(seed, played);
            eprintln!(
                "{}: run {} of {runs}, {} changed",
                server.word(),
                run + 1,
                table.changes().count()
            );
        }
        print!("{}", table.markdown(server.word()));
        steady &= table.changes().next().is_none();
    }
    Ok(steady)
}

fn build(profile: &str) -> Result<PathBuf, String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--profile",
            profile,
            "-p",
            "chatspec-cli",
            "--bin",
            "chatspec",
        ])
        .current_dir(root())
        .status()
        .map_err(|error| format!("run cargo: {error}"))?;
    if !status.success() {
        return Err("build the program".to_owned());
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = if profile == "dev" { "debug" } else { profile };
    let program = target.join(folder).join("chatspec");
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// The part of a report that matters here.
#[derive(Deserialize)]
struct Report {
    cases: Vec<Case>,
}

/// A case and its verdict.
#[derive(Deserialize)]
struct Case {
    id: String,
    verdict: String,
}

fn play(program: &Path, server: Server, seed: u64) -> Result<Vec<Case>, String> {
    let output = Command::new(program)
        .arg("test")
        .args(server.args())
        .args(["--format", "json", "--seed", &seed.to_string()])
        .current_dir(root())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("run {}: {error}", program.display()))?;
    let report: Report = serde_json::from_slice(&output.stdout).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!(
            "read the report of seed {seed}: {error}; the suite said: {}",
            said.trim()
        )
    })?;
    Ok(report.cases)
}
