//! The scripts of a language.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::Language;

/// A script that takes longer hangs: an example whose message never came, a compiler that waits for input.
const DEADLINE: Duration = Duration::from_secs(600);

/// What a script has said.
pub struct Said {
    /// Whether it ended with 0.
    pub well: bool,
    /// Its stdout.
    pub out: String,
    /// Both streams, stdout first.
    pub all: String,
}

/// Runs `clients/LANGUAGE/SCRIPT ARGS...` in that folder.
///
/// # Errors
/// When it cannot be started, or has not ended in time. A script that fails has said so.
pub fn run(
    root: &Path,
    language: &Language,
    script: &str,
    args: &[impl AsRef<OsStr>],
) -> Result<Said, String> {
    let folder = folder(root, language);
    let name = format!("clients/{}/{script}", language.name);
    let child = Command::new(folder.join(script))
        .args(args)
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("run {name}: {error}"))?;
    ended(child).map_err(|why| format!("run {name}: {why}"))
}

fn ended(child: Child) -> Result<Said, String> {
    let (send, ended) = mpsc::channel();
    thread::spawn(move || send.send(child.wait_with_output()));
    let output = match ended.recv_timeout(DEADLINE) {
        Ok(output) => output.map_err(|error| error.to_string())?,
        Err(_) => return Err(format!("it has not ended within {DEADLINE:?}")),
    };
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let all = out.clone() + &String::from_utf8_lossy(&output.stderr);
    Ok(Said {
        well: output.status.success(),
        out,
        all,
    })
}

/// The folder of a language.
pub fn folder(root: &Path, language: &Language) -> PathBuf {
    root.join("clients").join(language.name)
}

/// Where the contract writes programs: beside those that are committed, so that they find what those find.
pub fn work(root: &Path, language: &Language) -> Result<PathBuf, String> {
    let folder = folder(root, language).join("built");
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("make {}: {error}", folder.display()))?;
    Ok(folder)
}

/// The target folder of this build.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from)
}

/// The last lines of what a script has said, for a message.
pub fn tail(said: &str) -> String {
    let lines: Vec<&str> = said.trim().lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
