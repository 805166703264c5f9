//! Puts repetitions of a case together: the worst one is kept.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::verdict::Verdict;

use super::{Outcome, Settled};

pub(super) fn merge(results: Vec<Settled>, in_order: Option<bool>) -> Outcome {
    let mut worst: BTreeMap<String, Settled> = BTreeMap::new();
    let mut verdicts: BTreeMap<String, BTreeMap<Verdict, usize>> = BTreeMap::new();
    let mut flaky: BTreeSet<String> = BTreeSet::new();
    for settled in results {
        let (id, verdict) = (settled.report.id.clone(), settled.report.verdict);
        let counts = verdicts.entry(id.clone()).or_default();
        *counts.entry(verdict).or_default() += 1;
        match worst.get(&id) {
            Some(kept) => {
                if kept.report.rules != settled.report.rules {
                    flaky.insert(id.clone());
                }
                if verdict > kept.report.verdict {
                    worst.insert(id, settled);
                }
            }
            None => {
                worst.insert(id, settled);
            }
        }
    }
    verdicts.retain(|id, _| flaky.contains(id));
    let (cases, transcripts): (Vec<_>, Vec<_>) = worst
        .into_values()
        .map(|settled| (settled.report, settled.transcript))
        .unzip();
    let transcripts = transcripts.into_iter().flatten().collect();
    Outcome {
        cases,
        transcripts,
        in_order,
        flaky: verdicts,
        aborted: false,
    }
}
