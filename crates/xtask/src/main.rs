//! The project's own chores, one module a command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{
    bench, clients, cluster, codegen, coverage, explore, faults, flake, fuzz, gate, matrix, model,
    mutants, pages, released, requirements, sim, test, types,
};

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
    /// Play the scripts for clients to every client that we have, and write docs/clients.md.
    Clients(clients::Options),
    /// Play what can happen between the nodes of a cluster and its broker.
    Cluster(cluster::Options),
    /// Write every generated file, or check that all are up to date.
    Codegen(codegen::Options),
    /// Say from a run what the suite covers, rule by rule, or check what is said.
    Coverage(coverage::Options),
    /// Play every server that we have, and write docs/matrix.md.
    Matrix(matrix::Options),
    /// Hold the protocol against everything that was released.
    Gate(gate::Options),
    /// Look at reports in a browser, and write the pictures in docs/.
    Pages(pages::Options),
    /// Run everything that is to hold.
    Test(test::Options),
    /// Look which faults random conversations find, without any fixture.
    Explore(explore::Options),
    /// Prove that the suite catches every fault.
    Faults(faults::Options),
    /// Play the conversations again and again, and tell every verdict that changes.
    Flake(flake::Options),
    /// Feed the readers of what strangers send and people write with what chance makes up.
    Fuzz(fuzz::Options),
    /// Hold the model of explorations and the rooms of the reference server against one another.
    Model(model::Options),
    /// Break the pure crates line by line, and look whether their tests notice.
    Mutants(mutants::Options),
    /// Release the protocol's schemas, for good.
    ReleaseSchemas(released::Options),
    /// Write the rules that a revision scores, or release them.
    Requirements(requirements::Options),
    /// Play the server in simulated worlds, each from a seed.
    Sim(sim::Options),
    /// Make the types of each language in clients/ with its generator, or hold them to their contract.
    Types(types::Options),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Bench(options) => bench::run(&options),
        Command::Clients(options) => clients::run(&options),
        Command::Cluster(options) => cluster::run(&options),
        Command::Codegen(options) => codegen::run(&options),
        Command::Coverage(options) => coverage::run(&options),
        Command::Matrix(options) => matrix::run(&options),
        Command::Pages(options) => pages::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Explore(options) => explore::run(&options),
        Command::Faults(options) => faults::run(&options),
        Command::Flake(options) => flake::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Model(options) => model::run(&options),
        Command::Mutants(options) => mutants::run(&options),
        Command::Gate(options) => gate::run(&options),
        Command::ReleaseSchemas(options) => released::run(&options),
        Command::Requirements(options) => requirements::run(&options),
        Command::Sim(options) => sim::run(&options),
        Command::Types(options) => types::run(&options),
    }
}
