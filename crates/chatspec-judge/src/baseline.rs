//! Baselines: the failures of a server that are known, each with its reason.
//!
//! An entry is a contract. It has to name a case and a rule that exist, and the rule has to fail there in the way that
//! the entry says; where it does not, the entry is *stale*, and that is as wrong as a new failure. What an entry knows is
//! expected, never green: the rule's verdict stays what it is, and the server does not conform.

mod apply;
mod fix;

use globset::{Glob, GlobMatcher};
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::finding::Outcome;
use crate::fixture::{FixtureError, first_line};

pub use self::apply::{Scope, apply};
pub use self::fix::{Fixed, UNEXPLAINED, fix};

/// A list of known failures, as people write it. `schemas/suite/baseline.json` is generated from this.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, bound = "E: Deserialize<'de>")]
pub struct BaselineFile<E> {
    /// Whose failures these are.
    #[serde(default)]
    pub about: Option<String>,
    /// The failures.
    #[serde(default)]
    pub entries: Vec<E>,
}

/// One known failure.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, bound = "S: Deserialize<'de>")]
pub struct EntryFile<S> {
    /// Id of the case: `chat/room@polling`, or `chat/room` for every transport that it is played on; or a pattern with
    /// `*`, `?`, `[]` or `{}`, one of whose cases has to fail.
    pub case: S,
    /// The rule that fails there.
    pub rule: S,
    /// How it fails, as reports say it: `missing`, `different`, `unexpected`, `duplicate`, `order`, `late` or `dead`.
    pub outcome: Outcome,
    /// Why this is known and not mended, for people. Never empty.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub reason: S,
    /// Whether the failure comes and goes. Then the entry is not stale where it does not show, and nothing but a person
    /// ever drops it.
    #[serde(default)]
    pub sometimes: bool,
}

/// A baseline, read.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// The path, for messages.
    pub path: String,
    /// The entries, in the order of the file.
    pub entries: Vec<Entry>,
    text: String,
}

/// One entry, and where it stands.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The case, as written.
    pub case: String,
    /// The rule.
    pub rule: String,
    /// How it fails.
    pub outcome: Outcome,
    /// Why that is known.
    pub reason: String,
    /// Whether it comes and goes.
    pub sometimes: bool,
    /// Line of the case in the file, from 1.
    pub line: u64,
    /// Its column, from 1.
    pub column: u64,
    /// Where the case is a pattern.
    pattern: Option<GlobMatcher>,
}

impl Baseline {
    /// Reads a baseline. `path` is for messages.
    ///
    /// # Errors
    /// Every mistake that the file itself shows, with its place and mend.
    pub fn load(path: &str, text: &str) -> Result<Baseline, Vec<FixtureError>> {
        let at = |line, column, what: String| FixtureError {
            path: path.to_owned(),
            line,
            column,
            what,
        };
        let empty = text.lines().all(|line| {
            let line = line.trim();
            line.is_empty() || line.starts_with('#')
        });
        let file: BaselineFile<EntryFile<Spanned<String>>> = if empty {
            BaselineFile {
                about: None,
                entries: vec![],
            }
        } else {
            serde_saphyr::from_str(text).map_err(|error| {
                let place = error
                    .location()
                    .map_or((1, 1), |at| (at.line(), at.column()));
                let what = first_line(&error.without_snippet().to_string());
                vec![at(place.0, place.1, what)]
            })?
        };
        let mut errors = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        for entry in file.entries {
            let place = |of: &Spanned<String>| (of.referenced.line(), of.referenced.column());
            let (line, column) = place(&entry.case);
            if entry.reason.value.trim().is_empty() {
                let (line, column) = place(&entry.reason);
                let what = "the reason is empty: say why this failure is known and not mended";
                errors.push(at(line, column, what.to_owned()));
            }
            if !entry.outcome.is_violation() {
                let what = format!(
                    "`{}` is no failure; an outcome is missing, different, unexpected, duplicate, order, late or dead",
                    entry.outcome.word()
                );
                errors.push(at(line, column, what));
            }
            let twin = entries.iter().find(|other| {
                (&other.case, &other.rule, other.outcome)
                    == (&entry.case.value, &entry.rule.value, entry.outcome)
            });
            if let Some(twin) = twin {
                let what = format!("the same as the entry in line {}: drop one", twin.line);
                errors.push(at(line, column, what));
            }
            let pattern = match pattern(&entry.case.value) {
                Ok(pattern) => pattern,
                Err(what) => {
                    errors.push(at(line, column, what));
                    continue;
                }
            };
            entries.push(Entry {
                case: entry.case.value,
                rule: entry.rule.value,
                outcome: entry.outcome,
                reason: entry.reason.value.trim().to_owned(),
                sometimes: entry.sometimes,
                line,
                column,
                pattern,
            });
        }
        if errors.is_empty() {
            Ok(Baseline {
                path: path.to_owned(),
                entries,
                text: text.to_owned(),
            })
        } else {
            Err(errors)
        }
    }

    /// Entries whose reason is the one that [`fix`] writes where nobody gave one.
    pub fn unexplained(&self) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.reason == UNEXPLAINED)
    }
}

impl Entry {
    /// Whether it speaks of this case, `fixture@transport`.
    pub fn names(&self, id: &str) -> bool {
        let fixture = fixture_of(id);
        match &self.pattern {
            Some(pattern) => pattern.is_match(id) || pattern.is_match(fixture),
            None => self.case == id || self.case == fixture,
        }
    }

    /// Whether it may speak of several conversations.
    pub fn is_pattern(&self) -> bool {
        self.pattern.is_some()
    }
}

/// The id without its transport.
fn fixture_of(id: &str) -> &str {
    id.rsplit_once('@').map_or(id, |(fixture, _)| fixture)
}

fn pattern(case: &str) -> Result<Option<GlobMatcher>, String> {
    if case.trim().is_empty() {
        return Err("the case is empty: name one, such as `chat/room@polling`".to_owned());
    }
    if !case.contains(['*', '?', '[', '{']) {
        return Ok(None);
    }
    if case
        .chars()
        .all(|letter| matches!(letter, '*' | '?' | '/' | '@'))
    {
        return Err(format!(
            "`{case}` names every case: name those that fail, or at least their topic"
        ));
    }
    match Glob::new(case) {
        Ok(glob) => Ok(Some(glob.compile_matcher())),
        Err(error) => Err(format!("`{case}` is no pattern: {}", error.kind())),
    }
}
