//! Runs the server: from the settings to the accept loop, and stopping in bounded time.

use std::future::{Future, IntoFuture};
use std::io;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use socketioxide::SocketIo;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::accept::accept;
use crate::auth::Tokens;
use crate::config::{Config, ConfigError};
use crate::edge::Edge;
use crate::gate::Gate;
use crate::hub::Hub;
use crate::listener::Listener;
use crate::thread::{self, Stopped};
use crate::tls::{self, TlsError};
use crate::{connection, http, monitor, node};

/// Why a server could not run.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The settings make no server.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigError),
    /// The certificate or its key cannot be used.
    #[error("TLS cannot be offered")]
    Tls(#[from] TlsError),
    /// The listener does not know where it listens.
    #[error("the listener has no address")]
    Address(#[source] io::Error),
    /// The file of tokens cannot be used.
    #[error("the tokens cannot be read")]
    Tokens(#[source] io::Error),
    /// The cluster cannot be joined.
    #[error("the cluster {broker} cannot be joined: {reason}")]
    Cluster {
        /// Where its broker is, without password.
        broker: String,
        /// What is wrong, and what the broker said.
        reason: String,
    },
    /// The thread that serves cannot be started, or has ended without a result.
    #[error("there is no thread to serve on")]
    Thread(#[from] io::Error),
}

/// Whether a server can run with these settings: they are within their bounds, and the files that they name can be used.
///
/// # Errors
///
/// [`ServeError`], as [`serve`] would give it.
pub fn check(config: &Config) -> Result<(), ServeError> {
    config.check()?;
    tls::acceptor(config)?;
    tokens(config)?;
    Ok(())
}

/// Whether what a server needs of others is there: the broker, where it is to be a node of a cluster and cannot do without.
///
/// # Errors
///
/// [`ServeError::Cluster`] if it is not.
pub async fn reach(config: &Config) -> Result<(), ServeError> {
    node::reach(config).await
}

/// Serves on `listener` until `shutdown` is ready, then closes every session and waits for the connections to end, for
/// at most [`Config::drain_timeout`].
///
/// All of it happens on one thread: that of the runtime, if it has one only, or one of its own.
///
/// # Errors
///
/// [`ServeError`] if the settings or the listener cannot be used, before anything is accepted.
pub async fn serve<L: Listener>(
    listener: L,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    start(listener, None, config, shutdown).await
}

/// [`serve`], with another listener that answers `/metrics`, `/healthz` and `/readyz` to whoever asks, until the end of the
/// drain.
///
/// # Errors
///
/// As [`serve`].
pub async fn serve_monitored<L: Listener>(
    listener: L,
    monitor: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    start(listener, Some(monitor), config, shutdown).await
}

async fn start<L: Listener>(
    listener: L,
    monitor: Option<TcpListener>,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    config.check()?;
    let config = config.effective();
    let (gate, edge) = entrance(&listener, &config)?;
    let (part, link) = node::part(&config)?;
    let hub = Hub::new(config.room_members).guarded(tokens(&config)?);
    let hub = Arc::new(hub.clustered(part));
    thread::run(shutdown, move |stopped| {
        let (router, io) = http::router(&config, edge, Arc::clone(&hub));
        let service = Service {
            gate,
            router,
            io,
            hub,
            link,
        };
        run(listener, monitor, config, service, stopped)
    })
    .await?
}

/// [`serve`], with deliberate defects.
///
/// # Errors
///
/// As [`serve`].
#[cfg(feature = "fault")]
pub async fn serve_faulty<L: Listener>(
    listener: L,
    config: Config,
    mut faults: crate::Faults,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    config.check()?;
    let wrap = std::mem::replace(&mut faults.router, Box::new(|router| router));
    let other_namespace = faults.other_namespace;
    let hub = Arc::new(Hub::faulty(faults, config.room_members));
    let (gate, edge) = entrance(&listener, &config)?;
    thread::run(shutdown, move |stopped| {
        let (router, io) = http::router(&config, edge, Arc::clone(&hub));
        http::open_other_namespace(&io, Arc::clone(&hub), other_namespace);
        let router = wrap(router);
        let service = Service {
            gate,
            router,
            io,
            hub,
            link: None,
        };
        run(listener, None, config, service, stopped)
    })
    .await?
}

fn entrance<L: Listener>(listener: &L, config: &Config) -> Result<(Arc<Gate>, Edge), ServeError> {
    let address = listener.address().map_err(ServeError::Address)?;
    let gate = Arc::new(Gate::new(config));
    let edge = Edge::new(config, address, Arc::clone(&gate));
    Ok((gate, edge))
}

/// The tokens that open the server, if not everybody may come.
fn tokens(config: &Config) -> Result<Option<Tokens>, ServeError> {
    let file = config.auth_token_file.as_deref();
    file.map(Tokens::read)
        .transpose()
        .map_err(ServeError::Tokens)
}

/// What is served.
struct Service {
    gate: Arc<Gate>,
    router: Router,
    io: SocketIo,
    hub: Arc<Hub>,
    link: Option<node::Link>,
}

async fn run<L: Listener>(
    listener: L,
    monitor: Option<TcpListener>,
    config: Config,
    Service {
        gate,
        router,
        io,
        hub,
        link,
    }: Service,
    stopped: Stopped,
) -> Result<(), ServeError> {
    let tls = tls::acceptor(&config)?;
    let link = node::Running::begin(link, &config, &hub, &io).await?;
    info!(address = ?listener.address().ok(), tls = tls.is_some(), "serving");
    // It goes on while the rest drains, and ends with this.
    let mut monitoring = JoinSet::new();
    if let Some(monitor) = monitor {
        info!(address = ?monitor.local_addr().ok(), "monitored");
        let router = monitor::router(Arc::clone(&hub));
        monitoring.spawn(axum::serve(monitor, router).into_future());
    }
    let (stop, stopping) = watch::channel(());
    let setup = connection::Setup::new(&config, gate, router, tls, stopping);
    let mut serving = pin!(accept(listener, setup));
    tokio::select! {
        () = &mut serving => return Ok(()),
        () = stopped.wait() => info!("stopping"),
    }
    hub.metrics.drain();
    // The accept loop is told first. Whoever slips in while the sessions are being closed finds no namespace.
    drop(stop);
    // A polling client waits inside a request, which ends only when its session is closed.
    let drain = async { tokio::join!(io.close(), serving) };
    if tokio::time::timeout(config.drain_timeout, drain)
        .await
        .is_err()
    {
        warn!(after = ?config.drain_timeout, "connections cut off");
    }
    link.end(config.drain_timeout).await;
    Ok(())
}
