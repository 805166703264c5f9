//! A listener whose connections are streams in memory, from whatever address one likes.

use std::io;
use std::net::{IpAddr, SocketAddr};

use chatspec_server::{Config, Listener, ServeError, serve};
use tokio::io::DuplexStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::logs;

/// What its clients call it.
pub const NAME: &str = "127.0.0.1:80";

struct Arriving(mpsc::UnboundedReceiver<io::Result<(DuplexStream, SocketAddr)>>);

impl Listener for Arriving {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, SocketAddr)> {
        match self.0.recv().await {
            Some(arrived) => arrived,
            None => std::future::pending().await,
        }
    }

    fn address(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::from(([127, 0, 0, 1], 80)))
    }
}

/// A server that has no socket. It ends with the test.
pub struct Memory {
    arrive: mpsc::UnboundedSender<io::Result<(DuplexStream, SocketAddr)>>,
    _stop: oneshot::Sender<()>,
    _running: JoinHandle<Result<(), ServeError>>,
}

impl Memory {
    pub fn start(config: Config) -> Memory {
        logs::keep();
        let (arrive, arriving) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(serve(Arriving(arriving), config, async {
            let _ = stopped.await;
        }));
        Memory {
            arrive,
            _stop: stop,
            _running: running,
        }
    }

    /// Connects from an address, with room for so many bytes in each direction that nobody has read yet.
    pub fn connect(&self, from: impl Into<IpAddr>, room: usize) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(room);
        let peer = SocketAddr::new(from.into(), 4_711);
        self.arrive
            .send(Ok((theirs, peer)))
            .expect("the server is running");
        ours
    }

    /// Lets the listener fail once.
    pub fn fail(&self, error: io::Error) {
        self.arrive.send(Err(error)).expect("the server is running");
    }
}
