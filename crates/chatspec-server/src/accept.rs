//! The accept loop.

use std::io;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing::{debug, warn};

use crate::connection::{Setup, serve};
use crate::gate::{Client, Full};
use crate::listener::Listener;

/// How long the loop rests after an error that is not the fault of one connection, such as that no file descriptor is free.
const REST: Duration = Duration::from_millis(100);

/// Serves connections until the order to stop, then waits for those that there are. Dropped, it cuts them off.
///
/// Only sessions that have become WebSockets are out of its hands: the Socket.IO layer ends them.
pub(crate) async fn accept<L: Listener>(mut listener: L, setup: Setup) {
    let mut connections = JoinSet::new();
    let mut stopped = setup.stopped.clone();
    // What is said once is not said again until it has been otherwise.
    let mut failing = false;
    let mut is_full = false;
    loop {
        let accepted = tokio::select! {
            biased;
            // Nothing is ever sent: the sender is dropped.
            _ = stopped.changed() => break,
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    warn!(%error, "a connection ended badly");
                }
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((io, peer)) => {
                failing = false;
                // Whoever is too many is closed without a word: to read its request would take what there is not enough of.
                match setup.gate.connect(Client::peer(peer.ip(), &setup.trusted)) {
                    Ok(place) => {
                        is_full = false;
                        L::prepare(&io, setup.silence);
                        connections.spawn(serve(io, peer, place, setup.clone()));
                    }
                    Err(full @ Full::Total) if !is_full => {
                        is_full = true;
                        warn!(%full, "not accepted");
                    }
                    Err(full) => debug!(%peer, %full, "not accepted"),
                }
            }
            Err(error) if is_of_one_connection(&error) => debug!(%error, "not accepted"),
            Err(error) => {
                if !failing {
                    warn!(%error, "connections cannot be accepted for now");
                }
                failing = true;
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Whether the error is that of a connection which has already gone.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
