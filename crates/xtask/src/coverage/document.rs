//! Coverage as documents.

use std::fmt::Write;

use chatspec_judge::rule::{Keyword, Level};
use serde_json::{Value, json};

use super::join::{Coverage, Covered, State};
use crate::codegen::json_file;

/// One line for the terminal.
pub fn summary(coverage: &Coverage) -> String {
    let counts: Vec<String> = coverage
        .counts()
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    format!(
        "{} rules: {}; {} MUSTs that no fault breaks yet",
        coverage.rules.len(),
        counts.join(", "),
        coverage.unbroken().count()
    )
}

/// The document for people.
pub fn markdown(coverage: &Coverage) -> String {
    let mut text = String::from(
        "# Coverage\n\n\
         Written by `cargo xtask coverage` from a run of the whole suite against the reference server, profile hardened, all\n\
         transports, joined with `spec/generated/rules.json` and `conformance/faults.toml`.\n\n\
         A rule is *tested* if the run came to it: some case ended with evidence for it or against it. A fault breaks a rule if\n\
         the rule has to fail where the fault is served. Rules of clients are tested by the scripts in `fixtures/client`; the wrong\n\
         clients that break them are in `crates/chatspec-cli/tests/it/client.rs`. Rules of several nodes are tested by `cargo xtask cluster`.\n\n\
         | rules | count |\n|---|---|\n",
    );
    for (word, count) in coverage.counts() {
        row(&mut text, &[word, &count.to_string()]);
    }
    row(&mut text, &["all", &coverage.rules.len().to_string()]);
    let matrix = match coverage.faults.in_matrix {
        None => "no kill matrix shows yet whether they are caught".to_owned(),
        Some(count) => format!("the kill matrix shows {count} of them caught"),
    };
    let _ = writeln!(
        text,
        "\n{} faults break rules; {matrix}.",
        coverage.faults.all
    );
    let unbroken: Vec<String> = coverage
        .unbroken()
        .map(|covered| code(&covered.rule.name))
        .collect();
    let _ = writeln!(
        text,
        "\n## MUSTs that no fault breaks yet: {}\n",
        unbroken.len()
    );
    list(&mut text, &unbroken);
    text.push_str("\n## Not tested\n\n| rule | keyword | profile | why |\n|---|---|---|---|\n");
    for covered in coverage
        .rules
        .iter()
        .filter(|covered| !matches!(covered.state, State::Tested | State::Client | State::Nodes))
    {
        let rule = &covered.rule;
        row(
            &mut text,
            &[
                &code(&rule.name),
                rule.keyword.text(),
                &rule.profile.to_string(),
                &why(covered),
            ],
        );
    }
    for (title, levels) in [
        ("MUST and MUST NOT", [Level::Must].as_slice()),
        ("SHOULD, SHOULD NOT and MAY", &[Level::Should, Level::May]),
    ] {
        let _ = writeln!(
            text,
            "\n## {title}\n\n| rule | keyword | profile | shown by | on | broken by |\n|---|---|---|---|---|---|"
        );
        let here = |covered: &&Covered| levels.contains(&covered.rule.keyword.level());
        for covered in coverage.rules.iter().filter(here) {
            rule(&mut text, covered);
        }
    }
    text
}

/// The same for programs.
pub fn json(coverage: &Coverage) -> String {
    let rules: Vec<Value> = coverage.rules.iter().map(entry).collect();
    let unbroken: Vec<&str> = coverage
        .unbroken()
        .map(|covered| covered.rule.name.as_str())
        .collect();
    json_file(&json!({
        "counts": coverage.counts(),
        "faults": { "all": coverage.faults.all, "in_kill_matrix": coverage.faults.in_matrix },
        "musts_that_no_fault_breaks": unbroken,
        "rules": rules,
    }))
}

fn entry(covered: &Covered) -> Value {
    let rule = &covered.rule;
    let reason = match &covered.state {
        State::NotTestable(reason) => Some(reason),
        _ => None,
    };
    json!({
        "name": rule.name,
        "keyword": rule.keyword.text(),
        "profile": rule.profile.to_string(),
        "state": covered.state.word(),
        "reason": reason,
        "every_conversation": covered.invariant,
        "fixtures": covered.fixtures,
        "transports": covered.transports,
        "faults": covered.faults,
    })
}

fn why(covered: &Covered) -> String {
    match &covered.state {
        State::NotTestable(reason) => format!("not testable: {reason}"),
        State::Slow => format!("`--slow` alone: {}", codes(&covered.fixtures)),
        State::Untested if covered.rule.keyword == Keyword::May => {
            "the reference server makes no use of it".to_owned()
        }
        State::Untested => "no case came to it".to_owned(),
        State::Tested | State::Client | State::Nodes => String::new(),
    }
}

fn rule(text: &mut String, covered: &Covered) {
    let mut shown = match &covered.state {
        State::Tested | State::Slow | State::Client | State::Nodes => codes(&covered.fixtures),
        other => other.word().to_owned(),
    };
    if covered.invariant {
        shown = format!("every conversation; {shown}");
    }
    let transports = match covered.transports.len() {
        3 => "all".to_owned(),
        _ => covered.transports.join(", "),
    };
    row(
        text,
        &[
            &code(&covered.rule.name),
            covered.rule.keyword.text(),
            &covered.rule.profile.to_string(),
            shown.trim_end_matches("; "),
            &transports,
            &codes(&covered.faults),
        ],
    );
}

fn list(text: &mut String, items: &[String]) {
    match items.is_empty() {
        true => text.push_str("None.\n"),
        false => items.iter().for_each(|item| {
            let _ = writeln!(text, "- {item}");
        }),
    }
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn codes(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| code(name)).collect();
    names.join(" ")
}

fn row(text: &mut String, cells: &[&str]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}
