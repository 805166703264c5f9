//! `cargo xtask mutants`: breaks the pure crates, one expression at a time, and looks whether their own tests notice.
//!
//! cargo-mutants lists what can be broken. All mutants of a crate are built at once, behind switches ([`rewrite`]), in a copy
//! of the checkout ([`tree`]); then its tests run once for each, and only those that come to the function ([`reach`]). A mutant
//! that a switch cannot hold is built alone.
//!
//! `conformance/mutants.json` has what became of each file, with a hash of its source, and `conformance/mutants.md` says
//! which files were run, which were not, and which have changed since.

mod build;
mod document;
mod journal;
mod list;
mod mutant;
mod play;
mod pool;
mod reach;
mod record;
mod rewrite;
mod survivors;
mod text;
mod together;
mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use build::Builder;
use journal::Journal;
use list::Tool;
use mutant::Mutant;
use record::Records;
use survivors::Survivors;
use together::Trial;
use tree::Tree;

/// The crates whose mutants have to be caught.
pub const PACKAGES: [&str; 3] = ["chatspec", "chatspec-judge", "chatspec-room"];
/// How many of a hundred have to be.
const ENOUGH: usize = 95;
/// Where the copy of the checkout is and is built, below the target folder.
const PLACE: &str = "mutants";
const JSON: &str = "conformance/mutants.json";
const MARKDOWN: &str = "conformance/mutants.md";

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Only this crate.
    #[arg(long, value_name = "NAME", value_parser = PACKAGES)]
    pub package: Vec<String>,
    /// Only files whose path has this in it.
    #[arg(long, value_name = "PART")]
    pub file: Vec<String>,
    /// Only what survived the last time, and files that have changed since.
    #[arg(long)]
    pub again: bool,
    /// Mutants at a time.
    #[arg(short, long, value_name = "N", default_value_t = 2)]
    pub jobs: usize,
    /// Try nothing: take up what a run that was interrupted has noted, for the files that it came to the end of.
    #[arg(long, conflicts_with = "check")]
    pub settle: bool,
    /// Run nothing and write nothing; fail if a survivor has no reason, or fewer than 95 of 100 are caught.
    #[arg(long)]
    pub check: bool,
}

/// Runs the command in the checkout.
pub fn run(options: &Options) -> ExitCode {
    match prove(&crate::root(), options) {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn prove(root: &Path, options: &Options) -> Result<Vec<String>, String> {
    let mut records = Records::read(root)?;
    let survivors = Survivors::read(root)?;
    if !options.check {
        let target = target()?;
        let tool = Tool::find(&target)?;
        for package in packages(options) {
            let tree = Tree::copy(root, target.join(PLACE).join("tree"))?;
            let mutants = tool.list(root, package)?;
            tree.is_current(root)?;
            let home = format!("crates/{package}");
            let place = target.join(PLACE);
            let (code, tests) = (
                tree.hash(&format!("{home}/src"), record::code),
                tree.hash(&home, |all| all),
            );
            let journal = Journal::open(place.join(package), &code, &tests)?;
            let trial = Trial {
                tree: &tree,
                builder: Builder {
                    folder: tree.folder.clone(),
                    target: place.join("build"),
                    package: package.to_owned(),
                },
                home,
                notes: place.join("notes"),
                jobs: options.jobs,
                wanted: wanted(root, &records, options, &mutants),
                mutants: &mutants,
                journal: &journal,
            };
            let fates = match options.settle {
                true => journal.known.clone(),
                false => trial.fates()?,
            };
            if !options.settle {
                journal.close()?;
            }
            records.take_up(&tree.folder, package, &mutants, &fates);
            write(root, JSON, &records.json())?;
            let text = document::markdown(root, &records, &survivors);
            write(root, MARKDOWN, &text)?;
        }
    }
    println!("{}", document::summary(&records));
    Ok(problems(&records, &survivors))
}

/// The numbers of the mutants that the options choose.
fn wanted(
    root: &Path,
    records: &Records,
    options: &Options,
    mutants: &[Mutant],
) -> BTreeSet<usize> {
    let chosen = |mutant: &Mutant| {
        let file = options.file.is_empty() || options.file.iter().any(|p| mutant.file.contains(p));
        let known = records.current(root, &mutant.file);
        let settled = known.is_some_and(|record| !record.survived.contains(&mutant.name));
        file && !(options.again && settled)
    };
    let numbered = mutants.iter().enumerate();
    numbered
        .filter(|(_, mutant)| chosen(mutant))
        .map(|(index, _)| index + 1)
        .collect()
}

/// What keeps the figure from being good enough, one line each.
fn problems(records: &Records, survivors: &Survivors) -> Vec<String> {
    let mut problems = survivors.problems(records);
    for package in PACKAGES {
        let sum = records.sum(package);
        if sum.caught * 100 < sum.counted() * ENOUGH {
            problems.push(format!(
                "{package}: {} of {} mutants caught, and {ENOUGH} of 100 have to be; mend: add tests to the crate",
                sum.caught,
                sum.counted()
            ));
        }
    }
    problems
}

fn packages(options: &Options) -> impl Iterator<Item = &'static str> {
    let chosen = |package: &&str| {
        options.package.is_empty() || options.package.iter().any(|name| name == package)
    };
    PACKAGES.into_iter().filter(chosen)
}

fn target() -> Result<PathBuf, String> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(crate::root())
        .no_deps()
        .exec()
        .map_err(|error| format!("find the target folder: {error}"))?;
    Ok(metadata.target_directory.into_std_path_buf())
}

fn write(root: &Path, path: &str, text: &str) -> Result<(), String> {
    fs::write(root.join(path), text).map_err(|error| format!("write {path}: {error}"))
}

#[cfg(test)]
mod tests;
