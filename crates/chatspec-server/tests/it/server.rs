//! A server of one test.

use std::net::SocketAddr;
use std::time::Duration;

use chatspec_server::{Config, ServeError, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::logs;

/// Longest wait for anything that is due.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A running server. Dropping it stops it.
pub struct Server {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// One that lets a client send as much as it likes.
    pub async fn unlimited() -> Self {
        Self::with(Config {
            unlimited: true,
            ..Config::default()
        })
        .await
    }

    pub async fn with(config: Config) -> Self {
        logs::keep();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            serve(listener, config, async {
                let _ = stopped.await;
            })
            .await
        });
        Self {
            address,
            stop,
            running,
        }
    }

    /// Tells the server to stop and waits until it has.
    pub async fn stop(self) {
        self.stop.send(()).expect("the server is running");
        due(self.running)
            .await
            .expect("no panic")
            .expect("no error");
    }
}

/// Waits for something that must come.
pub async fn due<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("it comes before the deadline")
}
