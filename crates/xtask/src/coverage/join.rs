//! Rules, runs and faults, joined.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::rule::{Level, Rule};
use chatspec_judge::verdict::Verdict;

use super::source::Source;

/// What is known of every rule.
pub struct Coverage {
    /// In the order of the spec.
    pub rules: Vec<Covered>,
    /// Faults in `faults.toml`, and how many of them the kill matrix has.
    pub faults: Shown,
}

/// How many faults there are, and how many the committed kill matrix shows to be caught.
pub struct Shown {
    /// All faults.
    pub all: usize,
    /// Those with a row in the matrix; none where there is no matrix.
    pub in_matrix: Option<usize>,
}

/// One rule.
pub struct Covered {
    /// The rule.
    pub rule: Rule,
    /// Whether it is tested.
    pub state: State,
    /// The fixtures that cite it and that came to it, or that are played with `--slow` alone, in order.
    pub fixtures: Vec<String>,
    /// The transports on which the run came to it.
    pub transports: Vec<String>,
    /// Whether it is judged in every conversation, beyond the fixtures that cite it.
    pub invariant: bool,
    /// The faults that break it.
    pub faults: Vec<String>,
}

/// Whether a rule is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The run came to it.
    Tested,
    /// Only a run with `--slow` comes to it.
    Slow,
    /// It binds clients, and scripts of `chatspec test-client` test it.
    Client,
    /// It binds the nodes of one server, and fixtures test it that are played on several; this run had one.
    Nodes,
    /// No case of the run came to it.
    Untested,
    /// No conversation can, for this reason.
    NotTestable(String),
}

impl State {
    /// The word in both documents.
    pub fn word(&self) -> &'static str {
        match self {
            State::Tested => "tested",
            State::Slow => "tested with --slow",
            State::Client => "tested on clients",
            State::Nodes => "tested on several nodes",
            State::Untested => "untested",
            State::NotTestable(_) => "not testable",
        }
    }
}

impl Coverage {
    /// Joins.
    pub fn new(source: &Source) -> Coverage {
        let came_to = came_to(source);
        let all: BTreeSet<&String> = source.faults.values().flatten().collect();
        let in_matrix = source.matrix.as_ref().map(|matrix| {
            let row = |name: &&&String| matrix.contains(&format!("\n| `{name}` |"));
            all.iter().filter(row).count()
        });
        Coverage {
            rules: source
                .rules
                .iter()
                .map(|rule| covered(rule, source, &came_to))
                .collect(),
            faults: Shown {
                all: all.len(),
                in_matrix,
            },
        }
    }

    /// The MUSTs that no fault breaks, of those that the suite can fail without `--slow`.
    pub fn unbroken(&self) -> impl Iterator<Item = &Covered> {
        self.rules.iter().filter(|covered| {
            covered.rule.keyword.level() == Level::Must
                && covered.state == State::Tested
                && covered.faults.is_empty()
        })
    }

    /// How many rules are in each state.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let words = [
            State::Tested,
            State::Slow,
            State::Client,
            State::Nodes,
            State::Untested,
            State::NotTestable(String::new()),
        ];
        let mut counts: BTreeMap<&str, usize> =
            words.iter().map(|state| (state.word(), 0)).collect();
        for covered in &self.rules {
            *counts.entry(covered.state.word()).or_default() += 1;
        }
        counts
    }
}

/// Fixture and transport of every case that came to a rule, by rule.
type CameTo<'a> = BTreeMap<&'a str, BTreeSet<(&'a str, &'a str)>>;

fn came_to(source: &Source) -> CameTo<'_> {
    let mut came_to = CameTo::new();
    for case in source.reports.iter().flat_map(|report| &report.cases) {
        // `hostile/polling/malformed#P-03@polling`: the file is what a reader opens.
        let fixture = case.id.split(['#', '@']).next().unwrap_or_default();
        let judged = case.rules.iter().filter(|(_, verdict)| {
            matches!(
                verdict,
                Verdict::Observed | Verdict::Pass | Verdict::Warn | Verdict::Fail
            )
        });
        for (rule, _) in judged {
            let places = came_to.entry(rule.as_str()).or_default();
            places.insert((fixture, case.transport.word()));
        }
    }
    came_to
}

fn covered(rule: &Rule, source: &Source, came_to: &CameTo<'_>) -> Covered {
    let name = rule.name.as_str();
    let invariant = chatspec_judge::rule::names::INVARIANTS.contains(&name);
    let cites = |fixture: &str| {
        let head = source.fixtures.get(fixture);
        head.is_some_and(|head| head.rules.iter().any(|cited| cited == name))
    };
    let places = came_to.get(name);
    let played: BTreeSet<&str> = places
        .into_iter()
        .flatten()
        .map(|(fixture, _)| *fixture)
        .collect();
    let mut fixtures: BTreeSet<String> = played
        .iter()
        .filter(|fixture| cites(fixture))
        .map(|f| (*f).to_owned())
        .collect();
    let slow = source
        .fixtures
        .iter()
        .filter(|(id, head)| head.slow && cites(id));
    fixtures.extend(slow.map(|(id, _)| id.clone()));
    // No run against a server says anything of these.
    let binds_clients = name.starts_with("client.");
    // A run against one node comes to none of these.
    let binds_nodes = name.starts_with(chatspec_judge::rule::names::CLUSTER);
    if binds_nodes {
        let citing = source.fixtures.keys().filter(|id| cites(id));
        fixtures.extend(citing.cloned());
    }
    fixtures.extend(source.scripts.get(name).into_iter().flatten().cloned());
    let state = match &rule.untested {
        _ if binds_clients && fixtures.is_empty() => State::Untested,
        _ if binds_clients => State::Client,
        Some(reason) => State::NotTestable(reason.clone()),
        None if !played.is_empty() => State::Tested,
        None if binds_nodes && !fixtures.is_empty() => State::Nodes,
        None if !fixtures.is_empty() => State::Slow,
        None => State::Untested,
    };
    let transports: BTreeSet<&str> = places
        .into_iter()
        .flatten()
        .map(|(_, transport)| *transport)
        .collect();
    Covered {
        rule: rule.clone(),
        state,
        fixtures: fixtures.into_iter().collect(),
        transports: transports.into_iter().map(str::to_owned).collect(),
        invariant,
        faults: source.faults.get(name).cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
