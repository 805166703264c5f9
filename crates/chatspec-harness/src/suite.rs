//! Plays many fixtures, several at a time, and has them judged.
//!
//! A run starts with a control (does anything answer at all?) and an ordering probe (may silence be believed?). Cases that
//! touch what is shared run alone, at the end. Cases that fail on a connection that was lost are played again.
//! Connections of ended cases stay open to the end of the run, so that what comes late is still heard and flips the
//! verdict of its case.

mod control;
mod keep;
mod merge;
mod network;
mod order;
mod process;

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;
use std::pin::pin;
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

use self::keep::Kept;
use self::process::Process;

pub use self::control::ControlError;
pub use self::process::ProcessError;
pub(crate) use self::process::memory;

/// Connections that stay open for late messages; beyond it, the oldest cases are closed first.
const LINGERING: usize = 600;

/// How long the end of a run waits for closes to be answered.
const PARTING: Duration = Duration::from_millis(250);
/// Bytes received that are held for late messages; beyond it, the cases that hold most are closed first. No case starts
/// beside others while more is held.
const HELD: usize = 6 << 20;

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
    /// The server's process on this machine, to be looked at after bad inputs.
    pub pid: Option<u32>,
    /// Whether what was recorded is wanted, uncut. It takes many times the memory of all else.
    pub transcripts: bool,
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
    /// What was recorded, uncut, in the order of `cases`; of repetitions the worst. Empty where nobody wanted it.
    pub transcripts: Vec<Transcript>,
    /// The ordering probe's answer.
    pub in_order: Option<bool>,
    /// Cases whose verdicts differ between repetitions, with how often each came.
    pub flaky: BTreeMap<String, BTreeMap<Verdict, usize>>,
    /// Whether the run was interrupted: then cases are missing.
    pub aborted: bool,
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
    /// The server's process cannot be looked at.
    #[error(transparent)]
    Process(#[from] ProcessError),
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
    tell: impl FnMut(Progress<'_>),
) -> Result<Outcome, SuiteError> {
    run_until(pending(), cases, rules, shapes, options, tell).await
}

/// Runs all cases, or those that have ended when `interrupt` does.
///
/// # Errors
/// As [`run`].
pub async fn run_until(
    interrupt: impl Future<Output = ()>,
    cases: Vec<Case>,
    rules: Arc<Rules>,
    shapes: Arc<Shapes>,
    options: &Options,
    mut tell: impl FnMut(Progress<'_>),
) -> Result<Outcome, SuiteError> {
    let mut interrupt = pin!(interrupt);
    let probing = async {
        match options.probes {
            true => {
                for node in options.stage.each_node() {
                    control::check(&node).await?;
                }
                Ok::<_, SuiteError>(order::probe_all(&options.stage).await)
            }
            false => Ok(None),
        }
    };
    let in_order = tokio::select! {
        probed = probing => probed?,
        () = &mut interrupt => return Ok(Outcome { aborted: true, ..merge::merge(vec![], None) }),
    };
    // After the probes, which have had the server allocate what it needs to serve anybody.
    let process = options.pid.map(Process::watch).transpose()?;
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
        kept: Kept::default(),
        closing: JoinSet::new(),
        suspects: Vec::new(),
        stop: false,
        gone: None,
        process,
    };
    let hostile = cases.iter().any(|case| case.fixture.input.is_some());
    let mut aborted = false;
    for round in 0..options.repeat.max(1) {
        let (alone, together): (Vec<Case>, Vec<Case>) = cases
            .iter()
            .cloned()
            .partition(|case| case.fixture.alone.is_some());
        let playing = runner.play_round(together, alone, round, &mut tell);
        aborted = tokio::select! {
            played = playing => played.map(|()| false)?,
            () = &mut interrupt => true,
        };
        if aborted {
            break;
        }
    }
    let results = runner.settle(aborted).await;
    let mut outcome = Outcome {
        aborted,
        ..merge::merge(results, in_order)
    };
    if let Some(process) = process.filter(|_| hostile && !aborted) {
        let last = process.released(options.stage.timeout_scale).await;
        tell(Progress::Done(&last));
        outcome.cases.push(last);
    }
    Ok(outcome)
}

/// One played case.
struct Played {
    case: Case,
    play: Play,
    judged: Judgement,
}

/// One of which nothing is heard any more.
struct Settled {
    report: CaseReport,
    transcript: Option<Transcript>,
}

struct Runner<'a> {
    options: &'a Options,
    rules: Arc<Rules>,
    shapes: Arc<Shapes>,
    in_order: Option<bool>,
    /// Played, their connections still open.
    ended: VecDeque<Played>,
    /// Played, their connections closed.
    results: Vec<Settled>,
    kept: Kept,
    /// Connections that are being closed.
    closing: JoinSet<()>,
    /// Played, and failed on a connection that may have failed for the network.
    suspects: Vec<Suspect>,
    stop: bool,
    /// The rule that the server broke when it stopped answering anybody: what has not started is blocked by it.
    gone: Option<String>,
    /// The server's process, if the user says which it is.
    process: Option<Process>,
}

impl Runner<'_> {
    /// Plays all cases once.
    async fn play_round(
        &mut self,
        together: Vec<Case>,
        alone: Vec<Case>,
        round: u32,
        tell: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), SuiteError> {
        let jobs = self.options.jobs.max(1);
        self.play_all(together, jobs, round, tell).await?;
        self.play_all(alone, 1, round, tell).await?;
        self.play_again(round, tell).await
    }

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
            while self.may_start(playing.len(), jobs) {
                let Some(case) = waiting.pop_front() else {
                    break;
                };
                let stage = self.stage(round);
                if let Some(rule) = &self.gone {
                    let played = keep::unplayed(case, &stage, rule);
                    self.keep(played, tell);
                    continue;
                }
                playing.spawn(self.play_one(case, stage));
            }
            let Some(played) = playing.join_next().await else {
                return Ok(());
            };
            let played = played?;
            let asks = self.options.probes && self.gone.is_none();
            if asks
                && keep::is_cut_off(&played.play.transcript)
                && !control::all_answer(&self.options.stage).await
            {
                self.gone = Some(keep::broken(&played.judged));
            }
            let may_be_suspect = self.options.probes && self.gone.is_none();
            match network::suspect(&played).filter(|_| may_be_suspect) {
                Some(marks) => self.suspects.push(Suspect::new(played, marks)),
                None => self.keep(played, tell),
            }
        }
    }

    fn play_one(&self, case: Case, stage: Stage) -> impl Future<Output = Played> + Send + use<> {
        let (rules, shapes) = (Arc::clone(&self.rules), Arc::clone(&self.shapes));
        let (profile, in_order) = (self.options.profile, self.in_order);
        let process = self.process.filter(|_| case.fixture.input.is_some());
        async move {
            let mut play = drive::play(&case.fixture, case.transport, &stage).await;
            play.transcript.in_order = in_order;
            if let Some(process) = process {
                play.note(&stage, process.same());
            }
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

    /// Whether one more case may be played. Beside others none starts while the server makes us hold a lot.
    fn may_start(&self, playing: usize, jobs: usize) -> bool {
        let roomy = playing == 0 || self.options.stage.held() <= HELD;
        playing < jobs && roomy && !self.stop
    }

    fn stage(&self, round: u32) -> Stage {
        let mut stage = self.options.stage.clone();
        stage.seed = stage.seed.wrapping_add(u64::from(round));
        stage.seating = stage.seating.wrapping_add(u64::from(round));
        stage
    }

    fn keep(&mut self, played: Played, tell: &mut impl FnMut(Progress<'_>)) {
        let report = report(&played);
        self.stop |= self.options.fail_fast && report.verdict > Verdict::Warn;
        tell(Progress::Done(&report));
        self.ended.push_back(played);
        while let Some(index) = self.too_much() {
            let Some(played) = self.ended.remove(index) else {
                break;
            };
            self.settle_one(played);
        }
    }

    /// The ended case that has to be closed now, if any: the oldest where too many connections linger, the one that
    /// holds most where they hold too much.
    fn too_much(&self) -> Option<usize> {
        let plays = || self.ended.iter().map(|played| &played.play);
        if plays().map(Play::lingers).sum::<usize>() > LINGERING {
            return Some(0);
        }
        let held: Vec<usize> = plays().map(Play::held).collect();
        let too_much = held.iter().sum::<usize>() > HELD;
        too_much.then(|| (0..held.len()).max_by_key(|index| held[*index]))?
    }

    /// Hears what came late, judges again where something did, and closes; where the user waits, without a farewell.
    async fn settle(mut self, aborted: bool) -> Vec<Settled> {
        while let Some(played) = self.ended.pop_front() {
            self.settle_one(played);
        }
        // A server that answers no close is not waited for: everything is known. Nor is any where the user waits.
        let parting = PARTING.mul_f64(self.options.stage.timeout_scale);
        let closing = async { while self.closing.join_next().await.is_some() {} };
        if !aborted {
            let _ = timeout(parting, closing).await;
        }
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
        let report = report(&played);
        let transcript = self.options.transcripts.then(|| {
            self.kept.keep(&mut played.play.transcript);
            played.play.transcript
        });
        self.results.push(Settled { report, transcript });
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
