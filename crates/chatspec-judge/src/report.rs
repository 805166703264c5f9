//! The report: the one truth that every other format is derived from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::Judgement;
use crate::finding::Finding;
use crate::fixture::TransportName;
use crate::rule::requirements::Requirements;
use crate::rule::{Keyword, Level, Profile, Rules};
use crate::transcript::Transcript;
use crate::verdict::Verdict;

/// What a run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Version of the suite.
    pub chatspec: String,
    /// Revision of the spec that the server is scored by.
    pub revision: String,
    /// The profile that the server was held to.
    pub profile: Profile,
    /// True only where every scored MUST ran and held; null for a filtered run that held, and for one that could not
    /// verify everything.
    pub conformant: Option<bool>,
    /// Counts, and what was not verified.
    pub summary: Summary,
    /// One entry a rule of the profile, sorted by name.
    pub rules: Vec<RuleReport>,
    /// One entry a conversation and transport, sorted.
    pub cases: Vec<CaseReport>,
}

/// Counts, and what was not verified.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The URL that was tested.
    pub target: String,
    /// The seed of names and rooms; `--seed` repeats the run.
    pub seed: u64,
    /// Whether `--case`, `--rule`, `--skip`, `--level` or `--transport` left something out.
    pub filtered: bool,
    /// Whether the run was interrupted: then cases are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aborted: bool,
    /// The command line that plays a case again, but for its `--case`; empty where nobody knows it.
    #[serde(default)]
    pub repeat: String,
    /// The URLs of all nodes, where there are several; cases name them by their place here, from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<String>,
    /// Whether the server handles one connection's events in order; null where it was not asked.
    pub in_order: Option<bool>,
    /// Cases by verdict.
    pub cases: BTreeMap<Verdict, usize>,
    /// Rules by verdict.
    pub rules: BTreeMap<Verdict, usize>,
    /// Bad inputs that were played, by layer; one counts once on however many transports.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, usize>,
    /// Rules of the profile that this run did not verify, with the reason.
    pub not_verified: BTreeMap<String, String>,
    /// How the run compares with a baseline; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Compared>,
    /// Verdicts of each case over the repetitions; only of cases whose verdicts differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flaky: BTreeMap<String, BTreeMap<Verdict, usize>>,
}

/// How a run compares with the failures that a baseline knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// The baseline's path, as given.
    pub file: String,
    /// Failures that it knows, a rule of a case each.
    pub known: usize,
    /// Entries that are stale or name what does not exist, one line each, with place and mend.
    pub wrong: Vec<String>,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleReport {
    /// Its name.
    pub name: String,
    /// Its keyword.
    pub level: Keyword,
    /// Its profile.
    pub profile: Profile,
    /// Its sentence, as Markdown, on one line.
    #[serde(default)]
    pub text: String,
    /// Where it stands, from the root of the project.
    #[serde(default)]
    pub file: String,
    /// Line of its name in that file, from 1.
    #[serde(default)]
    pub line: u32,
    /// The worst verdict of its cases.
    pub verdict: Verdict,
    /// Whether it counts for conformance in this run: a rule that is newer than the revision does not.
    pub scored: bool,
    /// Ids of its cases, `fixture@transport`.
    pub cases: Vec<String>,
}

/// What became of one conversation on one transport.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseReport {
    /// `fixture@transport`.
    pub id: String,
    /// The fixture's title.
    pub title: String,
    /// The transport.
    pub transport: TransportName,
    /// Which node each participant sat on, where there are several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, usize>,
    /// The worst verdict of its rules.
    pub verdict: Verdict,
    /// Verdict per rule.
    pub rules: BTreeMap<String, Verdict>,
    /// Violations.
    pub findings: Vec<Finding>,
    /// The rule on whose failure the blocked ones rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<String>,
    /// Why the suite could not play or judge it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was sent and seen, long strings cut; only where the verdict is no pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Transcript>,
    /// Rules whose failure here the baseline knows, or whose verdict rests on such a failure; with the reason. Their
    /// verdict stays what it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<String, String>,
    /// What the network did to it, where its verdict rests on that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// Whether the server refused what the suite sent as too much (code 30), so that its verdict rests on that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limited: bool,
}

impl CaseReport {
    /// The report of one judged case. Transcripts are kept, cut, where something went wrong.
    pub fn new(
        fixture: &str,
        title: &str,
        transport: TransportName,
        judged: Judgement,
        transcript: &Transcript,
    ) -> CaseReport {
        let keep = judged.verdict > Verdict::Pass;
        CaseReport {
            id: format!("{fixture}@{}", transport.word()),
            title: title.to_owned(),
            transport,
            nodes: transcript.nodes.clone(),
            verdict: judged.verdict,
            rules: judged.rules,
            findings: judged.findings,
            blocked_by: judged.blocked_by,
            error: judged.error,
            transcript: keep.then(|| transcript.cut(200)),
            known: BTreeMap::new(),
            network: transcript.network.clone(),
            limited: judged.limited,
        }
    }
}

/// What a run was asked for.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Version of the suite.
    pub version: String,
    /// The claim.
    pub profile: Profile,
    /// The URL.
    pub target: String,
    /// The URLs of all nodes, where there are several.
    pub nodes: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Whether something was left out.
    pub filtered: bool,
    /// Whether it was interrupted.
    pub aborted: bool,
    /// The command line that repeats it, but for `--case`.
    pub repeat: String,
    /// Whether slow rules are scored.
    pub slow: bool,
    /// Whether a SHOULD counts as a MUST.
    pub strict: bool,
    /// The ordering probe's answer.
    pub in_order: Option<bool>,
    /// Bad inputs that were played, by layer.
    pub inputs: BTreeMap<String, usize>,
    /// Rules that this run cannot score, with the reason: those of a suite that is not part of it, or that need a look at the
    /// server's process.
    pub unscored: BTreeMap<String, String>,
}

impl Report {
    /// Merges judged cases into verdicts per rule.
    pub fn new(run: &Run, rules: &Rules, mut cases: Vec<CaseReport>) -> Report {
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        let rules: Vec<RuleReport> = rules
            .iter()
            .filter(|rule| run.profile.includes(rule.profile))
            .map(|rule| merge(run, rule, rules.asks_for(&rule.name), &cases))
            .collect();
        let mut summary = Summary {
            target: run.target.clone(),
            seed: run.seed,
            filtered: run.filtered,
            aborted: run.aborted,
            repeat: run.repeat.clone(),
            in_order: run.in_order,
            inputs: run.inputs.clone(),
            nodes: run.nodes.clone(),
            ..Summary::default()
        };
        for rule in rules
            .iter()
            .filter(|rule| rule.verdict == Verdict::Unverified)
        {
            if let Some(reason) = run.unscored.get(&rule.name) {
                summary
                    .not_verified
                    .insert(rule.name.clone(), reason.clone());
            }
        }
        for case in &cases {
            *summary.cases.entry(case.verdict).or_default() += 1;
        }
        for rule in &rules {
            *summary.rules.entry(rule.verdict).or_default() += 1;
        }
        let mut report = Report {
            chatspec: run.version.clone(),
            revision: String::new(),
            profile: run.profile,
            conformant: None,
            summary,
            rules,
            cases,
        };
        report.conformant = report.conformant(run);
        report
    }

    fn conformant(&self, run: &Run) -> Option<bool> {
        let scored = || self.rules.iter().filter(|rule| rule.scored);
        if scored().any(|rule| failed(rule, run.strict)) {
            return Some(false);
        }
        let all = scored()
            .filter(|rule| rule.level.level() == Level::Must)
            .all(|rule| rule.verdict <= Verdict::Warn);
        (all && !run.filtered && !run.aborted && !self.cases.is_empty()).then_some(true)
    }

    /// Names the reasons why rules were not verified.
    #[must_use]
    pub fn explained(mut self, rules: &Rules, slow: bool) -> Report {
        self.revision = rules.revision().to_owned();
        for rule in self
            .rules
            .iter()
            .filter(|rule| rule.verdict == Verdict::Unverified)
        {
            let known = rules.find(&rule.name);
            let reason = match known {
                Some(rule) if rule.untested.is_some() => rule.untested.clone().unwrap_or_default(),
                Some(rule) if rule.slow && !slow => {
                    "slow: needs a heartbeat to run out (--slow)".to_owned()
                }
                _ if rule.cases.is_empty() && self.summary.aborted => {
                    "the run was interrupted before a case came to it".to_owned()
                }
                _ if rule.cases.is_empty() => "no case of this run covers it".to_owned(),
                _ => "no case of this run came to it".to_owned(),
            };
            let known = self.summary.not_verified.entry(rule.name.clone());
            known.or_insert(reason);
        }
        self
    }

    /// The exit code of the command line.
    pub fn exit_code(&self, strict: bool) -> u8 {
        if self.cases.is_empty() {
            return 4;
        }
        if self.cases.iter().any(|case| case.error.is_some()) {
            return 3;
        }
        let scored: Vec<(&RuleReport, Verdict)> = self
            .rules
            .iter()
            .filter(|rule| rule.scored)
            .map(|rule| (rule, self.unexpected(rule)))
            .collect();
        let wrong = |compared: &Compared| !compared.wrong.is_empty();
        if self.summary.baseline.as_ref().is_some_and(wrong)
            || scored.iter().any(|(_, verdict)| fails(*verdict, strict))
        {
            return 1;
        }
        let unsure = |(rule, verdict): &(&RuleReport, Verdict)| {
            matches!(
                verdict,
                Verdict::Inconclusive | Verdict::Blocked | Verdict::Error
            ) || (*verdict == Verdict::Unverified
                && (!self.summary.filtered || !rule.cases.is_empty()))
        };
        if scored.iter().any(unsure) { 5 } else { 0 }
    }

    /// The verdict of a rule without the cases in which the baseline knows it.
    pub fn unexpected(&self, rule: &RuleReport) -> Verdict {
        let mine = || {
            self.cases
                .iter()
                .filter(|case| case.rules.contains_key(&rule.name))
        };
        if mine().all(|case| case.known.is_empty()) {
            return rule.verdict;
        }
        mine()
            .filter(|case| !case.known.contains_key(&rule.name))
            .map(|case| case.rules[&rule.name])
            .fold(Verdict::Observed, Verdict::merge)
    }
}

fn failed(rule: &RuleReport, strict: bool) -> bool {
    fails(rule.verdict, strict)
}

/// Whether a verdict is a failure: that of a violated SHOULD is one under `--strict`.
pub fn fails(verdict: Verdict, strict: bool) -> bool {
    verdict == Verdict::Fail || (strict && verdict == Verdict::Warn)
}

fn merge(run: &Run, rule: &crate::rule::Rule, asked: bool, cases: &[CaseReport]) -> RuleReport {
    let mine: Vec<&CaseReport> = cases
        .iter()
        .filter(|case| case.rules.contains_key(&rule.name))
        .collect();
    let verdict = mine
        .iter()
        .map(|case| case.rules[&rule.name])
        .reduce(Verdict::merge)
        .unwrap_or(match rule.keyword {
            Keyword::May => Verdict::Observed,
            _ => Verdict::Unverified,
        });
    // Evidence against a rule counts, whichever suite it comes from.
    let scored = asked
        && Requirements::takes(rule)
        && (!rule.slow || run.slow)
        && (!run.unscored.contains_key(&rule.name)
            || matches!(verdict, Verdict::Fail | Verdict::Warn));
    RuleReport {
        name: rule.name.clone(),
        level: rule.keyword,
        profile: rule.profile,
        text: rule.text.clone(),
        file: rule.file.clone(),
        line: rule.line,
        verdict,
        scored,
        cases: mine.iter().map(|case| case.id.clone()).collect(),
    }
}
