//! `cargo xtask fuzz`: what strangers send and people write, made up by libFuzzer, against the readers of it.
//!
//! The targets are a package of their own in `fuzz/`, which no other build sees. The compiler of the workspace will do:
//! libFuzzer needs its instrumentation, and no sanitizer, which only nightly has.

mod said;
mod tool;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use self::said::Said;
use self::tool::Tool;

/// A target, and what is fed to it besides its seeds.
struct Target {
    name: &'static str,
    /// Longest input in bytes.
    longest: usize,
    /// Folders of whole files that it reads.
    more: &'static [&'static str],
}

const fn target(name: &'static str, longest: usize) -> Target {
    Target {
        name,
        longest,
        more: &[],
    }
}

const TARGETS: [Target; 7] = [
    target("payload", 4_096),
    target("packet", 4_096),
    target("frames", 4_096),
    target("chat", 16_384),
    target("image", 4_096),
    Target {
        more: &["fixtures/conversations/chat", "fixtures/hostile/json"],
        ..target("fixture", 8_192)
    },
    target("report", 8_192),
];

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// How long each target runs.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: u32,
    /// Only this target.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Where chance starts; drawn, and printed, if it is not given.
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// Give each target a reader with a defect, and fail unless it is found.
    #[arg(long)]
    pub planted: bool,
}

/// Runs the command in the checkout, and goes on with the next target after one that found something.
pub fn run(options: &Options) -> ExitCode {
    let chosen: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| {
            let name = options.target.as_deref();
            name.is_none_or(|name| name == target.name)
        })
        .collect();
    if chosen.is_empty() {
        eprintln!(
            "no such target; there are: {}",
            TARGETS.map(|t| t.name).join(", ")
        );
        return ExitCode::FAILURE;
    }
    match all(&chosen, options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn all(chosen: &[&Target], options: &Options) -> Result<bool, String> {
    let tool = Tool::find(options.planted)?;
    tool.build()?;
    let seed = options.seed.unwrap_or_else(drawn);
    println!(
        "| target | seed | executions | per second | corpus | result |\n|---|---|---|---|---|---|"
    );
    let mut well = true;
    for target in chosen {
        let corpus = tool.corpus(target.name)?;
        let said = tool.fuzz(target.name, &arguments(target, &corpus, options, seed))?;
        well &= said.found.is_some() == options.planted;
        println!("{}", row(target.name, seed, &said, files(&corpus)));
        if let Some(found) = said.found.as_ref().filter(|_| !options.planted) {
            eprintln!("{}\n{found}", said.end);
        }
    }
    Ok(well)
}

fn arguments(target: &Target, corpus: &Path, options: &Options, seed: u32) -> Vec<String> {
    let root = crate::root();
    let seeds = PathBuf::from("fuzz/seeds").join(target.name);
    let folders = [corpus.to_owned(), root.join(seeds)];
    let more = target.more.iter().map(|folder| root.join(folder));
    let mut arguments: Vec<String> = folders
        .into_iter()
        .chain(more)
        .map(|folder| folder.display().to_string())
        .collect();
    arguments.extend([
        format!("-seed={seed}"),
        format!("-max_total_time={}", options.seconds),
        format!("-max_len={}", target.longest),
        "-rss_limit_mb=256".to_owned(),
        "-timeout=5".to_owned(),
        "-print_final_stats=1".to_owned(),
    ]);
    arguments
}

fn row(name: &str, seed: u32, said: &Said, corpus: usize) -> String {
    let result = match &said.found {
        None => "nothing found".to_owned(),
        Some(found) => found.clone(),
    };
    format!(
        "| {name} | {seed} | {} | {} | {corpus} | {result} |",
        said.executions, said.per_second
    )
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

fn drawn() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    // Zero would make libFuzzer draw one itself.
    now.map_or(1, |now| now.subsec_nanos().max(1))
}
