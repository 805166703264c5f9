//! `cargo xtask explore`: serves every fault of `conformance/faults.toml` that conversations show, and looks which of them random
//! conversations find, without any fixture, and in how few acts.

use std::collections::VecDeque;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::faults::build;
use crate::faults::play::{self, Find, Programs};
use crate::faults::table::{Fault, Suite, Table};

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Only this fault.
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// Minutes for each.
    #[arg(long, value_name = "M", default_value_t = 1.0)]
    pub minutes: f64,
    /// Faults at a time.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub jobs: usize,
    /// Cargo profile of the programs.
    #[arg(long, value_name = "NAME", default_value = "release")]
    pub profile: String,
    /// Folder with the programs, built already with the feature `fault`; nothing is built then.
    #[arg(long, value_name = "FOLDER")]
    pub programs: Option<PathBuf>,
    /// Write what came of it to this file.
    #[arg(long, value_name = "PATH")]
    pub markdown: Option<PathBuf>,
}

/// Faults of transports and edges: no message of a conversation shows them.
const ELSEWHERE: &str = "transport";
/// What an exploration has to find, of a hundred.
const ENOUGH: usize = 80;

/// Runs the command in the checkout. It succeeds where enough of the faults are found, and none on the server without faults.
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

type Explored<'f> = (&'f Fault, Result<Option<Find>, String>);

fn prove(options: &Options) -> Result<bool, String> {
    let programs = match &options.programs {
        Some(folder) => Programs::in_folder(folder.clone())?,
        None => build(&options.profile)?,
    };
    let table = Table::read(&crate::root())?;
    let chosen: Vec<&Fault> = table
        .choose(&options.fault)?
        .into_iter()
        .filter(|fault| fault.suite == Suite::Conversations)
        .collect();
    let out = std::env::temp_dir().join(format!("chatspec-explore-{}", std::process::id()));
    // The control: what is found on the right server is no find.
    if let Some(find) = play::explore(&programs, None, options.minutes, &out)? {
        return Err(format!(
            "explore: the server without a fault breaks {}",
            find.rule
        ));
    }
    let explored = all(&programs, &chosen, options, &out);
    // It is in the folder for what is temporary in any case.
    let _ = std::fs::remove_dir_all(&out);
    let text = markdown(&explored, options.minutes);
    match &options.markdown {
        Some(path) => {
            std::fs::write(path, &text).map_err(|e| format!("write {}: {e}", path.display()))?;
        }
        None => print!("{text}"),
    }
    let (found, of) = counts(&explored);
    println!("{found} of {of} found");
    Ok(found * 100 >= of * ENOUGH)
}

fn all<'f>(
    programs: &Programs,
    faults: &[&'f Fault],
    options: &Options,
    out: &std::path::Path,
) -> Vec<Explored<'f>> {
    let waiting: Mutex<VecDeque<&'f Fault>> = Mutex::new(faults.iter().copied().collect());
    let ended: Mutex<Vec<Explored<'f>>> = Mutex::default();
    let work = || {
        loop {
            let next = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            let Some(fault) = next else { break };
            let found = play::explore(programs, Some(fault), options.minutes, out);
            println!("{}", line(fault, &found));
            ended
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((fault, found));
        }
    };
    thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(work);
        }
    });
    let mut ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
    ended.sort_by_key(|(fault, _)| faults.iter().position(|other| other.name == fault.name));
    ended
}

fn line(fault: &Fault, found: &Result<Option<Find>, String>) -> String {
    match found {
        Ok(Some(find)) => format!(
            "found    {}: {}, {} acts shrunk to {}",
            fault.name, find.rule, find.acts, find.shrunk
        ),
        Ok(None) => format!("missed   {}", fault.name),
        Err(why) => format!("error    {}: {why}", fault.name),
    }
}

/// How many were found, and of how many that a conversation can show.
fn counts(explored: &[Explored<'_>]) -> (usize, usize) {
    let can = |fault: &Fault| fault.topic != ELSEWHERE;
    let found = explored
        .iter()
        .filter(|(fault, found)| can(fault) && matches!(found, Ok(Some(_))));
    let of = explored.iter().filter(|(fault, _)| can(fault));
    (found.count(), of.count())
}

fn markdown(explored: &[Explored<'_>], minutes: f64) -> String {
    let (found, of) = counts(explored);
    let any = explored
        .iter()
        .filter(|(_, found)| matches!(found, Ok(Some(_))))
        .count();
    let all = explored.len();
    let mut shrunk: Vec<usize> = explored
        .iter()
        .filter_map(|(_, found)| found.as_ref().ok()?.as_ref().map(|find| find.shrunk))
        .collect();
    shrunk.sort_unstable();
    let median = shrunk.get(shrunk.len() / 2).copied().unwrap_or_default();
    let mut text = format!(
        "# What random conversations find\n\n\
         Written by `cargo xtask explore`: each fault of [faults.toml](faults.toml) that a conversation can show, explored for {minutes} \
         minutes at most, without any fixture.\n\n\
         **{found} of {of} found**, shrunk to {median} acts in the median. Faults of the transport are not counted in this: few of them show in \
         a message. With them, it is {any} of {all}.\n\n\
         | fault | rule | acts | shrunk to |\n|---|---|---|---|\n"
    );
    for (fault, found) in explored {
        if let Ok(Some(find)) = found {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "| `{}` | `{}` | {} | {} |",
                fault.name, find.rule, find.acts, find.shrunk
            );
        }
    }
    text.push_str(
        "\n## Missed\n\n| fault | what goes wrong | why it is not found |\n|---|---|---|\n",
    );
    for (fault, found) in explored {
        match found {
            Ok(Some(_)) => {}
            Ok(None) => {
                let why = match (&fault.unexplored, fault.topic.as_str()) {
                    (Some(why), _) => why,
                    (None, ELSEWHERE) => {
                        "of the transport: histories send whole messages, on whole connections"
                    }
                    (None, _) => "not known: it may take another seed",
                };
                let _ = writeln!(text, "| `{}` | {} | {why} |", fault.name, fault.what);
            }
            Err(why) => drop(writeln!(
                text,
                "| `{}` | {} | {why} |",
                fault.name, fault.what
            )),
        }
    }
    text
}
