//! Forwards connections.

use std::time::Duration;

use bytes::Bytes;
use chatspec_judge::check::Sender;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::feed::{Copies, Copy, Feed, feed};
use crate::wire::net::{self, Manner, Reset, Stream};
use crate::wire::{Instant, Target};

/// How long a connection to the server may take to come about.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that are read at a time.
const CHUNK: usize = 32 << 10;
/// Connections at a time; more wait in the queue of the listener.
const CONNECTIONS: usize = 10_000;
/// After an accept that failed: how long to wait for a connection to end, and to give back its descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Forwards every connection that comes to `listener` to `target`, until `stop` comes or its sender is dropped: then all are
/// torn down. What passed is read from the feed that is returned; somebody has to.
pub fn serve(
    listener: TcpListener,
    target: Target,
    mut stop: oneshot::Receiver<()>,
) -> (impl Future<Output = ()> + Send, Feed) {
    let (copies, feed) = feed(&target.path);
    let serving = async move {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            let accepted = tokio::select! {
                _ = &mut stop => break,
                accepted = listener.accept(), if connections.len() < CONNECTIONS => accepted,
                Some(_) = connections.join_next(), if connections.len() >= CONNECTIONS => continue,
            };
            match accepted {
                Ok((client, _)) => {
                    let relay = Relay {
                        number: copies.number(),
                        copies: copies.clone(),
                    };
                    connections.spawn(relay.run(client, target.clone()));
                }
                Err(_) => {
                    // The descriptors may be used up, until a connection ends.
                    let freed = async {
                        match connections.join_next().await {
                            Some(_) => {}
                            None => std::future::pending().await,
                        }
                    };
                    let _ = timeout(BREATH, freed).await;
                }
            }
        }
        connections.shutdown().await;
    };
    (serving, feed)
}

/// Connects to the server once, and sends nothing.
///
/// # Errors
/// Why no connection came about until `deadline`.
pub async fn reach(target: &Target, deadline: Instant) -> Result<(), String> {
    connect(target, &Reset::default(), deadline).await.map(drop)
}

async fn connect(target: &Target, reset: &Reset, deadline: Instant) -> Result<Stream, String> {
    let connected = net::connect_as(target, Manner::Plain(None), reset, deadline).await;
    connected.map_err(|fault| fault.to_string())
}

/// One connection.
struct Relay {
    number: u64,
    copies: Copies,
}

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Its sender said that it sends no more, and the receiver was told.
    Finished,
    /// Its receiver takes no more.
    Refused,
    /// Its sender tore the connection down.
    Torn,
}

impl Relay {
    async fn run(self, mut client: TcpStream, target: Target) {
        // Small writes of the client and the server go on at once, as they came. Where that fails, they go on later.
        let _ = client.set_nodelay(true);
        let reset = Reset::default();
        let server = match connect(&target, &reset, Instant::now() + PATIENCE).await {
            Ok(server) => server,
            Err(why) => {
                // What a server that is not there would answer.
                let _ = client.set_zero_linger();
                self.copies.put(Copy::Unreachable(why));
                return;
            }
        };
        if self.both(&mut client, server, &reset).await {
            // If this fails, the client sees an ordinary end instead of a reset.
            let _ = client.set_zero_linger();
        }
        self.copies.put(Copy::Over(self.number));
    }

    /// Forwards both ways; whether the connection ends with a reset, as the server's does then.
    async fn both(&self, client: &mut TcpStream, server: Stream, reset: &Reset) -> bool {
        // What was read from the server is written at once, and held by nobody.
        let pending = server.pending();
        let (from_server, to_server) = split(server);
        let (from_client, to_client) = client.split();
        let up = self.forward(Sender::Client, from_client, to_server, || {});
        let down = self.forward(Sender::Server, from_server, to_client, || pending.clear());
        tokio::pin!(up, down);
        let (mut sent, mut received) = (None, None);
        loop {
            // A receiver that takes no more may still have something to say.
            tokio::select! {
                end = &mut up, if sent.is_none() => sent = Some(end),
                end = &mut down, if received.is_none() => received = Some(end),
            }
            let ends = [sent, received];
            let is_over = ends.contains(&Some(End::Torn)) || ends.iter().all(Option::is_some);
            if is_over {
                let is_torn = ends.iter().any(|end| *end != Some(End::Finished));
                if is_torn {
                    reset.set();
                }
                return is_torn;
            }
        }
    }

    async fn forward(
        &self,
        by: Sender,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        taken: impl Fn(),
    ) -> End {
        let mut buffer = vec![0; CHUNK];
        let mut is_read = true;
        loop {
            let count = match from.read(&mut buffer).await {
                Ok(0) => {
                    self.copies.put(Copy::Ended(self.number, by, false));
                    // Where this fails, the other side is gone, and knows.
                    let _ = to.shutdown().await;
                    return End::Finished;
                }
                Ok(count) => count,
                Err(_) => {
                    self.copies.put(Copy::Ended(self.number, by, true));
                    return End::Torn;
                }
            };
            taken();
            let bytes = &buffer[..count];
            // Before it goes on: what is caused by it must not be seen before it. Putting in waits for nothing.
            if is_read {
                let copy = Copy::Bytes(self.number, by, Bytes::copy_from_slice(bytes));
                is_read = self.copies.put(copy);
                if !is_read {
                    self.copies.put(Copy::Lost(self.number));
                }
            }
            let written = async {
                to.write_all(bytes).await?;
                to.flush().await
            };
            if written.await.is_err() {
                return End::Refused;
            }
        }
    }
}
