//! Puts repetitions of a case together: the worst one is kept.

use std::collections::BTreeMap;

use super::{Outcome, Played, report};

pub(super) fn merge(results: Vec<Played>, in_order: Option<bool>) -> Outcome {
    let mut worst: BTreeMap<String, Played> = BTreeMap::new();
    let mut flaky: Vec<String> = Vec::new();
    for played in results {
        let id = format!(
            "{}@{}",
            played.case.fixture.id,
            played.case.transport.word()
        );
        match worst.get(&id) {
            Some(kept) => {
                if kept.judged.rules != played.judged.rules && !flaky.contains(&id) {
                    flaky.push(id.clone());
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
    flaky.sort();
    let cases = worst.values().map(report).collect();
    let transcripts = worst
        .into_values()
        .map(|played| played.play.transcript)
        .collect();
    Outcome {
        cases,
        transcripts,
        in_order,
        flaky,
    }
}
