//! `schemas/released/`: the protocol's schemas as they were released. Nobody changes them.
//!
//! `cargo xtask release-schemas 1.0` copies `schemas/protocol/v1/` and notes the hash of each file. The suite's own formats are
//! not among them: they are free to grow.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use chatspec_judge::compat::version::Version;

use crate::requirements::{hash_of, hashes_in};

/// The folder of all releases.
pub const FOLDER: &str = "schemas/released";
/// The hashes, as `sha256sum` writes and checks them.
pub const HASHES: &str = "schemas/released/released.sha256";
/// What is released.
const PROTOCOL: &str = "schemas/protocol/v1";

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// What to call the release, such as 1.0, or 1.0-rc.1 for a candidate.
    pub revision: String,
}

/// Runs the command in the checkout.
pub fn run(options: &Options) -> ExitCode {
    let root = crate::root();
    let released = release(&root, &options.revision);
    let problems: Vec<String> = released.err().into_iter().chain(check(&root)).collect();
    for problem in &problems {
        eprintln!("{problem}");
    }
    match problems.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Releases the protocol's schemas.
///
/// # Errors
/// The name is none, is taken, or the schemas cannot be compared or written.
pub fn release(root: &Path, revision: &str) -> Result<(), String> {
    let plain = revision
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    if !plain || !revision.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!(
            "{revision:?} is no revision, such as 1.0 or 1.0-rc.1"
        ));
    }
    let folder = format!("{FOLDER}/{revision}");
    if root.join(&folder).exists() {
        return Err(format!(
            "{folder}: is released already; mend: choose the next revision"
        ));
    }
    let files = protocol(&root.join(PROTOCOL))?;
    Version::read(revision, &files).map_err(|error| format!("{PROTOCOL}/{error}"))?;
    let mut hashes = hashes_in(&root.join(HASHES));
    fs::create_dir_all(root.join(&folder)).map_err(|error| format!("{folder}: {error}"))?;
    for (name, text) in &files {
        let path = format!("{folder}/{name}");
        fs::write(root.join(&path), text).map_err(|error| format!("{path}: {error}"))?;
        hashes.insert(path, hash_of(text));
    }
    let lines: String = hashes
        .iter()
        .map(|(path, hash)| format!("{hash}  {path}\n"))
        .collect();
    fs::write(root.join(HASHES), lines).map_err(|error| format!("{HASHES}: {error}"))
}

/// Everything that was changed after its release, one line each.
pub fn check(root: &Path) -> Vec<String> {
    let hashes = hashes_in(&root.join(HASHES));
    let mut problems = Vec::new();
    let mut found = BTreeSet::new();
    for revision in revisions(root) {
        let folder = format!("{FOLDER}/{revision}");
        for entry in fs::read_dir(root.join(&folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            match hashes.get(&path) {
                Some(hash) if *hash == hash_of(&text) => {}
                Some(_) => problems.push(format!(
                    "{path}: was changed, and {revision} is released; mend: git checkout {path}, and let what is new wait for \
                     the next revision"
                )),
                None => problems.push(format!(
                    "{path}: is no part of what was released as {revision}; mend: remove it"
                )),
            }
            found.insert(path);
        }
    }
    for path in hashes.keys().filter(|path| !found.contains(*path)) {
        problems.push(format!(
            "{path}: was released, and is gone; mend: git checkout {path}"
        ));
    }
    problems.sort();
    problems
}

/// The names of all releases, in order.
pub fn revisions(root: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(root.join(FOLDER))
        .into_iter()
        .flatten()
        .flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// The files of a protocol, by name.
///
/// # Errors
/// The folder cannot be read.
pub fn protocol(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            files.insert(name, fs::read_to_string(entry.path()).map_err(wrong)?);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
