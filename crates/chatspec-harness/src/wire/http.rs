//! HTTP/1.1 over a stream, one exchange at a time.
//!
//! The connection is driven by whoever waits for its answer; there is no task behind it. So dropping
//! the future of an exchange, or the connection, ends everything at once.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::poll_fn;
use http_body_util::{BodyExt, Full};
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::account::{Account, Flooded, is_flood};
use super::error::{Fault, within};
use super::limits::MESSAGE_BYTES;
use super::net::{self, Reset, Stream};
use super::quote::escape;
use super::request::{Answer, Request};
use super::target::Target;

/// Connections kept longer than this without a request are not used again: servers close idle ones
/// after five seconds, and a request that crosses the close is lost.
const IDLE: Duration = Duration::from_secs(2);

/// Requests to one target, over one kept-alive connection at a time.
pub(crate) struct Channel {
    target: Target,
    reset: Reset,
    patience: Duration,
    kept: Option<(Connection, Instant)>,
}

impl Channel {
    pub(crate) fn new(target: Target, reset: Reset, patience: Duration) -> Channel {
        Channel {
            target,
            reset,
            patience,
            kept: None,
        }
    }

    /// Sends `request` and waits, without end, for all of its answer. Only connecting is bounded.
    pub(crate) async fn exchange(&mut self, request: &Request) -> Result<Answer, Fault> {
        self.connect(Instant::now() + self.patience).await?;
        let Some((mut connection, _)) = self.kept.take() else {
            return Err(Fault::Lost("no connection".to_owned()));
        };
        let answer = connection.exchange(request.bind(&self.target)?).await?;
        self.kept = Some((connection, Instant::now()));
        Ok(answer)
    }

    /// Makes sure that a connection stands.
    pub(crate) async fn connect(&mut self, deadline: Instant) -> Result<(), Fault> {
        if let Some((connection, used)) = &mut self.kept
            && used.elapsed() < IDLE
            && connection.is_alive().await
        {
            return Ok(());
        }
        self.kept = None;
        let stream = net::connect(&self.target, &self.reset, deadline).await?;
        let connection = within(deadline, "opening HTTP", Connection::open(stream)).await?;
        self.kept = Some((connection, Instant::now()));
        Ok(())
    }
}

/// One HTTP/1.1 connection.
pub(crate) struct Connection {
    pending: Account,
    sender: http1::SendRequest<Full<Bytes>>,
    driver: http1::Connection<TokioIo<Stream>, Full<Bytes>>,
}

impl Connection {
    pub(crate) async fn open(stream: Stream) -> Result<Connection, Fault> {
        let pending = stream.pending();
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
        Ok(Connection {
            pending,
            sender,
            driver,
        })
    }

    /// Whether the server has not closed it, as far as we can see without waiting.
    async fn is_alive(&mut self) -> bool {
        poll_fn(|cx| Poll::Ready(self.driver.poll_without_shutdown(cx).is_pending())).await
            && !self.sender.is_closed()
    }

    async fn exchange(&mut self, request: hyper::Request<Full<Bytes>>) -> Result<Answer, Fault> {
        let sending = self.sender.send_request(request);
        let answering = async { read(sending.await.map_err(lost)?).await };
        let answer = drive(&mut self.driver, answering).await;
        self.pending.clear();
        answer
    }

    /// Sends a request that asks for another protocol. Gives the stream back, with what was read
    /// beyond the answer, if the server switches.
    pub(crate) async fn switch(
        mut self,
        request: hyper::Request<Full<Bytes>>,
    ) -> Result<(Answer, Option<(Stream, Bytes)>), Fault> {
        let sending = self.sender.send_request(request);
        let answering = async {
            let response = sending.await.map_err(lost)?;
            if response.status() != hyper::StatusCode::SWITCHING_PROTOCOLS {
                return read(response).await;
            }
            let (parts, _) = response.into_parts();
            Ok(Answer {
                status: parts.status.as_u16(),
                headers: parts.headers,
                body: Bytes::new(),
            })
        };
        let answer = drive(&mut self.driver, answering).await?;
        self.pending.clear();
        if answer.status != 101 {
            return Ok((answer, None));
        }
        // The driver is done with HTTP once it has handed out the answer.
        poll_fn(|cx| self.driver.poll_without_shutdown(cx))
            .await
            .map_err(lost)?;
        let parts = self.driver.into_parts();
        Ok((answer, Some((parts.io.into_inner(), parts.read_buf))))
    }
}

/// Waits for `answering` while the connection is driven.
async fn drive<T>(
    driver: &mut http1::Connection<TokioIo<Stream>, Full<Bytes>>,
    answering: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let mut answering = pin!(answering);
    let mut driving = true;
    poll_fn(|cx| {
        // Its error reaches the answer as well, which says more about it.
        driving = driving && driver.poll_without_shutdown(cx).is_pending();
        answering.as_mut().poll(cx)
    })
    .await
}

async fn read(response: Response<Incoming>) -> Result<Answer, Fault> {
    let (parts, mut body) = response.into_parts();
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(lost)?.into_data() {
            if bytes.len() + data.len() > MESSAGE_BYTES {
                return Err(Fault::TooLarge {
                    limit: MESSAGE_BYTES,
                });
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: bytes.freeze(),
    })
}

/// With all its causes: hyper's own text is only a heading.
fn lost(error: hyper::Error) -> Fault {
    if is_flood(&error) {
        return Fault::Flood(Flooded);
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    match error.is_parse() {
        true => Fault::NotHttp(escape(&text)),
        false => Fault::Lost(escape(&text)),
    }
}
