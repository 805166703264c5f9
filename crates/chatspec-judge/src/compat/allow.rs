//! Waivers: changes that break somebody and are made all the same, each with its reason.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::change::Report;
use super::contain::Verdict;
use crate::fixture::{FixtureError, first_line};
use crate::rule::distance;

/// A list of waivers, as people write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiversFile {
    /// What the changes are about, for people.
    #[serde(default)]
    #[expect(dead_code, reason = "it is for people who read the file")]
    about: Option<String>,
    #[serde(default)]
    allow: Vec<WaiverFile>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiverFile {
    change: Spanned<String>,
    reason: Spanned<String>,
}

/// Waivers, read.
#[derive(Clone, Debug, Default)]
pub struct Waivers {
    path: String,
    list: Vec<Waiver>,
}

#[derive(Clone, Debug)]
struct Waiver {
    change: String,
    reason: String,
    line: u64,
    column: u64,
}

impl Waivers {
    /// Reads waivers. `path` is for messages.
    ///
    /// # Errors
    /// Every mistake that the file itself shows, with its place and mend.
    pub fn load(path: &str, text: &str) -> Result<Waivers, Vec<FixtureError>> {
        let error = |line, column, what: String| FixtureError {
            path: path.to_owned(),
            line,
            column,
            what,
        };
        let file: WaiversFile = serde_saphyr::from_str(text).map_err(|found| {
            let place = found
                .location()
                .map_or((1, 1), |at| (at.line(), at.column()));
            vec![error(
                place.0,
                place.1,
                first_line(&found.without_snippet().to_string()),
            )]
        })?;
        let mut errors = Vec::new();
        let mut list: Vec<Waiver> = Vec::new();
        for waiver in file.allow {
            let place = waiver.change.referenced;
            let (line, column) = (place.line(), place.column());
            if waiver.reason.value.trim().is_empty() {
                let at = waiver.reason.referenced;
                errors.push(error(
                    at.line(),
                    at.column(),
                    "the reason is empty: say why the change is made all the same".to_owned(),
                ));
            }
            if let Some(twin) = list
                .iter()
                .find(|other| other.change == waiver.change.value)
            {
                errors.push(error(
                    line,
                    column,
                    format!("the same as the waiver in line {}: drop one", twin.line),
                ));
            }
            list.push(Waiver {
                change: waiver.change.value,
                reason: waiver.reason.value.trim().to_owned(),
                line,
                column,
            });
        }
        match errors.is_empty() {
            true => Ok(Waivers {
                path: path.to_owned(),
                list,
            }),
            false => Err(errors),
        }
    }

    /// Allows what the waivers name, in all reports; says which of them allow nothing.
    pub fn apply(&self, reports: &mut [Report]) -> Vec<FixtureError> {
        let mut idle = Vec::new();
        for waiver in &self.list {
            let mut allowed = false;
            let mut harmless = false;
            for change in reports.iter_mut().flat_map(|report| &mut report.changes) {
                if change.fingerprint != waiver.change {
                    continue;
                }
                match change.verdict() {
                    Verdict::Ok => harmless = true,
                    _ => {
                        change.waived = Some(waiver.reason.clone());
                        allowed = true;
                    }
                }
            }
            if !allowed {
                let what = match (harmless, self.nearest(reports, &waiver.change)) {
                    (true, _) => format!("stale: {} breaks nobody; drop the waiver", waiver.change),
                    (false, Some(near)) => format!(
                        "stale or unknown: there is no change {}; did you mean {near}?",
                        waiver.change
                    ),
                    (false, None) => format!(
                        "stale or unknown: there is no change {}; drop the waiver",
                        waiver.change
                    ),
                };
                idle.push(FixtureError {
                    path: self.path.clone(),
                    line: waiver.line,
                    column: waiver.column,
                    what,
                });
            }
        }
        reports.iter_mut().for_each(Report::settle);
        idle
    }

    /// The change that breaks somebody, is not allowed, and has the most alike name.
    fn nearest(&self, reports: &[Report], wanted: &str) -> Option<String> {
        let changes = reports.iter().flat_map(|report| &report.changes);
        let open = changes.filter(|change| {
            change.verdict() != Verdict::Ok
                && !self
                    .list
                    .iter()
                    .any(|other| other.change == change.fingerprint)
        });
        let near = open.map(|change| (distance(&change.fingerprint, wanted), &change.fingerprint));
        let (distance, name) = near.min()?;
        (distance <= wanted.chars().count().max(12) / 2).then(|| name.clone())
    }
}
