//! A badge for a project's front page: an image, or what shields.io makes one from.

use chatspec_judge::report::{Report, RuleReport};
use chatspec_judge::verdict::Verdict;
use serde_json::json;

use crate::output::html::text;
use crate::output::safe::short;
use crate::output::view::{self, Tone};
use crate::output::write;

/// Characters of each half.
const WIDTH: usize = 60;

/// The JSON of the endpoint of shields.io.
pub fn json(report: &Report) -> String {
    let (label, message, tone) = told(report);
    let color = match tone {
        Tone::Good => "brightgreen",
        Tone::Bad => "red",
        Tone::Unsure => "lightgrey",
    };
    let badge = json!({"schemaVersion": 1, "label": label, "message": message, "color": color});
    write::escaped(&badge.to_string()) + "\n"
}

/// The image. It has no script and loads nothing.
pub fn svg(report: &Report) -> String {
    let (label, message, tone) = told(report);
    let color = match tone {
        Tone::Good => "#1d7a4c",
        Tone::Bad => "#c0281d",
        Tone::Unsure => "#6b7079",
    };
    let (left, right) = (width(&label), width(&message));
    let (whole, middle) = (left + right, left + right / 2);
    let (label, message) = (text(&label), text(&message));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"20\" role=\"img\" aria-label=\"{label}: {message}\">\
         <title>{label}: {message}</title>\
         <clipPath id=\"r\"><rect width=\"{whole}\" height=\"20\" rx=\"3\"/></clipPath>\
         <g clip-path=\"url(#r)\"><rect width=\"{left}\" height=\"20\" fill=\"#444\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{color}\"/></g>\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\
         <text x=\"{}\" y=\"14\" textLength=\"{}\">{label}</text>\
         <text x=\"{middle}\" y=\"14\" textLength=\"{}\">{message}</text></g></svg>\n",
        left / 2,
        left - MARGIN,
        right - MARGIN
    )
}

/// Pixels around a text.
const MARGIN: usize = 12;

/// Pixels of a half, at about seven a character.
fn width(text: &str) -> usize {
    text.chars().count() * 7 + MARGIN
}

fn told(report: &Report) -> (String, String, Tone) {
    let label = format!("chatspec {} {}", report.profile, report.revision);
    let (tone, _) = view::headline(report);
    let message = match tone {
        Tone::Good => "conforms".to_owned(),
        Tone::Bad => {
            let failed = |rule: &&RuleReport| rule.scored && rule.verdict == Verdict::Fail;
            let failed = report.rules.iter().filter(failed).count();
            let scored = report.rules.iter().filter(|rule| rule.scored).count();
            format!("{failed} of {scored} rules fail")
        }
        Tone::Unsure => "not verified".to_owned(),
    };
    (short(&label, WIDTH), message, tone)
}
