//! What is kept of ended cases, and of those that could not be played.

use chatspec_judge::case::{self, Judgement};
use chatspec_judge::finding::Outcome;
use chatspec_judge::rule::names;
use chatspec_judge::transcript::{Stop, Transcript, What};

use super::{Case, Played};
use crate::drive::{Play, Stage, record};

/// Bytes received that the transcripts of ended cases may keep whole. All conversations together, played against a right
/// server, stay below; what is beyond is cut.
const KEPT: usize = 32 << 20;

/// Entries and characters of a string that remain of a transcript that is cut.
const ENTRIES: usize = 200;
const CHARACTERS: usize = 200;

/// How much the transcripts of ended cases take so far.
#[derive(Debug, Default)]
pub(super) struct Kept(usize);

impl Kept {
    /// Cuts the transcript of a case that is judged, if there is no room for all of it.
    pub(super) fn keep(&mut self, transcript: &mut Transcript) {
        let received = received(transcript);
        if self.0 + received <= KEPT {
            self.0 += received;
            return;
        }
        transcript.entries.truncate(ENTRIES);
        *transcript = transcript.cut(CHARACTERS);
        // Nobody may judge it again by what is left.
        transcript.stopped = Some(Stop {
            step: 0,
            who: String::new(),
            why: "the transcript was cut: the server sent more than is kept".to_owned(),
            ours: true,
        });
    }
}

/// About the bytes that what was received takes.
fn received(transcript: &Transcript) -> usize {
    let entries = transcript.entries.iter();
    entries.map(|entry| record::weight(&entry.what)).sum()
}

/// Whether a connection could not be opened, or stopped answering: perhaps nobody gets an answer any more.
pub(super) fn is_cut_off(transcript: &Transcript) -> bool {
    // What becomes of the one who sends a bad input says nothing of the others.
    let hostile = transcript.fixture.starts_with("hostile/");
    let entries = transcript.entries.iter();
    entries
        .filter(|entry| !(hostile && entry.who == "mallory"))
        .map(|entry| &entry.what)
        .any(|what| matches!(what, What::ConnectFailed { .. } | What::BarrierLost { .. }))
}

/// The rule that a case broke when its connections ended.
pub(super) fn broken(judged: &Judgement) -> String {
    let dead = judged
        .findings
        .iter()
        .find(|finding| finding.outcome == Outcome::Dead);
    dead.map_or(names::LIVES, |finding| &finding.rule)
        .to_owned()
}

/// A case that is not played, because the server answers nobody any more.
pub(super) fn unplayed(case: Case, stage: &Stage, rule: &str) -> Played {
    let play = Play::none(&case.fixture, case.transport, stage);
    let judged = case::blocked(&case.fixture, rule);
    Played { case, play, judged }
}

#[cfg(test)]
mod tests {
    use chatspec_judge::fixture::TransportName;
    use chatspec_judge::transcript::Entry;
    use serde_json::json;

    use super::*;

    fn transcript(bytes: usize) -> Transcript {
        let what = What::Event {
            name: "chat".to_owned(),
            args: vec![json!({"type": "chat", "message": "x".repeat(bytes)})],
        };
        Transcript {
            fixture: "chat/room".to_owned(),
            transport: TransportName::Websocket,
            bindings: Default::default(),
            entries: vec![Entry {
                at: 0,
                step: 0,
                who: "ada".to_owned(),
                what,
            }],
            stopped: None,
            in_order: None,
            network: None,
            nodes: Default::default(),
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_and_says_so() {
        let mut kept = Kept::default();
        let (mut first, mut second) = (transcript(KEPT / 2), transcript(KEPT / 2));
        kept.keep(&mut first);
        kept.keep(&mut second);
        assert_eq!(first.stopped, None);
        assert!(received(&second) < 2_000);
        assert!(second.stopped.is_some_and(|stop| stop.ours));
        // Small ones still fit.
        let mut third = transcript(1_000);
        kept.keep(&mut third);
        assert_eq!(third.stopped, None);
    }
}
