//! Where a version is read from: a folder, a file, or a revision of this repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use chatspec_judge::compat::version::Version;
use serde_json::Value;

use crate::data;
use crate::exit::Failure;

/// The folder of the protocol in a checkout.
const FOLDER: &str = "schemas/protocol/v1";

/// The text of one version.
pub(super) struct Source {
    /// As the user wrote it.
    name: String,
    content: Content,
}

enum Content {
    /// The files of a protocol, by name.
    Protocol(BTreeMap<String, String>),
    /// One schema, and the name of its file.
    Schema(String, String),
}

impl Source {
    /// Reads what the user named.
    pub(super) fn open(name: &str) -> Result<Source, Failure> {
        let content = match name.strip_prefix("git:") {
            Some(revision) => Content::Protocol(revision_files(revision)?),
            None => path(Path::new(name))?,
        };
        Ok(Source {
            name: name.to_owned(),
            content,
        })
    }

    /// What the manifest calls it.
    fn revision(&self) -> Option<String> {
        let Content::Protocol(files) = &self.content else {
            return None;
        };
        let manifest: Value = serde_json::from_str(files.get("manifest.json")?).ok()?;
        manifest["revision"].as_str().map(str::to_owned)
    }

    fn version(&self, label: &str) -> Result<Version, Failure> {
        let version = match &self.content {
            Content::Protocol(files) => {
                Version::read(label, files).map_err(|error| format!("{}: {error}", self.name))
            }
            Content::Schema(file, text) => {
                Version::alone(&self.name, file, text).map_err(|error| error.to_string())
            }
        };
        version.map_err(|error| Failure::usage(format!("compare {error}")))
    }
}

/// Both versions, under names that tell them apart.
pub(super) fn versions(old: &Source, new: &Source) -> Result<(Version, Version), Failure> {
    let alike = |source: &Source| matches!(source.content, Content::Protocol(_));
    if alike(old) != alike(new) {
        let what = "one is a protocol, and the other a schema by itself";
        return Err(Failure::usage(format!(
            "compare {} with {}: {what}",
            old.name, new.name
        )));
    }
    let (a, b) = (old.revision(), new.revision());
    let label = |source: &Source, revision: &Option<String>| match revision {
        Some(revision) if a != b => revision.clone(),
        _ => source.name.clone(),
    };
    Ok((old.version(&label(old, &a))?, new.version(&label(new, &b))?))
}

fn path(path: &Path) -> Result<Content, Failure> {
    if !path.is_dir() {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        return Ok(Content::Schema(name, data::read(path)?));
    }
    // A checkout names its protocol by itself.
    let below = path.join(FOLDER);
    let folder = if below.is_dir() { &below } else { path };
    let entries = fs::read_dir(folder)
        .map_err(|error| Failure::usage(format!("read {}: {error}", folder.display())))?;
    let mut files = BTreeMap::new();
    for entry in entries.flatten().map(|entry| entry.path()) {
        let name = entry
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".json") {
            files.insert(name, data::read(&entry)?);
        }
    }
    Ok(Content::Protocol(files))
}

/// The files of the protocol at a revision of the repository that we are in.
fn revision_files(revision: &str) -> Result<BTreeMap<String, String>, Failure> {
    let named = format!("{revision}^{{commit}}");
    let commit = git(&[
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &named,
    ])
    .map_err(|why| {
        Failure::usage(format!(
            "find the revision {revision:?} in this repository{why}"
        ))
    })?;
    let commit = commit.trim();
    let listed = git(&[
        "ls-tree",
        "--name-only",
        "--full-tree",
        commit,
        &format!("{FOLDER}/"),
    ])
    .unwrap_or_default();
    let mut files = BTreeMap::new();
    for path in listed.lines().filter(|path| path.ends_with(".json")) {
        let text = git(&["cat-file", "blob", &format!("{commit}:{path}")])
            .map_err(|why| Failure::usage(format!("read {path} of {revision:?}{why}")))?;
        let name = path.rsplit('/').next().unwrap_or(path);
        files.insert(name.to_owned(), text);
    }
    if files.is_empty() {
        return Err(Failure::usage(format!(
            "read {FOLDER} of {revision:?}: it has no schemas"
        )));
    }
    Ok(files)
}

fn git(args: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .args(args)
        .output()
        .map_err(|error| format!(": start git: {error}"))?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(|error| format!(": {error}"));
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(if said.is_empty() {
        String::new()
    } else {
        format!(": {said}")
    })
}
