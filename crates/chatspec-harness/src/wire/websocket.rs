//! WebSocket: the handshake, one task that reads and one that writes.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::frame::Frame as RawFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};

use super::account::Account;
use super::error::{CloseReason, Fault, SendError, within};
use super::http::Connection;
use super::limits::MESSAGE_BYTES;
use super::net::{self, Reset, Stream};
use super::packet::Frame;
use super::request::{Answer, Request};
use super::shared::{Outgoing, Shared};
use super::target::Target;

pub(crate) type Socket = WebSocketStream<Stream>;

/// What asking for a WebSocket came to.
pub(crate) struct Asked {
    pub(crate) answer: Answer,
    /// What was read from its connection and makes no whole message yet.
    pub(crate) pending: Account,
    /// The WebSocket, if the server switched to it.
    pub(crate) socket: Option<Socket>,
    /// Whether `Sec-WebSocket-Accept` proves that the server knows what it switched to.
    pub(crate) proven: bool,
}

/// Asks for a WebSocket.
pub(crate) async fn open(
    target: &Target,
    request: Request,
    reset: &Reset,
    deadline: Instant,
) -> Result<Asked, Fault> {
    let key = generate_key();
    let request = request.asking_for_websocket(&key).bind(target)?;
    let stream = net::connect(target, reset, deadline).await?;
    let pending = stream.pending();
    let switching = async { Connection::open(stream).await?.switch(request).await };
    let stage = "waiting for the answer to the WebSocket handshake";
    let (answer, switched) = within(deadline, stage, switching).await?;
    let accept = answer.header("sec-websocket-accept");
    let proven = accept == Some(derive_accept_key(key.as_bytes()));
    let socket = match switched {
        None => None,
        Some((stream, read)) => Some(
            WebSocketStream::from_partially_read(stream, read.into(), Role::Client, Some(config()))
                .await,
        ),
    };
    Ok(Asked {
        answer,
        pending,
        socket,
        proven,
    })
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        // Hundreds of connections linger, and each keeps its buffer.
        .read_buffer_size(8 << 10)
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES))
}

/// The task that reads.
pub(crate) async fn read(mut stream: SplitStream<Socket>, pending: Account, shared: Arc<Shared>) {
    let mut stalled = shared.stalled.subscribe();
    loop {
        // An error would mean that the session is gone, and this task with it.
        drop(stalled.wait_for(|stalled| !stalled).await);
        let message = tokio::select! {
            biased;
            Ok(()) = stalled.changed() => continue,
            message = stream.next() => message,
        };
        pending.clear();
        if !message.is_some_and(|message| receive(message, &shared)) {
            break;
        }
    }
    shared
        .inbox
        .close(CloseReason::Lost("the server dropped it".to_owned()));
    if let Some(CloseReason::WebsocketClose { .. }) = shared.inbox.closed() {
        // Our answer to a close frame leaves only while somebody reads.
        while let Some(Ok(_)) = stream.next().await {
            pending.clear();
        }
    }
}

/// Records one message; `false` says that it was the last one.
pub(crate) fn receive(message: tungstenite::Result<Message>, shared: &Shared) -> bool {
    match message {
        Ok(Message::Text(text)) => shared.receive_text(&text),
        Ok(Message::Binary(bytes)) => shared.receive_binary(bytes.len()),
        // WebSocket's own pings are answered by the library, and say nothing about the session.
        Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => true,
        Ok(Message::Close(frame)) => {
            let reason = CloseReason::websocket_frame(frame.as_ref());
            shared.inbox.close(reason);
            false
        }
        Err(error) => {
            shared.inbox.close(CloseReason::websocket(&error));
            false
        }
    }
}

/// The task that writes. Reading goes on beside it, also while the server takes nothing.
pub(crate) async fn write(
    mut sink: SplitSink<Socket, Message>,
    shared: Arc<Shared>,
    mut orders: mpsc::Receiver<Outgoing>,
) {
    while let Some(order) = orders.recv().await {
        if let Outgoing::Frames(frames, _) = &order {
            shared.tap.sent(frames);
        }
        let (result, done, last) = match order {
            Outgoing::Frames(frames, done) => (send(&mut sink, frames).await, done, false),
            Outgoing::Close(done) => (sink.close().await, Some(done), true),
        };
        let result = result.map_err(|error| {
            let reason = CloseReason::websocket(&error);
            shared.inbox.close(reason.clone());
            SendError::Closed(shared.inbox.closed().unwrap_or(reason))
        });
        if let Some(done) = done {
            // Nobody waits any more if the send was given up.
            let _ = done.send(result);
        }
        if last {
            return;
        }
    }
}

/// Sends all frames with one flush at the end.
pub(crate) async fn send<S>(sink: &mut S, frames: Vec<Frame>) -> tungstenite::Result<()>
where
    S: SinkExt<Message, Error = tungstenite::Error> + Unpin,
{
    for frame in frames {
        sink.feed(message(frame)).await?;
    }
    sink.flush().await
}

fn message(frame: Frame) -> Message {
    match frame {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(bytes) => Message::binary(bytes),
        Frame::RawText(bytes) => {
            let text = OpCode::Data(Data::Text);
            Message::Frame(RawFrame::message(Bytes::from(bytes), text, true))
        }
    }
}
