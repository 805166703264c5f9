//! The bytes of a connection: what comes moves its phase on, and a peer that takes nothing is given up.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::phase::Phase;
use crate::gate::Connection;

/// A stream whose writes have a deadline.
///
/// After it nothing can be read either, so that whoever reads learns of the end: engineioxide cannot end a session while
/// its writer waits, and keeps one whose writes fail. The user would stay in the room for ever.
// rule: presence.cleanup
pub(super) struct Stream<Io> {
    io: Io,
    /// Counted until the stream ends, which may be long after the connection has become a WebSocket.
    _place: Connection,
    phase: Arc<Phase>,
    silence: Duration,
    /// Runs while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
    given_up: bool,
    /// Whoever waits for bytes.
    reader: Option<Waker>,
}

impl<Io> Stream<Io> {
    /// `silence` is how long the peer may take nothing while something is to be written.
    pub(super) fn new(
        io: Io,
        place: Connection,
        phase: Arc<Phase>,
        silence: Duration,
    ) -> Stream<Io> {
        Stream {
            io,
            _place: place,
            phase,
            silence,
            stalled: None,
            given_up: false,
            reader: None,
        }
    }

    /// What becomes of a write.
    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let silence = self.silence;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(silence)));
        if stalled.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.given_up = true;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn alive(&self) -> io::Result<()> {
        if self.given_up {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Stream<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.alive()?;
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if read.is_pending() {
            match &mut self.reader {
                Some(reader) => reader.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
        } else if buf.filled().len() > before {
            self.phase.read();
        }
        read
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Stream<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.alive()?;
        let result = Pin::new(&mut self.io).poll_write(cx, buf);
        self.written(cx, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.alive()?;
        let result = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.written(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive()?;
        let result = Pin::new(&mut self.io).poll_flush(cx);
        self.written(cx, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.io).poll_shutdown(cx);
        self.written(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
