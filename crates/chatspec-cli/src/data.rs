//! Rules, schemas and fixtures: embedded, or from a checkout.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chatspec_judge::client::{self, Script};
use chatspec_judge::fixture::{self, Fixture, FixtureError, hostile, lint};
use chatspec_judge::rule::Rules;
use chatspec_judge::rule::requirements::Requirements;
use chatspec_judge::shape::Shapes;

use crate::exit::Failure;

/// Folder of the requirement sets.
const REQUIREMENTS: &str = "conformance/requirements";

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// Text files by their path from the root of the data.
pub struct Data {
    files: BTreeMap<String, String>,
    /// Where they come from, for messages.
    source: String,
}

impl Data {
    /// The embedded data, or that of a folder with `spec/`, `schemas/` and `fixtures/`.
    pub fn open(folder: Option<&Path>) -> Result<Data, Failure> {
        let Some(folder) = folder else {
            let files = embedded::FILES
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
            return Ok(Data {
                files: files.collect(),
                source: "the embedded data".to_owned(),
            });
        };
        let mut files = BTreeMap::new();
        for (below, ending) in [
            ("spec/generated", "json"),
            ("schemas", "json"),
            ("fixtures/conversations", "yaml"),
            (REQUIREMENTS, "yaml"),
            ("conformance/compat", "json"),
            ("fixtures/hostile", "yaml"),
            ("fixtures/client", "yaml"),
        ] {
            for path in walk(&folder.join(below), ending) {
                let text = read(&path)?;
                let name = path
                    .strip_prefix(folder)
                    .unwrap_or(&path)
                    .display()
                    .to_string();
                files.insert(name, text);
            }
        }
        Ok(Data {
            files,
            source: folder.display().to_string(),
        })
    }

    /// One file.
    pub fn file(&self, path: &str) -> Result<&str, Failure> {
        self.files.get(path).map(String::as_str).ok_or_else(|| {
            Failure::usage(format!(
                "read {path} from {}: it is not there; run `cargo xtask codegen`",
                self.source
            ))
        })
    }

    /// Paths of all files below a folder.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let inside = move |(path, _): &(&String, &String)| path.starts_with(folder);
        self.files
            .iter()
            .filter(inside)
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The rules.
    pub fn rules(&self) -> Result<Arc<Rules>, Failure> {
        let path = "spec/generated/rules.json";
        let rules = Rules::from_json(self.file(path)?);
        rules
            .map(Arc::new)
            .map_err(|error| Failure::usage(format!("read {path} from {}: {error}", self.source)))
    }

    /// The rules, scored by the requirement set of a revision; by the newest released one, where none is named.
    pub fn rules_of(&self, revision: Option<&str>) -> Result<Arc<Rules>, Failure> {
        let mut sets = Vec::new();
        for (path, text) in self.below(REQUIREMENTS) {
            let set = Requirements::from_yaml(text).map_err(|error| {
                Failure::usage(format!("read {path} from {}: {error}", self.source))
            })?;
            sets.push(set);
        }
        let chosen = match revision {
            Some(name) => sets.iter().find(|set| set.revision == name),
            None => Requirements::newest(&sets),
        };
        match (chosen, revision) {
            (Some(set), _) => Ok(Arc::new(Rules::clone(&*self.rules()?).scored_by(set))),
            // A folder of somebody's own rules need not have revisions: then all of them count.
            (None, None) => self.rules(),
            (None, Some(name)) => {
                let known: Vec<&str> = sets.iter().map(|set| set.revision.as_str()).collect();
                Err(Failure::usage(format!(
                    "find the revision {name:?}: {} has {}",
                    self.source,
                    if known.is_empty() {
                        "none".to_owned()
                    } else {
                        known.join(", ")
                    },
                )))
            }
        }
    }

    /// The compiled receive schema.
    pub fn shapes(&self) -> Result<Arc<Shapes>, Failure> {
        let shapes =
            Shapes::from_json(self.file("schemas/protocol/v1/server-to-client.receive.json")?);
        shapes
            .map(Arc::new)
            .map_err(|error| Failure::usage(format!("{error}; data from {}", self.source)))
    }

    /// All conversations, loaded and linted.
    pub fn fixtures(&self, rules: &Rules) -> Result<Vec<Arc<Fixture>>, Failure> {
        self.loaded("fixtures/conversations/", rules)
    }

    /// All bad inputs, loaded and linted.
    pub fn hostile(&self, rules: &Rules) -> Result<Vec<Arc<Fixture>>, Failure> {
        self.loaded("fixtures/hostile/", rules)
    }

    /// All scripts for clients, loaded and checked.
    pub fn scripts(&self, rules: &Rules) -> Result<Vec<Script>, Failure> {
        scripts(self.below("fixtures/client/"), rules).map_err(|errors| broken(&errors))
    }

    fn loaded(&self, folder: &str, rules: &Rules) -> Result<Vec<Arc<Fixture>>, Failure> {
        let texts = self
            .below(folder)
            .map(|(path, text)| (path.to_owned(), text.to_owned()));
        let fixtures = load(texts, rules).map_err(|errors| broken(&errors))?;
        // The suite scores nothing that was recorded and not read.
        let unreviewed: Vec<_> = fixtures.iter().filter_map(lint::unreviewed).collect();
        if !unreviewed.is_empty() {
            return Err(broken(&unreviewed));
        }
        Ok(fixtures.into_iter().map(Arc::new).collect())
    }
}

/// Loads and lints fixtures; every mistake of all of them.
pub fn load(
    texts: impl Iterator<Item = (String, String)>,
    rules: &Rules,
) -> Result<Vec<Fixture>, Vec<FixtureError>> {
    let mut fixtures = Vec::new();
    let mut errors = Vec::new();
    for (path, text) in texts {
        if client::is_script(&path, &text) {
            errors.push(FixtureError {
                path,
                line: 1,
                column: 1,
                what: "a script for clients is played by `chatspec test-client`, not on a server"
                    .to_owned(),
            });
            continue;
        }
        // The two formats are told apart by their folder, or, for a file by itself, by what it holds.
        let hostile = path.contains("hostile/") || text.lines().any(|line| line == "inputs:");
        let loaded = match hostile {
            true => hostile::load(&path, &text),
            false => fixture::load(&path, &text).map(|fixture| vec![fixture]),
        };
        match loaded {
            Ok(found) => fixtures.extend(found),
            Err(found) => errors.extend(found),
        }
    }
    errors.extend(
        fixtures
            .iter()
            .flat_map(|fixture| lint::lint(fixture, rules)),
    );
    errors.extend(lint::lint_all(&fixtures));
    errors.extend(hostile::lint_all(&fixtures));
    // What is wrong with every input of a file is said once.
    errors.dedup();
    if errors.is_empty() {
        Ok(fixtures)
    } else {
        Err(errors)
    }
}

/// Loads scripts for clients; every mistake of all of them.
pub fn scripts<'a>(
    texts: impl Iterator<Item = (&'a str, &'a str)>,
    rules: &Rules,
) -> Result<Vec<Script>, Vec<FixtureError>> {
    let mut scripts = Vec::new();
    let mut errors = Vec::new();
    for (path, text) in texts {
        match client::load(path, text, rules) {
            Ok(script) => scripts.push(script),
            Err(found) => errors.extend(found),
        }
    }
    match errors.is_empty() {
        true => Ok(scripts),
        false => Err(errors),
    }
}

/// Paths and texts of the fixtures that a user names, files and folders.
pub fn given(paths: &[PathBuf]) -> Result<Vec<(String, String)>, Failure> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => files.extend(walk(path, "yaml")),
            false => files.push(path.clone()),
        }
    }
    if files.is_empty() {
        return Err(Failure::nothing("find a fixture: no .yaml file there"));
    }
    files
        .iter()
        .map(|path| read(path).map(|text| (path.display().to_string(), text)))
        .collect()
}

/// The failure for broken fixtures.
pub fn broken(errors: &[FixtureError]) -> Failure {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Failure::usage(format!(
        "read {} of the fixtures:\n{}",
        plural(errors.len(), "place"),
        lines.join("\n")
    ))
}

/// Files below a folder, sorted.
pub fn walk(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(walk(&path, ending));
        } else if path.extension().is_some_and(|other| other == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The text of a file that the user named.
pub fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("read {}: {error}", path.display())))
}

/// `1 place`, `2 places`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
