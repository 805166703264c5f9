//! Plays histories, many at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use chatspec_harness::drive::{Hasty, Stage};
use chatspec_harness::suite::{self, Case, Options};
use chatspec_judge::fixture::{self, Fixture, TransportName};
use chatspec_judge::model::{History, conversation};
use chatspec_judge::report::CaseReport;
use chatspec_judge::rule::{Profile, Rules};
use chatspec_judge::shape::Shapes;
use chatspec_judge::verdict::Verdict;

use crate::command::test;
use crate::exit::Failure;

/// What histories are played with.
pub struct Player {
    pub stage: Stage,
    pub profile: Profile,
    pub rules: Arc<Rules>,
    pub shapes: Arc<Shapes>,
    /// At a time.
    pub jobs: usize,
    /// So many have been played: each play has names of its own, also of the same history.
    pub numbers: u64,
}

/// A history, and what became of it.
pub struct Played {
    pub seed: u64,
    pub history: History,
    pub report: CaseReport,
}

impl Player {
    /// Plays these, each with the seed that it comes from; what comes back is in the same order.
    ///
    /// # Errors
    /// The server cannot be reached, or a history makes no fixture.
    pub async fn play(&mut self, histories: Vec<(u64, History)>) -> Result<Vec<Played>, Failure> {
        let mut cases = Vec::new();
        let mut by_id = BTreeMap::new();
        for (seed, history) in histories {
            self.numbers += 1;
            let id = format!("explore/{:09}-{seed}", self.numbers);
            let fixture = Arc::new(self.fixture(&history, &id)?);
            by_id.insert(id, (seed, history));
            cases.push(Case {
                fixture,
                transport: TransportName::Websocket,
            });
        }
        let options = Options {
            stage: self.stage.clone(),
            profile: self.profile,
            jobs: self.jobs,
            repeat: 1,
            probes: true,
            fail_fast: false,
            pid: None,
            transcripts: false,
        };
        let (rules, shapes) = (Arc::clone(&self.rules), Arc::clone(&self.shapes));
        let outcome = suite::run(cases, rules, shapes, &options, |_| {})
            .await
            .map_err(test::failure)?;
        let played = outcome.cases.into_iter().filter_map(|mut report| {
            // A play ends with the first thing that seems broken: what it has not come to is no error.
            if report.error.as_deref() == Some(Hasty::WHY) {
                report.error = None;
                report.rules.retain(|_, verdict| *verdict != Verdict::Error);
            }
            let id = report.id.split('@').next()?;
            let (seed, history) = by_id.remove(id)?;
            Some(Played {
                seed,
                history,
                report,
            })
        });
        let mut played: Vec<Played> = played.collect();
        played.sort_by(|one, other| one.report.id.cmp(&other.report.id));
        match by_id.len() {
            0 => Ok(played),
            lost => Err(Failure::ours(format!("play {lost} of the histories"))),
        }
    }

    fn fixture(&self, history: &History, id: &str) -> Result<Fixture, Failure> {
        let text = conversation(history, self.profile, id, "Something random");
        fixture::load(&format!("{id}.yaml"), &text).map_err(|errors| {
            let first = errors.first().map(ToString::to_string);
            Failure::ours(format!(
                "write down a history: {}",
                first.unwrap_or_default()
            ))
        })
    }
}
