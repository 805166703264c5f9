//! Where connections come from: TCP, or anything else that brings byte streams.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tracing::warn;

/// Brings connections. Streams in memory can stand in for those of TCP: nothing else here knows what they are.
pub trait Listener: Send + 'static {
    /// A connection.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection, and the address of its peer.
    ///
    /// It is cancelled and called again, so no connection may be lost where it waits. An error ends nothing: the server
    /// asks again, after a moment if the connection was not at fault.
    fn accept(&mut self) -> impl Future<Output = io::Result<(Self::Io, SocketAddr)>> + Send;

    /// The address that clients connect to. An unspecified one stands for every address of the machine.
    fn address(&self) -> io::Result<SocketAddr>;

    /// Prepares a connection for use. A peer that takes nothing for `silence` may be given up by whatever carries the
    /// connection; the server does so itself, too.
    fn prepare(_: &Self::Io, silence: Duration) {
        let _ = silence;
    }
}

impl Listener for TcpListener {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        TcpListener::accept(self).await
    }

    fn address(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }

    fn prepare(stream: &TcpStream, silence: Duration) {
        // A reply and its acknowledgement are two small writes; with Nagle's algorithm the second waits for the peer's
        // delayed ACK, some 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            warn!(%error, "TCP_NODELAY not set");
        }
        limit_unacknowledged(stream, silence);
    }
}

/// Breaks a connection whose peer acknowledges nothing for so long, be it that it has gone without a word. The deadline of
/// our own writes notices that only when the buffers of the system are full.
// rule: presence.cleanup
#[cfg(target_os = "linux")]
fn limit_unacknowledged(stream: &TcpStream, silence: Duration) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(silence)) {
        warn!(%error, "TCP_USER_TIMEOUT not set");
    }
}

#[cfg(not(target_os = "linux"))]
fn limit_unacknowledged(_: &TcpStream, _: Duration) {}
