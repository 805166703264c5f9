//! Which conversations run.

use std::collections::BTreeSet;
use std::sync::Arc;

use chatspec_harness::suite::Case;
use chatspec_judge::fixture::{Fixture, TransportName};
use chatspec_judge::rule::{Profile, Rules};
use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::args::Test;
use crate::exit::Failure;

/// The selected cases, and whether anything of the profile was left out.
pub struct Selection {
    pub cases: Vec<Case>,
    pub filtered: bool,
    /// Ids of every case that there is, of whatever profile.
    pub every: BTreeSet<String>,
}

/// Every fixture of the profile on every transport, less what the arguments leave out.
pub fn select(
    args: &Test,
    profile: Profile,
    fixtures: Vec<Arc<Fixture>>,
    rules: &Rules,
) -> Result<Selection, Failure> {
    let (only_cases, only_rules, skip) =
        (globs(&args.case)?, globs(&args.rule)?, globs(&args.skip)?);
    let mut cases = Vec::new();
    let mut left_out = false;
    let every = ids(&fixtures).collect();
    // What is not played is dropped at once: all bad inputs take tens of megabytes.
    let eligible = fixtures
        .into_iter()
        .filter(|fixture| args.slow || !fixture.slow)
        .filter(|fixture| fixture.nodes() <= args.url.len().max(1))
        .filter_map(|fixture| match (&fixture.input, profile) {
            // Of a bad input a server answers for what its profile says.
            (Some(_), Profile::Core) => fixture.claimed(profile).map(Arc::new),
            _ => profile.includes(fixture.profile).then_some(fixture),
        });
    for fixture in eligible {
        for transport in &fixture.transports {
            let id = format!("{}@{}", fixture.id, transport.word());
            // `#P-03` alone names an input, wherever it stands.
            let input = fixture.input.as_ref().map(|input| format!("#{}", input.id));
            let named = |set: &GlobSet| {
                set.is_match(&id)
                    || set.is_match(&fixture.id)
                    || input.as_ref().is_some_and(|input| set.is_match(input))
            };
            let scored = |set: &GlobSet| fixture.rules.iter().any(|rule| set.is_match(rule));
            let weighs = args.level.is_none_or(|level| {
                fixture.rules.iter().any(|rule| {
                    rules
                        .find(rule)
                        .is_some_and(|rule| rule.keyword.level() <= level)
                })
            });
            let chosen = (args.case.is_empty() || named(&only_cases))
                && (args.rule.is_empty() || scored(&only_rules))
                && !named(&skip)
                && !scored(&skip)
                && weighs
                && args.transport.contains(transport);
            if chosen {
                cases.push(Case {
                    fixture: Arc::clone(&fixture),
                    transport: *transport,
                });
            } else {
                left_out = true;
            }
        }
    }
    let all = TransportName::ALL
        .iter()
        .all(|transport| args.transport.contains(transport));
    Ok(Selection {
        cases,
        filtered: left_out || !all,
        every,
    })
}

/// Ids of everything that these can be played as.
pub fn ids(fixtures: &[Arc<Fixture>]) -> impl Iterator<Item = String> {
    fixtures.iter().flat_map(|fixture| {
        let on = |transport: &TransportName| format!("{}@{}", fixture.id, transport.word());
        fixture.transports.iter().map(on)
    })
}

fn globs(patterns: &[String]) -> Result<GlobSet, Failure> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern).map_err(|error| {
            Failure::usage(format!("read the pattern {pattern:?}: {}", error.kind()))
        })?;
        set.add(glob);
    }
    set.build()
        .map_err(|error| Failure::usage(format!("read the patterns: {error}")))
}
