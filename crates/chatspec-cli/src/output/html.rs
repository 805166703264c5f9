//! The report as one page that needs nothing else: figures, rules by topic, and the conversation of every case that did
//! not pass.
//!
//! Whatever a server said is shown as text. The page's own style and script are let in by their hash, so that even a
//! mistake in here would run nothing.

mod case;
mod page;
mod rule;
mod talk;
mod text;

use chatspec_judge::report::Report;
use chatspec_judge::verdict::Verdict;

pub use self::page::page;
pub use self::text::{slug, text};
use super::view::{self, Tone};
use crate::data::plural;

/// Renders the report.
pub fn render(report: &Report) -> String {
    let (_, headline) = view::headline(report);
    let body = format!(
        "{}{}<main>{}{}{}</main>{}",
        head(report),
        controls(report),
        rule::topics(report),
        case::cases(report),
        unverified(report),
        foot(report)
    );
    page(
        &format!("{} {headline}", report.summary.target),
        &body,
        Some(include_str!("html/script.js")),
    )
}

fn head(report: &Report) -> String {
    let (tone, headline) = view::headline(report);
    let tone = match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Unsure => "unsure",
    };
    let notes: String = view::notes(report)
        .iter()
        .map(|note| format!("<p class=note>{}</p>", text(note)))
        .collect();
    let notes = notes + &baseline(report);
    format!(
        "<header class={tone}><p class=what>chatspec report</p>\
         <p class=target>{}</p><h1>{}</h1>{notes}{}{}\
         <p class=facts><span>revision <b>{}</b></span> <span>profile <b>{}</b></span> \
         <span>seed <b>{}</b></span> <span>suite <b>{}</b></span> <span>order of events <b>{}</b></span></p></header>",
        text(&report.summary.target),
        text(&capital(&headline)),
        bar(report),
        legend(report),
        text(&report.revision),
        report.profile,
        report.summary.seed,
        text(&report.chatspec),
        match report.summary.in_order {
            Some(true) => "kept",
            Some(false) => "not kept",
            None => "not asked",
        }
    )
}

/// What the baseline makes of the run.
fn baseline(report: &Report) -> String {
    let Some(compared) = &report.summary.baseline else {
        return String::new();
    };
    let known = plural(compared.known, "failure");
    let mut notes = format!(
        "<p class=note>The baseline {} knows {known}.</p>",
        text(&compared.file)
    );
    for what in compared.wrong.iter().take(50) {
        notes += &format!("<p class=note>{}</p>", text(what));
    }
    notes
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// Scored rules by verdict, as one bar.
fn bar(report: &Report) -> String {
    let counts = view::scored(report);
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let mut from = 0;
    let mut parts = String::new();
    // What holds comes first, and what nobody looked at last.
    let rank = |verdict: Verdict| match verdict {
        Verdict::Pass | Verdict::Observed => 0,
        Verdict::Unverified => 2,
        _ => 1,
    };
    let mut counts = counts;
    counts.sort_by_key(|(verdict, _)| rank(*verdict));
    for (verdict, count) in &counts {
        parts += &format!(
            "<rect class=\"v-{}\" x=\"{from}\" y=\"0\" width=\"{count}\" height=\"1\"/>",
            verdict.word()
        );
        from += count;
    }
    format!(
        "<svg class=bar viewBox=\"0 0 {} 1\" preserveAspectRatio=none role=img aria-label=\"{}\">{parts}</svg>",
        all.max(1),
        text(&view::score(report))
    )
}

fn legend(report: &Report) -> String {
    let counts = view::scored(report);
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let mut items = format!(
        "<li class=all><b>{} of {all}</b> scored rules hold</li>",
        view::held(&counts)
    );
    for (verdict, count) in counts.iter().filter(|(verdict, _)| !view::holds(*verdict)) {
        items += &format!(
            "<li class=\"v-{0}\"><b>{count}</b> {0}</li>",
            verdict.word()
        );
    }
    let cases = &report.summary.cases;
    let passed: usize = cases
        .iter()
        .filter(|(verdict, _)| **verdict <= Verdict::Pass)
        .map(|(_, count)| count)
        .sum();
    items += &format!(
        "<li><b>{passed} of {}</b> pass</li>",
        plural(report.cases.len(), "case")
    );
    format!("<ul class=legend>{items}</ul>")
}

/// Search and filters. Without scripts they stay hidden, and everything is shown.
fn controls(report: &Report) -> String {
    let check = |kind: &str, word: &str| {
        format!(
            "<label class=\"chip v-{word}\"><input type=checkbox name={kind} value={word}>{word}</label>"
        )
    };
    let verdicts: String = view::WORST_FIRST
        .iter()
        .filter(|verdict| report.rules.iter().any(|rule| rule.verdict == **verdict))
        .map(|verdict| check("verdict", verdict.word()))
        .collect();
    let mut profiles: Vec<String> = report
        .rules
        .iter()
        .map(|rule| rule.profile.to_string())
        .collect();
    profiles.sort();
    profiles.dedup();
    let profiles: String = match profiles.len() {
        0 | 1 => String::new(),
        _ => profiles.iter().map(|word| check("profile", word)).collect(),
    };
    let mut topics: Vec<&str> = report
        .rules
        .iter()
        .map(|rule| view::topic(&rule.name))
        .collect();
    topics.sort_unstable();
    topics.dedup();
    let topics: String = topics
        .iter()
        .map(|topic| format!("<option>{}</option>", text(topic)))
        .collect();
    format!(
        "<form class=controls role=search hidden><input type=search id=find placeholder=\"Search rules, clauses, cases\" \
         aria-label=Search autocomplete=off><select id=topic aria-label=Topic><option value=\"\">every topic</option>{topics}</select>\
         <span class=chips>{verdicts}</span><span class=chips>{profiles}</span><output id=found></output></form>"
    )
}

fn unverified(report: &Report) -> String {
    let reasons = view::not_verified(report);
    if reasons.is_empty() {
        return String::new();
    }
    let items: String = reasons
        .iter()
        .map(|(reason, rules)| {
            let rules: Vec<String> = rules
                .iter()
                .map(|rule| {
                    format!(
                        "<a href=\"#rule-{}\"><code>{}</code></a>",
                        slug(rule),
                        text(rule)
                    )
                })
                .collect();
            format!("<dt>{}</dt><dd>{}</dd>", text(reason), rules.join(" "))
        })
        .collect();
    format!("<section class=reasons><h2>Not verified, and why</h2><dl>{items}</dl></section>")
}

fn foot(report: &Report) -> String {
    let repeat = match report.summary.repeat.as_str() {
        "" => String::new(),
        line => format!(
            "<p>The whole run again:</p><pre class=copy>{}</pre>",
            text(line)
        ),
    };
    format!(
        "<footer>{repeat}<p>Made from the JSON report. This page asks nothing of any other machine.</p></footer>"
    )
}
