//! `chatspec serve`: the reference server.

use std::time::Duration;

use chatspec_server::Config;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::args::Serve;
use crate::exit::{Exit, Failure};
use crate::output::out::outln;

/// Serves until SIGINT or SIGTERM.
pub async fn run(args: Serve) -> Result<Exit, Failure> {
    logs(args.json_logs);
    let listener = TcpListener::bind(&args.listen).await.map_err(|error| {
        Failure::unreachable(format!(
            "listen on {}: {error}; another --listen ADDRESS:PORT may be free",
            args.listen
        ))
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::ours(format!("read the address: {error}")))?;
    let config = Config {
        ping_interval: Duration::from_millis(args.ping_interval),
        ping_timeout: Duration::from_millis(args.ping_timeout),
        ..Config::default()
    };
    // The one line on stdout: programs that start us read the port from it.
    outln!("listening on http://{address}");
    chatspec_server::serve(listener, config, terminated())
        .await
        .map_err(|error| Failure::ours(format!("serve: {error}")))?;
    Ok(Exit::Conforms)
}

/// Standard error; `RUST_LOG` overrides. socketioxide logs payloads below `info`: it stays at `warn`.
pub fn logs(json: bool) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("chatspec_server=info,warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second subscriber is no error worth ending for.
    let _ = if json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
}

/// Resolves with the first SIGINT or SIGTERM.
pub async fn terminated() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
