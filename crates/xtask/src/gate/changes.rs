//! The protocol of this checkout, compared with every release.

use std::fs;
use std::path::Path;
use std::process::Command;

use chatspec_judge::compat::allow::Waivers;
use chatspec_judge::compat::change::{Category, Change, Finding, Peers, Report};
use chatspec_judge::compat::contain::Verdict;
use chatspec_judge::compat::version::{Direction, Version};
use chatspec_judge::compat::{compare, words};
use serde_json::json;

use crate::released::{FOLDER, protocol, revisions};

/// Changes that are made all the same.
const ALLOW: &str = "conformance/compat/allow.yaml";
/// What the present protocol is called.
const NOW: &str = "this checkout";

/// Who breaks, in words, for every release that does; and waivers that allow nothing.
pub(super) fn check(root: &Path) -> Vec<String> {
    let mut reports = match reports(root) {
        Ok(reports) => reports,
        Err(why) => return vec![why],
    };
    let mut problems = match waivers(root) {
        Ok(waivers) => waivers
            .apply(&mut reports)
            .iter()
            .map(ToString::to_string)
            .collect(),
        Err(why) => vec![why],
    };
    for report in &reports {
        match report.verdict {
            Verdict::Ok => println!(
                "    {} -> {}: {}",
                report.old,
                report.new,
                words::summary(report)
            ),
            _ => {
                problems.push(words::human(report));
                problems.extend(replayed(root, report));
            }
        }
    }
    problems
}

fn reports(root: &Path) -> Result<Vec<Report>, String> {
    let read = |label: &str, folder: &str| {
        let files = protocol(&root.join(folder))?;
        Version::read(label, &files).map_err(|error| format!("{folder}/{error}"))
    };
    let now = read(NOW, "schemas/protocol/v1")?;
    revisions(root)
        .iter()
        .map(|revision| {
            let old = read(revision, &format!("{FOLDER}/{revision}"))?;
            compare(&old, &now).map_err(|error| format!("compare {revision}: {error}"))
        })
        .collect()
}

fn waivers(root: &Path) -> Result<Waivers, String> {
    let Ok(text) = fs::read_to_string(root.join(ALLOW)) else {
        return Ok(Waivers::default());
    };
    Waivers::load(ALLOW, &text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

/// What the server of this checkout makes of messages that old clients send and that the new schemas refuse.
fn replayed(root: &Path, report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for change in report
        .changes
        .iter()
        .filter(|change| change.category == Category::Wire && change.waived.is_none())
    {
        let shown = change.findings.iter().filter(|finding| {
            finding.verdict == Verdict::Break
                && finding.direction == Direction::ClientToServer
                && finding.peers == Peers::OldClient
        });
        for finding in shown {
            lines.extend(replay(root, change, finding));
        }
    }
    lines
}

fn replay(root: &Path, change: &Change, finding: &Finding) -> Option<String> {
    let message = finding.witness.as_ref()?;
    let folder = root.join("target");
    let file = folder.join("witness.json");
    let witness =
        json!({"change": change.fingerprint, "direction": finding.direction, "message": message});
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, witness.to_string()));
    let output = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "-p",
            "chatspec-cli",
            "--bin",
            "chatspec",
            "--",
            "schema",
            "replay",
        ])
        .arg(&file)
        .current_dir(root)
        .output();
    let said = match (written, output) {
        (Ok(()), Ok(output)) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        (Err(error), _) | (_, Err(error)) => format!("not replayed: {error}"),
    };
    Some(format!(
        "{} on the reference server: {said}",
        change.fingerprint
    ))
}
