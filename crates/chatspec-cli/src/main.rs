//! The command line of chatspec: tests a server of the chat-room protocol, and serves one.

mod args;
mod baseline;
mod command;
mod data;
mod exit;
mod interrupt;
mod output;
mod select;
mod snapshots;
mod target;

use clap::Parser;

use crate::args::{Args, Command};
use crate::exit::Exit;

fn main() -> std::process::ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are answers, everything else is a mistake of usage.
            let code = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Conforms
            };
            let _ = error.print();
            return code.into();
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return exit::report(&exit::Failure::ours(format!("start the runtime: {error}")))
                .into();
        }
    };
    let result = runtime.block_on(async {
        match args.command {
            Command::Test(test) => command::test::run(*test).await,
            Command::TestClient(client) => command::test_client::run(&client).await,
            Command::Serve(serve) => command::serve::run(serve).await,
            Command::Load(load) => command::load::run(*load).await,
            Command::Explore(explore) => command::explore::run(*explore).await,
            Command::Proxy(proxy) => command::proxy::run(*proxy).await,
            Command::List(list) => command::list::run(&list),
            Command::Explain(explain) => command::explain::run(&explain),
            Command::Lint(lint) => command::lint::run(&lint),
            Command::Judge(judge) => command::judge::run(&judge),
            Command::Schema(schema) => command::schema::run(&schema).await,
            Command::Report(convert) => command::report::run(&convert),
            Command::Matrix(matrix) => command::matrix::run(&matrix),
            Command::Fixtures(fixtures) => command::fixtures::run(&fixtures),
            Command::Completions(completions) => command::manual::completions(&completions),
            Command::Man(man) => command::manual::page(&man),
        }
    });
    // Connections of ended cases need no farewell.
    runtime.shutdown_background();
    result
        .unwrap_or_else(|failure| exit::report(&failure))
        .into()
}
