//! What is known of a run that has not ended: one that was interrupted goes on where it was.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::mutant::{Fate, Fates};

/// A file with a line for each mutant that came to an end.
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    /// What an earlier run of the same sources has found.
    pub known: Fates,
}

impl Journal {
    /// Goes on with the journal of these sources, or begins a new one.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn open(path: PathBuf, sources: &str) -> Result<Journal, String> {
        let failed = |error: std::io::Error| format!("write {}: {error}", path.display());
        let text = fs::read_to_string(&path).unwrap_or_default();
        let known = match text.split_once('\n') {
            Some((first, rest)) if first == sources => rest.lines().filter_map(read).collect(),
            _ => {
                fs::write(&path, format!("{sources}\n")).map_err(failed)?;
                Fates::new()
            }
        };
        let file = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(failed)?;
        Ok(Journal {
            file: Mutex::new(file),
            path,
            known,
        })
    }

    /// Notes what became of a mutant.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn note(&self, name: &str, fate: Fate) -> Result<(), String> {
        let line = serde_json::json!([name, fate]);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{line}").map_err(|e| format!("write {}: {e}", self.path.display()))
    }

    /// Ends it: another run begins anew.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn close(self) -> Result<(), String> {
        fs::remove_file(&self.path).map_err(|e| format!("remove {}: {e}", self.path.display()))
    }
}

/// A line; the last one may have been cut.
fn read(line: &str) -> Option<(String, Fate)> {
    serde_json::from_str(line).ok()
}
