//! The only file that touches a listener: accepting, and stopping in bounded time.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use socketioxide::SocketIo;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tracing::{info, warn};

use crate::config::{Config, ConfigError};
use crate::http;
use crate::hub::Hub;

/// Why a server could not run, or could not go on.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The settings make no server.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigError),
    /// The listener failed.
    #[error("connections cannot be accepted")]
    Accept(#[source] io::Error),
}

/// Serves on `listener` until `shutdown` is ready, then closes every session and waits for the connections to end, for
/// at most [`Config::drain_timeout`].
///
/// # Errors
///
/// [`ServeError`] if the settings cannot be used, before anything is accepted, or if the listener fails.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    config.check()?;
    let served = http::router(&config, Arc::new(Hub::default()));
    run(listener, &config, served, shutdown).await
}

/// [`serve`], with deliberate defects.
///
/// # Errors
///
/// As [`serve`].
#[cfg(feature = "fault")]
pub async fn serve_faulty(
    listener: TcpListener,
    config: Config,
    mut faults: crate::Faults,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    config.check()?;
    let wrap = std::mem::replace(&mut faults.router, Box::new(|router| router));
    let other_namespace = faults.other_namespace;
    let hub = Arc::new(Hub::faulty(faults));
    let (router, io) = http::router(&config, Arc::clone(&hub));
    http::open_other_namespace(&io, hub, other_namespace);
    run(listener, &config, (wrap(router), io), shutdown).await
}

async fn run(
    listener: TcpListener,
    config: &Config,
    (router, io): (Router, SocketIo),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let (stop, stopped) = oneshot::channel();
    let silence = config.ping_interval + config.ping_timeout;
    let mut serving = pin!(accept(listener, router, silence, stopped));
    tokio::select! {
        result = &mut serving => return result,
        () = shutdown => info!("stopping"),
    }
    // The accept loop is told first. Whoever slips in while the sessions are being closed finds no namespace.
    let _ = stop.send(());
    // A polling client waits inside a request, which ends only when its session is closed.
    let drain = async { tokio::join!(io.close(), serving).1 };
    tokio::time::timeout(config.drain_timeout, drain)
        .await
        .unwrap_or_else(|_| {
            warn!(after = ?config.drain_timeout, "connections abandoned");
            Ok(())
        })
}

async fn accept(
    listener: TcpListener,
    router: Router,
    silence: Duration,
    stopped: oneshot::Receiver<()>,
) -> Result<(), ServeError> {
    info!(address = ?listener.local_addr().ok(), "serving");
    let listener = listener.tap_io(move |stream| {
        // A reply and its acknowledgement are two small writes; with Nagle's algorithm the second waits for the peer's
        // delayed ACK, some 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            warn!(%error, "TCP_NODELAY not set");
        }
        limit_unacknowledged(stream, silence);
    });
    let stopped = async {
        // The sender is dropped only with this future itself.
        let _ = stopped.await;
    };
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await
        .map_err(ServeError::Accept)
}

/// Breaks a connection whose peer takes nothing for so long. engineioxide notices a missing pong, but cannot end a
/// session while its writer waits for such a peer: the user would stay in the room for ever.
// rule: presence.cleanup
#[cfg(target_os = "linux")]
fn limit_unacknowledged(stream: &TcpStream, silence: Duration) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(silence)) {
        warn!(%error, "TCP_USER_TIMEOUT not set");
    }
}

#[cfg(not(target_os = "linux"))]
fn limit_unacknowledged(_: &TcpStream, _: Duration) {}
