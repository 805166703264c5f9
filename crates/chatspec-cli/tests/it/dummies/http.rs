//! Just enough HTTP/1.1 to read a request and to answer it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request, read to its end.
pub struct Request {
    pub head: String,
    pub body: String,
}

impl Request {
    /// `None` where the connection ends first.
    pub async fn read(stream: &mut TcpStream) -> Option<Request> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
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

/// The head of the first request, left in the socket for whoever reads it next. `None` where the connection ends first.
pub async fn peek_head(stream: &TcpStream) -> Option<String> {
    let mut first = vec![0; 4096];
    loop {
        let length = stream.peek(&mut first).await.ok().filter(|n| *n > 0)?;
        let head = String::from_utf8_lossy(&first[..length]).into_owned();
        if head.contains("\r\n\r\n") || length == first.len() {
            return Some(head);
        }
        // The rest of a split head is under way.
        tokio::task::yield_now().await;
    }
}

/// A parameter of the query in the request line, as it stands there.
pub fn parameter<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let path = head.split_whitespace().nth(1)?;
    let (_, query) = path.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// Answers; any page on any origin may read the answer.
pub async fn answer(stream: &mut TcpStream, status: &str, body: &str) -> std::io::Result<()> {
    let text = format!(
        "HTTP/1.1 {status}\r\naccess-control-allow-origin: *\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).await
}

/// Keeps the connection until the other side ends it.
pub async fn read_to_end(stream: &mut TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
