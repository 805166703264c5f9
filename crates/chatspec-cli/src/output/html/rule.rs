//! Rules, by topic: the topics and rules in trouble first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chatspec_judge::report::{CaseReport, Report, RuleReport};
use chatspec_judge::verdict::Verdict;

use super::text::{sentence, slug, text};
use crate::output::view;

/// Every rule of the profile.
pub fn topics(report: &Report) -> String {
    let mut topics: BTreeMap<&str, Vec<&RuleReport>> = BTreeMap::new();
    for rule in &report.rules {
        topics
            .entry(view::topic(&rule.name))
            .or_default()
            .push(rule);
    }
    let cases: BTreeMap<&str, &CaseReport> = report
        .cases
        .iter()
        .map(|case| (case.id.as_str(), case))
        .collect();
    let mut topics: Vec<_> = topics.into_iter().collect();
    topics.sort_by_key(|(name, rules)| (Reverse(trouble(rules)), *name));
    let sections: String = topics
        .into_iter()
        .map(|(name, rules)| topic(name, rules, &cases))
        .collect();
    format!("<section class=rules><h2>Rules</h2><div class=topics>{sections}</div></section>")
}

/// What a topic is sorted by: an unverified rule is no trouble.
fn trouble(rules: &[&RuleReport]) -> Verdict {
    let worst = rules.iter().map(|rule| rule.verdict).max();
    match worst {
        Some(worst) if worst > Verdict::Unverified => worst,
        Some(Verdict::Warn) => Verdict::Warn,
        _ => Verdict::Pass,
    }
}

fn topic(name: &str, mut rules: Vec<&RuleReport>, cases: &BTreeMap<&str, &CaseReport>) -> String {
    rules.sort_by_key(|rule| (Reverse(rule.verdict.max(Verdict::Pass)), rule.name.as_str()));
    let scored = rules.iter().filter(|rule| rule.scored).count();
    let held = rules
        .iter()
        .filter(|rule| rule.scored && view::holds(rule.verdict))
        .count();
    let (mark, count) = match (trouble(&rules), scored) {
        (Verdict::Pass, 0) => (Verdict::Unverified, "not scored".to_owned()),
        (Verdict::Pass, _) if held == 0 => (Verdict::Unverified, format!("0 of {scored} hold")),
        (worst, _) => (worst, format!("{held} of {scored} hold")),
    };
    let open = if trouble(&rules) > Verdict::Pass {
        " open"
    } else {
        ""
    };
    let inner: String = rules.iter().map(|rule| self::rule(rule, cases)).collect();
    format!(
        "<details class=topic{open}><summary><span class=\"mark v-{}\"></span><h3>{}</h3>\
         <span class=count>{count}</span></summary>{inner}</details>",
        mark.word(),
        text(name),
    )
}

fn rule(rule: &RuleReport, cases: &BTreeMap<&str, &CaseReport>) -> String {
    let mine: Vec<(&str, Verdict)> = rule
        .cases
        .iter()
        .map(|id| {
            let case = cases.get(id.as_str());
            let verdict = case.and_then(|case| case.rules.get(&rule.name)).copied();
            (id.as_str(), verdict.unwrap_or(Verdict::Unverified))
        })
        .collect();
    let held = mine
        .iter()
        .filter(|(_, verdict)| *verdict <= Verdict::Pass)
        .count();
    let count = match mine.len() {
        0 => "no case".to_owned(),
        all => format!("{held} of {all}"),
    };
    let ids: String = mine
        .iter()
        .map(|(id, verdict)| {
            let shown = format!(
                "<span class=\"mark v-{}\"></span>{}",
                verdict.word(),
                text(id)
            );
            match cases
                .get(id)
                .is_some_and(|case| case.verdict > Verdict::Pass)
            {
                true => format!("<li><a href=\"#case-{}\">{shown}</a></li>", slug(id)),
                false => format!("<li>{shown}</li>"),
            }
        })
        .collect();
    let ids = match ids.is_empty() {
        true => String::new(),
        false => format!("<ul class=ids>{ids}</ul>"),
    };
    let word = rule.verdict.word();
    let unscored = if rule.scored {
        ""
    } else {
        "<span class=tag>not scored</span>"
    };
    format!(
        "<details class=rule data-verdict={word} data-profile={} data-topic=\"{}\"><summary><span class=\"mark v-{word}\"></span>\
         <code class=name>{}</code><span class=tags><span class=tag>{}</span><span class=tag>{}</span>{unscored}</span>\
         <span class=end><span class=count>{count}</span><span class=\"word v-{word}\">{word}</span></span></summary>\
         <div class=inner id=\"rule-{}\">{}{}{ids}</div></details>",
        rule.profile,
        text(view::topic(&rule.name)),
        text(&rule.name),
        rule.level.text(),
        rule.profile,
        slug(&rule.name),
        clause(rule),
        seen(rule, cases),
    )
}

/// The sentence, and where it stands.
pub fn clause(rule: &RuleReport) -> String {
    if rule.text.is_empty() {
        return String::new();
    }
    let place = match rule.file.as_str() {
        "" => String::new(),
        file => format!("<cite>{}:{}</cite>", text(file), rule.line),
    };
    format!("<blockquote>{}{place}</blockquote>", sentence(&rule.text))
}

/// What the first case that violates it has seen.
fn seen(rule: &RuleReport, cases: &BTreeMap<&str, &CaseReport>) -> String {
    let broken = |verdict: &Verdict| matches!(verdict, Verdict::Fail | Verdict::Warn);
    let first = rule
        .cases
        .iter()
        .filter_map(|id| cases.get(id.as_str()))
        .find(|case| case.rules.get(&rule.name).is_some_and(broken));
    first.map_or_else(String::new, |case| {
        view::findings(case, &rule.name)
            .take(2)
            .map(super::case::finding)
            .collect()
    })
}
