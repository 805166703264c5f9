//! Plays many fixtures, several at a time, and has them judged.
//!
//! A run starts with a control (does anything answer at all?) and an ordering probe (may silence be believed?). Cases that
//! touch what is shared run alone, at the end. Cases that fail on a connection that was lost are played again.
//! Connections of ended cases stay open to the end of the run, so that what comes late is still heard and flips the
//! verdict of its case.

mod control;
mod merge;
mod network;
mod order;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chatspec_judge::case::{self, Judgement, Law};
use chatspec_judge::fixture::{Fixture, TransportName};
use chatspec_judge::report::CaseReport;
use chatspec_judge::rule::{Profile, Rules};
use chatspec_judge::shape::Shapes;
use chatspec_judge::transcript::Transcript;
use chatspec_judge::verdict::Verdict;
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::network::Suspect;
use crate::drive::{self, Play, Stage};
use crate::wire::OpenError;

pub use self::control::ControlError;

/// Connections that stay open for late messages; beyond it, the oldest cases are closed first.
const LINGERING: usize = 600;

/// How long the end of a run waits for closes to be answered.
const PARTING: Duration = Duration::from_millis(250);

/// One fixture on one transport.
#[derive(Clone, Debug)]
pub struct Case {
    /// The conversation.
    pub fixture: Arc<Fixture>,
    /// How the participants connect.
    pub transport: TransportName,
}

/// How a run goes.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server and the seed.
    pub stage: Stage,
    /// The claim.
    pub profile: Profile,
    /// Cases at a time.
    pub jobs: usize,
    /// How many times the whole is repeated; verdicts only worsen.
    pub repeat: u32,
    /// Whether control and ordering probe run first. Off only where the suite itself is tested.
    pub probes: bool,
    /// Whether the run ends with the first case that fails.
    pub fail_fast: bool,
}

/// What a run tells while it goes.
pub enum Progress<'a> {
    /// The probes are done; so many cases follow.
    Started {
        /// Number of cases, repetitions included.
        cases: usize,
        /// The ordering probe's answer.
        in_order: Option<bool>,
    },
    /// A case has ended.
    Done(&'a CaseReport),
}

/// What a run came to.
pub struct Outcome {
    /// Every case, judged.
    pub cases: Vec<CaseReport>,
    /// What was recorded, uncut, in the order of `cases`; of repetitions the worst.
    pub transcripts: Vec<Transcript>,
    /// The ordering probe's answer.
    pub in_order: Option<bool>,
    /// Cases whose verdicts differ between repetitions, with how often each came.
    pub flaky: BTreeMap<String, BTreeMap<Verdict, usize>>,
}

/// Why there is nothing to judge.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// No session could be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Sessions can be opened, but nothing answers.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// A task of ours ended badly.
    #[error("play a case: {0}; this is a fault of the suite, please report it")]
    Task(#[from] tokio::task::JoinError),
}

/// Runs all cases.
///
/// # Errors
/// The server cannot be reached, or does not speak the protocol's transport at all.
pub async fn run(
    cases: Vec<Case>,
    rules: Arc<Rules>,
    shapes: Arc<Shapes>,
    options: &Options,
    mut tell: impl FnMut(Progress<'_>),
) -> Result<Outcome, SuiteError> {
    let in_order = match options.probes {
        true => {
            control::check(&options.stage).await?;
            order::probe(&options.stage).await
        }
        false => None,
    };
    let repeated = cases.len() * options.repeat.max(1) as usize;
    tell(Progress::Started {
        cases: repeated,
        in_order,
    });
    let mut runner = Runner {
        options,
        rules,
        shapes,
        in_order,
        ended: VecDeque::new(),
        results: Vec::new(),
        closing: JoinSet::new(),
        suspects: Vec::new(),
        stop: false,
    };
    for round in 0..options.repeat.max(1) {
        let (alone, together): (Vec<Case>, Vec<Case>) = cases
            .iter()
            .cloned()
            .partition(|case| case.fixture.alone.is_some());
        runner
            .play_all(together, options.jobs.max(1), round, &mut tell)
            .await?;
        runner.play_all(alone, 1, round, &mut tell).await?;
        runner.play_again(round, &mut tell).await?;
    }
    let results = runner.settle().await;
    Ok(merge::merge(results, in_order))
}

/// One played case.
struct Played {
    case: Case,
    play: Play,
    judged: Judgement,
}

struct Runner<'a> {
    options: &'a Options,
    rules: Arc<Rules>,
    shapes: Arc<Shapes>,
    in_order: Option<bool>,
    /// Played, their connections still open.
    ended: VecDeque<Played>,
    /// Played, their connections closed.
    results: Vec<Played>,
    /// Connections that are being closed.
    closing: JoinSet<()>,
    /// Played, and failed on a connection that may have failed for the network.
    suspects: Vec<Suspect>,
    stop: bool,
}

impl Runner<'_> {
    async fn play_all(
        &mut self,
        cases: Vec<Case>,
        jobs: usize,
        round: u32,
        tell: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), SuiteError> {
        let mut waiting: VecDeque<Case> = cases.into();
        let mut playing = JoinSet::new();
        loop {
            while playing.len() < jobs && !self.stop {
                let Some(case) = waiting.pop_front() else {
                    break;
                };
                playing.spawn(self.play_one(case, self.stage(round)));
            }
            let Some(played) = playing.join_next().await else {
                return Ok(());
            };
            let played = played?;
            match network::suspect(&played).filter(|_| self.options.probes) {
                Some(marks) => self.suspects.push(Suspect::new(played, marks)),
                None => self.keep(played, tell),
            }
        }
    }

    fn play_one(&self, case: Case, stage: Stage) -> impl Future<Output = Played> + Send + use<> {
        let (rules, shapes) = (Arc::clone(&self.rules), Arc::clone(&self.shapes));
        let (profile, in_order) = (self.options.profile, self.in_order);
        async move {
            let mut play = drive::play(&case.fixture, case.transport, &stage).await;
            play.transcript.in_order = in_order;
            let law = Law {
                rules: &rules,
                shapes: &shapes,
                profile,
                in_order: in_order.unwrap_or(true),
            };
            let judged = case::judge(&case.fixture, &play.transcript, &law);
            Played { case, play, judged }
        }
    }

    fn stage(&self, round: u32) -> Stage {
        let mut stage = self.options.stage.clone();
        stage.seed = stage.seed.wrapping_add(u64::from(round));
        stage
    }

    fn keep(&mut self, played: Played, tell: &mut impl FnMut(Progress<'_>)) {
        let report = report(&played);
        self.stop |= self.options.fail_fast && report.verdict > Verdict::Warn;
        tell(Progress::Done(&report));
        self.ended.push_back(played);
        while self
            .ended
            .iter()
            .map(|played| played.play.lingers())
            .sum::<usize>()
            > LINGERING
        {
            let Some(oldest) = self.ended.pop_front() else {
                break;
            };
            self.settle_one(oldest);
        }
    }

    /// Hears what came late, judges again where something did, and closes.
    async fn settle(mut self) -> Vec<Played> {
        while let Some(played) = self.ended.pop_front() {
            self.settle_one(played);
        }
        // A server that answers no close is not waited for: everything is known.
        let parting = PARTING.mul_f64(self.options.stage.timeout_scale);
        let _ = timeout(parting, async {
            while self.closing.join_next().await.is_some() {}
        })
        .await;
        self.results
    }

    fn judge_again(&self, played: &mut Played) {
        let law = Law {
            rules: &self.rules,
            shapes: &self.shapes,
            profile: self.options.profile,
            in_order: self.in_order.unwrap_or(true),
        };
        played.judged = case::judge(&played.case.fixture, &played.play.transcript, &law);
    }

    fn settle_one(&mut self, mut played: Played) {
        if played.play.drain() {
            self.judge_again(&mut played);
        }
        self.closing.spawn(played.play.release());
        self.results.push(played);
    }
}

fn report(played: &Played) -> CaseReport {
    let fixture = &played.case.fixture;
    CaseReport::new(
        &fixture.id,
        &fixture.title,
        played.case.transport,
        played.judged.clone(),
        &played.play.transcript,
    )
}
