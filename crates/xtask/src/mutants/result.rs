//! What cargo-mutants says, as far as it matters here.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `mutants.out/outcomes.json`.
#[derive(Deserialize)]
pub struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    scenario: Scenario,
    summary: String,
}

#[derive(Deserialize)]
enum Scenario {
    Baseline,
    Mutant(Mutant),
}

/// One change of one expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Mutant {
    /// File, line, column and what is changed, in words.
    pub name: String,
    /// The file, from the root.
    pub file: String,
    /// The change with the lines around it: what was tried on another text of the function is another mutant.
    #[serde(default)]
    pub diff: String,
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A test failed, or ran into its deadline.
    Caught,
    /// It does not compile, and proves nothing.
    Unviable,
    /// Every test passed.
    Survived,
}

/// Fates by mutant.
pub type Fates = BTreeMap<Mutant, Fate>;

impl Outcomes {
    /// The fates of all mutants that came to an end.
    pub fn fates(&self) -> Fates {
        let ended = self.outcomes.iter().filter_map(|outcome| {
            let Scenario::Mutant(mutant) = &outcome.scenario else {
                return None;
            };
            let fate = match outcome.summary.as_str() {
                "CaughtMutant" | "Timeout" => Fate::Caught,
                "Unviable" => Fate::Unviable,
                "MissedMutant" => Fate::Survived,
                _ => return None,
            };
            Some((mutant.clone(), fate))
        });
        ended.collect()
    }
}
