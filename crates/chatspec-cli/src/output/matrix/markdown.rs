//! The matrix in Markdown.

use std::fmt::Write as _;

use chatspec_judge::rule::Profile;
use chatspec_judge::verdict::Verdict;

use super::{Column, Matrix};
use crate::output::markdown::code;
use crate::output::safe::short;
use crate::output::view;

/// Characters of a name.
const WIDTH: usize = 80;

/// Renders the matrix.
pub fn render(matrix: &Matrix) -> String {
    let mut text = "| server | revision | held to | core rules hold | hardened rules hold | cases | verdict |\n|---|---|---|---|---|---|---|\n".to_owned();
    for column in matrix.columns() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", server(column));
    }
    for warning in matrix.warnings() {
        let _ = write!(text, "\n**{warning}**\n");
    }
    text += "\n✔ holds · ✘ violated · ⚠ a SHOULD that does not hold · ⊘ blocked by another failure · ? inconclusive · ! fault of the suite · · not verified · – not in the profile\n";
    for (topic, lines) in matrix.topics() {
        let names: Vec<String> = matrix
            .columns()
            .iter()
            .map(|column| code(&short(&column.name, WIDTH)))
            .collect();
        let _ = write!(
            text,
            "\n## {}\n\n| rule | demands | {} |\n|---|---|{}\n",
            code(&short(topic, WIDTH)),
            names.join(" | "),
            ":-:|".repeat(names.len())
        );
        for line in lines {
            let cells: Vec<&str> = line.verdicts.iter().map(|verdict| sign(*verdict)).collect();
            let _ = writeln!(
                text,
                "| {} | {} {} | {} |",
                code(&short(&line.rule.name, WIDTH)),
                line.rule.profile,
                line.rule.level.text(),
                cells.join(" | ")
            );
        }
    }
    text
}

fn server(column: &Column) -> String {
    let (_, headline) = view::headline(&column.report);
    format!(
        "| {} | {} | {} | {} | {} | {} | {headline} |",
        code(&short(&column.name, WIDTH)),
        code(&short(&column.report.revision, WIDTH)),
        column.report.profile,
        column.figure(Profile::Core),
        column.figure(Profile::Hardened),
        column.report.cases.len(),
    )
}

fn sign(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None => "–",
        Some(Verdict::Pass | Verdict::Observed) => "✔",
        Some(Verdict::Fail) => "✘",
        Some(Verdict::Warn) => "⚠",
        Some(Verdict::Blocked) => "⊘",
        Some(Verdict::Inconclusive) => "?",
        Some(Verdict::Error) => "!",
        Some(Verdict::Unverified) => "·",
    }
}
