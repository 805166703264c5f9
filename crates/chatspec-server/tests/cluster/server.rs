//! A node, on a thread of its own, so that it can die without a word.

use std::future::Future;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use chatspec_server::{Config, ServeError, serve_monitored};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::interval;

use crate::client::Client;

/// Longer than anything here takes, also on a machine that has much else to do.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running node. Dropping it kills it.
pub struct Node {
    pub address: SocketAddr,
    monitor: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    kill: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Option<Result<(), ServeError>>>>,
}

/// Settings of a node that are quick to notice what goes on, and let clients send what they like.
pub fn quick(broker: &str) -> Config {
    Config {
        cluster: Some(broker.parse().expect("a broker")),
        cluster_lease: Duration::from_millis(1_800),
        cluster_timeout: Duration::from_millis(1_000),
        unlimited: true,
        ..Config::default()
    }
}

impl Node {
    pub async fn start(broker: &str) -> Self {
        Self::with(quick(broker)).await
    }

    /// A node that is linked.
    pub async fn with(config: Config) -> Self {
        let node = Self::unlinked(config).await;
        node.until("chatspec_cluster_linked", |linked| linked == 1.0)
            .await;
        node
    }

    /// A node that is as it is.
    pub async fn unlinked(config: Config) -> Self {
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let (kill, killed) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let monitor = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let addresses = [&listener, &monitor].map(|it| it.local_addr().expect("bound"));
                let _ = tell.send(addresses);
                let stopped = async {
                    let _ = stopped.await;
                };
                tokio::select! {
                    outcome = serve_monitored(listener, monitor, config, stopped) => Some(outcome),
                    _ = killed => None,
                }
            })
        });
        let [address, monitor] = due(told).await.expect("addresses");
        Self {
            address,
            monitor,
            stop: Some(stop),
            kill: Some(kill),
            thread: Some(thread),
        }
    }

    /// Ends it without a word, as a power failure would.
    pub async fn kill(mut self) {
        drop(self.kill.take());
        self.ended().await;
    }

    /// Tells it to stop, and waits until it has.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        let outcome = self.ended().await;
        outcome.expect("it ends by itself").expect("no error");
    }

    /// The error with which it ends by itself.
    pub async fn error(mut self) -> ServeError {
        let outcome = self.ended().await.expect("it ends by itself");
        outcome.expect_err("an error")
    }

    async fn ended(&mut self) -> Option<Result<(), ServeError>> {
        let thread = self.thread.take().expect("a thread");
        let joined = tokio::task::spawn_blocking(move || thread.join());
        due(joined).await.expect("no panic").expect("no panic")
    }

    /// One line of `/readyz`.
    pub async fn ready(&self) -> String {
        let page = self.get("/readyz").await.expect("a monitor");
        let (_, body) = page.split_once("\r\n\r\n").expect("a body");
        body.to_owned()
    }

    /// Waits until a metric is as it should be.
    pub async fn until(&self, name: &str, holds: impl Fn(f64) -> bool) {
        let mut ticks = interval(Duration::from_millis(10));
        due(async {
            loop {
                ticks.tick().await;
                if self.metric(name).await.is_some_and(&holds) {
                    return;
                }
            }
        })
        .await;
    }

    pub async fn metric(&self, name: &str) -> Option<f64> {
        let page = self.get("/metrics").await?;
        let mut lines = page.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    async fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.monitor).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut page = String::new();
        stream.read_to_string(&mut page).await.ok()?;
        Some(page)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.kill.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits for something that must come.
pub async fn due<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("it comes before the deadline")
}

/// A `chat` to a room.
pub fn says(room: &str, text: impl ToString) -> Value {
    json!({"event": "chat", "room": room, "text": text.to_string()})
}

/// What others get of it.
pub fn said(from: &str, text: impl ToString) -> Value {
    json!({"type": "chat", "from": from, "message": text.to_string()})
}

/// Asks for the members of a room until they are these: what happens elsewhere is known here a little later.
pub async fn lists(client: &mut Client, room: &str, names: &[&str]) {
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let wanted = format!("Users in room: [{}]", names.join(", "));
    let mut ticks = interval(Duration::from_millis(10));
    due(async {
        loop {
            ticks.tick().await;
            if client.users(room).await == wanted {
                return;
            }
        }
    })
    .await;
}
