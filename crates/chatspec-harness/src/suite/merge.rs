//! Puts repetitions of a case together: the worst one is kept.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::verdict::Verdict;

use super::{Outcome, Played, report};

pub(super) fn merge(results: Vec<Played>, in_order: Option<bool>) -> Outcome {
    let mut worst: BTreeMap<String, Played> = BTreeMap::new();
    let mut verdicts: BTreeMap<String, BTreeMap<Verdict, usize>> = BTreeMap::new();
    let mut flaky: BTreeSet<String> = BTreeSet::new();
    for played in results {
        let id = format!(
            "{}@{}",
            played.case.fixture.id,
            played.case.transport.word()
        );
        let counts = verdicts.entry(id.clone()).or_default();
        *counts.entry(played.judged.verdict).or_default() += 1;
        match worst.get(&id) {
            Some(kept) => {
                if kept.judged.rules != played.judged.rules {
                    flaky.insert(id.clone());
                }
                if played.judged.verdict > kept.judged.verdict {
                    worst.insert(id, played);
                }
            }
            None => {
                worst.insert(id, played);
            }
        }
    }
    verdicts.retain(|id, _| flaky.contains(id));
    let cases = worst.values().map(report).collect();
    let transcripts = worst
        .into_values()
        .map(|played| played.play.transcript)
        .collect();
    Outcome {
        cases,
        transcripts,
        in_order,
        flaky: verdicts,
        aborted: false,
    }
}
