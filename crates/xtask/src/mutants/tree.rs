//! A copy of the checkout, whose sources may be broken.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::requirements::hash_of;

/// The copy.
pub struct Tree {
    /// Sources as they were when they were copied, so that the checkout can be worked on meanwhile.
    sources: BTreeMap<String, String>,
    /// Where it is.
    pub folder: PathBuf,
}

impl Tree {
    /// Brings the copy up to date with the checkout: what git knows, and what it does not and does not ignore. Sources are
    /// kept, and written by [`Tree::settle`].
    ///
    /// # Errors
    /// Git does not run, or a file cannot be read or written.
    pub fn copy(checkout: &Path, folder: PathBuf) -> Result<Tree, String> {
        let mut tree = Tree {
            sources: BTreeMap::new(),
            folder,
        };
        let output = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(checkout)
            .output()
            .map_err(|error| format!("run git: {error}"))?;
        if !output.status.success() {
            return Err(format!(
                "list the checkout: git ended with {}",
                output.status
            ));
        }
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        let names: Vec<&str> = names.split_terminator('\0').collect();
        tree.forget_sources(&names)?;
        for name in names {
            let path = checkout.join(name);
            // Links are the CLI's way to its data, and gone files are known to git until that is committed.
            if !fs::symlink_metadata(&path).is_ok_and(|data| data.is_file()) {
                continue;
            }
            let bytes = fs::read(&path).map_err(|error| format!("read {name}: {error}"))?;
            match name.ends_with(".rs") {
                true => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    tree.sources.insert(name.to_owned(), text);
                }
                false => tree.write(name, &bytes)?,
            }
        }
        Ok(tree)
    }

    /// Removes sources that the checkout has no more: cargo would find a test in them.
    fn forget_sources(&self, names: &[&str]) -> Result<(), String> {
        for path in crate::files(&self.folder.join("crates"), "rs") {
            let name = path.strip_prefix(&self.folder).unwrap_or(&path);
            if !names.iter().any(|known| Path::new(known) == name) {
                fs::remove_file(&path).map_err(|e| format!("remove {}: {e}", path.display()))?;
            }
        }
        Ok(())
    }

    /// The text of a source as it was copied.
    ///
    /// # Errors
    /// There is no such source.
    pub fn original(&self, name: &str) -> Result<&str, String> {
        let text = self.sources.get(name);
        text.map(String::as_str)
            .ok_or_else(|| format!("read {name}: the checkout has no such source"))
    }

    /// Writes all sources, with these texts in the place of theirs.
    ///
    /// # Errors
    /// One cannot be written.
    pub fn settle(&self, changed: &BTreeMap<&str, String>) -> Result<(), String> {
        for (name, text) in &self.sources {
            let text = changed.get(name.as_str()).unwrap_or(text);
            self.write(name, text.as_bytes())?;
        }
        Ok(())
    }

    /// Whether the checkout has still the sources that were copied.
    ///
    /// # Errors
    /// It has others.
    pub fn is_current(&self, checkout: &Path) -> Result<(), String> {
        for (name, text) in &self.sources {
            if !fs::read(checkout.join(name)).is_ok_and(|now| now == text.as_bytes()) {
                return Err(format!(
                    "list the mutants: {name} has changed meanwhile; start again"
                ));
            }
        }
        Ok(())
    }

    /// A hash of all sources in a folder, each as `part` takes it.
    pub fn hash(&self, folder: &str, part: impl Fn(&str) -> &str) -> String {
        let folder = format!("{folder}/");
        let inside = self
            .sources
            .iter()
            .filter(|(name, _)| name.starts_with(&folder));
        let all: String = inside
            .flat_map(|(name, text)| [name.as_str(), part(text)])
            .collect();
        hash_of(&all)
    }

    /// Makes a file of the copy this. One that is so already is left alone, for cargo looks at times.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, bytes))
            .map_err(|error| format!("write {}: {error}", path.display()))
    }
}
