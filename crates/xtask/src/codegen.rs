//! `cargo xtask codegen`: writes every generated file. `--check` compares instead, and fails if one is stale.

mod artifact;
mod asyncapi;
mod examples;
mod manifest;
mod messages;
mod nonprintable;
mod refusal;
mod registry;
pub mod schema;
mod suite;
mod tables;
mod yaml;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

pub use artifact::{Artifact, Source, json_file};
pub use registry::artifacts;
pub use suite::rules_of;

/// The command that mends a stale file.
const MEND: &str = "cargo xtask codegen";
/// Folders in which every file is generated: another one there is stale.
const OWNED: &[&str] = &["schemas/protocol/v1", "schemas/suite", messages::FOLDER];

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Write nothing; list the files that differ from what would be written, and fail if there are any.
    #[arg(long)]
    pub check: bool,
}

/// Runs the command in the checkout.
pub fn run(options: &Options) -> ExitCode {
    let root = crate::root();
    let problems = if options.check {
        check(&root)
    } else {
        write(&root)
    };
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() {
        return ExitCode::SUCCESS;
    }
    if options.check {
        eprintln!("to mend this: {MEND}");
    }
    ExitCode::FAILURE
}

/// Compares every generated file with what would be written; one line for each that differs.
pub fn check(root: &Path) -> Vec<String> {
    let artifacts = artifacts(root);
    let mut problems: Vec<String> = artifacts.iter().filter_map(|a| stale(root, a)).collect();
    problems.extend(
        strangers(root, &artifacts)
            .map(|path| format!("{path}: not made by the generator, remove it")),
    );
    problems
}

/// Writes every generated file that differs; one line for each that could not be made or written.
pub fn write(root: &Path) -> Vec<String> {
    let artifacts = artifacts(root);
    let mut problems = Vec::new();
    for artifact in &artifacts {
        let Some(problem) = stale(root, artifact) else {
            continue;
        };
        match &artifact.content {
            Err(_) => problems.push(problem),
            Ok(content) => match write_file(&root.join(&artifact.path), content) {
                Ok(()) => eprintln!("wrote {}", artifact.path),
                Err(error) => problems.push(format!("{}: {error}", artifact.path)),
            },
        }
    }
    problems.extend(
        strangers(root, &artifacts)
            .map(|path| format!("{path}: not made by the generator, remove it")),
    );
    problems
}

fn stale(root: &Path, artifact: &Artifact) -> Option<String> {
    let path = &artifact.path;
    match (&artifact.content, fs::read_to_string(root.join(path))) {
        (Err(mend), _) => Some(format!("{path}: cannot be made: {mend}")),
        (Ok(_), Err(error)) => Some(format!("{path}: {error}")),
        (Ok(content), Ok(found)) if *content != found => Some(format!("{path}: stale")),
        (Ok(_), Ok(_)) => None,
    }
}

fn strangers(root: &Path, artifacts: &[Artifact]) -> impl Iterator<Item = String> {
    let mut found: Vec<String> = OWNED
        .iter()
        .flat_map(|folder| {
            fs::read_dir(root.join(folder))
                .into_iter()
                .flatten()
                .flatten()
                .map(move |entry| format!("{folder}/{}", entry.file_name().to_string_lossy()))
        })
        .filter(|path| artifacts.iter().all(|a| a.path != *path))
        .collect();
    found.sort();
    found.into_iter()
}

fn write_file(path: &Path, content: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test that keeps generated files fresh.
    #[test]
    fn generated_files_are_up_to_date() {
        let problems = check(&crate::root());
        assert!(
            problems.is_empty(),
            "{}\nto mend this: {MEND}",
            problems.join("\n")
        );
    }

    #[test]
    fn a_stale_a_missing_and_a_strange_file_are_found_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let inputs = "fixtures/listing/python-repr.json";
        write_file(
            &root.join(inputs),
            &fs::read_to_string(crate::root().join(inputs)).unwrap(),
        )
        .unwrap();
        let own: Vec<String> = artifacts(root)
            .into_iter()
            .filter(|a| a.content.is_ok())
            .map(|a| a.path)
            .collect();
        let found = check(root);
        assert!(own.iter().all(|path| {
            found
                .iter()
                .any(|problem| problem.starts_with(path.as_str()))
        }));

        write(root);
        let of_own = |problems: Vec<String>| -> Vec<String> {
            problems
                .into_iter()
                .filter(|p| own.iter().any(|path| p.starts_with(&format!("{path}:"))))
                .collect()
        };
        assert_eq!(of_own(check(root)), Vec::<String>::new());

        let manifest = "schemas/protocol/v1/manifest.json";
        fs::write(root.join(manifest), "{}").unwrap();
        fs::write(root.join("schemas/protocol/v1/old.json"), "{}").unwrap();
        let found = check(root);
        assert!(found.contains(&format!("{manifest}: stale")));
        assert!(found.contains(
            &"schemas/protocol/v1/old.json: not made by the generator, remove it".to_owned()
        ));
    }

    #[test]
    fn what_cannot_be_made_says_why() {
        let artifact = Artifact::new("no/such.json", Err("first write the spec".to_owned()));
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            stale(folder.path(), &artifact).unwrap(),
            "no/such.json: cannot be made: first write the spec"
        );
    }

    #[test]
    fn every_file_ends_with_one_line_feed_and_has_its_own_path() {
        let artifacts = artifacts(&crate::root());
        let mut paths: Vec<&str> = artifacts.iter().map(|a| a.path.as_str()).collect();
        for artifact in &artifacts {
            if let Ok(content) = &artifact.content {
                assert!(
                    content.ends_with('\n') && !content.ends_with("\n\n"),
                    "{}",
                    artifact.path
                );
            }
        }
        paths.sort_unstable();
        assert!(paths.windows(2).all(|pair| pair[0] != pair[1]), "{paths:?}");
    }
}
