//! Annotations for GitHub Actions: a line of stdout a violated rule, and the summary of the step.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chatspec_judge::report::{CaseReport, Report, RuleReport};
use chatspec_judge::verdict::Verdict;

use super::markdown;
use super::out::out;
use super::safe::short;
use super::view;
use super::wanted::To;
use crate::exit::Failure;

/// Where GitHub wants the summary of a step.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// Bytes that GitHub accepts there, less what it counts otherwise than we do.
const SUMMARY_MAX: usize = 1_000_000;
/// Characters of a value in an annotation.
const WIDTH: usize = 300;

/// Prints the annotations and appends the summary. Where stdout belongs to another report, they go to stderr, which
/// GitHub reads as well.
pub fn deliver(report: &Report, to: &To, stdout_taken: bool) -> Result<(), Failure> {
    let text = annotations(report);
    let path = match to {
        To::Stdout => None,
        To::File(path) => Some(path.clone()),
        To::Environment => std::env::var_os(SUMMARY)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from),
    };
    if stdout_taken && *to != To::Stdout {
        eprint!("{text}");
    } else {
        out!(text);
    }
    match path {
        Some(path) => append(&path, &markdown::within(report, SUMMARY_MAX)),
        None => Ok(()),
    }
}

/// One line a violated rule, at its clause; then one a case that the suite could not play.
pub fn annotations(report: &Report) -> String {
    let rules = view::violated(report);
    let rules = rules
        .iter()
        .map(|(rule, cases)| broken(report, rule, cases));
    let errors = report.cases.iter().filter_map(|case| {
        let error = case.error.as_ref()?;
        let title = format!("{} could not be played", short(&case.id, WIDTH));
        Some(command("error", None, &title, &short(error, WIDTH)))
    });
    let wrong = report.summary.baseline.iter().flat_map(|compared| {
        let wrong = compared.wrong.iter();
        wrong.map(|what| command("error", None, "baseline", &short(what, WIDTH)))
    });
    rules.chain(errors).chain(wrong).collect()
}

fn broken(report: &Report, rule: &RuleReport, cases: &[&CaseReport]) -> String {
    let expected = view::expected_rule(report, rule);
    let word = match rule.verdict {
        _ if expected.is_some() => "notice",
        Verdict::Fail => "error",
        _ => "warning",
    };
    let title = format!("{} ({})", short(&rule.name, WIDTH), rule.level.text());
    let mut lines = vec![short(&rule.text, 2 * WIDTH)];
    lines.extend(expected.map(|reason| format!("expected: {}", short(&reason, WIDTH))));
    if let Some(case) = cases.first() {
        lines.push(format!(
            "in {}: {}",
            short(&case.id, WIDTH),
            short(&case.title, WIDTH)
        ));
        for finding in view::findings(case, &rule.name).take(2) {
            lines.push(format!(
                "step {}: {}",
                finding.step + 1,
                finding.outcome.word()
            ));
            lines.push(format!("expected {}", short(&finding.expected, WIDTH)));
            lines.push(format!("saw {}", short(&finding.seen, WIDTH)));
        }
        if cases.len() > 1 {
            lines.push(format!("and in {} more", cases.len() - 1));
        }
        lines.extend(
            view::repeat(report, case).map(|line| format!("repeat: {}", short(&line, WIDTH))),
        );
    }
    let place = (!rule.file.is_empty()).then_some((rule.file.as_str(), rule.line));
    command(word, place, &title, &lines.join("\n"))
}

fn command(word: &str, place: Option<(&str, u32)>, title: &str, message: &str) -> String {
    let place = place.map_or_else(String::new, |(file, line)| {
        format!("file={},line={line},", property(&short(file, WIDTH)))
    });
    format!(
        "::{word} {place}title={}::{}\n",
        property(title),
        data(message)
    )
}

/// A message, its line breaks written as GitHub wants them.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A value before the message, where two more characters mean something.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::ours(format!("append to {}: {error}", path.display())))
}
