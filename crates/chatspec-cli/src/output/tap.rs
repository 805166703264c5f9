//! The report in TAP, version 14: a test point a case, the findings as its diagnostics.

use std::fmt::Write as _;

use chatspec_judge::report::{CaseReport, Report};
use chatspec_judge::verdict::Verdict;
use serde_json::json;

use super::safe::{safe, short};
use super::view;
use super::write;

/// Characters of a value.
const WIDTH: usize = 400;

/// Renders the report.
pub fn render(report: &Report) -> String {
    let mut tap = format!("TAP version 14\n1..{}\n", report.cases.len());
    let (_, headline) = view::headline(report);
    comment(&mut tap, &format!("{} {headline}", report.summary.target));
    comment(&mut tap, &view::score(report));
    for note in view::notes(report) {
        comment(&mut tap, note);
    }
    for (index, case) in report.cases.iter().enumerate() {
        point(&mut tap, index + 1, case, report);
    }
    if report.summary.aborted {
        tap += "Bail out! interrupted\n";
    }
    tap
}

fn point(tap: &mut String, number: usize, case: &CaseReport, report: &Report) {
    // Nothing that did not hold is ok, and nothing unverified either.
    let word = match case.verdict {
        Verdict::Pass | Verdict::Observed | Verdict::Warn => "ok",
        _ => "not ok",
    };
    let todo = view::expected(case).map_or_else(String::new, |reason| {
        format!(" # TODO {}", description(&short_raw(&reason)))
    });
    // Writing to a string cannot fail.
    let _ = writeln!(tap, "{word} {number} - {}{todo}", description(&case.id));
    if case.verdict <= Verdict::Pass {
        return;
    }
    *tap += "  ---\n";
    line(tap, "", "title", &case.title);
    line(tap, "", "verdict", case.verdict.word());
    let why = view::why(case);
    if !why.is_empty() {
        line(tap, "", "why", &why);
    }
    if let Some(repeat) = view::repeat(report, case) {
        line(tap, "", "repeat", &repeat);
    }
    if !case.findings.is_empty() {
        *tap += "  findings:\n";
    }
    for finding in &case.findings {
        line(tap, "  - ", "rule", &finding.rule);
        line(tap, "    ", "outcome", finding.outcome.word());
        line(tap, "    ", "step", &(finding.step + 1).to_string());
        line(tap, "    ", "who", &finding.who);
        line(tap, "    ", "expected", &finding.expected);
        line(tap, "    ", "seen", &finding.seen);
    }
    *tap += "  ...\n";
}

/// One line of YAML. A JSON string is a YAML string as well, if it has no line breaks.
fn line(tap: &mut String, indent: &str, key: &str, value: &str) {
    let text = write::escaped(&json!(short_raw(value)).to_string());
    let _ = writeln!(tap, "  {indent}{key}: {text}");
}

/// Cut, but not yet escaped.
fn short_raw(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}... ({} characters)", &text[..end], text.chars().count()),
    }
}

fn comment(tap: &mut String, text: &str) {
    let _ = writeln!(tap, "# {}", short(text, WIDTH));
}

/// A description in which nothing is a directive.
fn description(text: &str) -> String {
    safe(text).replace('\\', "\\\\").replace('#', "\\#")
}
