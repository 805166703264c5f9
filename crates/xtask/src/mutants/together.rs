//! Builds all mutants of a crate at once, and tries one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::build::{Builder, Built, Complaint};
use super::journal::Journal;
use super::mutant::{Fate, Fates, Mutant};
use super::play::End;
use super::pool;
use super::reach::Tests;
use super::rewrite::{Rewritten, can_switch, rewrite};
use super::text::{bytes, replaced};
use super::tree::Tree;

/// What a crate root with switches ends with.
const SWITCH: &str = include_str!("switch.in");
/// And what it starts with: copies of a body are full of warnings, and what a lint denies is a mutant all the same.
const NO_LINTS: &str =
    "#![allow(warnings, arithmetic_overflow, unconditional_panic, overflowing_literals)] ";
/// Bodies whose types have no name cannot share a `match`; the mutant may well compile.
const OURS: &str = "have incompatible types";

/// A crate whose mutants are tried.
pub struct Trial<'t> {
    /// A copy of the checkout.
    pub tree: &'t Tree,
    /// Builds the crate there.
    pub builder: Builder,
    /// The folder of the crate, from the root.
    pub home: String,
    /// Where notes of the tests are kept.
    pub notes: PathBuf,
    /// Mutants at a time.
    pub jobs: usize,
    /// All its mutants; their numbers count from 1.
    pub mutants: &'t [Mutant],
    /// The numbers of those to try.
    pub wanted: BTreeSet<usize>,
    /// What is known already.
    pub journal: &'t Journal,
}

/// How each mutant is to be tried.
#[derive(Default)]
struct Ways {
    together: BTreeSet<usize>,
    alone: BTreeSet<usize>,
    unviable: BTreeSet<usize>,
}

/// The programs of the tests, and the number of each mutant's function.
struct Switched {
    programs: Vec<PathBuf>,
    functions: BTreeMap<usize, usize>,
}

impl Trial<'_> {
    /// Tries them.
    ///
    /// # Errors
    /// The crate does not compile as it is, or its tests fail, or something cannot be run.
    pub fn fates(&self) -> Result<Fates, String> {
        if self.wanted.is_empty() {
            return Ok(Fates::new());
        }
        let mut ways = self.ways()?;
        let switched = self.build(&mut ways)?;
        for number in &ways.unviable {
            self.note(*number, Fate::Unviable)?;
        }
        let package = &self.builder.package;
        println!(
            "{package}: {} mutants together, {} alone, {} do not compile",
            ways.together.len(),
            ways.alone.len(),
            ways.unviable.len()
        );
        let folder = self.tree.folder.join(&self.home);
        let tests = Tests::survey(&folder, &self.notes, &switched.programs, self.jobs)?;
        println!("{package}: {} tests", tests.count());

        // What costs most comes last, so that a run that is interrupted knows as much as it can.
        let mut waiting: Vec<usize> = ways
            .together
            .iter()
            .copied()
            .filter(|n| self.waits(*n))
            .collect();
        waiting.sort_by_key(|number| tests.cost(switched.functions[number]));
        let tried = pool::each(self.jobs, waiting, |number| {
            let end = tests.end(switched.functions[&number], number)?;
            self.note(number, fate(end))
        });
        let mut fates = tried.into_iter().collect::<Result<Fates, String>>()?;
        self.write(&BTreeMap::new())?;
        for number in ways.alone.into_iter().filter(|n| self.waits(*n)) {
            let fate = self.alone(&tests, number)?;
            fates.extend([self.note(number, fate)?]);
        }
        let named = |number: &usize| self.mutant(*number).name.clone();
        fates.extend(ways.unviable.iter().map(|n| (named(n), Fate::Unviable)));
        fates.extend(self.journal.known.clone());
        Ok(fates)
    }

    fn ways(&self) -> Result<Ways, String> {
        let mut ways = Ways::default();
        for number in self.wanted.iter().copied() {
            let mutant = self.mutant(number);
            let known = self.journal.known.get(&mutant.name);
            match can_switch(self.tree.original(&mutant.file)?, mutant) {
                _ if known == Some(&Fate::Unviable) => ways.unviable.insert(number),
                true => ways.together.insert(number),
                false => ways.alone.insert(number),
            };
        }
        Ok(ways)
    }

    /// Builds the tests with all mutants that compile, and drops those that do not.
    fn build(&self, ways: &mut Ways) -> Result<Switched, String> {
        let package = &self.builder.package;
        loop {
            let files = self.rewritten(&ways.together)?;
            self.write(&files)?;
            if let Built::Broken(complaints) = self.builder.check()? {
                let before = ways.together.len();
                complaints.iter().for_each(|told| ways.drop(told, &files));
                if ways.together.len() == before {
                    return Err(format!("build {package}: {}", complaints[0].text));
                }
                println!("{package}: {before} mutants, {} errors", complaints.len());
                continue;
            }
            return match self.builder.tests()? {
                Built::Programs(programs) => Ok(Switched {
                    programs,
                    functions: files.values().flat_map(Rewritten::keys).collect(),
                }),
                Built::Broken(complaints) => {
                    Err(format!("build tests of {package}: {}", complaints[0].text))
                }
            };
        }
    }

    fn rewritten(&self, numbers: &BTreeSet<usize>) -> Result<BTreeMap<&str, Rewritten>, String> {
        let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
        for number in numbers {
            let mutant = self.mutant(*number);
            by_file
                .entry(&mutant.file)
                .or_default()
                .push((*number, mutant));
        }
        let each = by_file.into_iter();
        each.map(|(file, mutants)| Ok((file, rewrite(self.tree.original(file)?, &mutants)?)))
            .collect()
    }

    /// Writes these files of the crate with their switches, and the others as they are.
    fn write(&self, files: &BTreeMap<&str, Rewritten>) -> Result<(), String> {
        let texts = files.iter().map(|(name, file)| (*name, file.text.clone()));
        let mut texts: BTreeMap<&str, String> = texts.collect();
        let root = format!("{}/src/lib.rs", self.home);
        if !files.is_empty() {
            let text = match texts.get(root.as_str()) {
                Some(text) => text,
                None => self.tree.original(&root)?,
            };
            let switch = SWITCH.replace("COUNT", &(self.mutants.len() + 1).to_string());
            let text = format!("{NO_LINTS}{text}{switch}");
            texts.insert(&root, text);
        }
        self.tree.settle(&texts)
    }

    /// Tries one that a switch cannot hold.
    fn alone(&self, tests: &Tests, number: usize) -> Result<Fate, String> {
        let mutant = self.mutant(number);
        let source = self.tree.original(&mutant.file)?;
        let span = bytes(source, mutant.span)
            .ok_or_else(|| format!("{}: there is no such place", mutant.name))?;
        let text = replaced(source, span, &mutant.replacement);
        self.tree.write(&mutant.file, text.as_bytes())?;
        let built = match self.builder.check()? {
            Built::Programs(_) => self.builder.tests()?,
            broken => broken,
        };
        let fate = match built {
            Built::Broken(_) => Fate::Unviable,
            Built::Programs(programs) => fate(tests.end_alone(&programs)?),
        };
        self.tree.write(&mutant.file, source.as_bytes())?;
        Ok(fate)
    }

    /// Whether it has not come to an end in an earlier run.
    fn waits(&self, number: usize) -> bool {
        !self.journal.known.contains_key(&self.mutant(number).name)
    }

    fn note(&self, number: usize, fate: Fate) -> Result<(String, Fate), String> {
        let name = self.mutant(number).name.clone();
        match fate {
            Fate::Survived => println!("survived  {name}"),
            Fate::Late => println!("late      {name}"),
            Fate::Caught | Fate::Unviable => {}
        }
        if self.waits(number) {
            self.journal.note(&name, fate)?;
        }
        Ok((name, fate))
    }

    fn mutant(&self, number: usize) -> &Mutant {
        &self.mutants[number - 1]
    }
}

fn fate(end: End) -> Fate {
    match end {
        End::Passed => Fate::Survived,
        End::Failed => Fate::Caught,
        End::Late => Fate::Late,
    }
}

impl Ways {
    /// Takes what is to blame for the error from those that are built together.
    fn drop(&mut self, complaint: &Complaint, files: &BTreeMap<&str, Rewritten>) {
        let Some((file, line)) = &complaint.place else {
            return;
        };
        let blamed = files.get(file.as_str()).map(|file| file.blamed(*line));
        let blamed = blamed.unwrap_or_default();
        let certain = blamed.len() == 1 && !complaint.text.contains(OURS);
        for number in blamed {
            if self.together.remove(&number) {
                match certain {
                    true => self.unviable.insert(number),
                    false => self.alone.insert(number),
                };
            }
        }
    }
}
