//! Writes the session as a fixture, again and again: whatever ends it, a whole file is there.

use std::fs;
use std::path::{Path, PathBuf};

use chatspec_judge::fixture::{self, lint};
use chatspec_judge::proxy::{Recorder, Remark, Seen};
use chatspec_judge::rule::{Profile, Rules};

use crate::exit::Failure;
use crate::output::write;

/// Beyond so much, the file is written at the end alone.
const OFTEN: usize = 4_000;

/// Records, and writes.
pub struct Keeper {
    recorder: Recorder,
    profile: Profile,
    path: PathBuf,
    /// How much of it is written, and whether with the note that there is more.
    written: (usize, bool),
    exists: bool,
}

impl Keeper {
    /// One that writes this file.
    pub fn new(path: &Path, profile: Profile) -> Result<Keeper, Failure> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(Failure::usage(format!(
                "record into {}: there is no folder {}",
                path.display(),
                folder.display()
            )));
        }
        // A name that is no fixture's would be found out when there is something to lose.
        if path.extension().is_none_or(|ending| ending != "yaml") {
            return Err(Failure::usage(format!(
                "record into {}: give it a name that ends in .yaml",
                path.display()
            )));
        }
        if fs::metadata(path).is_ok() {
            return Err(Failure::usage(format!(
                "record into {}: it is there already, and may be reviewed; choose another name",
                path.display()
            )));
        }
        Ok(Keeper {
            recorder: Recorder::default(),
            profile,
            path: path.to_owned(),
            written: (0, false),
            exists: false,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes in what passed.
    pub fn see(&mut self, seen: &Seen, remarks: &[Remark]) {
        self.recorder.see(seen, remarks);
    }

    /// Writes what has come since the last time, as long as that is little work; whether there is a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_some(&mut self) -> Result<bool, Failure> {
        match self.recorder.len() > OFTEN {
            true => Ok(self.exists),
            false => self.write(),
        }
    }

    /// Writes what has come since the last time; whether there is a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self) -> Result<bool, Failure> {
        let kept = (self.recorder.len(), self.recorder.is_full());
        if kept == self.written {
            return Ok(self.exists);
        }
        let (id, title) = (self.id(), "A session that was recorded");
        if let Some(text) = self.recorder.fixture(self.profile, &id, title) {
            // People look at it, and their terminals obey.
            write::replace(&self.path, &write::escaped(&text))?;
            self.exists = true;
        }
        // Only now: what could not be written is tried again.
        self.written = kept;
        Ok(self.exists)
    }

    /// What is wrong with the file, as lint says it, but for the review that it lacks.
    ///
    /// # Errors
    /// The linter does not take it, which is a fault of ours.
    pub fn check(&self, rules: &Rules) -> Result<(), Failure> {
        let Ok(text) = fs::read_to_string(&self.path) else {
            return Ok(());
        };
        let name = self.path.display().to_string();
        let wrong = match fixture::load(&name, &text) {
            Ok(fixture) => lint::lint(&fixture, rules),
            Err(errors) => errors,
        };
        match wrong.first() {
            None => Ok(()),
            Some(error) => Err(Failure::ours(format!("record the session: {error}"))),
        }
    }

    pub fn is_full(&self) -> bool {
        self.recorder.is_full()
    }

    /// The id that belongs to the path.
    fn id(&self) -> String {
        let path = self.path.display().to_string();
        let id = path
            .rsplit_once("conversations/")
            .map(|(_, rest)| rest.trim_end_matches(".yaml"));
        let stem = self
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let word = |c: char| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        };
        let stem: String = stem.unwrap_or_default().chars().map(word).collect();
        id.map_or_else(|| format!("recorded/{stem}"), str::to_owned)
    }
}
