//! Servers that do one thing to every connection, or to every request.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::dummies::http::Request;

/// A running server. It ends when this is dropped.
pub struct Raw {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Raw {
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Runs `each` on every connection.
pub async fn serve<F, R>(each: F) -> Raw
where
    F: Fn(TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the port");
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            connections.spawn(each(stream));
        }
    });
    Raw { address, task }
}

/// Answers every request with the same bytes.
pub async fn answering(answer: impl Into<Vec<u8>>) -> Raw {
    let answer: Vec<u8> = answer.into();
    serve(move |mut stream| {
        let answer = answer.clone();
        async move {
            while Request::read(&mut stream).await.is_some() {
                if stream.write_all(&answer).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

/// Sends the head once, and the piece again and again, up to a gigabyte.
pub async fn gigabyte(stream: &mut TcpStream, head: &[u8], piece: &[u8]) {
    let mut sending = stream.write_all(head).await;
    let mut left = (1_usize << 30) / piece.len();
    while sending.is_ok() && left > 0 {
        sending = stream.write_all(piece).await;
        left -= 1;
    }
    // Who has not gone by now waits for more.
    crate::dummies::http::read_to_end(stream).await;
}

/// Passes one request on, and its answer back.
pub async fn relay(client: &mut TcpStream, request: &Request, server: SocketAddr) -> Option<()> {
    let mut server = TcpStream::connect(server).await.ok()?;
    let (line, rest) = request.head.split_once("\r\n")?;
    // The answer ends with the connection, so that nobody has to count its bytes.
    let head = format!("{line}\r\nconnection: close\r\n{rest}");
    server.write_all(head.as_bytes()).await.ok()?;
    server.write_all(request.body.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await.ok()?;
    client.write_all(&answer).await.ok()
}
