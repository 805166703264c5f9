//! `conformance/mutants.json`: what became of the mutants of every file that was run as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::JSON;
use super::result::{Fate, Fates, Mutant};
use super::tool::VERSION;
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
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Hash of the source that was run, without its tests.
    pub source: String,
    /// Mutants that a test caught.
    pub caught: usize,
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

    /// Takes up every file all of whose mutants came to an end, and drops files that are no more.
    pub fn take_up(&mut self, root: &Path, listed: &BTreeMap<String, Vec<Mutant>>, fates: &Fates) {
        VERSION.clone_into(&mut self.tool);
        self.listed = listed
            .iter()
            .map(|(file, all)| (file.clone(), all.len()))
            .collect();
        self.files.retain(|file, _| listed.contains_key(file));
        for (file, mutants) in listed {
            if let Some(record) = complete(root, file, mutants, fates) {
                self.files.insert(file.clone(), record);
            }
        }
    }

    /// The sum of a crate.
    pub fn sum(&self, package: &str) -> Sum {
        let inside = format!("crates/{package}/");
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

fn complete(root: &Path, file: &str, mutants: &[Mutant], fates: &Fates) -> Option<Record> {
    let source = fs::read_to_string(root.join(file)).ok()?;
    let mut record = Record {
        source: code_hash(&source),
        ..Record::default()
    };
    for mutant in mutants {
        match fates.get(mutant)? {
            Fate::Caught => record.caught += 1,
            Fate::Unviable => record.unviable += 1,
            Fate::Survived => record.survived.push(mutant.name.clone()),
        }
    }
    Some(record)
}

/// The hash of a source without its tests, which have no mutants.
pub fn code_hash(source: &str) -> String {
    hash_of(source.split("#[cfg(test)]").next().unwrap_or_default())
}
