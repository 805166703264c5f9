//! The project's own chores, one module a command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{bench, codegen, faults, flake, test};

/// The project's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure the whole suite, beside an independent server.
    Bench(bench::Options),
    /// Write every generated file, or check that all are up to date.
    Codegen(codegen::Options),
    /// Run everything that is to hold.
    Test(test::Options),
    /// Prove that the suite catches every fault.
    Faults(faults::Options),
    /// Play the conversations again and again, and tell every verdict that changes.
    Flake(flake::Options),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Bench(options) => bench::run(&options),
        Command::Codegen(options) => codegen::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Faults(options) => faults::run(&options),
        Command::Flake(options) => flake::run(&options),
    }
}
