//! The reference server behind a WebSocket proxy that tampers with what clients send: right in all else.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_tungstenite::tungstenite::Message;

/// Changes what came in one go: order, content, or whether it goes on at all.
pub type Tamper = Arc<dyn Fn(&mut Vec<Message>) + Send + Sync>;

/// A running proxy with its server. Both end when this is dropped.
pub struct Proxy {
    pub url: String,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Starts both. WebSocket alone is proxied.
pub async fn start(tamper: impl Fn(&mut Vec<Message>) + Send + Sync + 'static) -> Proxy {
    let tamper: Tamper = Arc::new(tamper);
    let (server, behind) = reference().await;
    let (listener, front) = listen().await;
    let proxy = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(proxy(stream, behind, Arc::clone(&tamper)));
        }
    });
    Proxy {
        url: format!("http://{front}"),
        tasks: [server, proxy],
    }
}

/// The reference server, and where it listens.
pub async fn reference() -> (JoinHandle<()>, SocketAddr) {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async {
        let config = chatspec_server::Config::default();
        let serving = chatspec_server::serve(listener, config, std::future::pending());
        serving.await.expect("the reference server runs");
    });
    (server, address)
}

/// A listener on a free port.
pub async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the port");
    (listener, address)
}

async fn proxy(stream: TcpStream, server: SocketAddr, tamper: Tamper) {
    let Ok(client) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    let url = format!("ws://{server}/socket.io/?EIO=4&transport=websocket");
    let stream = TcpStream::connect(server)
        .await
        .expect("the server listens");
    let (server, _) = tokio_tungstenite::client_async(url, stream)
        .await
        .expect("the server speaks WebSocket");
    let ((mut to_client, mut from_client), (mut to_server, mut from_server)) =
        (client.split(), server.split());
    let up = async {
        while let Some(Ok(first)) = from_client.next().await {
            // What is there already is what came in one go. A barrier comes alone, or after one act: it overtakes nothing.
            let mut batch = vec![first];
            while let Some(Some(Ok(next))) = from_client.next().now_or_never() {
                batch.push(next);
            }
            tamper(&mut batch);
            for message in batch {
                if to_server.send(message).await.is_err() {
                    return;
                }
            }
        }
    };
    let down = async {
        while let Some(Ok(message)) = from_server.next().await {
            if to_client.send(message).await.is_err() {
                return;
            }
        }
    };
    tokio::select! { () = up => {}, () = down => {} }
}
