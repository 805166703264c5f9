//! One run of the suite against one server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

use super::table::Fault;

/// What every run is asked for.
const TEST: &[&str] = &["--profile", "hardened", "--format", "json", "-j", "8"];

/// The programs that were built.
pub struct Programs {
    suite: PathBuf,
    server: PathBuf,
}

impl Programs {
    /// Those in a folder.
    pub fn in_folder(folder: PathBuf) -> Self {
        let program = |name: &str| {
            folder
                .join(name)
                .with_extension(std::env::consts::EXE_EXTENSION)
        };
        Self {
            suite: program("chatspec"),
            server: program("chatspec-faulty"),
        }
    }

    /// The names of the faults that the server has.
    ///
    /// # Errors
    ///
    /// The server cannot be run.
    pub fn faults(&self) -> Result<Vec<String>, String> {
        let output = Command::new(&self.server)
            .arg("--list")
            .output()
            .map_err(|error| format!("run {}: {error}", self.server.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(str::to_owned).collect())
    }
}

/// What the suite says of a server.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Rules that failed, or warned.
    pub failed: BTreeSet<String>,
    /// Rules that should have been tried and could not, with the verdict.
    pub untried: BTreeMap<String, String>,
}

impl Verdicts {
    /// Whether every rule was tried and held.
    pub fn is_clean(&self) -> bool {
        self.failed.is_empty() && self.untried.is_empty()
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failed.iter().map(|rule| format!("{rule} fail"));
        let untried = self
            .untried
            .iter()
            .map(|(rule, word)| format!("{rule} {word}"));
        let all: Vec<String> = failed.chain(untried).collect();
        f.write_str(&all.join(", "))
    }
}

/// Serves with a fault, or with none, and runs the suite.
///
/// # Errors
///
/// A program cannot be run, or says something else than it should.
pub fn play(programs: &Programs, fault: Option<&Fault>) -> Result<Verdicts, String> {
    let server = Server::start(&programs.server, fault)?;
    let transport = fault.map_or("websocket", |fault| &fault.transport);
    let only = fault.and_then(|fault| fault.only.as_deref());
    let output = Command::new(&programs.suite)
        .args(["test", &server.url])
        .args(TEST)
        .args(["--transport", transport])
        .args(only.iter().flat_map(|rules| ["--slow", "--rule", rules]))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("run {}: {error}", programs.suite.display()))?;
    let report: Report = serde_json::from_slice(&output.stdout).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("read the report: {error}; the suite said: {}", said.trim())
    })?;
    Ok(report.verdicts())
}

/// The part of a report that matters here.
#[derive(Deserialize)]
struct Report {
    rules: Vec<RuleReport>,
}

#[derive(Deserialize)]
struct RuleReport {
    name: String,
    verdict: String,
}

impl Report {
    fn verdicts(self) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for RuleReport { name, verdict } in self.rules {
            match verdict.as_str() {
                "fail" | "warn" => drop(verdicts.failed.insert(name)),
                "blocked" | "inconclusive" | "error" => {
                    drop(verdicts.untried.insert(name, verdict));
                }
                _ => {}
            }
        }
        verdicts
    }
}

/// A running server, which ends with this value.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(program: &Path, fault: Option<&Fault>) -> Result<Self, String> {
        let process = Command::new(program)
            .args(["--listen", "127.0.0.1:0"])
            .args(fault.iter().flat_map(|fault| ["--fault", &fault.name]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("run {}: {error}", program.display()))?;
        let mut server = Server {
            process,
            url: String::new(),
        };
        let mut line = String::new();
        if let Some(out) = server.process.stdout.take() {
            BufReader::new(out)
                .read_line(&mut line)
                .map_err(|error| format!("read the server's address: {error}"))?;
        }
        let url = line.trim().strip_prefix("listening on ");
        server.url = url
            .ok_or_else(|| format!("find the server's address in {line:?}"))?
            .to_owned();
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed; it is still waited for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_count_and_blocked_rules_do_not() {
        let text = r#"{"chatspec": "1", "rules": [
            {"name": "a", "verdict": "fail", "scored": true}, {"name": "b", "verdict": "warn"},
            {"name": "c", "verdict": "blocked"}, {"name": "d", "verdict": "pass"},
            {"name": "e", "verdict": "unverified"}, {"name": "f", "verdict": "observed"}]}"#;
        let verdicts = serde_json::from_str::<Report>(text).unwrap().verdicts();
        assert_eq!(verdicts.to_string(), "a fail, b fail, c blocked");
        assert!(!verdicts.is_clean());
        assert!(Verdicts::default().is_clean());
    }
}
