//! From long polling to WebSocket, without losing or reordering anything.

use std::sync::Arc;

use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;

use super::Session;
use crate::wire::error::UpgradeError;
use crate::wire::limits::QUOTED_CHARS;
use crate::wire::packet::Frame;
use crate::wire::polling::Held;
use crate::wire::request::Request;
use crate::wire::shared::Outgoing;
use crate::wire::websocket::{self, Socket};

impl Session {
    /// Upgrades a polling session to WebSocket: `2probe`, `3probe`, the end of the pending GET, `5`.
    ///
    /// Whatever the server sends meanwhile, on either transport, is queued in the order in which it
    /// was read, polling first. `3probe` itself is queued as [`Packet::Pong`](crate::wire::Packet).
    ///
    /// # Errors
    ///
    /// [`UpgradeError`]. Until `5` is sent the session goes on by polling, also if the future is
    /// dropped.
    pub async fn upgrade(&mut self, deadline: Instant) -> Result<(), UpgradeError> {
        if let Some(reason) = self.closed() {
            return Err(UpgradeError::Closed(reason));
        }
        let hold = self.polling.as_ref().ok_or(UpgradeError::NotPolling)?;
        let path = self
            .target
            .engine_path("websocket", Some(&self.handshake.sid));
        let asked = websocket::open(&self.target, Request::get(path), &self.reset, deadline);
        let asked = asked.await.map_err(UpgradeError::fault)?;
        let Some(mut socket) = asked.socket else {
            return Err(UpgradeError::Refused(asked.answer.summary()));
        };
        // No GET starts once the probe is on its way: the server ends the pending one, and would
        // leave a new one hanging.
        let held = hold.hold();
        let mut stage = "waiting for the answer to the probe";
        let switching = self.switch(&mut socket, &held, &mut stage);
        match timeout_at(deadline, switching).await {
            Ok(result) => result?,
            Err(_) => return Err(UpgradeError::Timeout(stage.to_owned())),
        }
        held.keep();
        self.polling = None;
        let orders = self.shared.replace_outbox();
        let (sink, stream) = socket.split();
        self.tasks
            .spawn(websocket::write(sink, Arc::clone(&self.shared), orders));
        self.tasks.spawn(websocket::read(
            stream,
            asked.pending,
            Arc::clone(&self.shared),
        ));
        Ok(())
    }

    async fn switch(
        &self,
        socket: &mut Socket,
        held: &Held<'_>,
        stage: &mut &'static str,
    ) -> Result<(), UpgradeError> {
        let failed = |error| UpgradeError::websocket(&error);
        self.shared.tap.sent(&[Frame::from("2probe")]);
        websocket::send(socket, vec![Frame::from("2probe")])
            .await
            .map_err(failed)?;
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    self.shared.receive_text(&text);
                    match text.as_str() {
                        "3probe" => break,
                        // A heartbeat, or a trap: either way not what was asked for.
                        "2" | "6" => {}
                        other => {
                            let shown = crate::wire::quote(other, QUOTED_CHARS);
                            let found = format!("the server answered the probe with {shown}");
                            return Err(UpgradeError::Failed(found));
                        }
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => {
                    let what = match other {
                        Message::Close(_) => "a close frame",
                        _ => "a binary frame",
                    };
                    let found = format!("the server answered the probe with {what}");
                    return Err(UpgradeError::Failed(found));
                }
                Some(Err(error)) => return Err(failed(error)),
                None => {
                    let found = "the server dropped the WebSocket instead of answering the probe";
                    return Err(UpgradeError::Lost(found.to_owned()));
                }
            }
        }
        *stage = "waiting for the end of the pending GET";
        held.settled().await;
        *stage = "waiting for the end of the pending POST";
        // A pong may still be on its way. This order is through when everything before it is.
        self.order(|done| Outgoing::Frames(Vec::new(), Some(done)))
            .await
            .map_err(UpgradeError::send)?;
        if let Some(reason) = self.closed() {
            return Err(UpgradeError::Closed(reason));
        }
        *stage = "completing the upgrade";
        self.shared.tap.sent(&[Frame::from("5")]);
        websocket::send(socket, vec![Frame::from("5")])
            .await
            .map_err(failed)
    }
}
