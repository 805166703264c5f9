//! `--snapshots`: what was said, compared with what was blessed. A second net for the server's own developers: it tells
//! that something has changed, and never decides whether the server conforms.

mod names;
mod scenes;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chatspec_harness::suite::{Case, Outcome};
use chatspec_judge::report::Report;
use chatspec_judge::verdict::Verdict;

use crate::args::Test;
use crate::data::{self, plural};
use crate::exit::Failure;
use crate::output::out::outln;
use crate::output::safe::safe;
use crate::output::write;

const ENDING: &str = "snap";

/// Refuses `--bless` where part of the suite does not run: half a set of snapshots is none.
pub fn blessable(args: &Test, filtered: bool) -> Result<(), Failure> {
    if args.bless && (filtered || args.fail_fast) {
        return Err(Failure::usage(
            "bless the snapshots: that needs a whole run; drop --case, --rule, --skip, --level, --transport and --fail-fast",
        ));
    }
    Ok(())
}

/// Prints what has changed: on stdout, or on stderr where that has a report.
///
/// # Errors
/// They cannot be read or written, or the run is none to be blessed.
pub fn print(
    args: &Test,
    cases: &[Case],
    report: &Report,
    outcome: &Outcome,
    quiet: bool,
) -> Result<(), Failure> {
    for line in compare(args, cases, report, outcome)? {
        if quiet {
            anstream::eprintln!("{line}");
        } else {
            outln!("{line}");
        }
    }
    Ok(())
}

/// What has changed, in lines for people; nothing where there are no snapshots to compare with. With `--bless`: writes them.
fn compare(
    args: &Test,
    cases: &[Case],
    report: &Report,
    outcome: &Outcome,
) -> Result<Vec<String>, Failure> {
    let Some(folder) = &args.snapshots else {
        return Ok(vec![]);
    };
    let said = said(cases, outcome);
    if args.bless {
        sound(report)?;
        return bless(folder, &said).map(|line| vec![line]);
    }
    let mut lines = Vec::new();
    let mut unknown = 0;
    for (file, (id, text)) in &said {
        let path = folder.join(file);
        if !path.exists() {
            unknown += 1;
            continue;
        }
        if let Some(change) = difference(&data::read(&path)?, text) {
            lines.push(format!("  {}: {change}", safe(id)));
        }
    }
    let changed = lines.len();
    if changed > 0 {
        let head = format!(
            "{} changed since blessed (no verdict; --bless accepts it):",
            plural(changed, "conversation")
        );
        lines.insert(0, head);
    }
    if unknown > 0 {
        lines.push(format!(
            "{} not blessed yet",
            plural(unknown, "conversation")
        ));
    }
    if !report.summary.filtered {
        let gone = stale(folder, &said);
        if let Some(first) = gone.first() {
            lines.push(format!(
                "{} of conversations that are no longer played, {} the first",
                plural(gone.len(), "snapshot"),
                safe(first)
            ));
        }
    }
    Ok(lines)
}

/// File name, case and script of every conversation.
fn said(cases: &[Case], outcome: &Outcome) -> BTreeMap<String, (String, String)> {
    let mut said = BTreeMap::new();
    for transcript in &outcome.transcripts {
        let id = format!("{}@{}", transcript.fixture, transcript.transport.word());
        let fixture = cases
            .iter()
            .map(|case| &case.fixture)
            .find(|fixture| fixture.id == transcript.fixture)
            // A bad input has a set of right outcomes: which of them came is no change.
            .filter(|fixture| fixture.input.is_none());
        let Some(fixture) = fixture else { continue };
        // What comes after the end depends on what else is played at the time.
        let mut conversation = transcript.clone();
        conversation
            .entries
            .retain(|entry| entry.step < fixture.steps.len());
        let text = script::write(fixture, &conversation);
        said.insert(file_name(&id), (id, text));
    }
    said
}

/// From ids alone, and of letters that are safe in any file system.
fn file_name(id: &str) -> String {
    let plain: String = id
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '@' => c,
            _ => '-',
        })
        .collect();
    format!("{plain}.{ENDING}")
}

/// The first line that differs.
fn difference(old: &str, new: &str) -> Option<String> {
    if old == new {
        return None;
    }
    let end = "the end";
    let (mut before, mut after) = (old.lines(), new.lines());
    let mut scene = String::new();
    for number in 1.. {
        let (was, is) = (before.next(), after.next());
        if was == is && was.is_some() {
            let line = was.unwrap_or_default();
            if line.starts_with("step ") {
                scene = format!("{}, ", line.split(':').next().unwrap_or_default());
            }
            continue;
        }
        let shown = |line: Option<&str>| {
            safe(line.unwrap_or(end).trim())
                .chars()
                .take(160)
                .collect::<String>()
        };
        return Some(format!(
            "{scene}line {number}\n    was  {}\n    is   {}",
            shown(was),
            shown(is)
        ));
    }
    None
}

/// A run with a violated MUST must not become what later runs are measured by.
fn sound(report: &Report) -> Result<(), Failure> {
    let refuse = |why: String| Err(Failure::usage(format!("bless the snapshots: {why}")));
    let violated: Vec<&str> = report
        .rules
        .iter()
        .filter(|rule| rule.verdict == Verdict::Fail)
        .map(|rule| rule.name.as_str())
        .collect();
    if !violated.is_empty() {
        let shown = violated.iter().take(5).copied().collect::<Vec<_>>();
        return refuse(format!(
            "{} violated, such as {}; what is wrong is not blessed",
            plural(violated.len(), "rule"),
            shown.join(", ")
        ));
    }
    if report.summary.aborted {
        return refuse("the run was interrupted".to_owned());
    }
    let unsound = report
        .cases
        .iter()
        .find(|case| case.network.is_some() || case.error.is_some());
    if let Some(case) = unsound {
        return refuse(format!("{} was not played to its end undisturbed", case.id));
    }
    if let Some(case) = report.summary.flaky.keys().next() {
        return refuse(format!("the verdicts of {case} differ between repetitions"));
    }
    Ok(())
}

fn bless(folder: &Path, said: &BTreeMap<String, (String, String)>) -> Result<String, Failure> {
    let failed = |what: &str, path: &Path, error: std::io::Error| {
        Failure::ours(format!("{what} {}: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| failed("create", folder, error))?;
    let gone = stale(folder, said);
    for file in &gone {
        let path = folder.join(file);
        fs::remove_file(&path).map_err(|error| failed("remove", &path, error))?;
    }
    let mut changed = 0;
    for (file, (_, text)) in said {
        let path = folder.join(file);
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            write::file(&path, text)?;
            changed += 1;
        }
    }
    Ok(format!(
        "blessed {}: {changed} new or changed, {} removed",
        plural(said.len(), "conversation"),
        gone.len()
    ))
}

/// Snapshots of what is no longer played.
fn stale(folder: &Path, said: &BTreeMap<String, (String, String)>) -> Vec<String> {
    let names: BTreeSet<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|ending| ending == ENDING)
        })
        .filter(|name| !said.contains_key(name))
        .collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{difference, file_name};

    #[test]
    fn file_names_come_from_ids_alone() {
        assert_eq!(file_name("chat/room@polling"), "chat-room@polling.snap");
        assert_eq!(
            file_name("hostile/x/../y#P-03@polling"),
            "hostile-x----y-P-03@polling.snap"
        );
    }

    #[test]
    fn the_first_difference_is_told_with_its_step() {
        let old = "x\n\nstep 1: ada send\n  ada\n    > a\n";
        let new = "x\n\nstep 1: ada send\n  ada\n    > \u{1b}b\n";
        let told = difference(old, new).expect("they differ");
        assert_eq!(told, "step 1, line 5\n    was  > a\n    is   > \\u{1b}b");
        assert_eq!(difference(old, old), None);
        assert!(difference(old, "x\n").is_some_and(|told| told.ends_with("is   the end")));
    }
}
