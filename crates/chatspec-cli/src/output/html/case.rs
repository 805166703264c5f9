//! Cases that did not pass: what was expected and seen, the clause, the conversation, how to repeat it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chatspec_judge::finding::Finding;
use chatspec_judge::report::{CaseReport, Report, RuleReport};

use super::rule::clause;
use super::talk::talk;
use super::text::{slug, text};
use crate::output::view;

/// Conversations on one page. What comes after them is told without: a page has to open on a phone.
const TALKS: usize = 400;
/// Findings of one case, and those of one rule that are not folded.
const FINDINGS: usize = 60;
const SHOWN: usize = 2;

/// All cases that did not pass.
pub fn cases(report: &Report) -> String {
    let rules: BTreeMap<&str, &RuleReport> = report
        .rules
        .iter()
        .map(|rule| (rule.name.as_str(), rule))
        .collect();
    let cards: String = view::troubled(report)
        .enumerate()
        .map(|(index, case)| card(report, case, &rules, index))
        .collect();
    match cards.is_empty() {
        true => String::new(),
        false => format!("<section class=cases><h2>Cases that did not pass</h2>{cards}</section>"),
    }
}

fn card(
    report: &Report,
    case: &CaseReport,
    rules: &BTreeMap<&str, &RuleReport>,
    index: usize,
) -> String {
    let word = case.verdict.word();
    let why = match view::why(case).as_str() {
        "" => String::new(),
        why => format!("<p class=why>{}</p>", text(why)),
    };
    let findings = findings(case, rules);
    let expected = view::expected(case).map_or_else(String::new, |reason| {
        format!(
            "<p class=note>Expected by the baseline: {}</p>",
            text(&reason)
        )
    });
    let talk = match &case.transcript {
        Some(transcript) if index < TALKS => talk(transcript, &case.findings),
        Some(_) => "<p>The conversation is in the JSON report.</p>".to_owned(),
        None => String::new(),
    };
    let repeat = view::repeat(report, case).map_or_else(String::new, |line| {
        format!(
            "<p class=label>Repeat</p><pre class=copy>{}</pre>",
            text(&line)
        )
    });
    format!(
        "<details class=case data-verdict={word} data-topic=\"{}\"><summary><span class=\"mark v-{word}\"></span>\
         <code class=name>{}</code><span class=title>{}</span><span class=\"word v-{word}\">{word}</span></summary>\
         <div class=inner id=\"case-{}\">{expected}{why}{findings}{talk}{repeat}</div></details>",
        // Where its rules are: the topics of both profiles are one.
        text(view::topic(&case.id).trim_start_matches("hardened-")),
        text(&case.id),
        text(&case.title),
        slug(&case.id),
    )
}

/// What was found, rule by rule: the clause, the first findings, and the others folded.
fn findings(case: &CaseReport, rules: &BTreeMap<&str, &RuleReport>) -> String {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in case.findings.iter().take(FINDINGS) {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut out = String::new();
    for (name, found) in &by_rule {
        let clause = rules
            .get(name)
            .map_or_else(String::new, |rule| clause(rule));
        let (first, others) = found.split_at(found.len().min(SHOWN));
        let all = |found: &[&Finding]| -> String { found.iter().map(|one| finding(one)).collect() };
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<h4><a href=\"#rule-{}\"><code>{}</code></a></h4>{clause}{}",
            slug(name),
            text(name),
            all(first)
        );
        if !others.is_empty() {
            let _ = write!(
                out,
                "<details class=more><summary>{} more of this rule</summary>{}</details>",
                others.len(),
                all(others)
            );
        }
    }
    if case.findings.len() > FINDINGS {
        let more = case.findings.len() - FINDINGS;
        let _ = write!(out, "<p>And {more} more findings, in the JSON report.</p>");
    }
    out
}

/// One finding: where, what was expected and what was seen.
pub fn finding(finding: &Finding) -> String {
    let who = match finding.who.as_str() {
        "" => String::new(),
        who => format!(", {}", text(who)),
    };
    format!(
        "<div class=finding><p><b>{}</b> at step {}{who}</p>\
         <dl><dt>expected</dt><dd>{}</dd><dt>saw</dt><dd>{}</dd></dl></div>",
        finding.outcome.word(),
        finding.step.saturating_add(1),
        text(&finding.expected),
        text(&finding.seen)
    )
}
