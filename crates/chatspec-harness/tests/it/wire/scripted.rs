//! Servers that do one thing to every connection.

use std::net::SocketAddr;

use chatspec_harness::wire::Target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Runs `each` on every connection, for as long as the test runs.
pub async fn serve<F, R>(each: F) -> Target
where
    F: Fn(TcpStream) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the port");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // The scripts write in small pieces; nothing shall wait for them.
            let _ = stream.set_nodelay(true);
            tokio::spawn(each(stream));
        }
    });
    target(address)
}

/// Answers every request with the same bytes, and closes.
pub async fn answering(answer: impl Into<Vec<u8>>) -> Target {
    let answer: Vec<u8> = answer.into();
    serve(move |mut stream| {
        let answer = answer.clone();
        async move {
            if Request::read(&mut stream).await.is_some() {
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
                read_to_end(&mut stream).await;
            }
        }
    })
    .await
}

pub fn target(address: SocketAddr) -> Target {
    Target::parse(&format!("http://{address}")).expect("an address is a URL")
}

/// A whole answer with a body.
pub fn response(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// Keeps the connection until the other side ends it.
pub async fn read_to_end(stream: &mut TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

/// A request, read to its end.
#[derive(Debug, Clone)]
pub struct Request {
    pub head: String,
    pub body: String,
}

impl Request {
    /// `None` where the connection ends first.
    pub async fn read(stream: &mut TcpStream) -> Option<Request> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut body = bytes.split_off(end);
        let length = header(&head, "content-length").and_then(|length| length.parse().ok());
        while body.len() < length.unwrap_or(0) {
            if stream.read_buf(&mut body).await.ok()? == 0 {
                return None;
            }
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        Some(Request { head, body })
    }

    pub fn is_post(&self) -> bool {
        self.head.starts_with("POST")
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
