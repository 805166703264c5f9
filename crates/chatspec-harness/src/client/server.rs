//! The scripted server's connections: WebSocket alone, one at a time.

use chatspec_judge::client::What;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

/// The largest message of a client that is read, in bytes.
const MESSAGE_BYTES: usize = 2_000_000;

/// Listens, and has at most one connection.
pub(super) struct Server {
    listener: TcpListener,
    tell: mpsc::Sender<What>,
    sink: Option<SplitSink<WebSocketStream<TcpStream>, Message>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn new(listener: TcpListener, tell: mpsc::Sender<What>) -> Server {
        Server {
            listener,
            tell,
            sink: None,
            reader: None,
        }
    }

    /// Takes the next connection in, and reads it from then on.
    pub(super) async fn accept(&mut self) -> What {
        match self.handshake(false).await {
            Err(what) => what,
            Ok((socket, asked)) => {
                self.drop_connection();
                let (sink, mut stream) = socket.split();
                let tell = self.tell.clone();
                self.sink = Some(sink);
                self.reader = Some(tokio::spawn(async move {
                    let ended = loop {
                        let what = match stream.next().await {
                            Some(Ok(Message::Text(text))) => What::Packet(text.as_str().to_owned()),
                            Some(Ok(Message::Binary(bytes))) => What::Binary(bytes.len()),
                            Some(Ok(_)) => continue,
                            Some(Err(error)) => break error.to_string(),
                            None => break "by the client".to_owned(),
                        };
                        if tell.send(what).await.is_err() {
                            return;
                        }
                    };
                    let _ = tell.send(What::Closed(ended)).await;
                }));
                What::Opened(asked)
            }
        }
    }

    /// Answers the next connection with 503.
    pub(super) async fn refuse(&mut self) -> What {
        match self.handshake(true).await {
            Ok((_, asked)) => What::Strange(asked),
            Err(what) => what,
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

    // The size of the error is the library's.
    #[allow(clippy::result_large_err)]
    async fn handshake(
        &mut self,
        refuse: bool,
    ) -> Result<(WebSocketStream<TcpStream>, String), What> {
        let stream = match self.listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => return Err(What::Strange(error.to_string())),
        };
        let mut asked = String::new();
        let look = |request: &Request, response: Response| {
            asked = request.uri().to_string();
            if refuse {
                let mut no = ErrorResponse::new(None);
                *no.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                return Err(no);
            }
            Ok(response)
        };
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES))
            .max_frame_size(Some(MESSAGE_BYTES));
        let shaken = accept_hdr_async_with_config(stream, look, Some(config)).await;
        match shaken {
            Ok(socket) => Ok((socket, asked)),
            Err(_) if refuse && !asked.is_empty() => Err(What::Refused(asked)),
            Err(error) => Err(What::Strange(error.to_string())),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.drop_connection();
    }
}
