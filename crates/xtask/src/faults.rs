//! `cargo xtask faults`: serves every fault of `conformance/faults.toml` and looks whether the suite catches it, by the
//! rules that it names and by no others.

mod gate;
mod matrix;
mod outcome;
pub(crate) mod play;
pub(crate) mod table;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};
use std::thread;

pub use gate::disagreements;
use outcome::Outcome;
use play::Programs;
use table::{Fault, Suite, Table};

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Only this fault.
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// Faults at a time. Much of a run is waiting for deadlines, so that there can be more than processors.
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub jobs: usize,
    /// Cargo profile of the programs. The whole suite runs more than a hundred times: without optimisation that takes
    /// five times as long.
    #[arg(long, value_name = "NAME", default_value = "release")]
    pub profile: String,
    /// Folder with the programs, built already with the feature `fault`; nothing is built then.
    #[arg(long, value_name = "FOLDER")]
    pub programs: Option<PathBuf>,
    /// Write the kill matrix to this file. With `--fault`, the rows of the others stay as they are.
    #[arg(long, value_name = "PATH")]
    pub markdown: Option<PathBuf>,
}

/// Runs the command in the checkout. It succeeds only where every fault is caught by exactly the rules that it names.
pub fn run(options: &Options) -> ExitCode {
    match prove(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn prove(options: &Options) -> Result<bool, String> {
    let programs = match &options.programs {
        Some(folder) => Programs::in_folder(folder.clone())?,
        None => build(&options.profile)?,
    };
    let table = Table::read(&crate::root())?;
    let mut problems = table.problems(&programs.faults()?);
    let chosen = table.choose(&options.fault)?;

    // The control: what the faults do is told apart from what the server does anyway.
    for suite in [Suite::Conversations, Suite::Hostile] {
        if chosen.iter().any(|fault| fault.suite == suite) {
            let control = play::play(&programs, suite, None)?;
            if !control.is_clean(suite) {
                problems.push(format!("the server without any fault fails: {control}"));
            }
        }
    }
    let outcomes = play_all(&programs, &chosen, options.jobs);
    matrix::print(&outcomes);
    problems.extend(outcome::twins(&outcomes));
    let survivors = outcomes.iter().filter(|o| !o.is_killed());
    problems.extend(survivors.map(ToString::to_string));
    for problem in &problems {
        println!("{problem}");
    }
    if let Some(path) = &options.markdown {
        let old = match options.fault.is_empty() {
            true => String::new(),
            false => std::fs::read_to_string(path)
                .map_err(|e| format!("read {}: {e}", path.display()))?,
        };
        let mut rows = matrix::rows(&old);
        matrix::update(&mut rows, &outcomes);
        let text = matrix::markdown(&table, &rows);
        std::fs::write(path, text).map_err(|e| format!("write {}: {e}", path.display()))?;
    }
    let killed = outcomes.iter().filter(|o| o.is_killed()).count();
    let failed = problems.len();
    println!("{killed} passed, {failed} failed");
    Ok(failed == 0)
}

fn play_all<'a>(programs: &Programs, faults: &[&'a Fault], jobs: usize) -> Vec<Outcome<'a>> {
    // Bad inputs first: some wait long, and whoever waits last is waited for.
    let mut queue: Vec<&Fault> = faults.to_vec();
    queue.sort_by_key(|fault| fault.suite == Suite::Conversations);
    let waiting: Mutex<VecDeque<&'a Fault>> = Mutex::new(queue.into());
    let ended: Mutex<Vec<Outcome>> = Mutex::default();
    let work = || {
        loop {
            // A guard in the head of a loop would be held for the whole of its body, and only one fault played at a time.
            let next = lock(&waiting).pop_front();
            let Some(fault) = next else { break };
            let outcome = Outcome::new(fault, play::play(programs, fault.suite, Some(fault)));
            println!("{}", outcome.line());
            lock(&ended).push(outcome);
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(work);
        }
    });
    let mut ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    let place = |outcome: &Outcome| faults.iter().position(|f| f.name == outcome.fault.name);
    ended.sort_by_key(place);
    ended
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Builds the suite and the server.
pub(crate) fn build(profile: &str) -> Result<Programs, String> {
    let root = crate::root();
    let cargo = [BUILD, &["--profile", profile]].concat();
    let status = Command::new(env!("CARGO"))
        .args(&cargo)
        .current_dir(&root)
        .status()
        .map_err(|error| format!("run cargo: {error}"))?;
    if !status.success() {
        return Err(format!(
            "build: cargo {} ended with {status}",
            cargo.join(" ")
        ));
    }
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(&root)
        .no_deps()
        .exec()
        .map_err(|error| format!("find the target folder: {error}"))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Programs::in_folder(metadata.target_directory.join(folder).into_std_path_buf())
}

const BUILD: &[&str] = &[
    "build",
    "--quiet",
    "-p",
    "chatspec-cli",
    "--features",
    "fault",
    "--bins",
];
