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
    /// Goes on with the journal of these sources, or begins a new one. `code` is a hash of what has mutants, `tests` one of the
    /// tests as well: where they alone have changed, what survived is tried again, and the rest stays.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn open(path: PathBuf, code: &str, tests: &str) -> Result<Journal, String> {
        let failed = |error: std::io::Error| format!("write {}: {error}", path.display());
        let text = fs::read_to_string(&path).unwrap_or_default();
        let known = known(&text, code, tests);
        let lines: String = known.iter().map(|(name, fate)| line(name, *fate)).collect();
        fs::write(&path, format!("{code} {tests}\n{lines}")).map_err(failed)?;
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
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line(name, fate).as_bytes())
            .map_err(|e| format!("write {}: {e}", self.path.display()))
    }

    /// Ends it: another run begins anew.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn close(self) -> Result<(), String> {
        fs::remove_file(&self.path).map_err(|e| format!("remove {}: {e}", self.path.display()))
    }
}

/// What a journal knows of these sources.
fn known(text: &str, code: &str, tests: &str) -> Fates {
    let Some((first, rest)) = text.split_once('\n') else {
        return Fates::new();
    };
    let all = rest.lines().filter_map(read);
    match first.split_once(' ') {
        Some((of, with)) if of == code && with == tests => all.collect(),
        Some((of, _)) if of == code => all.filter(|(_, fate)| *fate != Fate::Survived).collect(),
        _ => Fates::new(),
    }
}

fn line(name: &str, fate: Fate) -> String {
    format!("{}\n", serde_json::json!([name, fate]))
}

/// A line; the last one may have been cut.
fn read(line: &str) -> Option<(String, Fate)> {
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_survived_other_tests_is_tried_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let open = |code: &str, tests: &str| {
            Journal::open(path.clone(), code, tests).expect("it can be written")
        };
        let names = |journal: &Journal| journal.known.keys().cloned().collect::<Vec<_>>();
        let first = open("c1", "t1");
        assert!(first.known.is_empty());
        first.note("a", Fate::Caught).expect("written");
        first.note("b", Fate::Survived).expect("written");
        assert_eq!(names(&open("c1", "t1")), ["a", "b"]);
        assert_eq!(names(&open("c1", "t2")), ["a"]);
        assert_eq!(names(&open("c1", "t2")), ["a"]);
        assert!(names(&open("c2", "t2")).is_empty());
        assert!(names(&open("c1", "t2")).is_empty(), "it has begun anew");
    }
}
