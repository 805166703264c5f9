//! The only file that opens a socket.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::client::TlsStream;
use url::Host;

use super::account::{Account, Flooded};
use super::error::Fault;
use super::target::Target;
use super::tls;

/// A connection, plain or TLS: everything above runs over this.
pub(crate) type Stream = Box<dyn Io>;

/// What [`Stream`] can do.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Sync + Unpin {
    /// The bytes that were read and make no whole message yet. Whoever understands a message clears it; a read fails
    /// when it is full.
    fn pending(&self) -> Account;
}

impl Io for TlsStream<Stream> {
    fn pending(&self) -> Account {
        self.get_ref().0.pending()
    }
}

/// Shared by the connections of one session: once set, they end with a reset when they are dropped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reset(Arc<AtomicBool>);

impl Reset {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How a connection is made, and what it is good at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Manner {
    /// Acknowledges at once, so that no conversation waits for a timer.
    Prompt,
    /// As every client's is, and from this address, where one is given: a pair of addresses has no more than some 28 000
    /// ports.
    Plain(Option<IpAddr>),
}

/// Connects to the target, through TLS where it says so.
pub(crate) async fn connect(
    target: &Target,
    reset: &Reset,
    deadline: Instant,
) -> Result<Stream, Fault> {
    connect_as(target, Manner::Prompt, reset, deadline).await
}

/// The same, in another manner.
pub(crate) async fn connect_as(
    target: &Target,
    manner: Manner,
    reset: &Reset,
    deadline: Instant,
) -> Result<Stream, Fault> {
    let (host, port) = target.place().map_err(Fault::from)?;
    let stage = format!("connecting to {}", target.authority());
    let connecting = async {
        let mut last = None;
        let addresses = addresses(host.clone(), port).await?;
        for (index, address) in addresses.iter().enumerate() {
            // A silent address may not take the time of those after it.
            let share = (addresses.len() - index) as u32;
            let until = Instant::now() + deadline.saturating_duration_since(Instant::now()) / share;
            match timeout_at(until, dial(*address, manner)).await {
                Ok(Ok(tcp)) => return socket(tcp, manner, reset, target),
                Ok(Err(error)) => last = Some(Fault::Unreachable(format!("{address}: {error}"))),
                Err(_) if share == 1 => return Err(Fault::Timeout(stage.clone())),
                Err(_) => last = Some(Fault::Unreachable(format!("{address} does not answer"))),
            }
        }
        Err(last.unwrap_or_else(|| Fault::Unreachable("the name has no address".to_owned())))
    };
    let stream = timeout_at(deadline, connecting)
        .await
        .map_err(|_| Fault::Timeout(stage))??;
    if !target.is_secure() {
        return Ok(stream);
    }
    timeout_at(deadline, tls::wrap(stream, host))
        .await
        .map_err(|_| Fault::Timeout("the TLS handshake".to_owned()))?
}

async fn addresses(host: Host<&str>, port: u16) -> Result<Vec<SocketAddr>, Fault> {
    match host {
        Host::Ipv4(ip) => Ok(vec![(ip, port).into()]),
        Host::Ipv6(ip) => Ok(vec![(ip, port).into()]),
        Host::Domain(name) => match lookup_host((name, port)).await {
            Ok(addresses) => Ok(addresses.collect()),
            Err(error) => {
                let error = super::quote::escape(&error.to_string());
                Err(Fault::Unreachable(format!(
                    "no address for {name}: {error}"
                )))
            }
        },
    }
}

async fn dial(address: SocketAddr, manner: Manner) -> io::Result<TcpStream> {
    match manner {
        Manner::Plain(Some(from)) if from.is_ipv4() && address.is_ipv4() => {
            let socket = TcpSocket::new_v4()?;
            socket.bind((from, 0).into())?;
            socket.connect(address).await
        }
        _ => TcpStream::connect(address).await,
    }
}

fn socket(tcp: TcpStream, manner: Manner, reset: &Reset, target: &Target) -> Result<Stream, Fault> {
    // Without this, a burst of small frames waits for the delayed acknowledgements of the server.
    tcp.set_nodelay(true)
        .map_err(|error| Fault::Lost(error.to_string()))?;
    Ok(Box::new(Socket {
        tcp,
        prompt: matches!(manner, Manner::Prompt),
        reset: reset.clone(),
        pending: Account::new(&target.budget),
    }))
}

struct Socket {
    tcp: TcpStream,
    prompt: bool,
    reset: Reset,
    pending: Account,
}

impl Io for Socket {
    fn pending(&self) -> Account {
        self.pending.clone()
    }
}

impl Socket {
    /// Asks for what arrives next to be acknowledged at once.
    ///
    /// Many servers answer in two small writes. Their kernel holds the second one back until the
    /// first is acknowledged, and ours would wait 40 ms with that. The option wears off with
    /// traffic, so it is set again with each read and write.
    fn acknowledge_at_once(&self) {
        #[cfg(target_os = "linux")]
        if self.prompt {
            // Without it everything works, later.
            let _ = self.tcp.set_quickack(true);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset.0.load(Ordering::Relaxed) {
            // If this fails, the server sees an ordinary end instead of a reset: a drop, too.
            let _ = self.tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.tcp).poll_read(cx, buffer);
        self.acknowledge_at_once();
        if !self.pending.take(buffer.filled().len() - before) {
            return Poll::Ready(Err(io::Error::other(Flooded)));
        }
        polled
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.tcp).poll_write(cx, bytes);
        self.acknowledge_at_once();
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.tcp).poll_write_vectored(cx, slices);
        self.acknowledge_at_once();
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

/// A port of this machine that a client under test can connect to.
pub(crate) async fn listen() -> io::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await
}
