//! A WebSocket session that costs little: nothing is recorded, and no task stands behind it.
//!
//! [`Session`](super::Session) keeps all that comes, which is right for a conversation and far too much for a load. Here a
//! text lives for one call, in a buffer that all sessions of a thread share, and an idle session holds a socket and no more.

use std::io::{self, Cursor};
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::account::Account;
use super::engine::Handshake;
use super::error::{Attempt, Fault, OpenError, within};
use super::http::Connection;
use super::limits::{MESSAGE_BYTES, QUOTED_CHARS};
use super::net::{self, Manner, Reset, Stream};
use super::quote::quote;
use super::request::Request;
use super::target::Target;

/// Reads of one session before the others get their turn.
const READS: usize = 16;
/// Bytes that a read takes at most, where the buffer does not say more.
const READ: usize = 64 << 10;
/// Bytes that may be queued when a heartbeat is answered: of a server that asks and does not read no more is taken.
const QUEUED: usize = 1 << 20;
/// The bytes that a client's frames are masked with. They guard proxies against browsers, and hide nothing.
const MASK: [u8; 4] = [0x5a, 0xc3, 0x17, 0x6e];

/// One session.
pub(crate) struct Lean {
    stream: Stream,
    pending: Account,
    /// What came together with the answer to the handshake.
    early: Vec<u8>,
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
    /// The beginning of a message whose last frame has not come.
    parts: Vec<u8>,
    out: Vec<u8>,
    /// How much of `out` is on its way.
    sent: usize,
}

/// Why a session is over: in words, harmless to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended(pub(crate) String);

impl Lean {
    /// Opens a WebSocket and the main namespace until `deadline`, from the local address `from` where one is given.
    ///
    /// # Errors
    ///
    /// Those of [`Session::open`](super::Session::open).
    pub(crate) async fn open(
        target: &Target,
        from: Option<IpAddr>,
        deadline: Instant,
    ) -> Result<Lean, OpenError> {
        let attempt = Attempt {
            text: format!("open a session at {}", target.display("websocket")),
            started: Instant::now(),
        };
        let mut lean = switch(target, from, deadline, &attempt).await?;
        let stage = "waiting for the Engine.IO open packet";
        let first = lean.first(deadline, stage, &attempt, |text| Some(text.to_owned()));
        let first = first.await?;
        let took = attempt.started.elapsed();
        let data = first.strip_prefix('0').ok_or_else(|| {
            let shown = quote(&first, QUOTED_CHARS);
            attempt.not_socket_io(format!(
                "the server sent {shown} instead of an Engine.IO open packet"
            ))
        })?;
        Handshake::parse(data, took)
            .map_err(|why| attempt.not_socket_io(format!("the server sent {why}")))?;
        lean.push("40");
        let stage = "waiting for the answer to the Socket.IO CONNECT";
        let answer = lean.first(deadline, stage, &attempt, |text| match text.get(..2) {
            Some("40") => Some(Ok(())),
            Some("44") => Some(Err(text[1..].to_owned())),
            _ => None,
        });
        answer.await?.map_err(|raw| attempt.refused(&raw))?;
        Ok(lean)
    }

    /// Queues a text frame.
    pub(crate) fn push(&mut self, text: &str) {
        self.frame(OpCode::Data(Data::Text), text.as_bytes());
    }

    /// Queues bytes that are frames already.
    pub(crate) fn push_frames(&mut self, frames: &[u8]) {
        self.out.extend_from_slice(frames);
    }

    /// Queues the farewell: of the namespace, and of the WebSocket.
    pub(crate) fn push_close(&mut self) {
        self.push("41");
        self.frame(OpCode::Control(Control::Close), &1000_u16.to_be_bytes());
    }

    /// Bytes that are queued.
    pub(crate) fn queued(&self) -> usize {
        self.out.len() - self.sent
    }

    /// Writes what is queued.
    pub(crate) fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Ended>> {
        while self.sent < self.out.len() {
            let stream = Pin::new(&mut self.stream);
            match ready!(stream.poll_write(cx, &self.out[self.sent..])) {
                Ok(0) => return Poll::Ready(Err(Ended("it takes no more bytes".to_owned()))),
                Ok(bytes) => self.sent += bytes,
                Err(error) => return Poll::Ready(Err(lost(&error))),
            }
        }
        self.sent = 0;
        self.out.clear();
        // A burst is not kept in memory by a session that is silent afterwards.
        self.out.shrink_to(READ);
        Pin::new(&mut self.stream)
            .poll_flush(cx)
            .map_err(|error| lost(&error))
    }

    /// Reads what is there and gives each text to `take`; heartbeats are answered and not told. `buffer` holds nothing
    /// between two calls. Ready means that the session is over.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Vec<u8>,
        take: &mut dyn FnMut(&str),
    ) -> Poll<Ended> {
        if !self.early.is_empty() {
            let early = std::mem::take(&mut self.early);
            match self.frames(&early, take) {
                Ok(taken) => self.rest.extend_from_slice(&early[taken..]),
                Err(ended) => return Poll::Ready(ended),
            }
        }
        for _ in 0..READS {
            let kept = self.rest.len();
            if buffer.len() < kept + READ {
                buffer.resize(kept + READ, 0);
            }
            buffer[..kept].copy_from_slice(&self.rest);
            let mut into = ReadBuf::new(&mut buffer[kept..]);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut into));
            let bytes = into.filled().len();
            self.pending.clear();
            if let Err(error) = read {
                return Poll::Ready(lost(&error));
            }
            if bytes == 0 {
                return Poll::Ready(Ended("it was dropped without a close frame".to_owned()));
            }
            self.rest.clear();
            match self.frames(&buffer[..kept + bytes], take) {
                Ok(taken) => self.rest.extend_from_slice(&buffer[taken..kept + bytes]),
                Err(ended) => return Poll::Ready(ended),
            }
            if self.rest.is_empty() && self.rest.capacity() > READ {
                self.rest = Vec::new();
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Takes all whole frames; gives the bytes that they had.
    fn frames(&mut self, bytes: &[u8], take: &mut dyn FnMut(&str)) -> Result<usize, Ended> {
        let mut taken = 0;
        loop {
            let mut cursor = Cursor::new(&bytes[taken..]);
            let parsed = FrameHeader::parse(&mut cursor)
                .map_err(|error| Ended(quote(&error.to_string(), QUOTED_CHARS)))?;
            let Some((header, length)) = parsed else {
                return Ok(taken);
            };
            if length > MESSAGE_BYTES as u64 || self.parts.len() > MESSAGE_BYTES {
                return Err(Ended(format!(
                    "it sent a message of more than {MESSAGE_BYTES} bytes"
                )));
            }
            if header.mask.is_some() {
                return Err(Ended("it sent a masked frame".to_owned()));
            }
            let start = taken + cursor.position() as usize;
            let Some(payload) = bytes.get(start..start + length as usize) else {
                return Ok(taken);
            };
            taken = start + payload.len();
            self.payload(header.opcode, header.is_final, payload, take)?;
        }
    }

    fn payload(
        &mut self,
        opcode: OpCode,
        last: bool,
        payload: &[u8],
        take: &mut dyn FnMut(&str),
    ) -> Result<(), Ended> {
        match opcode {
            OpCode::Data(Data::Text) if last => self.text(payload, take),
            OpCode::Data(Data::Text | Data::Continue) => {
                self.parts.extend_from_slice(payload);
                if last {
                    let whole = std::mem::take(&mut self.parts);
                    self.text(&whole, take)?;
                }
                Ok(())
            }
            OpCode::Data(_) => Err(Ended("it sent a binary message".to_owned())),
            OpCode::Control(Control::Ping) => {
                self.frame(OpCode::Control(Control::Pong), payload);
                self.is_read()
            }
            OpCode::Control(Control::Close) => Err(Ended(closed(payload))),
            OpCode::Control(_) => Ok(()),
        }
    }

    fn text(&mut self, bytes: &[u8], take: &mut dyn FnMut(&str)) -> Result<(), Ended> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Ended("it sent a text that is no UTF-8".to_owned()))?;
        match text {
            "2" => {
                self.push("3");
                return self.is_read();
            }
            "6" => {}
            "1" => return Err(Ended("it sent an Engine.IO close".to_owned())),
            text => take(text),
        }
        Ok(())
    }

    /// Whether the server reads its answers.
    fn is_read(&self) -> Result<(), Ended> {
        match self.queued() > QUEUED {
            true => Err(Ended(format!(
                "it asks for answers that it does not read: {QUEUED} bytes wait"
            ))),
            false => Ok(()),
        }
    }

    fn frame(&mut self, opcode: OpCode, payload: &[u8]) {
        // What is sent is let go, even where the queue is never empty.
        if self.sent > READ {
            self.out.drain(..self.sent);
            self.sent = 0;
        }
        append(&mut self.out, opcode, payload);
    }

    /// Waits for the first text that `find` knows.
    async fn first<T>(
        &mut self,
        deadline: Instant,
        stage: &str,
        attempt: &Attempt,
        mut find: impl FnMut(&str) -> Option<T>,
    ) -> Result<T, OpenError> {
        let mut buffer = Vec::new();
        let mut found = None;
        let reading = poll_fn(|cx| {
            let mut take = |text: &str| {
                if found.is_none() {
                    found = find(text);
                }
            };
            // What comes before anything is due, such as a heartbeat, is answered on the way.
            let ended = self.poll_read(cx, &mut buffer, &mut take);
            let written = self.poll_write(cx);
            match (found.take(), ended, written) {
                (Some(found), ..) => Poll::Ready(Ok(found)),
                (None, Poll::Ready(ended), _) | (None, _, Poll::Ready(Err(ended))) => {
                    Poll::Ready(Err(Fault::Lost(ended.0)))
                }
                _ => Poll::Pending,
            }
        });
        within(deadline, stage, reading)
            .await
            .map_err(|fault| attempt.fault(fault))
    }
}

/// Appends a masked frame.
pub(crate) fn append_text(out: &mut Vec<u8>, text: &str) {
    append(out, OpCode::Data(Data::Text), text.as_bytes());
}

fn append(out: &mut Vec<u8>, opcode: OpCode, payload: &[u8]) {
    let header = FrameHeader {
        is_final: true,
        opcode,
        mask: Some(MASK),
        ..FrameHeader::default()
    };
    // Writing to a vector cannot fail.
    let _ = header.format(payload.len() as u64, out);
    let masked = payload.iter().zip(MASK.iter().cycle());
    out.extend(masked.map(|(byte, mask)| byte ^ mask));
}

async fn switch(
    target: &Target,
    from: Option<IpAddr>,
    deadline: Instant,
    attempt: &Attempt,
) -> Result<Lean, OpenError> {
    let failed = |fault| attempt.fault(fault);
    let key = generate_key();
    let request = Request::get(target.engine_path("websocket", None)).asking_for_websocket(&key);
    let request = request.bind(target).map_err(failed)?;
    let stream = net::connect_as(target, Manner::Plain(from), &Reset::default(), deadline).await;
    let stream = stream.map_err(failed)?;
    let pending = stream.pending();
    let switching = async { Connection::open(stream).await?.switch(request).await };
    let stage = "waiting for the answer to the WebSocket handshake";
    let (answer, switched) = within(deadline, stage, switching).await.map_err(failed)?;
    let Some((stream, read)) = switched else {
        return Err(attempt.answer(&answer));
    };
    if answer.header("sec-websocket-accept") != Some(derive_accept_key(key.as_bytes())) {
        let found = "the server switched protocols without a valid Sec-WebSocket-Accept";
        return Err(attempt.not_socket_io(found.to_owned()));
    }
    Ok(Lean {
        stream,
        pending,
        early: read.into(),
        rest: Vec::new(),
        parts: Vec::new(),
        out: Vec::new(),
        sent: 0,
    })
}

fn closed(payload: &[u8]) -> String {
    match payload {
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            let reason = String::from_utf8_lossy(reason);
            match reason.is_empty() {
                true => format!("it closed with {code}"),
                false => format!("it closed with {code} {}", quote(&reason, QUOTED_CHARS)),
            }
        }
        _ => "it closed without a code".to_owned(),
    }
}

fn lost(error: &io::Error) -> Ended {
    Ended(quote(&error.to_string(), QUOTED_CHARS))
}

#[cfg(test)]
mod tests;
