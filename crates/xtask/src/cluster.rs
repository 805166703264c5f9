//! `cargo xtask cluster`: several nodes, a real broker, and between them a proxy that does what networks do.
//!
//! Each fault is played in a world of its own: a broker, its nodes, and one proxy for each of them.

mod client;
mod fault;
mod measure;
mod process;
mod proxy;
mod suite;
mod world;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use self::fault::{Fault, Outcome};
use self::world::World;
use crate::root;

/// What speaks the broker's protocol, the first of which is needed.
const BROKERS: [&str; 2] = ["redis-server", "valkey-server"];

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Nodes of each world.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=16))]
    pub nodes: u8,
    /// Only this fault.
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "smoke")]
    pub fault: Vec<Fault>,
    /// Only the short ones, which take less than two minutes together.
    #[arg(long)]
    pub smoke: bool,
    /// Play nothing: measure what a delivery costs on 1, 2 and 4 nodes, and write it into docs/scaling.md.
    #[arg(long, conflicts_with_all = ["fault", "smoke", "nodes"])]
    pub measure: bool,
    /// Seconds of each load that is measured.
    #[arg(long, value_name = "N", default_value_t = 5, requires = "measure", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub seconds: u32,
    /// Loads of each kind, of which the best counts.
    #[arg(long, value_name = "N", default_value_t = 3, requires = "measure", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub runs: u32,
    /// Cargo profile of the program.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "release",
        conflicts_with = "program"
    )]
    pub profile: String,
    /// A program that is built already.
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
}

/// Runs the command in the checkout. It succeeds only where every fault was survived as promised.
pub fn run(options: &Options) -> ExitCode {
    match play(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn play(options: &Options) -> Result<bool, String> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => build(&options.profile)?,
    };
    let faults: Vec<Fault> = match options.fault.as_slice() {
        [] => Fault::all(options.smoke),
        chosen => chosen.to_vec(),
    };
    let brokers: Vec<&'static str> = BROKERS.into_iter().filter(|name| is_there(name)).collect();
    if brokers.is_empty() {
        return Err("find redis-server, which is needed: apt-get install redis-server".to_owned());
    }
    if options.measure {
        let table = measure::measure(&program, brokers[0], options.seconds, options.runs)?;
        println!("{table}");
        return Ok(true);
    }
    let mut held = true;
    for broker in brokers {
        println!("{broker}, {} nodes\n", options.nodes);
        println!("{}", Outcome::HEAD);
        for fault in &faults {
            let outcome = world(&program, broker, options.nodes, *fault)?;
            held &= outcome.wrong.is_empty();
            println!("{}", outcome.row(*fault));
        }
        println!();
    }
    Ok(held)
}

fn world(program: &Path, broker: &'static str, nodes: u8, fault: Fault) -> Result<Outcome, String> {
    let mut world = World::start(program, broker, nodes)?;
    // A world that does not even come to stand is the fault's outcome, not the end of the run.
    Ok(fault.play(&mut world).unwrap_or_else(Outcome::failed))
}

fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn build(profile: &str) -> Result<PathBuf, String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--profile", profile, "-p", "chatspec-cli"])
        .args(["--bin", "chatspec"])
        .current_dir(root())
        .status()
        .map_err(|error| format!("run cargo: {error}"))?;
    if !status.success() {
        return Err("build the program".to_owned());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), PathBuf::from);
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(folder).join("chatspec"))
}
