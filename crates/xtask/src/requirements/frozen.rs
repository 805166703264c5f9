//! What a release forbids.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chatspec_judge::rule::requirements::Requirements;
use chatspec_judge::rule::{Rule, RulesFile};
use sha2::{Digest, Sha256};

use super::{FOLDER, HASHES, artifacts, path_of};
use crate::codegen;

/// Everything that is wrong with the sets of a checkout, one line each: what is stale, and what was changed after its
/// release.
pub fn check(root: &Path) -> Vec<String> {
    let rules = match codegen::rules_of(root) {
        Ok(rules) => rules,
        Err(why) => return vec![format!("the rules cannot be read: {why}")],
    };
    let hashes = hashes(root);
    let mut problems = Vec::new();
    for (path, text) in sets(root) {
        match Requirements::from_yaml(&text) {
            Err(why) => problems.push(format!("{path}: {why}")),
            Ok(set) => problems.extend(wrong(&path, &text, &set, &hashes, &rules)),
        }
    }
    for path in hashes.keys().filter(|path| !root.join(path).is_file()) {
        problems.push(format!(
            "{path}: revision was released, and its requirements are gone; mend: git checkout {path}"
        ));
    }
    let stale = artifacts(root).into_iter().filter_map(|artifact| {
        let found = fs::read_to_string(root.join(&artifact.path)).unwrap_or_default();
        let same = artifact.content.as_ref().is_ok_and(|text| *text == found);
        (!same).then(|| format!("{}: stale; mend: cargo xtask codegen", artifact.path))
    });
    problems.extend(stale);
    problems
}

fn wrong(
    path: &str,
    text: &str,
    set: &Requirements,
    hashes: &BTreeMap<String, String>,
    rules: &RulesFile,
) -> Vec<String> {
    let mut problems = Vec::new();
    if path != path_of(&set.revision) {
        problems.push(format!(
            "{path}: says that it is of revision {}; mend: rename it to {}",
            set.revision,
            path_of(&set.revision)
        ));
    }
    match hashes.get(path) {
        Some(hash) if *hash != hash_of(text) => problems.push(format!(
            "{path}: revision {} is released and its requirements are frozen; mend: git checkout {path}, and let what is \
             new wait for the next revision",
            set.revision
        )),
        Some(_) => problems.extend(changed(path, set, rules)),
        None if set.released => problems.push(format!(
            "{path}: says that it is released, and {HASHES} does not know it; mend: write `released: false`, and run \
             cargo xtask requirements --release {}",
            set.revision
        )),
        None if set.revision != rules.revision => problems.push(format!(
            "{path}: revision {} was never released and the spec is at {}; mend: remove it",
            set.revision, rules.revision
        )),
        None => {}
    }
    problems
}

/// Sentences that were changed, weakened or removed after they were released.
fn changed(path: &str, set: &Requirements, rules: &RulesFile) -> Vec<String> {
    let by_name: BTreeMap<&str, &Rule> = rules
        .rules
        .iter()
        .map(|rule| (rule.name.as_str(), rule))
        .collect();
    let mut problems = Vec::new();
    for frozen in &set.rules {
        let what = match by_name.get(frozen.name.as_str()) {
            None => "is gone from the spec",
            Some(rule) if rule.keyword != frozen.keyword => "has another keyword in the spec",
            Some(rule) if rule.profile != frozen.profile => "has another profile in the spec",
            Some(rule) if clause(&rule.text) != frozen.clause => "has another sentence in the spec",
            Some(_) => continue,
        };
        problems.push(format!(
            "{path}: {} {what}, and revision {} is released; mend: put it back, and write what is new as a rule of its own",
            frozen.name, set.revision
        ));
    }
    problems
}

/// Freezes the set of a revision.
///
/// # Errors
/// There is none, it is frozen already, or it cannot be written.
pub fn release(root: &Path, revision: &str) -> Result<(), String> {
    let path = path_of(revision);
    if is_released(root, &path) {
        return Err(format!("{path}: is released already"));
    }
    let text = fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
    let text = text.replacen("\nreleased: false\n", "\nreleased: true\n", 1);
    let mut hashes = hashes(root);
    hashes.insert(path.clone(), hash_of(&text));
    let lines: String = hashes
        .iter()
        .map(|(path, hash)| format!("{hash}  {path}\n"))
        .collect();
    fs::write(root.join(&path), text).map_err(|error| format!("{path}: {error}"))?;
    fs::write(root.join(HASHES), lines).map_err(|error| format!("{HASHES}: {error}"))
}

/// Whether the set at this path is frozen.
pub fn is_released(root: &Path, path: &str) -> bool {
    hashes(root).contains_key(path)
}

/// The hash of a rule's sentence.
pub fn clause(text: &str) -> String {
    format!("sha256:{}", hash_of(text))
}

/// SHA-256 in hexadecimal, as `sha256sum` prints it.
pub fn hash_of(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Path and hash of every released set.
fn hashes(root: &Path) -> BTreeMap<String, String> {
    hashes_in(&root.join(HASHES))
}

/// Path and hash of all that a list of hashes names; of none, where there is no list.
pub fn hashes_in(list: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(list).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, path)| (path.to_owned(), hash.to_owned()))
        .collect()
}

/// Path and text of every set.
fn sets(root: &Path) -> BTreeMap<String, String> {
    let mut sets = BTreeMap::new();
    for entry in fs::read_dir(root.join(FOLDER))
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".yaml") {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            sets.insert(format!("{FOLDER}/{name}"), text);
        }
    }
    sets
}
