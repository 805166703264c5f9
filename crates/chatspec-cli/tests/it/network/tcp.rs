//! The reference server behind a TCP proxy with weather.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::proxy;

/// Said in every conversation of chat/room. The first connection that carries it meets its fate there, so that no run
/// has fair weather by chance.
const FIRST: &str = "hello from";

/// What goes wrong.
#[derive(Clone, Copy)]
pub enum Weather {
    /// Of so many connections, one is reset after a while, and the first that carries [`FIRST`] ends there.
    ResetsEvery(usize),
    /// Of so many connections, one goes silent after a while and stays open, as does the first that carries [`FIRST`].
    StallsEvery(usize),
    /// So many milliseconds, each way.
    Latency(u64),
    /// Every connection that carries this text is dropped: the server's doing, not the network's.
    DropsAt(&'static str),
}

/// A running proxy with its server. Both end when this is dropped.
pub struct Tcp {
    pub url: String,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Tcp {
    pub async fn start(weather: Weather) -> Tcp {
        let (server, behind) = proxy::reference().await;
        let (listener, front) = proxy::listen().await;
        let count = Arc::new(AtomicUsize::new(0));
        let spared = Arc::new(AtomicBool::new(false));
        let proxy = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::Relaxed) + 1;
                connections.spawn(carry(stream, behind, weather, number, spared.clone()));
            }
        });
        Tcp {
            url: format!("http://{front}"),
            tasks: [server, proxy],
        }
    }
}

/// Bytes after which a connection with a fate meets it: differs from one to the next, from within the handshake to well
/// within a conversation.
fn fate(number: usize) -> usize {
    100 + number * 137 % 2_000
}

async fn carry(
    client: TcpStream,
    server: SocketAddr,
    weather: Weather,
    number: usize,
    spared: Arc<AtomicBool>,
) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let (every, stalls) = match weather {
        Weather::ResetsEvery(every) => (every, false),
        Weather::StallsEvery(every) => (every, true),
        _ => (usize::MAX, false),
    };
    let limit = if number.is_multiple_of(every) {
        fate(number)
    } else {
        usize::MAX
    };
    if !stalls && limit < usize::MAX {
        client.set_zero_linger().expect("a socket option");
    }
    let late = match weather {
        Weather::Latency(milliseconds) => Duration::from_millis(milliseconds),
        _ => Duration::ZERO,
    };
    let ends = |text: &str| match weather {
        Weather::DropsAt(end) => text.contains(end),
        Weather::Latency(_) => false,
        _ => text.contains(FIRST) && !spared.swap(true, Ordering::Relaxed),
    };
    let ((from_client, to_client), (from_server, to_server)) =
        (client.into_split(), server.into_split());
    let up = flow(from_client, to_server, late, usize::MAX, |_| false);
    let down = flow(from_server, to_client, late, limit, ends);
    let met = tokio::select! { met = up => met, met = down => met };
    if met && stalls {
        // Open, and silent.
        std::future::pending::<()>().await;
    }
}

/// Carries bytes, each after its time. True where the fate was met. Masked frames of a client cannot be read, but what the
/// server makes of them can.
async fn flow(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    late: Duration,
    limit: usize,
    ends: impl Fn(&str) -> bool,
) -> bool {
    let (send, mut receive) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        let mut carried = 0;
        let mut buffer = vec![0; 16_384];
        loop {
            let Ok(length @ 1..) = from.read(&mut buffer).await else {
                return (false, from);
            };
            carried += length;
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if carried > limit || ends(&text) {
                return (true, from);
            }
            if send
                .send((Instant::now() + late, buffer[..length].to_vec()))
                .is_err()
            {
                return (false, from);
            }
        }
    };
    let write = async move {
        while let Some((due, bytes)) = receive.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
        to
    };
    let ((met, _from), _to) = tokio::join!(read, write);
    met
}
