//! The report in Markdown, as GitHub reads it: figures, violated rules, and the conversations that show it.

mod text;

use std::fmt::Write as _;

use chatspec_judge::report::{CaseReport, Report, RuleReport};

pub use self::text::{code, fenced, sentence};
use super::diagram;
use super::safe::short;
use super::view;

/// Characters of a value.
const WIDTH: usize = 400;
/// Lines of a conversation.
const LINES: usize = 60;

/// Renders the report.
pub fn render(report: &Report) -> String {
    within(report, usize::MAX)
}

/// Renders as much of the report as fits into so many bytes, and says where something is left out.
pub fn within(report: &Report, bytes: usize) -> String {
    let mut text = head(report);
    let violated = view::violated(report);
    if !violated.is_empty() {
        text += "\n## Violated\n\n| rule | demands | verdict | cases |\n|---|---|---|---|\n";
    }
    let rows = violated.iter().map(|(rule, cases)| row(rule, cases));
    let parts = violated
        .iter()
        .map(|(rule, cases)| section(report, rule, cases));
    let errors = report.cases.iter().filter_map(error);
    let mut left_out = 0;
    for part in rows.chain(parts).chain(errors).chain([unverified(report)]) {
        if text.len() + part.len() <= bytes.saturating_sub(200) {
            text += &part;
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let _ = writeln!(
            text,
            "\nToo long: {left_out} parts are left out. The JSON report has them."
        );
    }
    text
}

fn head(report: &Report) -> String {
    let (_, headline) = view::headline(report);
    let mut text = format!(
        "# chatspec: {headline}\n\n{}, revision {}, profile {}, seed {}, chatspec {}\n\n{}.\n",
        code(&short(&report.summary.target, WIDTH)),
        code(&short(&report.revision, WIDTH)),
        report.profile,
        report.summary.seed,
        code(&short(&report.chatspec, WIDTH)),
        view::score(report)
    );
    for note in view::notes(report) {
        let _ = write!(text, "\n**{note}**\n");
    }
    for what in report
        .summary
        .baseline
        .iter()
        .flat_map(|compared| &compared.wrong)
    {
        let _ = write!(text, "\nBaseline: {}\n", code(&short(what, WIDTH)));
    }
    text
}

fn row(rule: &RuleReport, cases: &[&CaseReport]) -> String {
    format!(
        "| {} | {} {} | {} | {} of {} |\n",
        code(&short(&rule.name, WIDTH)),
        rule.profile,
        rule.level.text(),
        rule.verdict.word(),
        cases.len(),
        rule.cases.len()
    )
}

fn section(report: &Report, rule: &RuleReport, cases: &[&CaseReport]) -> String {
    let mut text = format!(
        "\n### {}\n\n> {}\n",
        code(&short(&rule.name, WIDTH)),
        sentence(&rule.text)
    );
    if let Some(reason) = view::expected_rule(report, rule) {
        let _ = writeln!(text, "\nExpected: {}", code(&short(&reason, WIDTH)));
    }
    let Some(case) = cases.first() else {
        return text;
    };
    let _ = writeln!(
        text,
        "\nIn {}: {}\n",
        code(&short(&case.id, WIDTH)),
        sentence(&case.title)
    );
    let found: Vec<_> = view::findings(case, &rule.name).collect();
    for finding in found.iter().take(3) {
        let who = match finding.who.as_str() {
            "" => String::new(),
            who => format!(" ({})", code(&short(who, WIDTH))),
        };
        let _ = writeln!(
            text,
            "- step {}{who}: {}",
            finding.step + 1,
            finding.outcome.word()
        );
        let _ = writeln!(
            text,
            "  - expected {}",
            code(&short(&finding.expected, WIDTH))
        );
        let _ = writeln!(text, "  - saw {}", code(&short(&finding.seen, WIDTH)));
    }
    if cases.len() > 1 {
        let others: Vec<String> = cases[1..]
            .iter()
            .take(6)
            .map(|case| code(&short(&case.id, WIDTH)))
            .collect();
        let _ = writeln!(
            text,
            "\nAlso in {}{}",
            others.join(", "),
            if cases.len() > 7 { ", ..." } else { "" }
        );
    }
    if let Some(line) = view::repeat(report, case) {
        let _ = write!(text, "\n{}", fenced("sh", &[short(&line, 2 * WIDTH)]));
    }
    if let Some(transcript) = &case.transcript {
        let found: Vec<_> = found.into_iter().cloned().collect();
        let mut lines = diagram::lines(transcript, &found);
        if lines.len() > LINES {
            let more = lines.len() - LINES;
            lines.truncate(LINES);
            lines.push(format!("... {more} more lines"));
        }
        let _ = write!(
            text,
            "\n<details><summary>The conversation</summary>\n\n{}\n</details>\n",
            fenced("text", &lines)
        );
    }
    text
}

fn error(case: &CaseReport) -> Option<String> {
    let error = case.error.as_ref()?;
    Some(format!(
        "\nCould not play {}: {}\n",
        code(&short(&case.id, WIDTH)),
        code(&short(error, WIDTH))
    ))
}

fn unverified(report: &Report) -> String {
    let reasons = view::not_verified(report);
    if reasons.is_empty() {
        return String::new();
    }
    let mut text = "\n## Not verified\n\n".to_owned();
    for (reason, rules) in reasons {
        let rules: Vec<String> = rules.iter().map(|rule| code(&short(rule, WIDTH))).collect();
        let _ = writeln!(
            text,
            "- {}: {}",
            code(&short(reason, WIDTH)),
            rules.join(", ")
        );
    }
    text
}
