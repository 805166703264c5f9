//! `cargo xtask coverage`: writes `conformance/coverage.md` and `.json`, which say of every rule whether the suite tests
//! it, by which fixtures, and which faults break it.
//!
//! What is tested is taken from the reports of a run, not from what fixtures claim: a rule that a fixture cites and that
//! its conversation never comes to is untested.

mod document;
mod join;
mod source;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use join::Coverage;
use source::Source;

/// The document for people.
const MARKDOWN: &str = "conformance/coverage.md";
/// The same for programs.
const JSON: &str = "conformance/coverage.json";
/// What mends a stale one.
const MEND: &str = "cargo xtask coverage";

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Write nothing; fail if what is committed differs.
    #[arg(long)]
    pub check: bool,
    /// Reports of a whole hardened run on all transports, instead of a run made now. Several are taken together.
    #[arg(long, value_name = "REPORT")]
    pub from: Vec<PathBuf>,
}

/// Runs the command in the checkout.
pub fn run(options: &Options) -> ExitCode {
    match cover(&crate::root(), options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn cover(root: &Path, options: &Options) -> Result<(), String> {
    let reports = match options.from.is_empty() {
        true => vec![play(root)?],
        false => options
            .from
            .iter()
            .map(|path| read(path))
            .collect::<Result<_, _>>()?,
    };
    let coverage = Coverage::new(&Source::read(root, &reports)?);
    let mut stale = Vec::new();
    for (path, text) in [
        (MARKDOWN, document::markdown(&coverage)),
        (JSON, document::json(&coverage)),
    ] {
        if fs::read_to_string(root.join(path)).is_ok_and(|found| found == text) {
            continue;
        }
        if options.check {
            stale.push(path);
        } else {
            fs::write(root.join(path), text).map_err(|error| format!("write {path}: {error}"))?;
            println!("wrote {path}");
        }
    }
    println!("{}", document::summary(&coverage));
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "find {} up to date; mend: {MEND}",
            stale.join(" and ")
        ))
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("read {}: {error}", path.display()))
}

/// The report of a run against the embedded server.
fn play(root: &Path) -> Result<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(RUN)
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("run cargo: {error}"))?;
    String::from_utf8(output.stdout).map_err(|error| format!("read the report of the run: {error}"))
}

const RUN: &[&str] = &[
    "run",
    "--quiet",
    "-p",
    "chatspec-cli",
    "--bin",
    "chatspec",
    "--",
    "test",
    "--suite",
    "all",
    "--format",
    "json",
];
