//! `cargo xtask test`: everything that is to hold, stage by stage, with its own set-up.

mod stages;
mod system;

use std::process::ExitCode;
use std::time::{Duration, Instant};

pub use stages::Stage;

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Only format, lints and the Rust tests: what every commit must pass.
    #[arg(long)]
    pub quick: bool,
    /// Only stages whose name contains this text.
    #[arg(long, value_name = "TEXT")]
    pub stage: Option<String>,
}

/// Runs the stages in order, and goes on after one that fails, so that one run tells all.
pub fn run(options: &Options) -> ExitCode {
    let chosen = |stage: &Stage| {
        (!options.quick || stage.quick)
            && options
                .stage
                .as_ref()
                .is_none_or(|text| stage.name.contains(text.as_str()))
    };
    let stages: Vec<Stage> = stages::all().into_iter().filter(chosen).collect();
    if stages.is_empty() {
        eprintln!("no stage of that name; there are:");
        stages::all()
            .iter()
            .for_each(|stage| eprintln!("  {}", stage.name));
        return ExitCode::FAILURE;
    }
    if !options.quick
        && let Err(mend) = system::prepare()
    {
        eprintln!("{mend}");
        return ExitCode::FAILURE;
    }
    let mut results: Vec<(&'static str, Duration, Result<(), String>)> = Vec::new();
    for stage in &stages {
        println!("\n=== {} ===", stage.name);
        let started = Instant::now();
        let result = stages::play(stage);
        if let Err(why) = &result {
            println!("{}: FAILED: {why}", stage.name);
        }
        results.push((stage.name, started.elapsed(), result));
    }
    println!("\n| stage | seconds | result |\n|---|---|---|");
    for (name, took, result) in &results {
        let word = result
            .as_ref()
            .map_or_else(|why| format!("FAILED: {why}"), |()| "ok".to_owned());
        println!("| {name} | {:.0} | {word} |", took.as_secs_f64());
    }
    let failed = results
        .iter()
        .filter(|(_, _, result)| result.is_err())
        .count();
    println!("\n{} passed, {failed} failed", results.len() - failed);
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
