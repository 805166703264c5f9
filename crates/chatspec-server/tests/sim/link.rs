//! One end of a connection in memory that does what networks do.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::time::{Instant, Sleep, sleep_until};

/// Most bytes that are read at once.
const MOST: usize = 8_192;
/// Bytes of a connection that the client reads whole: its library takes the head of an answer in tiny pieces for an attack.
const HEAD: usize = 400;

/// How rough a connection is.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Most bytes that pass at once.
    pub piece: usize,
    /// Longest time, in milliseconds, for which a piece may be held up. Zero: never.
    pub stall: u64,
    /// Bytes from the server after which the connection breaks.
    pub breaks_after: Option<usize>,
    /// Bytes that are on their way at most; a peer that reads nothing holds up the other at this.
    pub room: usize,
}

impl Weather {
    pub const FAIR: Weather = Weather {
        piece: usize::MAX,
        stall: 0,
        breaks_after: None,
        room: 262_144,
    };

    pub fn is_fair(&self) -> bool {
        self.stall == 0 && self.breaks_after.is_none() && self.room == Weather::FAIR.room
    }

    pub fn any(random: &mut fastrand::Rng) -> Weather {
        if random.u8(..3) == 0 {
            return Weather::FAIR;
        }
        Weather {
            piece: [1, 7, 100, usize::MAX][random.usize(..4)],
            stall: [0, 0, 3, 40][random.usize(..4)],
            breaks_after: (random.u8(..4) == 0).then(|| random.usize(200..6_000)),
            room: [1_024, 16_384, 262_144][random.usize(..3)],
        }
    }
}

/// Breaks a connection from both ends: what was on its way is lost.
#[derive(Debug, Clone, Default)]
pub struct Cut(Arc<AtomicBool>);

impl Cut {
    pub fn cut(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_cut(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One end.
pub struct Link {
    inner: Option<DuplexStream>,
    cut: Cut,
    weather: Weather,
    random: fastrand::Rng,
    left: Option<usize>,
    /// Bytes that are still read whole.
    whole: usize,
    held: Option<Pin<Box<Sleep>>>,
}

/// The end of the client, and that of the server.
pub fn pair(weather: Weather, seed: u64) -> (Link, Link) {
    let (near, far) = duplex(weather.room);
    let cut = Cut::default();
    let end = |inner, random, left| Link {
        inner: Some(inner),
        cut: cut.clone(),
        weather,
        random,
        left,
        whole: HEAD,
        held: None,
    };
    let mut random = fastrand::Rng::with_seed(seed);
    let forked = random.fork();
    // What stalls does so on the client's end alone: there both directions pass.
    let mut server = end(far, forked, None);
    server.weather.stall = 0;
    server.whole = 0;
    (end(near, random, weather.breaks_after), server)
}

impl Link {
    pub fn cutter(&self) -> Cut {
        self.cut.clone()
    }

    /// The stream, unless the connection is broken.
    fn whole(&mut self) -> io::Result<Pin<&mut DuplexStream>> {
        if self.cut.is_cut() {
            // The other end wakes because this one is gone.
            self.inner = None;
        }
        match &mut self.inner {
            Some(inner) => Ok(Pin::new(inner)),
            None => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }

    /// Ready when the piece that comes next is let through.
    fn through(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.held.is_none() && self.weather.stall > 0 && self.random.u8(..4) == 0 {
            let stall = Duration::from_millis(self.random.u64(..=self.weather.stall));
            self.held = Some(Box::pin(sleep_until(Instant::now() + stall)));
        }
        if let Some(held) = &mut self.held {
            if held.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.held = None;
        }
        Poll::Ready(())
    }

    /// Length of the next piece of `wanted` bytes.
    fn piece(&mut self, wanted: usize) -> usize {
        match self.weather.piece.min(wanted) {
            0 | 1 => wanted.min(1),
            most => self.random.usize(1..=most),
        }
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.whole()?;
        std::task::ready!(self.through(cx));
        let wanted = buffer.remaining().min(MOST);
        let piece = match self.weather.piece {
            usize::MAX => wanted,
            _ if self.whole > 0 => wanted,
            _ => self.piece(wanted),
        };
        let mut bytes = [0; MOST];
        let mut part = ReadBuf::new(&mut bytes[..piece]);
        std::task::ready!(self.whole()?.poll_read(cx, &mut part))?;
        let read = part.filled().len();
        self.whole = self.whole.saturating_sub(read);
        // Nothing came: the other end is gone. Where the connection was cut, it did not say so.
        if read == 0 && piece > 0 && self.cut.is_cut() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(read);
            if *left == 0 {
                self.cut.cut();
                self.inner = None;
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
        }
        buffer.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.whole()?;
        let piece = match self.weather.piece {
            usize::MAX => bytes.len(),
            _ => self.piece(bytes.len()),
        };
        self.whole()?.poll_write(cx, &bytes[..piece])
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole()?.poll_shutdown(cx)
    }
}
