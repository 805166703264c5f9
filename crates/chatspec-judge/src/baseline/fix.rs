//! Writes a baseline anew from what a run has shown: what stands keeps its reason, its comment and its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::apply::{Scope, Shows, answers, ways};
use super::{Baseline, Entry, fixture_of};
use crate::finding::Outcome;
use crate::report::{Report, fails};

/// The reason of an entry for which nobody has given one.
pub const UNEXPLAINED: &str = "known failure, recorded by --fix: say why";

const HEAD: &str = "# Known failures. Each entry has to fail as it says; see conformance/baselines/README.md.\nentries:\n";

/// A baseline written anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The text of the file.
    pub text: String,
    /// Entries that are new.
    pub added: usize,
    /// Entries that are gone, or name fewer transports.
    pub changed: usize,
}

/// The baseline that this run would pass. The run has to be whole: what was left out cannot be told from what was mended.
///
/// # Errors
/// The file is written in a way that cannot be edited line by line: one line, what is wrong with it.
pub fn fix<'a>(
    baseline: &'a Baseline,
    report: &'a Report,
    scope: &Scope<'_>,
    reason: &str,
) -> Result<Fixed, String> {
    let mut lines: Vec<String> = baseline.text.lines().map(str::to_owned).collect();
    let places = places(baseline, &lines)?;
    let mut covered: BTreeSet<(&str, &str, Outcome)> = BTreeSet::new();
    let (mut changed, mut left) = (0, baseline.entries.len());
    let indent = places.first().map_or("  ".to_owned(), |(from, _)| {
        let line = &lines[from.entry];
        line[..line.len() - line.trim_start().len()].to_owned()
    });
    // From the last to the first, so that the line numbers of those before stay right.
    for (entry, (from, to)) in baseline.entries.iter().zip(&places).rev() {
        let kept = kept(entry, report, scope);
        let mut cover = |ids: &[&'a str]| {
            let key = |id: &&'a str| (*id, entry.rule.as_str(), entry.outcome);
            covered.extend(ids.iter().map(key));
        };
        match kept {
            Kept::Whole(ids) => cover(&ids),
            Kept::Part(ids) => {
                changed += 1;
                let fresh: String = ids
                    .iter()
                    .map(|id| render(&indent, id, &entry.rule, entry.outcome, &entry.reason))
                    .collect();
                cover(&ids);
                lines.splice(from.entry..*to, fresh.lines().map(str::to_owned));
            }
            Kept::Not => {
                changed += 1;
                left -= 1;
                lines.drain(from.comment..*to);
            }
        }
    }
    let new = uncovered(report, scope, &covered);
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    if baseline.entries.is_empty() && !new.is_empty() {
        text = opened(&text)?;
    }
    for (case, rule, outcome) in &new {
        text.push_str(&render(&indent, case, rule, *outcome, reason));
    }
    if left == 0 && new.is_empty() {
        text = closed(&text);
    }
    Ok(Fixed {
        text,
        added: new.len(),
        changed,
    })
}

/// What becomes of an entry: stays, stays for some transports, or goes.
enum Kept<'a> {
    Whole(Vec<&'a str>),
    Part(Vec<&'a str>),
    Not,
}

fn kept<'a>(entry: &'a Entry, report: &'a Report, scope: &Scope<'_>) -> Kept<'a> {
    let exists =
        scope.rules.find(&entry.rule).is_some() && scope.every.iter().any(|id| entry.names(id));
    if !exists {
        return Kept::Not;
    }
    let mut still = Vec::new();
    let mut gone = false;
    let mut any = false;
    for (case, shows) in answers(entry, report) {
        any = true;
        match shows {
            Shows::It => still.push(case.id.as_str()),
            Shows::Nothing | Shows::Another(_) => gone = true,
            Shows::Unsure => {}
        }
    }
    match (any, still.is_empty(), gone) {
        // Of another profile, or slow: this run says nothing of it.
        (false, ..) | (_, _, false) => Kept::Whole(still),
        // What comes and goes is not gone where it does not come.
        _ if entry.sometimes => Kept::Whole(still),
        (_, false, true) if entry.is_pattern() => Kept::Whole(still),
        (_, false, true) => Kept::Part(still),
        (_, true, true) => Kept::Not,
    }
}

/// Failures that no entry covers; those of all transports of a conversation as one.
fn uncovered(
    report: &Report,
    scope: &Scope<'_>,
    covered: &BTreeSet<(&str, &str, Outcome)>,
) -> Vec<(String, String, Outcome)> {
    let scored: BTreeSet<&str> = report
        .rules
        .iter()
        .filter(|rule| rule.scored)
        .map(|rule| rule.name.as_str())
        .collect();
    let mut found: BTreeMap<(&str, &str, Outcome), Vec<&str>> = BTreeMap::new();
    for case in &report.cases {
        for (rule, verdict) in &case.rules {
            if !fails(*verdict, scope.strict) || !scored.contains(rule.as_str()) {
                continue;
            }
            for way in ways(case, rule) {
                let key = (fixture_of(&case.id), rule.as_str(), way);
                found.entry(key).or_default().push(&case.id);
            }
        }
    }
    let mut new = Vec::new();
    for ((fixture, rule, way), ids) in found {
        let played = report
            .cases
            .iter()
            .filter(|case| fixture_of(&case.id) == fixture)
            .count();
        let fresh: Vec<&str> = ids
            .into_iter()
            .filter(|id| !covered.contains(&(*id, rule, way)))
            .collect();
        if fresh.len() == played {
            new.push((fixture.to_owned(), rule.to_owned(), way));
        } else {
            new.extend(
                fresh
                    .into_iter()
                    .map(|id| (id.to_owned(), rule.to_owned(), way)),
            );
        }
    }
    new
}

fn render(indent: &str, case: &str, rule: &str, outcome: Outcome, reason: &str) -> String {
    let mut text = String::new();
    let word = outcome.word();
    let (case, reason) = (scalar(case), scalar(reason));
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "{indent}- case: {case}\n{indent}  rule: {rule}\n{indent}  outcome: {word}\n{indent}  reason: {reason}\n"
    );
    text
}

/// A YAML scalar on one line: plain where that is safe, else in single quotes.
fn scalar(text: &str) -> String {
    let one_line: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let plain = one_line.starts_with(|first: char| first.is_ascii_alphabetic())
        && !one_line.contains(": ")
        && !one_line.contains(" #")
        && !one_line.ends_with([':', ' '])
        && !matches!(
            one_line.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if plain {
        one_line
    } else {
        format!("'{}'", one_line.replace('\'', "''"))
    }
}

/// Where an entry stands, as indices of lines.
struct From {
    /// The first line of the comment right above it.
    comment: usize,
    /// Its own first line.
    entry: usize,
}

/// First and last line, the latter exclusive, of every entry.
fn places(baseline: &Baseline, lines: &[String]) -> Result<Vec<(From, usize)>, String> {
    let is_note = |line: &String| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#')
    };
    let mut starts = Vec::new();
    for entry in &baseline.entries {
        let at = usize::try_from(entry.line)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        let start = (0..=at.min(lines.len().saturating_sub(1)))
            .rev()
            .find(|index| lines[*index].trim_start().starts_with("- "));
        match start {
            Some(start) if starts.last().is_none_or(|last| *last < start) => starts.push(start),
            _ => {
                return Err(format!(
                    "{}:{}:{}: --fix edits line by line: write each entry in lines of its own, the first beginning with `- `",
                    baseline.path, entry.line, entry.column
                ));
            }
        }
    }
    let mut places = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(lines.len());
        let mut to = next;
        while to > *start + 1 && is_note(&lines[to - 1]) {
            to -= 1;
        }
        let mut comment = *start;
        while comment > 0 && lines[comment - 1].trim_start().starts_with('#') {
            comment -= 1;
        }
        places.push((
            From {
                comment,
                entry: *start,
            },
            to,
        ));
    }
    Ok(places)
}

/// A file without entries, ready to take some.
fn opened(text: &str) -> Result<String, String> {
    let is_key = |line: &&str| line.starts_with("entries:");
    match text.lines().find(is_key) {
        None if text.trim().is_empty() => Ok(HEAD.to_owned()),
        None => Ok(format!("{text}entries:\n")),
        Some(_) => {
            let lines: Vec<&str> = text
                .lines()
                .map(|line| if is_key(&line) { "entries:" } else { line })
                .collect();
            Ok(format!("{}\n", lines.join("\n")))
        }
    }
}

/// A file whose last entry is gone.
fn closed(text: &str) -> String {
    text.lines()
        .map(|line| {
            if line.trim_end() == "entries:" {
                "entries: []\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect()
}
