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

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use self::fault::{Fault, Outcome};
use self::world::World;
use crate::root;

/// What speaks the broker's protocol, the first of which is needed.
const BROKERS: [&str; 2] = ["redis-server", "valkey-server"];

/// What stands above the table in a file of its own.
const HEAD: &str = "# What happens to a cluster\n\n\
    Written by `cargo xtask cluster --markdown docs/cluster.md`. Each fault is played in a world of its own: a broker, its nodes \
    (`chatspec serve --cluster`), and between each of them and the broker a proxy that does what networks do. Ada and Ann are on \
    the first node, Bob is on the last, to which things happen.\n\n\
    - *local lost*: messages between Ada and Ann, on one node, that did not come during the fault. None may be lost.\n\
    - *recovery*: from its end until Ada and Bob hear each other again. At most 5 s.\n\
    - *ghosts*: until those whose node had died were announced as gone, once each. At most 15 s.\n\
    - *gaps*: how often all of them together were told that something may be missing. What was lost across nodes has to have been \
    told; nothing may come twice, or out of order.\n\n";

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
    /// Write the table into this file, too.
    #[arg(long, value_name = "FILE", conflicts_with = "measure")]
    pub markdown: Option<PathBuf>,
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
    let mut document = String::new();
    for broker in brokers {
        let title = format!(
            "{}, {} nodes\n\n{}",
            version(broker)?,
            options.nodes,
            Outcome::HEAD
        );
        println!("{title}");
        document += &format!("{title}\n");
        for fault in &faults {
            let name = fault.name();
            tell(&format!("{name} ..."));
            let outcome = world(&program, broker, options.nodes, *fault)?;
            held &= outcome.wrong.is_empty();
            tell("");
            println!("{}", outcome.row(&name));
            document += &format!("{}\n", outcome.row(&name));
        }
        println!();
        document.push('\n');
    }
    if let Some(file) = &options.markdown {
        let document = format!("{HEAD}{}", document.trim_start());
        std::fs::write(file, format!("{}\n", document.trim_end()))
            .map_err(|error| format!("write {}: {error}", file.display()))?;
    }
    Ok(held)
}

/// Says on a terminal what is going on, in place of what was said before.
fn tell(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
    }
}

fn world(program: &Path, broker: &'static str, nodes: u8, fault: Fault) -> Result<Outcome, String> {
    let mut world = World::start(program, broker, nodes)?;
    // A world that does not even come to stand is the fault's outcome, not the end of the run.
    Ok(fault.play(&mut world).unwrap_or_else(Outcome::failed))
}

/// What a broker calls itself.
fn version(program: &str) -> Result<String, String> {
    let output = Command::new(program).arg("--version").output();
    let output = output.map_err(|error| format!("run {program}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split(' ').find_map(|word| word.strip_prefix("v="));
    Ok(format!("{program} {}", version.unwrap_or_default())
        .trim()
        .to_owned())
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
