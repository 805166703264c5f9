//! `chatspec serve`: the reference server.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use chatspec_server::{Config, ConfigError, ServeError};
use tokio::net::{TcpListener, TcpSocket, lookup_host};
use tracing_subscriber::EnvFilter;

use crate::args::serve::Serve;
use crate::exit::{Exit, Failure};
use crate::output::log::Records;
use crate::output::out::{out, outln};

/// Connections that may wait to be accepted; the system may allow fewer. Of one too many the first packet is dropped, and sent
/// again a second later: a storm of reconnecting clients has to find room here.
const BACKLOG: u32 = 4096;

/// Serves until SIGINT or SIGTERM.
pub async fn run(args: Serve) -> Result<Exit, Failure> {
    let config = settings(&args)?;
    chatspec_server::check(&config).map_err(failure)?;
    if args.print_config {
        out!(config.to_toml());
        return Ok(Exit::Conforms);
    }
    logs(config.json_logs);
    // Before anybody is told where it listens.
    chatspec_server::reach(&config).await.map_err(failure)?;
    let listener = bind(&config.listen, "--listen").await?;
    let monitor = match &config.metrics_listen {
        Some(address) => Some(bind(address, "--metrics-listen").await?),
        None => None,
    };
    let address = listener
        .local_addr()
        .map_err(|error| Failure::ours(format!("read the address: {error}")))?;
    let scheme = match config.tls_cert {
        Some(_) => "https",
        None => "http",
    };
    // The one line on stdout: programs that start us read the port from it.
    outln!("listening on {scheme}://{address}");
    let served = match monitor {
        Some(monitor) => {
            chatspec_server::serve_monitored(listener, monitor, config, terminated()).await
        }
        None => chatspec_server::serve(listener, config, terminated()).await,
    };
    served.map_err(failure)?;
    Ok(Exit::Conforms)
}

async fn bind(address: &str, flag: &str) -> Result<TcpListener, Failure> {
    listener(address).await.map_err(|error| {
        Failure::unreachable(format!(
            "listen on {address}: {error}; another {flag} ADDRESS:PORT may be free"
        ))
    })
}

/// At the first of the addresses that can be had.
async fn listener(address: &str) -> io::Result<TcpListener> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host(address).await? {
        match listen(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // Under Windows this would let a second server take the port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn failure(error: ServeError) -> Failure {
    match error {
        ServeError::Config(error) => unusable(error),
        ServeError::Tls(error) => Failure::usage(format!("offer TLS: {error}")),
        ServeError::Tokens(error) => Failure::usage(format!("read the tokens: {error}")),
        ServeError::Cluster { broker, reason } => Failure::usage(format!(
            "join the cluster {broker}: {reason}; --cluster-optional serves without it until it is there"
        )),
        error => Failure::ours(format!("serve: {error}")),
    }
}

/// The settings: a flag stands above an environment variable, that above the file, and the file above the default.
fn settings(args: &Serve) -> Result<Config, Failure> {
    let mut config = Config::default();
    let file = args
        .config
        .clone()
        .or_else(|| std::env::var_os("CHATSPEC_CONFIG").map(PathBuf::from))
        .filter(|file| !file.as_os_str().is_empty());
    if let Some(file) = file {
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Failure::usage(format!("read {}: {error}", file.display())))?;
        config
            .lay_file(&file.display().to_string(), &text)
            .map_err(unusable)?;
    }
    // A variable of ours is ASCII, and its value text.
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        Some((name, value.to_string_lossy().into_owned()))
    });
    config.lay_environment(variables).map_err(unusable)?;
    for (setting, values) in &args.flags.0 {
        config.lay_flag(setting, values).map_err(unusable)?;
    }
    Ok(config)
}

fn unusable(error: ConfigError) -> Failure {
    Failure::usage(format!("use the settings: {error}"))
}

/// Standard error; `RUST_LOG` overrides. socketioxide logs payloads below `info`: it stays at `warn`.
pub fn logs(json: bool) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("chatspec_server=info,warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // It would report a log that cannot be written where it cannot be written, and panic there.
        .log_internal_errors(false)
        .with_ansi(false)
        .with_writer(move || Records::new(json));
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
