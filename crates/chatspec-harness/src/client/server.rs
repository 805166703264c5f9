//! The scripted server's connections: WebSocket alone, one at a time.

use chatspec_judge::client::What;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use super::Told;

/// The largest message of a client that is read, in bytes.
const MESSAGE_BYTES: usize = 2_000_000;
/// The path of every session.
const PATH: &str = "/socket.io/";

type Sink = SplitSink<WebSocketStream<TcpStream>, Message>;

/// What becomes of the next try to connect.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It is taken in.
    Accept,
    /// It is told 503.
    Refuse,
}

/// Listens, and has at most one connection. As long as there is no order, whoever connects waits.
pub(super) struct Server {
    orders: mpsc::UnboundedSender<Order>,
    taken: mpsc::UnboundedReceiver<(Sink, JoinHandle<()>)>,
    door: JoinHandle<()>,
    sink: Option<Sink>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Begins to listen; everything that clients do is told to `tell`.
    pub(super) fn new(listener: TcpListener, tell: mpsc::Sender<Told>) -> Server {
        let (orders, todo) = mpsc::unbounded_channel();
        let (take, taken) = mpsc::unbounded_channel();
        Server {
            orders,
            taken,
            door: tokio::spawn(door(listener, todo, take, tell)),
            sink: None,
            reader: None,
        }
    }

    /// Says what becomes of one more try to connect. It is told as [`What::Opened`] or [`What::Refused`].
    pub(super) fn order(&self, order: Order) {
        // Whether the door is still there shows in what comes through it.
        let _ = self.orders.send(order);
    }

    /// Takes over the connection that [`What::Opened`] has told of.
    pub(super) fn take(&mut self) {
        if let Ok((sink, reader)) = self.taken.try_recv() {
            self.drop_connection();
            (self.sink, self.reader) = (Some(sink), Some(reader));
        }
    }

    /// Sends one Engine.IO packet, where there is a connection.
    pub(super) async fn send(&mut self, packet: String) {
        if let Some(sink) = &mut self.sink {
            // An error is a connection that is gone, which its reader tells.
            let _ = sink.send(Message::text(packet)).await;
        }
    }

    /// Ends the connection as a server that dies does.
    pub(super) fn drop_connection(&mut self) {
        self.sink = None;
        if let Some(reader) = self.reader.take() {
            reader.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.drop_connection();
        self.door.abort();
    }
}

/// Carries out orders, each on the next try to connect. What is no such try is told, answered, and fulfils no order.
async fn door(
    listener: TcpListener,
    mut orders: mpsc::UnboundedReceiver<Order>,
    take: mpsc::UnboundedSender<(Sink, JoinHandle<()>)>,
    tell: mpsc::Sender<Told>,
) {
    while let Some(order) = orders.recv().await {
        loop {
            let (at, shaken) = shake(&listener, order).await;
            let what = match shaken {
                Err(what) => what,
                Ok((socket, asked)) => {
                    let (sink, stream) = socket.split();
                    let (go, gone) = tokio::sync::oneshot::channel();
                    let reader = tokio::spawn(read(stream, tell.clone(), gone));
                    if take.send((sink, reader)).is_err()
                        || tell.send((at, What::Opened(asked))).await.is_err()
                    {
                        return;
                    }
                    let _ = go.send(());
                    break;
                }
            };
            let fulfilled = matches!(what, What::Refused(_));
            if tell.send((at, what)).await.is_err() {
                return;
            }
            if fulfilled {
                break;
            }
        }
    }
}

/// Tells of every frame, once it has been told that there is a connection.
async fn read(
    mut stream: SplitStream<WebSocketStream<TcpStream>>,
    tell: mpsc::Sender<Told>,
    go: tokio::sync::oneshot::Receiver<()>,
) {
    if go.await.is_err() {
        return;
    }
    let ended = loop {
        let what = match stream.next().await {
            Some(Ok(Message::Text(text))) => What::Packet(text.as_str().to_owned()),
            Some(Ok(Message::Binary(bytes))) => What::Binary(bytes.len()),
            Some(Ok(_)) => continue,
            Some(Err(error)) => break error.to_string(),
            None => break "by the client".to_owned(),
        };
        if tell.send((Instant::now(), what)).await.is_err() {
            return;
        }
    };
    let _ = tell.send((Instant::now(), What::Closed(ended))).await;
}

/// What becomes of the next try to connect, and when it began: who is told no, and waits, has waited at least from then on.
// The size of the error is the library's.
#[allow(clippy::result_large_err)]
async fn shake(
    listener: &TcpListener,
    order: Order,
) -> (Instant, Result<(WebSocketStream<TcpStream>, String), What>) {
    let accepted = listener.accept().await;
    let at = Instant::now();
    let stream = match accepted {
        Ok((stream, _)) => stream,
        Err(error) => return (at, Err(What::Strange(error.to_string()))),
    };
    let mut asked = String::new();
    let mut told = None;
    let look = |request: &Request, response: Response| {
        asked = request.uri().to_string();
        let status = match (request.uri().path(), order) {
            (PATH, Order::Accept) => return Ok(response),
            (PATH, Order::Refuse) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::NOT_FOUND,
        };
        told = Some(status);
        let mut no = ErrorResponse::new(None);
        *no.status_mut() = status;
        Err(no)
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES));
    let shaken = accept_hdr_async_with_config(stream, look, Some(config)).await;
    let result = match (shaken, told) {
        (Ok(socket), _) => Ok((socket, asked)),
        (Err(_), Some(StatusCode::SERVICE_UNAVAILABLE)) => Err(What::Refused(asked)),
        (Err(_), Some(_)) => Err(What::Strange(format!("the path is not {PATH}: {asked}"))),
        (Err(error), None) => Err(What::Strange(error.to_string())),
    };
    (at, result)
}
