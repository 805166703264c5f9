//! `conformance/mutants.toml`: why a mutant that no test notices is no hole.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::record::Records;

const PATH: &str = "conformance/mutants.toml";

/// The reasons.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivors {
    #[serde(default)]
    survivor: Vec<Survivor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    /// The mutant's name without line and column.
    mutant: String,
    /// Why no test can notice it, or none should.
    reason: String,
}

impl Survivors {
    /// Reads the committed file.
    ///
    /// # Errors
    /// It is missing or broken.
    pub fn read(root: &Path) -> Result<Survivors, String> {
        let text = fs::read_to_string(root.join(PATH)).map_err(|e| format!("read {PATH}: {e}"))?;
        Survivors::parse(&text)
    }

    /// Reads its text.
    ///
    /// # Errors
    /// It is broken.
    pub fn parse(text: &str) -> Result<Survivors, String> {
        toml::from_str(text).map_err(|error| format!("read {PATH}: {error}"))
    }

    /// The reason of a mutant.
    pub fn reason(&self, name: &str) -> Option<&str> {
        let key = key(name);
        let mine = self.survivor.iter().find(|survivor| survivor.mutant == key);
        mine.map(|survivor| survivor.reason.trim())
            .filter(|reason| !reason.is_empty())
    }

    /// Survivors without a reason, and reasons without a survivor.
    pub fn problems(&self, records: &Records) -> Vec<String> {
        let survived: Vec<&String> = records
            .files
            .values()
            .flat_map(|record| &record.survived)
            .collect();
        let mut problems: Vec<String> = survived
            .iter()
            .filter(|name| self.reason(name).is_none())
            .map(|name| {
                format!(
                    "{name}: no test notices it; mend: add one, or the reason to {PATH} under mutant = {:?}",
                    key(name)
                )
            })
            .collect();
        let idle = self.survivor.iter().filter(|survivor| {
            let file = survivor.mutant.split(": ").next().unwrap_or_default();
            // A file that was not run may still have it.
            let was_run = records.files.contains_key(file) || !records.listed.contains_key(file);
            was_run && !survived.iter().any(|name| key(name) == survivor.mutant)
        });
        problems.extend(idle.map(|survivor| {
            format!(
                "{PATH}: {:?} is caught, or is no mutant; mend: remove it",
                survivor.mutant
            )
        }));
        problems
    }
}

/// `src/a.rs:3:5: replace x` without line and column, which move with every edit.
pub fn key(name: &str) -> String {
    let place = name.split(": ").next().unwrap_or_default();
    let file = place.split(':').next().unwrap_or_default();
    format!("{file}{}", &name[place.len()..])
}
