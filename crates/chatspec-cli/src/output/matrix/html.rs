//! The matrix as a page.

use chatspec_judge::rule::Profile;
use chatspec_judge::verdict::Verdict;

use super::{Column, Line, Matrix};
use crate::output::html::{page, text};
use crate::output::view;

/// Renders the matrix. It needs no script.
pub fn render(matrix: &Matrix) -> String {
    let heads: String = matrix.columns().iter().map(head).collect();
    let warnings: String = matrix
        .warnings()
        .iter()
        .map(|warning| format!("<p class=note>{}</p>", text(warning)))
        .collect();
    let span = matrix.columns().len() + 1;
    let rows: String = matrix
        .topics()
        .iter()
        .map(|(topic, lines)| {
            let lines: String = lines.iter().map(line).collect();
            format!(
                "<tr class=topic-row><th scope=rowgroup colspan={span}>{}</th></tr>{lines}",
                text(topic)
            )
        })
        .collect();
    let body = format!(
        "<header><p class=what>chatspec matrix</p><h1>{}</h1>{warnings}</header>\
         <main><div class=scroll tabindex=0 role=region aria-label=Matrix><table class=matrix>\
         <thead><tr><th scope=col>rule</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></main>",
        crate::data::plural(matrix.columns().len(), "server")
    );
    page("chatspec matrix", &body, None)
}

fn head(column: &Column) -> String {
    let (_, headline) = view::headline(&column.report);
    let hardened = match column.held(Profile::Hardened) {
        (_, 0) => String::new(),
        _ => format!(", hardened {}", column.figure(Profile::Hardened)),
    };
    format!(
        "<th scope=col>{}<small>{}</small><small>revision {}, core {}{hardened}</small></th>",
        text(&column.name),
        text(&headline),
        text(&column.report.revision),
        column.figure(Profile::Core)
    )
}

fn line(line: &Line<'_>) -> String {
    let cells: String = line.verdicts.iter().map(|verdict| cell(*verdict)).collect();
    format!(
        "<tr><th scope=row title=\"{}\"><code>{}</code> <span class=tag>{}</span> <span class=tag>{}</span></th>{cells}</tr>\n",
        text(&line.rule.text),
        text(&line.rule.name),
        line.rule.level.text(),
        line.rule.profile
    )
}

fn cell(verdict: Option<Verdict>) -> String {
    match verdict {
        None => "<td>–</td>".to_owned(),
        Some(verdict) => format!(
            "<td class=\"v-{0}\"><span class=mark></span>{0}</td>",
            verdict.word()
        ),
    }
}
