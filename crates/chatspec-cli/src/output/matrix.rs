//! Reports of several servers: rules down, servers across.

pub mod badge;
pub mod html;
pub mod markdown;
mod merge;

use std::collections::BTreeMap;

use chatspec_judge::report::{Report, RuleReport};
use chatspec_judge::rule::Profile;
use chatspec_judge::verdict::Verdict;

use crate::output::view;

/// The table.
#[derive(Default)]
pub struct Matrix {
    columns: Vec<Column>,
}

/// What is known of one server by one yardstick. A server that was held to two profiles has two columns.
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its reports, merged.
    pub report: Report,
}

/// One line of the table.
pub struct Line<'a> {
    /// The rule, as the first server that was held to it has it.
    pub rule: &'a RuleReport,
    /// A verdict a server; `None` where its profile or revision has no such rule.
    pub verdicts: Vec<Option<Verdict>>,
}

impl Matrix {
    /// Adds a report. It merges with those of the same name, profile and revision.
    pub fn add(&mut self, name: &str, report: Report) {
        let same = |column: &&mut Column| {
            column.name == name
                && column.report.profile == report.profile
                && column.report.revision == report.revision
        };
        match self.columns.iter_mut().find(same) {
            Some(column) => merge::merge(&mut column.report, report),
            None => self.columns.push(Column {
                name: name.to_owned(),
                report,
            }),
        }
    }

    /// The servers, in the order in which they were named.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The lines, by topic and name.
    pub fn topics(&self) -> BTreeMap<&str, Vec<Line<'_>>> {
        let maps: Vec<BTreeMap<&str, &RuleReport>> = self.columns.iter().map(rules).collect();
        let mut first: BTreeMap<&str, &RuleReport> = BTreeMap::new();
        for (name, rule) in maps.iter().flatten() {
            first.entry(name).or_insert(rule);
        }
        let mut topics: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
        for (name, rule) in first {
            let verdicts = maps
                .iter()
                .map(|map| map.get(name).map(|rule| rule.verdict));
            let verdicts = verdicts.collect();
            topics
                .entry(view::topic(name))
                .or_default()
                .push(Line { rule, verdicts });
        }
        topics
    }

    /// What the columns differ in, so that nobody compares what cannot be compared.
    pub fn warnings(&self) -> Vec<&'static str> {
        let differ = |same: fn(&Report, &Report) -> bool| {
            self.columns
                .windows(2)
                .any(|two| !same(&two[0].report, &two[1].report))
        };
        let mut warnings = Vec::new();
        if differ(|a, b| a.revision == b.revision) {
            warnings.push("These servers were held to different revisions of the spec.");
        }
        if differ(|a, b| a.profile == b.profile) {
            warnings.push("These servers were held to different profiles.");
        }
        warnings
    }
}

impl Column {
    /// How many scored rules of exactly this profile hold, and of how many.
    pub fn held(&self, profile: Profile) -> (usize, usize) {
        let mine = |rule: &&RuleReport| rule.scored && rule.profile == profile;
        let mine: Vec<&RuleReport> = self.report.rules.iter().filter(mine).collect();
        let held = mine.iter().filter(|rule| view::holds(rule.verdict));
        (held.count(), mine.len())
    }

    /// `111 of 112`, or a dash for what the server was not held to.
    pub fn figure(&self, profile: Profile) -> String {
        match self.held(profile) {
            (_, 0) => "–".to_owned(),
            (held, all) => format!("{held} of {all}"),
        }
    }
}

fn rules(column: &Column) -> BTreeMap<&str, &RuleReport> {
    let rules = column.report.rules.iter();
    rules.map(|rule| (rule.name.as_str(), rule)).collect()
}
