//! The scripted server's connections: WebSocket alone, one at a time.

use std::time::Duration;

use chatspec_judge::client::What;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
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
    /// Begins to listen; everything that clients do is told to `tell`. Who connects has `patience` to say what it wants.
    pub(super) fn new(
        listener: TcpListener,
        tell: mpsc::Sender<Told>,
        patience: Duration,
    ) -> Server {
        let (orders, todo) = mpsc::unbounded_channel();
        let (take, taken) = mpsc::unbounded_channel();
        let entrance = Entrance {
            listener,
            patience,
            silent: FuturesUnordered::new(),
        };
        Server {
            orders,
            taken,
            door: tokio::spawn(door(entrance, todo, take, tell)),
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

/// Where clients come in.
struct Entrance {
    listener: TcpListener,
    /// How long one may take from the first byte of its request to the end of its handshake.
    patience: Duration,
    /// Who has connected, and asked for nothing yet. Browsers and Node connect before they have something to ask.
    silent: FuturesUnordered<BoxFuture<'static, Option<TcpStream>>>,
}

impl Entrance {
    /// The next connection on which a request begins, and when it did. Whoever is silent keeps nobody out, and is no try.
    async fn next(&mut self) -> (Instant, std::io::Result<TcpStream>) {
        loop {
            tokio::select! {
                Some(asking) = self.silent.next() => {
                    if let Some(stream) = asking {
                        return (Instant::now(), Ok(stream));
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.silent.push(asks(stream).boxed()),
                    Err(error) => return (Instant::now(), Err(error)),
                },
            }
        }
    }
}

/// The connection, once it has something to read; none where it has ended without.
async fn asks(stream: TcpStream) -> Option<TcpStream> {
    matches!(stream.peek(&mut [0]).await, Ok(1..)).then_some(stream)
}

/// Carries out orders one after the other, each on the next client that asks for a WebSocket on [`PATH`]. Whatever else
/// connects is told as [`What::Strange`], and the order waits for the next one.
async fn door(
    mut entrance: Entrance,
    mut orders: mpsc::UnboundedReceiver<Order>,
    take: mpsc::UnboundedSender<(Sink, JoinHandle<()>)>,
    tell: mpsc::Sender<Told>,
) {
    while let Some(order) = orders.recv().await {
        loop {
            let (at, shaken) = shake(&mut entrance, order).await;
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

/// What becomes of the next request, and when it began: who is told no, and waits, has waited at least from then on.
// The size of the error is the library's.
#[allow(clippy::result_large_err)]
async fn shake(
    entrance: &mut Entrance,
    order: Order,
) -> (Instant, Result<(WebSocketStream<TcpStream>, String), What>) {
    let (at, asking) = entrance.next().await;
    let stream = match asking {
        Ok(stream) => stream,
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
    let shaking = accept_hdr_async_with_config(stream, look, Some(config));
    // While one asks, nobody else is heard.
    let Ok(shaken) = timeout(entrance.patience, shaking).await else {
        let why = "its request was not whole in time".to_owned();
        return (at, Err(What::Strange(why)));
    };
    let result = match (shaken, told) {
        (Ok(socket), _) => Ok((socket, asked)),
        (Err(_), Some(StatusCode::SERVICE_UNAVAILABLE)) => Err(What::Refused(asked)),
        (Err(_), Some(_)) => Err(What::Strange(format!("the path is not {PATH}: {asked}"))),
        (Err(error), None) => Err(What::Strange(error.to_string())),
    };
    (at, result)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::time::timeout_at;
    use tokio_tungstenite::client_async;

    use super::*;
    use crate::wire::Target;
    use crate::wire::net::{self, Reset};

    /// One is silent, one stops amid its request, and one is a client.
    #[tokio::test]
    async fn who_says_nothing_keeps_nobody_out() {
        let listener = net::listen().await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (tell, mut told) = mpsc::channel(16);
        let server = Server::new(listener, tell, Duration::from_secs(1));
        server.order(Order::Accept);
        let target = Target::parse(&format!("http://{address}")).expect("a URL");
        let (reset, deadline) = (Reset::default(), Instant::now() + Duration::from_secs(30));
        let connect = async || net::connect(&target, &reset, deadline).await;
        let silent = connect().await.expect("a connection");
        let mut begun = connect().await.expect("a connection");
        begun.write_all(b"GET /so").await.expect("it is open");
        let both = async {
            let first = told.recv().await.expect("an event").1;
            let client = connect().await.expect("a connection");
            let url = format!("ws://{address}{PATH}?EIO=4&transport=websocket");
            let opened = client_async(url, client).await.expect("a WebSocket");
            let second = told.recv().await.expect("an event").1;
            (opened, first, second)
        };
        let (_, first, second) = timeout_at(deadline, both).await.expect("all in time");
        assert!(
            matches!(&first, What::Strange(why) if why.contains("not whole")),
            "{first:?}"
        );
        assert!(
            matches!(&second, What::Opened(query) if query.contains("EIO=4")),
            "{second:?}"
        );
        drop((silent, begun));
    }
}
