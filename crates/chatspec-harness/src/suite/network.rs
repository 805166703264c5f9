//! Whose fault is a connection that ends without a word, or falls silent? Another play tells.
//!
//! A server that drops or deafens a connection does so again, at the same place. What goes otherwise in another play was
//! the network's doing: then nothing is held against the server, and nothing in its favour either - the case is
//! inconclusive. Nothing of this masks a server that is gone: where nothing listens any more, the failure stands.

use std::collections::BTreeSet;

use chatspec_judge::finding::Outcome;
use chatspec_judge::verdict::Verdict;
use tokio::task::JoinSet;

use super::{Case, Played, Progress, Runner, Stage, SuiteError, report};

/// So often a loss has to come again at the same place, before it is the server's.
const REPLAYS: u32 = 2;
/// The same, once another case has shown that the network is in trouble.
const REPLAYS_IN_TROUBLE: u32 = 6;
/// Cases that are played again at a time.
const JOBS: usize = 4;

/// What is violated, how, at which step, and by whom it was seen.
pub(super) type Marks = BTreeSet<(String, Outcome, usize, String)>;

/// A case that failed on a connection in trouble.
pub(super) struct Suspect {
    first: Played,
    /// Violations that every play so far has shown.
    marks: Marks,
    replays: u32,
}

impl Suspect {
    pub(super) fn new(first: Played, marks: Marks) -> Suspect {
        Suspect {
            first,
            marks,
            replays: 0,
        }
    }

    fn needs(&self, shaken: bool) -> u32 {
        let silent = |played: &Played| {
            played
                .play
                .trouble
                .as_ref()
                .is_some_and(|trouble| trouble.is_silent())
        };
        match (shaken, silent(&self.first)) {
            (true, _) => REPLAYS_IN_TROUBLE,
            // Each waits for a deadline to pass.
            (false, true) => 1,
            (false, false) => REPLAYS,
        }
    }
}

/// The violations of a case that has to be played again before they count; `None` where they count at once, and where
/// there are none.
pub(super) fn suspect(played: &Played) -> Option<Marks> {
    let trouble = played.play.trouble.as_ref()?;
    let marks = marks(played);
    let fails = !marks.is_empty() && !trouble.is_gone();
    (fails || trouble.is_reopened()).then_some(marks)
}

fn marks(played: &Played) -> Marks {
    let counts = |rule: &str| {
        matches!(
            played.judged.rules.get(rule),
            Some(Verdict::Fail | Verdict::Warn)
        )
    };
    let findings = played.judged.findings.iter();
    findings
        .filter(|finding| counts(&finding.rule))
        .map(|finding| {
            (
                finding.rule.clone(),
                finding.outcome,
                finding.step,
                finding.who.clone(),
            )
        })
        .collect()
}

/// What another play makes of a suspect.
enum Told {
    /// The network's doing.
    Network,
    /// The server's doing, shown without trouble this time, or by its being gone.
    Server(Option<Box<Played>>),
    /// The same again.
    Same,
}

fn tell(suspect: &mut Suspect, again: Played) -> (Told, Option<Played>) {
    let shown = marks(&again);
    match &again.play.trouble {
        Some(trouble) if trouble.is_gone() => (Told::Server(None), Some(again)),
        Some(trouble) if !trouble.is_reopened() => {
            suspect.marks.retain(|mark| shown.contains(mark));
            suspect.replays += 1;
            let told = if suspect.marks.is_empty() {
                Told::Network
            } else {
                Told::Same
            };
            (told, Some(again))
        }
        _ if shown.is_empty() => (Told::Network, Some(again)),
        // It fails on connections that are sound: that is evidence of its own.
        _ => (Told::Server(Some(Box::new(again))), None),
    }
}

impl Runner<'_> {
    /// Plays the suspects of a round again, until it is known whose fault each is.
    pub(super) async fn play_again(
        &mut self,
        round: u32,
        tell_progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), SuiteError> {
        if self.gone.is_some() {
            // It was no trouble of a network: nobody gets through any more.
            for suspect in std::mem::take(&mut self.suspects) {
                self.keep(suspect.first, tell_progress);
            }
            return Ok(());
        }
        let mut shared = false;
        let mut shaken = false;
        let mut open = Vec::new();
        for suspect in std::mem::take(&mut self.suspects) {
            // It held, but for a connection that had to be opened anew.
            if suspect.marks.is_empty() {
                shaken = true;
                self.keep_lost(suspect, &mut shared, tell_progress);
            } else {
                open.push(suspect);
            }
        }
        for attempt in 1.. {
            let (due, settled): (Vec<Suspect>, Vec<Suspect>) = open
                .into_iter()
                .partition(|suspect| suspect.replays < suspect.needs(shaken));
            open = settled;
            if due.is_empty() {
                break;
            }
            let replays = self.replay(&due, round, attempt).await?;
            for (mut suspect, again) in due.into_iter().zip(replays) {
                let (told, spent) = tell(&mut suspect, again);
                if let Some(mut spent) = spent {
                    self.closing.spawn(spent.play.release());
                }
                match told {
                    Told::Network => {
                        shaken = true;
                        self.keep_lost(suspect, &mut shared, tell_progress);
                    }
                    Told::Server(None) => self.keep(suspect.first, tell_progress),
                    Told::Server(Some(again)) => {
                        let mut first = suspect.first;
                        self.closing.spawn(first.play.release());
                        self.keep(*again, tell_progress);
                    }
                    Told::Same => open.push(suspect),
                }
            }
        }
        for suspect in open {
            self.keep(suspect.first, tell_progress);
        }
        if shared {
            self.doubt_shared_names();
        }
        Ok(())
    }

    /// The network's doing: no violation rests on it.
    fn keep_lost(
        &mut self,
        suspect: Suspect,
        shared: &mut bool,
        tell_progress: &mut impl FnMut(Progress<'_>),
    ) {
        let mut played = suspect.first;
        *shared |= played.case.fixture.alone.is_some();
        let what = played
            .play
            .trouble
            .as_ref()
            .map(|trouble| trouble.what.clone());
        played.play.transcript.network = what;
        self.judge_again(&mut played);
        self.keep(played, tell_progress);
    }

    /// A connection that was lost can hold names that all such cases use: who fails after it fails for that, perhaps.
    fn doubt_shared_names(&mut self) {
        let mut ended = std::mem::take(&mut self.ended);
        for played in &mut ended {
            let fails = report(played).verdict > Verdict::Warn;
            if played.case.fixture.alone.is_some()
                && fails
                && played.play.transcript.network.is_none()
            {
                let what =
                    "a lost connection of another case may still hold the names that both use";
                played.play.transcript.network = Some(what.to_owned());
                self.judge_again(played);
            }
        }
        self.ended = ended;
    }

    /// Plays each of them once, in their order; those that have to run alone, alone.
    async fn replay(
        &self,
        suspects: &[Suspect],
        round: u32,
        attempt: u32,
    ) -> Result<Vec<Played>, SuiteError> {
        let mut played: Vec<Option<Played>> = suspects.iter().map(|_| None).collect();
        let mut together: Vec<usize> = (0..suspects.len()).collect();
        let is_alone = |index: &usize| suspects[*index].first.case.fixture.alone.is_some();
        let alone: Vec<usize> = together.extract_if(.., |index| is_alone(index)).collect();
        for (indices, jobs) in [(together, JOBS), (alone, 1)] {
            let mut waiting = indices.into_iter();
            let mut playing = JoinSet::new();
            loop {
                while playing.len() < jobs {
                    let Some(index) = waiting.next() else { break };
                    let case: Case = suspects[index].first.case.clone();
                    let play = self.play_one(case, self.fresh(round, attempt));
                    playing.spawn(async move { (index, play.await) });
                }
                let Some(done) = playing.join_next().await else {
                    break;
                };
                let (index, again) = done?;
                played[index] = Some(again);
            }
        }
        Ok(played.into_iter().flatten().collect())
    }

    /// Names that no play of the run has used: a server may not have noticed yet that a connection is lost.
    fn fresh(&self, round: u32, attempt: u32) -> Stage {
        let mut stage = self.stage(round);
        stage.seed = stage
            .seed
            .wrapping_add(u64::from(attempt).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // Who is slow answers to more patience, who is deaf does not.
        stage.timeout_scale *= 2.0;
        stage
    }
}
