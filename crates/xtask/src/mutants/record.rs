//! `conformance/mutants.json`: what became of the mutants of every file that was run as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::JSON;
use super::list::VERSION;
use super::mutant::{Fate, Fates, Mutant};
use crate::codegen::json_file;
use crate::requirements::hash_of;

/// All files.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// The release of cargo-mutants.
    tool: String,
    /// By path from the root.
    pub files: BTreeMap<String, Record>,
    /// How many mutants each file of the crates has, the ones that were not run included.
    pub listed: BTreeMap<String, usize>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Hash of the source that was run, without its tests.
    pub source: String,
    /// Mutants that a test caught.
    pub caught: usize,
    /// How many of these were caught by running for ever, or for very long.
    pub late: usize,
    /// Mutants that do not compile, and do not count.
    pub unviable: usize,
    /// Mutants that no test noticed: their names.
    pub survived: Vec<String>,
}

/// Mutants of a crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Caught.
    pub caught: usize,
    /// Not noticed.
    pub survived: usize,
    /// Not run.
    pub waiting: usize,
}

impl Sum {
    /// What the figure is a part of.
    pub fn counted(self) -> usize {
        self.caught + self.survived
    }
}

impl Records {
    /// Reads the committed file; nothing, where there is none yet.
    ///
    /// # Errors
    /// It is there and is no such file.
    pub fn read(root: &Path) -> Result<Records, String> {
        let path = root.join(JSON);
        if !path.exists() {
            return Ok(Records::default());
        }
        let text = fs::read_to_string(path).map_err(|error| format!("read {JSON}: {error}"))?;
        serde_json::from_str(&text).map_err(|error| format!("read {JSON}: {error}"))
    }

    /// The record of a file, if it is of this text of it.
    pub fn current(&self, root: &Path, file: &str) -> Option<&Record> {
        let record = self.files.get(file)?;
        (record.source == hash(root, file)?).then_some(record)
    }

    /// Takes up what became of the mutants of a package, all of which these are. A file counts once all its mutants have
    /// been tried, or all that had survived when it was the same file; one that is gone is dropped.
    pub fn take_up(&mut self, root: &Path, package: &str, mutants: &[Mutant], fates: &Fates) {
        VERSION.clone_into(&mut self.tool);
        let mut listed: BTreeMap<String, Vec<&Mutant>> = BTreeMap::new();
        for mutant in mutants {
            listed.entry(mutant.file.clone()).or_default().push(mutant);
        }
        let elsewhere = |file: &String| !file.starts_with(&inside(package));
        self.files
            .retain(|file, _| elsewhere(file) || listed.contains_key(file));
        self.listed.retain(|file, _| elsewhere(file));
        for (file, mutants) in listed {
            let record = complete(root, &file, &mutants, fates)
                .or_else(|| self.current(root, &file)?.tried_again(fates));
            if let Some(record) = record {
                self.files.insert(file.clone(), record);
            }
            self.listed.insert(file, mutants.len());
        }
    }

    /// The sum of a crate.
    pub fn sum(&self, package: &str) -> Sum {
        let inside = inside(package);
        let mut sum = Sum::default();
        for (file, count) in self
            .listed
            .iter()
            .filter(|(file, _)| file.starts_with(&inside))
        {
            match self.files.get(file) {
                None => sum.waiting += count,
                Some(record) => {
                    sum.caught += record.caught;
                    sum.survived += record.survived.len();
                }
            }
        }
        sum
    }

    /// The file.
    pub fn json(&self) -> String {
        json_file(&serde_json::to_value(self).expect("strings and numbers are JSON"))
    }
}

impl Record {
    /// The record when all that had survived were tried again.
    fn tried_again(&self, fates: &Fates) -> Option<Record> {
        let mut record = self.clone();
        for name in std::mem::take(&mut record.survived) {
            record.add(&name, *fates.get(&name)?);
        }
        Some(record)
    }

    fn add(&mut self, name: &str, fate: Fate) {
        match fate {
            Fate::Caught => self.caught += 1,
            Fate::Late => {
                self.caught += 1;
                self.late += 1;
            }
            Fate::Unviable => self.unviable += 1,
            Fate::Survived => self.survived.push(name.to_owned()),
        }
    }
}

fn complete(root: &Path, file: &str, mutants: &[&Mutant], fates: &Fates) -> Option<Record> {
    let mut record = Record {
        source: hash(root, file)?,
        ..Record::default()
    };
    for mutant in mutants {
        record.add(&mutant.name, *fates.get(&mutant.name)?);
    }
    Some(record)
}

fn inside(package: &str) -> String {
    format!("crates/{package}/")
}

fn hash(root: &Path, file: &str) -> Option<String> {
    let source = fs::read_to_string(root.join(file)).ok()?;
    Some(code_hash(&source))
}

/// The hash of a source without its tests.
fn code_hash(source: &str) -> String {
    hash_of(code(source))
}

/// A source without its tests, which have no mutants.
pub fn code(source: &str) -> &str {
    source.split("#[cfg(test)]").next().unwrap_or_default()
}
