//! `cargo xtask types`: the types in `clients/`, one folder a language, made from the schemas by generators that we did
//! not write.
//!
//! That a generator ends well says nothing. With `--contract` its types are compiled, built from and read into, they have
//! to refuse what the schema refuses, and an example talks to a server.

mod case;
mod contract;
mod control;
mod example;
mod generate;
mod hashed;
mod language;
mod script;

use std::path::Path;
use std::process::ExitCode;

pub(crate) use case::misses;
pub use language::{LANGUAGES, Language};
pub(crate) use script::target;

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Write nothing; fail if a file differs from what the generator makes.
    #[arg(long)]
    pub check: bool,
    /// Hold the types to their contract as well: compile, read, refuse, and run the example against a server.
    #[arg(long)]
    pub contract: bool,
    /// Only this language.
    #[arg(long, value_name = "NAME")]
    pub language: Option<String>,
}

/// Runs the command in the checkout, and goes on with the next language after one that fails.
pub fn run(options: &Options) -> ExitCode {
    let wanted = |language: &&Language| {
        let name = options.language.as_deref();
        name.is_none_or(|name| name == language.name)
    };
    let chosen: Vec<&Language> = LANGUAGES.iter().filter(wanted).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = LANGUAGES.iter().map(|language| language.name).collect();
        eprintln!("no such language; there are: {}", names.join(", "));
        return ExitCode::FAILURE;
    }
    let root = crate::root();
    let mut problems = Vec::new();
    for language in chosen {
        let generated = match options.check {
            true => generate::check(&root, language),
            false => generate::write(&root, language),
        };
        problems.extend(generated.err().unwrap_or_default());
        if options.contract {
            problems.extend(hold(&root, language).err().unwrap_or_default());
        }
    }
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    match problems.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Generates the types of every language again, and compares them with the committed ones.
///
/// # Errors
/// One line for each file that differs, which is a change of category CODEGEN, and for each generator that failed; the
/// last line of a language is the command that mends it.
pub fn check(root: &Path) -> Result<(), Vec<String>> {
    let results = LANGUAGES
        .iter()
        .map(|language| generate::check(root, language));
    let problems: Vec<String> = results.filter_map(Result::err).flatten().collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// Everything that is promised about the types of a language, beyond that they are those of the generator.
fn hold(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    let parts = [
        contract::hold(root, language),
        control::hold(root, language),
        example::hold(root, language),
    ];
    let named = |problem: String| format!("{}: {problem}", language.name);
    let problems: Vec<String> = parts
        .into_iter()
        .filter_map(Result::err)
        .flatten()
        .map(named)
        .collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}
