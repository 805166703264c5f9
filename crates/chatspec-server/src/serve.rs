//! Runs the server: from the settings to the accept loop, and stopping in bounded time.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use socketioxide::SocketIo;
use thiserror::Error;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::accept::accept;
use crate::config::{Config, ConfigError};
use crate::edge::Edge;
use crate::gate::Gate;
use crate::hub::Hub;
use crate::listener::Listener;
use crate::tls::{self, TlsError};
use crate::{connection, http};

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
}

/// Whether a server can run with these settings: they are within their bounds, and the files that they name can be used.
///
/// # Errors
///
/// [`ServeError`], as [`serve`] would give it.
pub fn check(config: &Config) -> Result<(), ServeError> {
    config.check()?;
    tls::acceptor(config)?;
    Ok(())
}

/// Serves on `listener` until `shutdown` is ready, then closes every session and waits for the connections to end, for
/// at most [`Config::drain_timeout`].
///
/// # Errors
///
/// [`ServeError`] if the settings or the listener cannot be used, before anything is accepted.
pub async fn serve<L: Listener>(
    listener: L,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    config.check()?;
    let (gate, edge) = entrance(&listener, &config)?;
    let served = http::router(&config, edge, Arc::new(Hub::default()));
    run(listener, &config, gate, served, shutdown).await
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
    let hub = Arc::new(Hub::faulty(faults));
    let (gate, edge) = entrance(&listener, &config)?;
    let (router, io) = http::router(&config, edge, Arc::clone(&hub));
    http::open_other_namespace(&io, hub, other_namespace);
    run(listener, &config, gate, (wrap(router), io), shutdown).await
}

fn entrance<L: Listener>(listener: &L, config: &Config) -> Result<(Arc<Gate>, Edge), ServeError> {
    let address = listener.address().map_err(ServeError::Address)?;
    let gate = Arc::new(Gate::new(config));
    let edge = Edge::new(config, address, Arc::clone(&gate));
    Ok((gate, edge))
}

async fn run<L: Listener>(
    listener: L,
    config: &Config,
    gate: Arc<Gate>,
    (router, io): (Router, SocketIo),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let tls = tls::acceptor(config)?;
    info!(address = ?listener.address().ok(), tls = tls.is_some(), "serving");
    let (stop, stopped) = watch::channel(());
    let setup = connection::Setup::new(config, gate, router, tls, stopped);
    let mut serving = pin!(accept(listener, setup));
    tokio::select! {
        () = &mut serving => return Ok(()),
        () = shutdown => info!("stopping"),
    }
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
    Ok(())
}
