//! `cargo xtask matrix`: plays the suite on our server, on the independent ones and on a plain one, and writes
//! `docs/matrix.md`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::root;

/// Where the table goes.
const PATH: &str = "docs/matrix.md";

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Use the reports of the last run, and play only what is missing.
    #[arg(long)]
    pub keep: bool,
    /// Multiply every deadline, on a machine that is busy.
    #[arg(long, value_name = "X", default_value = "1")]
    pub timeout_scale: String,
}

/// A server and the command that starts it; the embedded one needs none.
struct Server {
    name: &'static str,
    command: Option<String>,
}

/// Everybody is held to the hardened profile, which contains core: only then can columns be compared.
const PROFILE: &str = "hardened";

/// Plays, and writes the table.
pub fn run(options: &Options) -> ExitCode {
    match write(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn write(options: &Options) -> Result<(), String> {
    cargo(&["build", "-p", "chatspec-cli"])?;
    cargo(&["build", "-p", "chatspec-server", "--example", "plain"])?;
    let folder = target().join("matrix");
    fs::create_dir_all(&folder).map_err(|error| format!("create {}: {error}", folder.display()))?;
    let mut matrix = Command::new(program());
    matrix.arg("matrix").current_dir(root());
    for server in servers() {
        let report = folder.join(format!("{}.json", server.name));
        if !(options.keep && report.exists()) {
            play(&server, &report, &options.timeout_scale)?;
        }
        matrix.arg(format!("{}={}", server.name, report.display()));
    }
    let output = matrix
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("run {matrix:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("make the table: it ended with {}", output.status));
    }
    let table =
        String::from_utf8(output.stdout).map_err(|error| format!("read the table: {error}"))?;
    let path = root().join(PATH);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| format!("create {}: {error}", folder.display()))?;
    }
    fs::write(&path, format!("{HEAD}{table}")).map_err(|error| format!("write {PATH}: {error}"))?;
    println!("wrote {PATH}");
    Ok(())
}

const HEAD: &str = "# Servers and rules\n\n\
    Written by `cargo xtask matrix` from real runs; never edited. Everybody is held to the hardened profile, which contains core.\n\n\
    - `chatspec` is the reference server of this repository.\n\
    - `flask` and `node` were written from the spec alone, and claim core: [conformance/interop](../conformance/interop/README.md).\n\
    - `socketioxide-plain` is what one writes after an hour with that library, and claims nothing:\n  \
    [its source](../crates/chatspec-server/examples/plain.rs).\n\n";

fn servers() -> Vec<Server> {
    let plain = target().join("debug/examples/plain");
    vec![
        Server {
            name: "chatspec",
            command: None,
        },
        Server {
            name: "flask",
            command: Some("conformance/interop/flask/run {port}".to_owned()),
        },
        Server {
            name: "node",
            command: Some("conformance/interop/node/run {port}".to_owned()),
        },
        Server {
            name: "socketioxide-plain",
            command: Some(format!("{} {{port}}", plain.display())),
        },
    ]
}

/// One run. Whatever the verdict is, there has to be one.
fn play(server: &Server, report: &Path, scale: &str) -> Result<(), String> {
    let _ = fs::remove_file(report);
    let mut run = Command::new(program());
    run.args([
        "test",
        "--profile",
        PROFILE,
        "--timeout-scale",
        scale,
        "--report",
    ])
    .arg(format!("json={}", report.display()))
    .current_dir(root())
    .stdin(Stdio::null())
    .stdout(Stdio::null());
    if let Some(command) = &server.command {
        run.args(["--cmd", command]);
    }
    println!("$ {run:?}");
    let status = run
        .status()
        .map_err(|error| format!("run {run:?}: {error}"))?;
    match status.code() {
        Some(0 | 1 | 5) if report.exists() => Ok(()),
        _ => Err(format!("play {}: it ended with {status}", server.name)),
    }
}

fn cargo(words: &[&str]) -> Result<(), String> {
    let status = Command::new("cargo")
        .args(words)
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target())
        .status()
        .map_err(|error| format!("run cargo: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!(
            "run cargo {}: it ended with {status}",
            words.join(" ")
        )),
    }
}

fn program() -> PathBuf {
    target().join("debug/chatspec")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
