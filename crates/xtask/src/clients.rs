//! `cargo xtask clients`: plays the scripts for clients to every client that we have, and writes `docs/clients.md`, or says where
//! what is written there is no longer so.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use chatspec_judge::rule::{Rule, RulesFile};
use chatspec_judge::verdict::Verdict;
use serde::Deserialize;

use crate::root;

/// Where the table goes.
const PATH: &str = "docs/clients.md";
/// What starts a client, by its name.
const RUN: &str = "conformance/clients/run";

/// The clients, and what each of them is.
const CLIENTS: [(&str, &str); 6] = [
    (
        "typescript",
        "socket.io-client, and the types of [clients/typescript](../clients/typescript/README.md)",
    ),
    (
        "python",
        "python-socketio, and the types of [clients/python](../clients/python/README.md)",
    ),
    (
        "go",
        "the socket and the types of [clients/go](../clients/go/README.md)",
    ),
    (
        "java",
        "the socket and the types of [clients/java](../clients/java/README.md)",
    ),
    (
        "rust",
        "the socket of [clients/rust](../clients/rust/README.md), and the types of the crate `chatspec`",
    ),
    (
        "web",
        "the session of the page that `chatspec serve` has at `/`, under Node; what it draws is tested in a browser",
    ),
];

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Write nothing; fail if what is committed differs.
    #[arg(long)]
    pub check: bool,
    /// Only this client, with --check; its column is compared.
    #[arg(long, value_name = "NAME", requires = "check")]
    pub client: Option<String>,
    /// Multiply every deadline.
    #[arg(long, value_name = "X", default_value = "3")]
    pub timeout_scale: String,
}

/// What `chatspec test-client --json` prints.
#[derive(Deserialize)]
struct Document {
    rules: Vec<Held>,
}

#[derive(Clone, Deserialize)]
struct Held {
    rule: String,
    verdict: Verdict,
    held: usize,
    blocked: usize,
    why: String,
}

/// Plays, and writes the table.
pub fn run(options: &Options) -> ExitCode {
    match write(&root(), options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn write(root: &Path, options: &Options) -> Result<(), String> {
    let named = |name: &str| options.client.as_deref().is_none_or(|only| only == name);
    let clients: Vec<&str> = CLIENTS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| named(name))
        .collect();
    if clients.is_empty() {
        let names: Vec<&str> = CLIENTS.iter().map(|(name, _)| *name).collect();
        return Err(format!("find that client: there are {}", names.join(", ")));
    }
    run_in(root, "cargo", &["build", "-q", "-p", "chatspec-cli"])?;
    let mut columns = BTreeMap::new();
    for name in clients {
        run_in(root, RUN, &[name, "--setup"])?;
        columns.insert(name, play(root, name, &options.timeout_scale)?);
    }
    let path = root.join(PATH);
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if options.check {
        return compare(&committed, &columns);
    }
    let rules = rules(root)?;
    fs::write(&path, document(&rules, &columns))
        .map_err(|error| format!("write {PATH}: {error}"))?;
    println!("wrote {PATH}");
    Ok(())
}

/// The rules of clients, in the order of the spec.
fn rules(root: &Path) -> Result<Vec<Rule>, String> {
    let path = "spec/generated/rules.json";
    let text =
        fs::read_to_string(root.join(path)).map_err(|error| format!("read {path}: {error}"))?;
    let file: RulesFile =
        serde_json::from_str(&text).map_err(|error| format!("read {path}: {error}"))?;
    let mut rules = file.rules;
    rules.retain(|rule| rule.name.starts_with("client."));
    Ok(rules)
}

/// One client on all scripts. Whatever the verdict is, there has to be one.
fn play(root: &Path, name: &str, scale: &str) -> Result<Vec<Held>, String> {
    let mut run = Command::new(target().join("debug/chatspec"));
    run.args(["test-client", "--json", "--timeout-scale", scale, "--cmd"])
        .arg(format!("{RUN} {name} {{url}}"))
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    println!("$ {run:?}");
    let output = run
        .output()
        .map_err(|error| format!("run {run:?}: {error}"))?;
    if !matches!(output.status.code(), Some(0 | 1 | 5)) {
        return Err(format!("play {name}: it ended with {}", output.status));
    }
    let document: Document = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("read what was said of {name}: {error}"))?;
    for held in &document.rules {
        if !held.why.is_empty() {
            println!(
                "{name}: {} {}: {}",
                held.verdict.word(),
                held.rule,
                held.why
            );
        }
    }
    Ok(document.rules)
}

fn document(rules: &[Rule], columns: &BTreeMap<&str, Vec<Held>>) -> String {
    let names = || CLIENTS.iter().map(|(name, _)| *name);
    let mut text = String::from(
        "# Clients and rules\n\n\
         Written by `cargo xtask clients` from real runs of `chatspec test-client`; never edited. Each client is told what to do by an adapter in\n\
         [conformance/clients](../conformance/clients/README.md).\n\n",
    );
    for (name, what) in CLIENTS {
        let _ = writeln!(text, "- `{name}`: {what}.");
    }
    text.push_str(
        "\n✔ holds · ✘ violated · ⚠ a SHOULD that does not hold · ⊘ blocked by another failure · · not verified; (✔) where not every place was come to\n\n",
    );
    let head: Vec<String> = names().map(|name| format!("`{name}`")).collect();
    let _ = writeln!(text, "| rule | demands | {} |", head.join(" | "));
    let _ = writeln!(text, "|---|---|{}", ":-:|".repeat(CLIENTS.len()));
    for rule in rules {
        let marks: Vec<String> = names()
            .map(|name| {
                let mut column = columns.get(name).into_iter().flatten();
                mark(column.find(|held| held.rule == rule.name))
            })
            .collect();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} |",
            rule.name,
            rule.keyword.text(),
            marks.join(" | ")
        );
    }
    text
}

fn mark(held: Option<&Held>) -> String {
    let Some(held) = held else {
        return "·".to_owned();
    };
    let mark = match held.verdict {
        Verdict::Pass | Verdict::Observed => "✔",
        Verdict::Warn => "⚠",
        Verdict::Fail | Verdict::Error => "✘",
        Verdict::Blocked => "⊘",
        Verdict::Unverified | Verdict::Inconclusive => "·",
    };
    match held.held > 0 && held.blocked > 0 {
        true => format!("({mark})"),
        false => mark.to_owned(),
    }
}

/// Holds what was seen against the table.
fn compare(committed: &str, columns: &BTreeMap<&str, Vec<Held>>) -> Result<(), String> {
    let mut differ = Vec::new();
    for (name, column) in columns {
        for held in column {
            let (written, seen) = (written(committed, &held.rule, name), mark(Some(held)));
            // How long a client waits is measured by the clock: on a busy machine two tries may come as one.
            let of_time = held.rule.starts_with("client.backoff");
            if of_time && held.verdict == Verdict::Warn && written.as_deref() == Some("✔") {
                println!("{name}, {}: {seen} this time, not ✔", held.rule);
                continue;
            }
            if written.as_deref() != Some(seen.as_str()) {
                let written = written.unwrap_or_else(|| "nothing".to_owned());
                differ.push(format!("{name}, {}: {seen}, not {written}", held.rule));
            }
        }
    }
    match differ.is_empty() {
        true => {
            println!("{PATH} is right");
            Ok(())
        }
        false => Err(format!(
            "find {PATH} up to date; mend: the client, or cargo xtask clients\n{}",
            differ.join("\n")
        )),
    }
}

/// The mark of a rule and a client in the table.
fn written(text: &str, rule: &str, client: &str) -> Option<String> {
    let cells = |line: &str| -> Vec<String> {
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let head = text.lines().find(|line| line.starts_with("| rule |"))?;
    let column = cells(head)
        .iter()
        .position(|cell| *cell == format!("`{client}`"))?;
    let row = text
        .lines()
        .find(|line| line.starts_with(&format!("| `{rule}` |")))?;
    cells(row).get(column).cloned()
}

fn run_in(root: &Path, program: &str, words: &[&str]) -> Result<(), String> {
    let status = Command::new(program)
        .args(words)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target())
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("run {program}: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!(
            "run {program} {}: it ended with {status}",
            words.join(" ")
        )),
    }
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(rule: &str, verdict: Verdict, held: usize, blocked: usize) -> Held {
        Held {
            rule: rule.to_owned(),
            verdict,
            held,
            blocked,
            why: String::new(),
        }
    }

    #[test]
    fn the_committed_table_has_every_rule_and_every_client() {
        let text = fs::read_to_string(root().join(PATH)).expect("a committed table");
        for rule in rules(&root()).expect("rules") {
            for (client, _) in CLIENTS {
                let mark = written(&text, &rule.name, client);
                assert!(
                    mark.is_some_and(|mark| !mark.is_empty() && mark != "·"),
                    "{client}, {}: mend: cargo xtask clients",
                    rule.name
                );
            }
        }
        let rows = text
            .lines()
            .filter(|line| line.starts_with("| `client."))
            .count();
        assert_eq!(
            rows,
            rules(&root()).expect("rules").len(),
            "a rule that is no more"
        );
    }

    #[test]
    fn every_client_has_an_adapter() {
        let run = fs::read_to_string(root().join(RUN)).expect("the script");
        for (client, _) in CLIENTS {
            assert!(run.contains(&format!("\n{client}) ")), "{client}");
        }
    }

    #[test]
    fn what_differs_from_the_table_is_told() {
        let mut rules = rules(&root()).expect("rules");
        rules.retain(|rule| ["client.backoff", "client.retry"].contains(&rule.name.as_str()));
        let [retry, backoff] = rules.as_slice() else {
            panic!("two rules, in the order of the spec: {}", rules.len());
        };
        let seen = |rule: &Rule, verdict, times, blocked| {
            BTreeMap::from([("go", vec![held(&rule.name, verdict, times, blocked)])])
        };
        for rule in [retry, backoff] {
            let pass = seen(rule, Verdict::Pass, 2, 0);
            let text = document(std::slice::from_ref(rule), &pass);
            assert_eq!(compare(&text, &pass), Ok(()));
            for other in [
                seen(rule, Verdict::Fail, 0, 0),
                seen(rule, Verdict::Pass, 1, 1),
                seen(rule, Verdict::Blocked, 0, 1),
                seen(rule, Verdict::Unverified, 0, 0),
            ] {
                let why = compare(&text, &other).expect_err("it differs");
                assert!(why.contains(&format!("go, {}", rule.name)), "{why}");
            }
            // What a busy machine may have done is told, and no more; what it cannot have done counts.
            let warned = compare(&text, &seen(rule, Verdict::Warn, 0, 0));
            assert_eq!(warned.is_ok(), rule.name == "client.backoff", "{warned:?}");
            assert!(compare("", &pass).is_err(), "no table is no proof");
        }
    }
}
