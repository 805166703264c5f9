//! `conformance/requirements/*.yaml`: the rules that each revision of the spec scores.
//!
//! As long as a revision is not released, its file is generated. With the release it is frozen: its hash goes into
//! [`HASHES`], and whoever changes the file, the hash or a sentence that it quotes is told to leave it be.

mod frozen;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use chatspec_judge::rule::requirements::Requirements;
use chatspec_judge::rule::{Rule, RulesFile};

use crate::codegen::{self, Artifact};

pub use frozen::{check, hash_of, hashes_in};

/// The folder of the sets.
pub const FOLDER: &str = "conformance/requirements";
/// The hashes of the released ones, as `sha256sum` writes and checks them.
pub const HASHES: &str = "conformance/requirements/released.sha256";

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Write nothing; say what is stale, and what was changed after its release.
    #[arg(long)]
    pub check: bool,
    /// Freeze the set of this revision, for good.
    #[arg(long, value_name = "REVISION", conflicts_with = "check")]
    pub release: Option<String>,
}

/// Runs the command in the checkout.
pub fn run(options: &Options) -> ExitCode {
    let root = crate::root();
    let mut problems = Vec::new();
    if !options.check {
        problems.extend(write(&root));
    }
    if let (Some(revision), true) = (&options.release, problems.is_empty()) {
        problems.extend(frozen::release(&root, revision).err());
    }
    problems.extend(check(&root));
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The set of the spec's present revision, unless that is released.
pub fn artifacts(root: &Path) -> Vec<Artifact> {
    let path = path_of(chatspec::limits::REVISION);
    if frozen::is_released(root, &path) {
        return Vec::new();
    }
    let content = codegen::rules_of(root).map(|rules| render(&rules));
    vec![Artifact::new(path, content)]
}

fn write(root: &Path) -> Vec<String> {
    let mut problems = Vec::new();
    for artifact in artifacts(root) {
        let path = root.join(&artifact.path);
        let written = artifact.content.and_then(|content| {
            fs::create_dir_all(root.join(FOLDER))
                .and_then(|()| fs::write(&path, content))
                .map_err(|error| error.to_string())
        });
        problems.extend(written.err().map(|why| format!("{}: {why}", artifact.path)));
    }
    problems
}

/// The path of a revision's set, from the root.
fn path_of(revision: &str) -> String {
    format!("{FOLDER}/{revision}.yaml")
}

fn render(file: &RulesFile) -> String {
    let mut rules: Vec<&Rule> = file
        .rules
        .iter()
        .filter(|r| Requirements::takes(r))
        .collect();
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    let mut text = format!(
        "# The rules that revision {0} scores. While it is not released, `cargo xtask codegen` keeps this file up to date.\n\
         # `cargo xtask requirements --release {0}` releases it; afterwards nobody changes it, and rules that are written\n\
         # later are reported and not scored until the next revision. A clause is the hash of the rule's sentence.\n\
         revision: \"{0}\"\n\
         released: false\n\
         rules:\n",
        file.revision
    );
    for rule in rules {
        let _ = writeln!(
            text,
            "  - {{name: {}, keyword: {}, profile: {}, clause: \"{}\"}}",
            rule.name,
            rule.keyword.text(),
            rule.profile,
            frozen::clause(&rule.text)
        );
    }
    text
}

#[cfg(test)]
mod tests;
