//! What a person sees: a line per topic while it runs, then what went wrong, then the summary.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use chatspec_harness::drive::Stage;
use chatspec_harness::suite::{Case, Outcome};
use chatspec_judge::report::{CaseReport, Report};
use chatspec_judge::rule::{Profile, Rules, names};
use chatspec_judge::verdict::Verdict;
use indicatif::{ProgressBar, ProgressStyle};

use super::safe::safe;
use super::shorten::shorten;
use super::{diagram, flaky, known, trust, view};
use crate::args::Test;
use crate::data::plural;
use crate::output::out::outln;

const RED: Style = AnsiColor::Red.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// How the names of rules that bind clients begin: no run against a server says anything of them.
const CLIENTS: &str = "client.";

/// How often the bar is drawn at least.
const TICK: Duration = Duration::from_millis(500);

/// Prints a run as it goes.
pub struct Human {
    quiet: bool,
    trace: bool,
    rules: std::sync::Arc<Rules>,
    head: String,
    /// The command line that repeats a case, but for its id.
    repeat: String,
    /// Cases still to come, and verdicts so far, by topic.
    topics: BTreeMap<String, (usize, Vec<Verdict>)>,
    bar: Option<ProgressBar>,
}

/// The server, or all its nodes.
fn servers(stage: &Stage) -> String {
    let nodes = stage.nodes.iter().map(|node| safe(node.url.as_str()));
    let nodes: Vec<_> = nodes.collect();
    match nodes.is_empty() {
        true => safe(stage.target.url.as_str()),
        false => nodes.join(" "),
    }
}

impl Human {
    /// For a run of these cases.
    pub fn new(
        args: &Test,
        rules: &std::sync::Arc<Rules>,
        cases: &[Case],
        profile: Profile,
        stage: &Stage,
        repeat: &str,
        quiet: bool,
    ) -> Human {
        let mut topics: BTreeMap<String, (usize, Vec<Verdict>)> = BTreeMap::new();
        for case in cases {
            topics
                .entry(topic(&case.fixture.id).to_owned())
                .or_default()
                .0 += args.repeat as usize;
        }
        Human {
            quiet,
            trace: args.trace,
            rules: std::sync::Arc::clone(rules),
            head: format!(
                "chatspec {} · revision {} · profile {profile} · {} · seed {}",
                env!("CARGO_PKG_VERSION"),
                rules.revision(),
                servers(stage),
                stage.seed
            ),
            repeat: repeat.to_owned(),
            topics,
            bar: None,
        }
    }

    /// The probes are done.
    pub fn started(&mut self, cases: usize, in_order: Option<bool>) {
        // Also where stdout is taken by a report: who looks at the terminal sees that the run goes on.
        if std::io::stderr().is_terminal() {
            self.bar = Some(bar(cases));
        }
        if self.quiet {
            return;
        }
        self.tell(&self.head);
        if in_order == Some(false) {
            self.tell(&format!(
                "{YELLOW}note{YELLOW:#}: the server handles one connection's events out of order; silence proves nothing on it"
            ));
        }
    }

    /// A case has ended.
    pub fn done(&mut self, case: &CaseReport) {
        let name = topic(&case.id).to_owned();
        let Some((left, verdicts)) = self.topics.get_mut(&name) else {
            return;
        };
        *left -= 1;
        verdicts.push(case.verdict);
        if let Some(bar) = &self.bar {
            bar.inc(1);
            bar.set_message(name.clone());
        }
        if self.quiet {
            return;
        }
        // Topics end in any order; they are told in one.
        while let Some(entry) = self.topics.first_entry().filter(|entry| entry.get().0 == 0) {
            let (name, (_, verdicts)) = entry.remove_entry();
            self.tell(&topic_line(&name, &verdicts));
        }
    }

    /// Prints a line, above the bar where there is one.
    fn tell(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| outln!("{line}")),
            None => outln!("{line}"),
        }
    }

    /// The run has ended.
    pub fn finished(&mut self, report: &Report, outcome: &Outcome) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        if self.quiet {
            return;
        }
        // Where a run ends early, some topics still wait for an earlier one.
        for (name, (left, verdicts)) in std::mem::take(&mut self.topics) {
            if left == 0 {
                outln!("{}", topic_line(&name, &verdicts));
            }
        }
        if self.trace {
            for transcript in &outcome.transcripts {
                outln!("\n{}@{}", transcript.fixture, transcript.transport.word());
                let case = report.cases.iter().find(|case| {
                    case.id == format!("{}@{}", transcript.fixture, transcript.transport.word())
                });
                let findings = case
                    .map(|case| case.findings.as_slice())
                    .unwrap_or_default();
                for line in diagram::lines(&transcript.cut(200), findings) {
                    outln!("  {line}");
                }
            }
        }
        failures(&report.cases, &self.rules, &self.repeat);
        flaky::print(report);
        known::print(report);
        summary(report);
    }
}

/// How far a run has come. It is drawn again and again, so that a case which takes long is no standstill.
fn bar(cases: usize) -> ProgressBar {
    let bar = ProgressBar::new(cases as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}

/// The folder of a conversation, or the layer of a bad input.
fn topic(id: &str) -> &str {
    let depth = if id.starts_with("hostile/") { 1 } else { 0 };
    let end = id.match_indices('/').nth(depth).map(|(at, _)| at);
    &id[..end.unwrap_or(id.len())]
}

fn topic_line(name: &str, verdicts: &[Verdict]) -> String {
    let held = verdicts
        .iter()
        .filter(|verdict| **verdict <= Verdict::Warn)
        .count();
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|verdict| **verdict > Verdict::Pass) {
        *counts.entry(*verdict).or_default() += 1;
    }
    let rest: Vec<String> = counts
        .iter()
        .rev()
        .map(|(verdict, count)| format!("{count} {}", verdict.word()))
        .collect();
    let style = if held == verdicts.len() { GREEN } else { RED };
    let word = if held == verdicts.len() { "ok" } else { "no" };
    format!(
        "  {style}{word}{style:#} {name:<22} {held}/{} {}",
        verdicts.len(),
        rest.join(", ")
    )
}

/// Prints what went wrong, grouped by rule: clause, expected and seen, the conversation, how to repeat it. Of several
/// cases that show the same, one is printed in full.
pub fn failures(cases: &[CaseReport], rules: &Rules, repeat: &str) {
    let mut by_rule: BTreeMap<&str, Vec<&CaseReport>> = BTreeMap::new();
    for case in cases {
        for (rule, verdict) in &case.rules {
            let known = case.known.contains_key(rule);
            if matches!(verdict, Verdict::Fail | Verdict::Warn) && !known {
                by_rule.entry(rule).or_default().push(case);
            }
        }
        if let Some(error) = &case.error {
            outln!("\n{RED}ERROR{RED:#} {}: {}", case.id, safe(error));
        }
    }
    for (rule, broken) in by_rule {
        failure(rule, &broken, rules, repeat);
    }
}

fn failure(rule: &str, broken: &[&CaseReport], rules: &Rules, repeat: &str) {
    let case = broken[0];
    let failed = case.rules.get(rule) == Some(&Verdict::Fail);
    let (style, word) = if failed {
        (RED, "FAIL")
    } else {
        (YELLOW, "WARN")
    };
    let newer = match rules.asks_for(rule) {
        true => String::new(),
        false if rule.starts_with(names::CLUSTER) => {
            " (not scored: no server has to have several nodes)".to_owned()
        }
        false => format!(" (not scored: newer than revision {})", rules.revision()),
    };
    outln!("\n{style}{word}{style:#} {rule}{newer}");
    if let Some(known) = rules.find(rule) {
        outln!("{}", wrap(&known.text, "    ", 110));
        outln!(
            "    {DIM}{} {}, {}:{}{DIM:#}",
            known.profile,
            known.keyword.text(),
            known.file,
            known.line
        );
    }
    outln!("  in {}: {}", case.id, safe(&case.title));
    if !case.nodes.is_empty() {
        let seats = case.nodes.iter().map(|(who, node)| format!("{who} {node}"));
        outln!("  on node  {}", seats.collect::<Vec<_>>().join(", "));
    }
    for finding in case
        .findings
        .iter()
        .filter(|finding| finding.rule == rule)
        .take(3)
    {
        let who = if finding.who.is_empty() {
            String::new()
        } else {
            format!(" ({})", finding.who)
        };
        outln!(
            "  step {}{who}: {}",
            finding.step + 1,
            finding.outcome.word()
        );
        outln!("    expected  {}", safe(&finding.expected));
        outln!("    saw       {}", safe(&finding.seen));
    }
    if let Some(transcript) = &case.transcript {
        let mine: Vec<_> = case
            .findings
            .iter()
            .filter(|finding| finding.rule == rule)
            .cloned()
            .collect();
        let last = mine
            .iter()
            .map(|finding| finding.step)
            .max()
            .unwrap_or(usize::MAX);
        let mut until = transcript.clone();
        until.entries.retain(|entry| {
            entry.step <= last || mine.iter().any(|finding| finding.step == entry.step)
        });
        outln!();
        // Marks refer to entries by index: they are found again in the shortened transcript, which keeps a prefix.
        let lines = diagram::lines(&until, &remark(transcript, &until, &mine));
        for line in shorten(lines, diagram::is_marked) {
            outln!("    {line}");
        }
    }
    if broken.len() > 1 {
        let others: Vec<&str> = broken[1..]
            .iter()
            .take(6)
            .map(|case| case.id.as_str())
            .collect();
        let more = broken.len() - 1 - others.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        outln!("  also in {}{more}", others.join(", "));
    }
    if !repeat.is_empty() {
        outln!("  repeat: {repeat} --case '{}'", case.id);
    }
}

fn remark(
    whole: &chatspec_judge::transcript::Transcript,
    kept: &chatspec_judge::transcript::Transcript,
    findings: &[chatspec_judge::finding::Finding],
) -> Vec<chatspec_judge::finding::Finding> {
    findings
        .iter()
        .cloned()
        .map(|mut finding| {
            let entry = finding.entry.and_then(|index| whole.entries.get(index));
            finding.entry =
                entry.and_then(|entry| kept.entries.iter().position(|other| other == entry));
            finding
        })
        .collect()
}

fn summary(report: &Report) {
    let scored = || report.rules.iter().filter(|rule| rule.scored);
    let count = |verdict: Verdict| scored().filter(|rule| rule.verdict == verdict).count();
    outln!();
    let verdicts = [
        Verdict::Fail,
        Verdict::Error,
        Verdict::Blocked,
        Verdict::Inconclusive,
        Verdict::Unverified,
        Verdict::Warn,
    ];
    let mut parts = vec![format!("{} hold", count(Verdict::Pass))];
    parts.extend(
        verdicts
            .iter()
            .filter(|v| count(**v) > 0)
            .map(|v| format!("{} {}", count(*v), v.word())),
    );
    let cases = report.cases.len();
    outln!(
        "{} of {} in {}: {}",
        plural(scored().count(), "scored rule"),
        report.profile,
        plural(cases, "case"),
        parts.join(", ")
    );
    if !report.summary.inputs.is_empty() {
        outln!("{}", inputs(&report.summary.inputs));
    }
    for (reason, rules) in view::not_verified(report) {
        let (clients, others): (Vec<&str>, Vec<&str>) = rules
            .into_iter()
            .partition(|rule| rule.starts_with(CLIENTS));
        if !others.is_empty() {
            let others = format!("{} ({})", others.join(", "), safe(reason));
            outln!("{DIM}not verified: {}{DIM:#}", wrap(&others, "", 110));
        }
        if !clients.is_empty() {
            outln!(
                "{DIM}not verified: {} of {CLIENTS}* are for `chatspec test-client`{DIM:#}",
                plural(clients.len(), "rule")
            );
        }
    }
    trust::print(report);
    if report.summary.aborted {
        outln!("{YELLOW}interrupted{YELLOW:#}: what had not ended is missing");
    }
    match report.conformant {
        Some(true) => outln!("{GREEN}conforms{GREEN:#} to {}", report.profile),
        Some(false) => outln!("{RED}does not conform{RED:#} to {}", report.profile),
        None if report.summary.filtered => {
            outln!("a filtered run says nothing about conformance")
        }
        None => outln!("{YELLOW}not everything could be verified{YELLOW:#}"),
    }
}

/// `inputs: 3, http 1, polling 2`: how many of each layer; one counts once on however many transports.
pub fn inputs(layers: &BTreeMap<String, usize>) -> String {
    let total: usize = layers.values().sum();
    let layers = layers
        .iter()
        .map(|(layer, count)| format!(", {layer} {count}"));
    format!("inputs: {total}{}", layers.collect::<String>())
}

/// Words of `text` in lines of at most `width` characters, each after `indent`.
pub fn wrap(text: &str, indent: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + word.chars().count() + indent.len() >= width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
        .iter()
        .map(|line| format!("{indent}{line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
