//! What bad inputs add to a run.

use std::collections::BTreeMap;
use std::sync::Arc;

use chatspec_harness::suite::Case;
use chatspec_judge::fixture::{Fixture, hostile};
use chatspec_judge::rule::{Rules, names};

use crate::args::Test;
use crate::data::Data;
use crate::exit::Failure;
use crate::output::human;
use crate::output::out::outln;

/// The rules of bad inputs begin with this word.
const TOPIC: &str = "robust.";

/// Everything that this suite can play.
pub fn fixtures(args: &Test, data: &Data, rules: &Rules) -> Result<Vec<Arc<Fixture>>, Failure> {
    let mut fixtures = Vec::new();
    if args.suite.has_conversations() {
        fixtures.extend(data.fixtures(rules)?);
    }
    if args.suite.has_hostile() {
        fixtures.extend(data.hostile(rules)?);
    }
    Ok(fixtures)
}

/// The inputs among the cases, by layer.
pub fn inputs(cases: &[Case]) -> BTreeMap<String, usize> {
    hostile::by_layer(cases.iter().map(|case| case.fixture.as_ref()))
}

/// Prints their number.
pub fn announce(cases: &[Case]) {
    let inputs = inputs(cases);
    if !inputs.is_empty() {
        outln!("{}", human::inputs(&inputs));
    }
}

/// Rules that this run cannot score, with the reason.
pub fn unscored(args: &Test, rules: &Rules) -> BTreeMap<String, String> {
    let mut unscored = BTreeMap::new();
    for rule in rules.iter() {
        let of_inputs = rule.name.starts_with(TOPIC);
        let several = rule.name.starts_with(names::CLUSTER);
        let reason = if several && args.url.len() < 2 {
            "needs several nodes: chatspec test URL1 URL2"
        } else if of_inputs && !args.suite.has_hostile() {
            "bad inputs: --suite hostile or all"
        } else if !of_inputs && !args.suite.has_conversations() {
            "conversations: --suite conversations or all"
        } else if names::PROCESS_ORACLE.contains(&rule.name.as_str()) && args.pid.is_none() {
            "needs a look at the server's process: --pid"
        } else {
            continue;
        };
        unscored.insert(rule.name.clone(), reason.to_owned());
    }
    unscored
}
