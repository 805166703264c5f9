//! `cargo xtask mutants`: breaks the pure crates, one expression at a time, and looks whether their own tests notice.
//!
//! A whole run takes hours, so it can be done in parts (`--package`, `--file`, `--shard`). Each part leaves its result in
//! [`OUTPUT`]; `conformance/mutants.json` takes up whatever files are complete, with a hash of their source, and
//! `conformance/mutants.md` says which files were run, which were not, and which have changed since.

mod document;
mod record;
mod result;
mod survivors;
mod tool;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use record::Records;
use survivors::Survivors;
use tool::Tool;

/// The crates whose mutants have to be caught.
pub const PACKAGES: [&str; 3] = ["chatspec", "chatspec-judge", "chatspec-room"];
/// How many of a hundred have to be.
const ENOUGH: usize = 95;
/// Where the parts leave their results, below the target folder.
const OUTPUT: &str = "mutants";
const JSON: &str = "conformance/mutants.json";
const MARKDOWN: &str = "conformance/mutants.md";

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Only this crate.
    #[arg(long, value_name = "NAME", value_parser = PACKAGES)]
    pub package: Vec<String>,
    /// Only files that match.
    #[arg(long, value_name = "GLOB")]
    pub file: Vec<String>,
    /// Only the part K of N, K from 0.
    #[arg(long, value_name = "K/N")]
    pub shard: Option<String>,
    /// Mutants at a time.
    #[arg(short, long, value_name = "N", default_value_t = 1)]
    pub jobs: usize,
    /// Run nothing; only take up what parts have left, and write the documents.
    #[arg(long)]
    pub collect: bool,
    /// Write nothing; fail if a survivor has no reason, or fewer than 95 of 100 are caught.
    #[arg(long, conflicts_with = "collect")]
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
        let tool = Tool::find()?;
        if !options.collect {
            for package in packages(options) {
                tool.run(package, options)?;
            }
        }
        let mut listed = BTreeMap::new();
        for package in PACKAGES {
            listed.extend(tool.list(package)?);
        }
        records.take_up(root, &listed, &tool.results()?);
        write(root, JSON, &records.json())?;
        write(
            root,
            MARKDOWN,
            &document::markdown(root, &records, &survivors),
        )?;
    }
    println!("{}", document::summary(&records));
    Ok(problems(&records, &survivors))
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

fn write(root: &Path, path: &str, text: &str) -> Result<(), String> {
    fs::write(root.join(path), text).map_err(|error| format!("write {path}: {error}"))
}

#[cfg(test)]
mod tests;
