//! `cargo xtask sim`: plays the server over streams in memory, with a clock that jumps, people who follow a script, and
//! connections that split, stall and break; all of it from a seed.
//!
//! What is played stands in `crates/chatspec-server/tests/sim/`, where the tests play a few of its worlds.

use std::process::{Command, ExitCode};

use crate::root;

/// Defects of a server that a simulation has to find, as `tests/sim/planted.rs` names them.
const PLANTED: [&str; 4] = ["drops", "swaps", "repeats", "ghosts"];

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Worlds.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: u64,
    /// The first seed; each world adds one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub first: u64,
    /// Show what is said and seen in each world.
    #[arg(long)]
    pub show: bool,
    /// Plant a defect in the server, one after the other, and look whether it is found.
    #[arg(long, conflicts_with = "show")]
    pub planted: bool,
    /// Cargo profile of the test.
    #[arg(long, value_name = "NAME", default_value = "test")]
    pub profile: String,
}

/// Runs the command in the checkout.
pub fn run(options: &Options) -> ExitCode {
    let held = match options.planted {
        false => play(options, None),
        true => plant(options),
    };
    match held {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether each defect breaks a world.
fn plant(options: &Options) -> Result<bool, String> {
    let mut all = true;
    for defect in PLANTED {
        let found = !play(options, Some(defect))?;
        println!("{defect}: {}", if found { "found" } else { "NOT found" });
        all &= found;
    }
    Ok(all)
}

/// Whether all worlds keep the promises.
fn play(options: &Options, planted: Option<&str>) -> Result<bool, String> {
    let features = planted.map(|_| ["--features", "fault"]);
    let cargo = |build_only: bool| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(["test", "--quiet", "-p", "chatspec-server", "--test", "sim"])
            .args(["--profile", &options.profile])
            .args(features.iter().flatten())
            .current_dir(root());
        if build_only {
            command.arg("--no-run");
        }
        command
    };
    let run = |mut command: Command| {
        let status = command.status();
        status.map_err(|error| format!("run cargo: {error}"))
    };
    // A test that does not compile is no defect that was found.
    if !run(cargo(true))?.success() {
        return Err("build the simulation".to_owned());
    }
    let mut played = cargo(false);
    played
        .args([
            "every_world_keeps_the_promises",
            "--",
            "--exact",
            "--nocapture",
        ])
        .env("CHATSPEC_SIM_FIRST", options.first.to_string())
        .env("CHATSPEC_SIM_SEEDS", options.seeds.to_string())
        .env("CHATSPEC_SIM_SHOW", u8::from(options.show).to_string())
        .env("CHATSPEC_SIM_PLANTED", planted.unwrap_or_default())
        .env("RUST_BACKTRACE", "0");
    Ok(run(played)?.success())
}
