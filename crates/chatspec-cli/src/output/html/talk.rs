//! A conversation as a table: a lifeline a participant, time downwards, the server on the right.

use chatspec_judge::finding::{Finding, Outcome};
use chatspec_judge::transcript::Transcript;

use super::text::text;
use crate::output::diagram::{Diagram, Row, diagram};
use crate::output::safe::short;

/// Lifelines that are drawn; what happens to others is told in words alone.
const LANES: usize = 12;
/// Rows that are drawn.
const ROWS: usize = 300;
/// Characters of a participant's name, and of a row's text.
const NAME: usize = 12;
const WIDTH: usize = 400;

/// Draws the conversation, with what the findings are about marked, and what never came as a hole.
pub fn talk(transcript: &Transcript, findings: &[Finding]) -> String {
    let Diagram { names, mut rows } = diagram(transcript, findings);
    for finding in findings.iter().filter(|finding| finding.entry.is_none()) {
        let after = rows.iter().rposition(|row| row.step <= finding.step);
        rows.insert(after.map_or(0, |index| index + 1), hole(finding));
    }
    let lanes = &names[..names.len().min(LANES)];
    let heads: String = lanes
        .iter()
        .map(|name| format!("<th scope=col>{}</th>", text(&short(name, NAME))))
        .collect();
    let mut body = String::new();
    let mut last = None;
    for row in rows.iter().take(ROWS) {
        body += &line(row, lanes, last != Some(row.step));
        last = Some(row.step);
    }
    let more = match rows.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!("<p>And {more} more rows, in the JSON report.</p>"),
    };
    format!(
        "<div class=scroll tabindex=0 role=region aria-label=Conversation><table class=talk><thead><tr><th scope=col>step</th>{heads}\
         <th scope=col class=server>server</th></tr></thead><tbody>{body}</tbody></table></div>{more}"
    )
}

/// A row for what is missing.
fn hole(finding: &Finding) -> Row<'_> {
    let what = match finding.outcome {
        Outcome::Missing => "never gets",
        _ => "expected",
    };
    Row {
        step: finding.step,
        who: &finding.who,
        sign: HOLE,
        text: format!("{what} {}", finding.expected),
        offends: true,
    }
}

/// The sign of what is missing.
const HOLE: &str = " ";

fn line(row: &Row<'_>, lanes: &[&str], first: bool) -> String {
    let kind = match row.sign {
        "→" => "out",
        "←" => "in",
        HOLE => "hole",
        _ => "state",
    };
    let cells: String = lanes
        .iter()
        .map(|name| match *name == row.who {
            true => format!("<td class=\"lane {kind}\"></td>"),
            false => "<td class=lane></td>".to_owned(),
        })
        .collect();
    let mut class = kind.to_owned();
    class += if row.offends { " here" } else { "" };
    class += if first { " first" } else { "" };
    let step = if first {
        (row.step + 1).to_string()
    } else {
        String::new()
    };
    let who = match row.who {
        "" => String::new(),
        who => format!("<b>{}</b> ", text(&short(who, NAME))),
    };
    let mark = if row.offends {
        "<strong class=mark-here>here</strong> "
    } else {
        ""
    };
    format!(
        "<tr class=\"{class}\"><th scope=row>{step}</th>{cells}<td class=says>{mark}{who}{}</td></tr>\n",
        text(&short(&row.text, WIDTH))
    )
}
