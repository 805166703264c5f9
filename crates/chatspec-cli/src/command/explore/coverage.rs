//! What an exploration has seen of the protocol.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::model::{Act, Deed, Odd};
use chatspec_judge::verdict::Verdict;
use serde::Serialize;

use super::play::Played;
use crate::data::plural;

/// Histories that could not be judged in full, of which is told what.
const EXAMPLES: usize = 5;

/// Sums over all histories.
#[derive(Debug, Default, Serialize)]
pub struct Coverage {
    /// Histories that were played.
    pub histories: u64,
    /// Acts of all of them.
    pub acts: u64,
    /// Histories with a rule that could not be judged: the server reorders, limits, or the network failed.
    pub unclear: u64,
    /// What could not be judged in some of them, with the seed: `7: chat.room inconclusive`.
    examples: Vec<String>,
    /// Rules that were judged, with how many histories judged each.
    rules: BTreeMap<String, u64>,
    /// Pairs of acts that followed one another, as `join leave`.
    pairs: BTreeSet<String>,
}

impl Coverage {
    pub fn add(&mut self, played: &Played) {
        self.histories += 1;
        self.acts += played.history.acts.len() as u64;
        let is_unclear = |verdict: &Verdict| {
            matches!(
                verdict,
                Verdict::Inconclusive | Verdict::Unverified | Verdict::Error
            )
        };
        if is_unclear(&played.report.verdict) {
            self.unclear += 1;
            let mut rules = played.report.rules.iter();
            let rule = rules.find(|(_, verdict)| is_unclear(verdict));
            if let Some((rule, verdict)) = rule.filter(|_| self.examples.len() < EXAMPLES) {
                let verdict = serde_json::to_value(verdict).unwrap_or_default();
                let word = verdict.as_str().unwrap_or_default();
                self.examples
                    .push(format!("{}: {rule} {word}", played.seed));
            }
        }
        for (rule, verdict) in &played.report.rules {
            if matches!(verdict, Verdict::Pass | Verdict::Warn | Verdict::Fail) {
                *self.rules.entry(rule.clone()).or_default() += 1;
            }
        }
        for pair in played.history.acts.windows(2) {
            self.pairs
                .insert(format!("{} {}", word(&pair[0]), word(&pair[1])));
        }
    }

    pub fn rules(&self) -> usize {
        self.rules.len()
    }

    pub fn summary(&self) -> String {
        let mut text = format!(
            "{} histories of {}: {} judged, {} of acts in a row",
            self.histories,
            plural(usize::try_from(self.acts).unwrap_or(usize::MAX), "act"),
            plural(self.rules(), "rule"),
            plural(self.pairs.len(), "pair"),
        );
        if self.unclear > 0 {
            text += &format!(
                "; {} could not be judged in full (seed {})",
                self.unclear,
                self.examples.join(", ")
            );
        }
        text
    }
}

fn word(act: &Act) -> &'static str {
    match &act.deed {
        Deed::Join { .. } => "join",
        Deed::Leave { .. } => "leave",
        Deed::Users { .. } => "users",
        Deed::Chat { to: Some(_), .. } => "private",
        Deed::Chat { room: None, .. } => "broadcast",
        Deed::Chat { .. } => "chat",
        Deed::Batch { .. } => "batch",
        Deed::Image { .. } => "image",
        Deed::Odd(number) => Odd::number(*number).word,
        Deed::Drop(_) => "drop",
        Deed::Connect => "connect",
    }
}
