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
        let problems = check(&root, options);
        println!(
            "{} {name}",
            if problems.is_empty() {
                "ok    "
            } else {
                "FAILED"
            }
        );
        for line in problems.iter().flat_map(|problem| problem.lines()) {
            println!("       {line}");
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

/// Gives what is wrong, one text each.
type Check = fn(&Path, &Options) -> Vec<String>;

fn checks() -> [(&'static str, Check); 6] {
    [
        ("generated files are up to date", |root, _| {
            mended(codegen::check(root), "cargo xtask codegen")
        }),
        ("released schemas are as they were", |root, _| {
            released::check(root)
        }),
        ("released requirements are as they were", |root, _| {
            requirements::check(root)
        }),
        ("no released version breaks", |root, _| changes::check(root)),
        ("coverage is up to date", coverage_check),
        ("types of clients are up to date", types_check),
    ]
}

fn mended(mut problems: Vec<String>, mend: &str) -> Vec<String> {
    if !problems.is_empty() {
        problems.push(format!("mend: {mend}"));
    }
    problems
}

fn types_check(root: &Path, options: &Options) -> Vec<String> {
    match options.without_types {
        true => {
            println!("       types are not looked at: --without-types");
            Vec::new()
        }
        false => mended(
            types::check(root).err().unwrap_or_default(),
            "cargo xtask types",
        ),
    }
}

fn coverage_check(_: &Path, options: &Options) -> Vec<String> {
    if options.from.is_empty() {
        println!("       coverage is not looked at: give --from REPORT");
        return Vec::new();
    }
    let asked = coverage::Options {
        check: true,
        from: options.from.clone(),
    };
    match coverage::run(&asked) == ExitCode::SUCCESS {
        true => Vec::new(),
        false => vec!["what is committed differs from what the reports say".to_owned()],
    }
}
