//! The arguments of `schema diff` and of what goes with it.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Exit codes: 0 nobody breaks, 1 somebody does, or may (or a waiver allows nothing), 2 usage, or schemas that cannot be
/// compared.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 nobody breaks, 1 somebody breaks or may break (or a waiver is stale), 2 usage, or \
                        schemas that cannot be compared"
)]
pub struct Diff {
    /// The old version: a folder with the files of a protocol, one schema, or git:REVISION
    pub old: String,
    /// The new version
    pub new: String,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "human")]
    pub format: DiffFormat,
    /// Changes that are made all the same, each with its reason (YAML); one that allows nothing is an error
    #[arg(long, value_name = "FILE")]
    pub allow: Option<PathBuf>,
    /// Write the message that shows a break, for each, as JSON into this folder
    #[arg(long, value_name = "DIR")]
    pub witnesses: Option<PathBuf>,
}

/// What stdout gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// Who breaks, by which message, and what to do about it
    Human,
    /// All of it
    Json,
    /// A table, for a comment
    Markdown,
    /// Annotations of GitHub Actions
    Github,
}

/// Sends a witness of `schema diff --witnesses` to a server, and says what becomes of it.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 the server refuses the message: the break is real, 1 it takes the message, 5 it \
                        ignores it, 2 usage, 3 the server could not be reached"
)]
pub struct Replay {
    /// The witness
    pub witness: PathBuf,
    /// The server [default: the embedded reference server]
    pub url: Option<String>,
    /// How long the server may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub wait: u64,
}

/// Plays the corpus of edits: small changes of a small protocol, each with the verdicts that are right.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 every cell is right, 1 one is not, 2 usage, or a corpus that cannot be read"
)]
pub struct Corpus {
    /// Write every witness with the schemas that it shows a break on, as one JSON file: for validators that are not ours
    #[arg(long, value_name = "FILE")]
    pub proofs: Option<PathBuf>,
    /// A checkout, in place of the embedded corpus
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}
