//! Over long-polling: one connection for what comes, one for what goes.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;

use super::{ADDRESS, Gone};
use crate::link::Link;

/// Between the packets of a payload.
const SEPARATOR: char = '\u{1e}';
/// More than any answer holds, in bytes.
const MOST: usize = 4_000_000;

pub(super) struct Polling {
    sid: String,
    posts: SendRequest<Body>,
    pub(super) packets: mpsc::Receiver<String>,
}

impl Polling {
    /// Opens a session. `gets` brings what comes, `posts` what goes.
    pub(super) async fn open(gets: Link, posts: Link) -> Result<Polling, Gone> {
        let mut gets = connect(gets).await?;
        let posts = connect(posts).await?;
        let open = request(&mut gets, Method::GET, None, String::new()).await?;
        let sid = open
            .split("\"sid\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .ok_or(Gone)?
            .to_owned();
        // One packet at a time: who does not take them does not poll, either.
        let (sender, packets) = mpsc::channel(1);
        tokio::spawn(poll(gets, sid.clone(), sender));
        Ok(Polling {
            sid,
            posts,
            packets,
        })
    }

    pub(super) fn sid(&self) -> &str {
        &self.sid
    }

    pub(super) async fn send(&mut self, packets: Vec<String>) -> Result<(), Gone> {
        let body = packets.join(&SEPARATOR.to_string());
        request(&mut self.posts, Method::POST, Some(&self.sid), body)
            .await
            .map(drop)
    }

    /// What is still to come before the last poll ends.
    pub(super) fn stop(&mut self) -> mpsc::Receiver<String> {
        std::mem::replace(&mut self.packets, mpsc::channel(1).1)
    }
}

/// Polls until nobody wants to know, the session ends, or the server says that there is another transport now.
async fn poll(mut gets: SendRequest<Body>, sid: String, packets: mpsc::Sender<String>) {
    while let Ok(payload) = request(&mut gets, Method::GET, Some(&sid), String::new()).await {
        for packet in payload.split(SEPARATOR) {
            if packet == "6" || packets.send(packet.to_owned()).await.is_err() {
                return;
            }
        }
    }
}

async fn connect(link: Link) -> Result<SendRequest<Body>, Gone> {
    let (sender, connection) = handshake(TokioIo::new(link)).await.map_err(|_| Gone)?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn request(
    connection: &mut SendRequest<Body>,
    method: Method,
    sid: Option<&str>,
    body: String,
) -> Result<String, Gone> {
    connection.ready().await.map_err(|_| Gone)?;
    let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(format!("/socket.io/?EIO=4&transport=polling{sid}"))
        .header("host", ADDRESS.to_string())
        .header("content-type", "text/plain;charset=UTF-8")
        .body(Body::from(body))
        .map_err(|_| Gone)?;
    let response = connection.send_request(request).await.map_err(|_| Gone)?;
    if !response.status().is_success() {
        return Err(Gone);
    }
    let bytes = to_bytes(Body::new(response.into_body()), MOST)
        .await
        .map_err(|_| Gone)?;
    String::from_utf8(bytes.into()).map_err(|_| Gone)
}
