//! Verdicts of many runs, case by case.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Case;

/// What every case came to.
#[derive(Debug, Default)]
pub(super) struct Table {
    runs: usize,
    cases: BTreeMap<String, BTreeMap<String, Seeds>>,
}

/// How often, and the first seed of them.
#[derive(Debug)]
struct Seeds {
    count: usize,
    first: u64,
}

impl Table {
    /// Adds one run.
    pub(super) fn add(&mut self, seed: u64, cases: Vec<Case>) {
        self.runs += 1;
        for Case { id, verdict } in cases {
            let verdicts = self.cases.entry(id).or_default();
            let first = Seeds {
                count: 0,
                first: seed,
            };
            verdicts.entry(verdict).or_insert(first).count += 1;
        }
    }

    /// Cases that were not the same in every run: another verdict, or none.
    pub(super) fn changes(&self) -> impl Iterator<Item = &str> {
        let steady = |verdicts: &BTreeMap<String, Seeds>| {
            verdicts.len() == 1 && verdicts.values().all(|seeds| seeds.count == self.runs)
        };
        let changed = self
            .cases
            .iter()
            .filter(move |(_, verdicts)| !steady(verdicts));
        changed.map(|(id, _)| id.as_str())
    }

    /// The table of changes, and a sentence on all.
    pub(super) fn markdown(&self, server: &str) -> String {
        let mut text = String::new();
        let changed: Vec<&str> = self.changes().collect();
        if !changed.is_empty() {
            text += "| case | verdicts in so many runs, from the seed |\n|---|---|\n";
        }
        for id in &changed {
            let verdicts = self.cases[*id].iter();
            let verdicts = verdicts.map(|(verdict, seeds)| {
                format!("{verdict} {} (seed {})", seeds.count, seeds.first)
            });
            let verdicts: Vec<String> = verdicts.collect();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {id} | {} |", verdicts.join(", "));
        }
        let bound = match changed.as_slice() {
            [] => format!(": below {:.1} % of runs, at 95 %", 300.0 / self.runs as f64),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "{server}: {} cases, {} runs, {} changed{bound}",
            self.cases.len(),
            self.runs,
            changed.len()
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str, verdict: &str) -> Case {
        Case {
            id: id.to_owned(),
            verdict: verdict.to_owned(),
        }
    }

    #[test]
    fn what_stays_the_same_is_not_told() {
        let mut table = Table::default();
        for seed in 0..200 {
            table.add(seed, vec![case("a", "pass"), case("b", "fail")]);
        }
        assert_eq!(
            table.markdown("embedded"),
            "embedded: 2 cases, 200 runs, 0 changed: below 1.5 % of runs, at 95 %\n"
        );
    }

    #[test]
    fn another_verdict_is_a_change_and_so_is_none() {
        let mut table = Table::default();
        table.add(
            1,
            vec![case("a", "pass"), case("b", "pass"), case("c", "pass")],
        );
        table.add(2, vec![case("a", "pass"), case("b", "fail")]);
        assert_eq!(table.changes().collect::<Vec<_>>(), ["b", "c"]);
        let text = table.markdown("node");
        assert!(
            text.contains("| b | fail 1 (seed 2), pass 1 (seed 1) |"),
            "{text}"
        );
        assert!(
            text.ends_with("node: 3 cases, 2 runs, 2 changed\n"),
            "{text}"
        );
    }
}
