//! Over WebSocket.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::{ADDRESS, Gone};
use crate::link::Link;

pub(super) struct WebSocket(WebSocketStream<Link>);

impl WebSocket {
    pub(super) async fn open(link: Link, sid: Option<&str>) -> Result<WebSocket, Gone> {
        let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
        let url = format!("ws://{ADDRESS}/socket.io/?EIO=4&transport=websocket{sid}");
        let (socket, _) = tokio_tungstenite::client_async(url, link)
            .await
            .map_err(|_| Gone)?;
        Ok(WebSocket(socket))
    }

    pub(super) async fn send(&mut self, packets: Vec<String>) -> Result<(), Gone> {
        for packet in packets {
            self.0.feed(Message::text(packet)).await.map_err(|_| Gone)?;
        }
        self.0.flush().await.map_err(|_| Gone)
    }

    pub(super) async fn next(&mut self) -> Result<String, Gone> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
                Some(Ok(_)) => {}
            }
        }
    }
}
