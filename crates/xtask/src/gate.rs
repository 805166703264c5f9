//! `cargo xtask gate`: what has to hold before a change of the protocol goes in.

mod changes;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::{codegen, coverage, released, requirements, types};

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Reports of a whole run, to hold the committed coverage against; without one, coverage is not looked at.
    #[arg(long, value_name = "REPORT")]
    pub from: Vec<PathBuf>,
    /// Do not look at the types of clients, whose generators need Node, Python and a network.
    #[arg(long)]
    pub without_types: bool,
}

/// Runs the command in the checkout.
pub fn run(options: &Options) -> ExitCode {
    let root = crate::root();
    let mut failed = 0;
    for (name, check) in checks() {
        let Some(problems) = check(&root, options) else {
            println!("not looked at: {name}");
            continue;
        };
        let word = if problems.is_empty() { "ok" } else { "FAILED" };
        println!("{word}: {name}");
        for line in problems.iter().flat_map(|problem| problem.lines()) {
            println!("    {line}");
        }
        failed += usize::from(!problems.is_empty());
    }
    match failed {
        0 => ExitCode::SUCCESS,
        failed => {
            println!("\n{failed} of {} checks failed", checks().len());
            ExitCode::FAILURE
        }
    }
}

/// Gives what is wrong, one text each; `None` where the options leave it out.
type Check = fn(&Path, &Options) -> Option<Vec<String>>;

fn checks() -> [(&'static str, Check); 6] {
    [
        ("generated files are up to date", |root, _| {
            Some(mended(codegen::check(root), "cargo xtask codegen"))
        }),
        ("released schemas are as they were", |root, _| {
            Some(released::check(root))
        }),
        ("released requirements are as they were", |root, _| {
            Some(requirements::check(root))
        }),
        ("no released version breaks", |root, _| {
            Some(changes::check(root))
        }),
        ("coverage is up to date (--from REPORT)", coverage_check),
        ("types of clients are up to date", types_check),
    ]
}

fn mended(mut problems: Vec<String>, mend: &str) -> Vec<String> {
    if !problems.is_empty() {
        problems.push(format!("mend: {mend}"));
    }
    problems
}

fn types_check(root: &Path, options: &Options) -> Option<Vec<String>> {
    (!options.without_types).then(|| {
        mended(
            types::check(root).err().unwrap_or_default(),
            "cargo xtask types",
        )
    })
}

fn coverage_check(_: &Path, options: &Options) -> Option<Vec<String>> {
    if options.from.is_empty() {
        return None;
    }
    let asked = coverage::Options {
        check: true,
        from: options.from.clone(),
    };
    let same = coverage::run(&asked) == ExitCode::SUCCESS;
    let wrong = "what is committed differs from what the reports say";
    Some((!same).then(|| wrong.to_owned()).into_iter().collect())
}
