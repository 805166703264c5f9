//! Edits of a small protocol with the verdicts that are right, written by hand: does the comparison find them?

mod patch;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::patch::Operation;
use super::change::{Category, Peers, Report};
use super::compare;
use super::contain::Verdict;
use super::version::{Direction, Version};

/// One edit, as people write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Its name.
    pub name: String,
    /// The edit that takes it back.
    #[serde(default)]
    pub inverse: Option<String>,
    /// What happens, and to whom.
    pub about: String,
    /// The category of the worst change.
    pub category: Category,
    /// What makes the old version out of the base.
    old: Vec<Operation>,
    /// What makes the new one.
    new: Vec<Operation>,
    /// Client to server with the old client, with the new one; server to client with the old client, with the new one.
    pub cells: [Verdict; 4],
}

/// What an edit came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// The cells that were found.
    pub cells: [Verdict; 4],
    /// Whether they are the ones that are right, and the category is.
    pub right: bool,
    /// All that was found.
    pub report: Report,
}

/// A message that shows a break, and the schemas that it shows it on.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// The edit, the direction and the peers.
    pub name: String,
    /// What the sender may send.
    pub sent: Value,
    /// What the receiver takes.
    pub received: Value,
    /// The message.
    pub message: Value,
}

/// Reads a list of edits.
///
/// # Errors
/// It is none.
pub fn read(text: &str) -> Result<Vec<Edit>, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl Edit {
    /// Compares the two versions that the edit makes of the base.
    ///
    /// # Errors
    /// An operation does not apply, or a version cannot be compared.
    pub fn play(&self, base: &BTreeMap<String, String>) -> Result<Outcome, String> {
        let [old, new] = self.files(base)?;
        let read = |label, files| {
            Version::read(label, files).map_err(|error| format!("{}: {error}", self.name))
        };
        let report =
            compare(&read("old", &old)?, &read("new", &new)?).map_err(|error| error.to_string())?;
        let mut cells = [Verdict::Ok; 4];
        for change in &report.changes {
            for (cell, found) in cells.iter_mut().zip(change.cells.row()) {
                *cell = (*cell).max(found);
            }
        }
        let worst = report
            .changes
            .iter()
            .max_by_key(|change| (change.verdict(), std::cmp::Reverse(change.category)));
        let category = worst.map(|change| change.category);
        Ok(Outcome {
            name: self.name.clone(),
            right: cells == self.cells
                && category == Some(self.category)
                && report.unsound.is_empty(),
            cells,
            report,
        })
    }

    /// Everything that a validator which is not ours needs to confirm the outcome's witnesses.
    ///
    /// # Errors
    /// As for [`Edit::play`].
    pub fn proofs(
        &self,
        base: &BTreeMap<String, String>,
        outcome: &Outcome,
    ) -> Result<Vec<Proof>, String> {
        let versions = self.files(base)?;
        let mut proofs = Vec::new();
        for change in &outcome.report.changes {
            for finding in change
                .findings
                .iter()
                .filter(|finding| finding.verdict == Verdict::Break)
            {
                // What is taken and misunderstood, a validator takes.
                let (Some(message), Category::Wire) = (&finding.witness, change.category) else {
                    continue;
                };
                let sender_is_new = match finding.direction {
                    Direction::ServerToClient => finding.peers == Peers::OldClient,
                    _ => finding.peers == Peers::NewClient,
                };
                let schema = |new: bool, ending: &str| {
                    let twin = format!("{}{ending}.json", change.place);
                    let files = &versions[usize::from(new)];
                    let text = files
                        .get(&twin)
                        .or_else(|| files.get(&format!("{}.json", change.place)));
                    text.and_then(|text| serde_json::from_str(text).ok())
                        .unwrap_or_default()
                };
                proofs.push(Proof {
                    name: format!(
                        "{} {} {:?}",
                        self.name,
                        finding.direction.word(),
                        finding.peers
                    ),
                    sent: schema(sender_is_new, ""),
                    received: schema(!sender_is_new, ".receive"),
                    message: message.clone(),
                });
            }
        }
        Ok(proofs)
    }

    /// What is wrong with the list by itself: an edit whose inverse is not its mirror.
    pub fn mirrored(&self, all: &[Edit]) -> Result<(), String> {
        let Some(name) = &self.inverse else {
            return Ok(());
        };
        let Some(other) = all.iter().find(|edit| edit.name == *name) else {
            return Err(format!("{}: there is no {name}", self.name));
        };
        let swapped = [self.cells[1], self.cells[0], self.cells[3], self.cells[2]];
        let same = other.inverse.as_deref() == Some(&self.name)
            && other.old == self.new
            && other.new == self.old;
        match same && other.cells == swapped && other.category == self.category {
            true => Ok(()),
            false => Err(format!("{}: {name} is not its mirror", self.name)),
        }
    }

    fn files(
        &self,
        base: &BTreeMap<String, String>,
    ) -> Result<[BTreeMap<String, String>; 2], String> {
        let apply = |operations| {
            patch::apply(operations, base).map_err(|what| format!("{}: {what}", self.name))
        };
        Ok([apply(&self.old)?, apply(&self.new)?])
    }
}
