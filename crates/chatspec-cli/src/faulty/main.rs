//! `chatspec-faulty`: the reference server with one deliberate defect, for the proof that the suite catches it.
//!
//! It runs from the command line like `chatspec serve`, prints its address first, and ends with SIGINT.

mod cipher;
mod fault;
mod hooks;
mod http;
mod people;
mod relay;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use tokio::net::TcpListener;

use crate::fault::{Fault, Server};

/// Serves the reference server with one deliberate defect.
#[derive(Parser)]
#[command(name = "chatspec-faulty", version)]
struct Args {
    /// Print the name of every fault, one a line
    #[arg(long)]
    list: bool,
    /// The fault; none makes the server that has none
    #[arg(long, value_name = "NAME")]
    fault: Option<String>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    if args.list {
        for fault in fault::all() {
            println!("{}", fault.name);
        }
        return ExitCode::SUCCESS;
    }
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::from(2)
        }
    }
}

async fn run(args: &Args) -> Result<(), String> {
    let mut server = Server::default();
    if let Some(name) = &args.fault {
        let Fault { what, inject, .. } = fault::all()
            .find(|fault| fault.name == name)
            .ok_or_else(|| format!("find a fault called {name}; --list prints all"))?;
        eprintln!("{name}: {what}");
        inject(&mut server);
    }
    let (mut listener, address) = listen(&args.listen).await?;
    // The one line on stdout: programs that start us read the port from it.
    println!("listening on http://{address}");
    let Server {
        config,
        faults,
        relay,
    } = server;
    if let Some(relay) = relay {
        let (inner, server) = listen("127.0.0.1:0").await?;
        let outer = std::mem::replace(&mut listener, inner);
        tokio::spawn(relay::run(outer, server, relay));
    }
    chatspec_server::serve_faulty(listener, config, faults, interrupted())
        .await
        .map_err(|error| format!("serve: {error}"))
}

async fn listen(address: &str) -> Result<(TcpListener, SocketAddr), String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("listen on {address}: {error}"))?;
    let address = listener
        .local_addr()
        .map_err(|error| format!("read the address: {error}"))?;
    Ok((listener, address))
}

async fn interrupted() {
    // Without the signal there is nobody to tell us to end, and we are killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
