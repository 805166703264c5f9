//! The project's own chores, one module a command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{codegen, test};

/// The project's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write every generated file, or check that all are up to date.
    Codegen(codegen::Options),
    /// Run everything that is to hold.
    Test(test::Options),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Codegen(options) => codegen::run(&options),
        Command::Test(options) => test::run(&options),
    }
}
