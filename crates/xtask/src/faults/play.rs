//! One run of the suite against one server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

use super::table::{Fault, Suite};

/// What every run is asked for.
const TEST: &[&str] = &["--profile", "hardened", "--format", "json", "-j", "8"];

/// Rules that the server's process shows.
const OF_PROCESS: [&str; 2] = ["robust.process", "robust.resources"];
/// What the reference server lacks is known, and nothing that a fault does.
const BASELINE: &str = "conformance/baselines/reference.yaml";

/// The programs that were built.
pub struct Programs {
    suite: PathBuf,
    server: PathBuf,
    /// Bad inputs that the reference server fails.
    known: Vec<String>,
}

impl Programs {
    /// Those in a folder.
    ///
    /// # Errors
    ///
    /// The baseline of the reference server cannot be read.
    pub fn in_folder(folder: PathBuf) -> Result<Self, String> {
        let program = |name: &str| {
            folder
                .join(name)
                .with_extension(std::env::consts::EXE_EXTENSION)
        };
        Ok(Self {
            suite: program("chatspec"),
            server: program("chatspec-faulty"),
            known: known()?,
        })
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

#[derive(Deserialize)]
struct BaselineFile {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    case: String,
}

fn known() -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(crate::root().join(BASELINE))
        .map_err(|error| format!("read {BASELINE}: {error}"))?;
    let file: BaselineFile =
        serde_saphyr::from_str(&text).map_err(|error| format!("read {BASELINE}: {error}"))?;
    Ok(file.entries.into_iter().map(|entry| entry.case).collect())
}

/// What the suite says of a server.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Rules that failed, or warned.
    pub failed: BTreeSet<String>,
    /// Those that warned.
    pub warned: BTreeSet<String>,
    /// Rules that should have been tried and could not, with the verdict.
    pub untried: BTreeMap<String, String>,
}

impl Verdicts {
    /// Whether every rule was tried and held. Of bad inputs, a SHOULD may hold here and there alone: a fault that breaks it names
    /// cases where it does.
    pub fn is_clean(&self, suite: Suite) -> bool {
        let held = match suite {
            Suite::Conversations => self.failed.is_empty(),
            Suite::Hostile => self.failed == self.warned,
        };
        held && self.untried.is_empty()
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
pub fn play(programs: &Programs, suite: Suite, fault: Option<&Fault>) -> Result<Verdicts, String> {
    let server = Server::start(&programs.server, fault)?;
    let mut words = vec!["test".to_owned(), server.url.clone()];
    words.extend(TEST.iter().map(|word| (*word).to_owned()));
    words.extend(match suite {
        Suite::Conversations => conversations(fault),
        Suite::Hostile => hostile(fault, &programs.known, server.process.id()),
    });
    let output = Command::new(&programs.suite)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("run {}: {error}", programs.suite.display()))?;
    let report: Report = serde_json::from_slice(&output.stdout).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("read the report: {error}; the suite said: {}", said.trim())
    })?;
    Ok(report.verdicts())
}

/// What an exploration found.
#[derive(Debug, Deserialize)]
pub struct Find {
    /// The rule that is broken.
    pub rule: String,
    /// Acts of the history that showed it.
    pub acts: usize,
    /// Acts of the smallest that does.
    pub shrunk: usize,
}

#[derive(Deserialize)]
struct Explored {
    finds: Vec<Find>,
}

/// Serves with a fault, or with none, and explores for so many minutes or until something is found.
///
/// # Errors
///
/// A program cannot be run, or says something else than it should.
pub fn explore(
    programs: &Programs,
    fault: Option<&Fault>,
    minutes: f64,
    out: &Path,
) -> Result<Option<Find>, String> {
    let server = Server::start(&programs.server, fault)?;
    let output = Command::new(&programs.suite)
        .args([
            "explore",
            &server.url,
            "--profile",
            "hardened",
            "--seed",
            "1",
        ])
        .args([
            "--json",
            "-j",
            "8",
            "--minutes",
            &minutes.to_string(),
            "--out",
        ])
        .arg(out)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("run {}: {error}", programs.suite.display()))?;
    let explored: Explored = serde_json::from_slice(&output.stdout).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("read what was explored: {error}; it said: {}", said.trim())
    })?;
    Ok(explored.finds.into_iter().next())
}

fn conversations(fault: Option<&Fault>) -> Vec<String> {
    let transport = fault.map_or("websocket", |fault| &fault.transport);
    let only = fault.and_then(|fault| fault.only.as_deref());
    let only = only.iter().flat_map(|rules| ["--slow", "--rule", rules]);
    let words = ["--transport", transport].into_iter().chain(only);
    words.map(str::to_owned).collect()
}

/// Without a fault, all bad inputs; with one, those that can show it.
fn hostile(fault: Option<&Fault>, known: &[String], pid: u32) -> Vec<String> {
    let mut words = vec!["--suite".to_owned(), "hostile".to_owned()];
    let mut add = |option: &str, value: &str| {
        words.extend([option.to_owned(), value.to_owned()]);
    };
    for case in known {
        add("--skip", case);
    }
    let Some(fault) = fault else {
        add("--transport", "websocket,polling");
        return words;
    };
    add("--transport", &fault.transport);
    for case in &fault.cases {
        add("--case", case);
    }
    for rule in fault.rules.iter().filter(|_| fault.cases.is_empty()) {
        add("--rule", rule);
    }
    // The process is looked at where it matters: that takes its time, too.
    if fault
        .rules
        .iter()
        .any(|rule| OF_PROCESS.contains(&rule.as_str()))
    {
        add("--pid", &pid.to_string());
    }
    words
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
                "fail" => drop(verdicts.failed.insert(name)),
                "warn" => {
                    verdicts.warned.insert(name.clone());
                    verdicts.failed.insert(name);
                }
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
        for suite in [Suite::Conversations, Suite::Hostile] {
            assert!(!verdicts.is_clean(suite));
            assert!(Verdicts::default().is_clean(suite));
        }
        let warned = Report {
            rules: vec![RuleReport {
                name: "b".to_owned(),
                verdict: "warn".to_owned(),
            }],
        };
        let warned = warned.verdicts();
        assert!(warned.is_clean(Suite::Hostile) && !warned.is_clean(Suite::Conversations));
    }
}
