//! A WebSocket client that sends and sees Socket.IO packets as text.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::server::due;

pub struct Client<Io = TcpStream> {
    socket: WebSocketStream<Io>,
}

impl Client {
    /// A WebSocket on which nothing has been said. `sid` is the session that it takes up, if any.
    pub async fn websocket(address: SocketAddr, sid: Option<&str>) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Self::over(stream, sid).await
    }

    /// A WebSocket with little room for what it has not read.
    pub async fn narrow_websocket(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("an option");
        Self::over(socket.connect(address).await.expect("a connection"), None).await
    }

    async fn over(stream: TcpStream, sid: Option<&str>) -> Self {
        let address = stream.peer_addr().expect("a peer").to_string();
        let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
        Self::on(stream, &address, &sid).await
    }

    /// Tears the connection: the server gets a reset, and no end.
    pub fn tear(self) {
        let stream = self.socket.into_inner();
        stream.set_zero_linger().expect("an option");
    }

    pub async fn connect(address: SocketAddr) -> Self {
        Self::websocket(address, None).await.connected().await
    }

    /// Connects, joins, and waits for the own newuser.
    pub async fn join(address: SocketAddr, user: &str, room: &str) -> Self {
        let mut client = Self::connect(address).await;
        client
            .chat(json!({"event": "join", "user": user, "room": room}))
            .await;
        assert_eq!(client.event().await, new_user(user, room));
        client
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Client<Io> {
    /// A WebSocket over any stream, on which nothing has been said. `more` ends its query.
    pub async fn on(stream: Io, name: &str, more: &str) -> Self {
        let url = format!("ws://{name}/socket.io/?EIO=4&transport=websocket{more}");
        let handshake = tokio_tungstenite::client_async(url, stream);
        let (socket, _) = due(handshake).await.expect("an upgrade");
        Self { socket }
    }

    /// Connects to the namespace.
    pub async fn connected(mut self) -> Self {
        let open = self.frame().await.expect("an open packet");
        assert!(open.starts_with("0{"), "{open}");
        self.send(&["40"]).await;
        let reply = self.packet().await;
        assert!(reply.starts_with("0{\"sid\":"), "{reply}");
        self
    }

    /// Sends Engine.IO packets, all in one write.
    pub async fn send(&mut self, frames: &[&str]) {
        for frame in frames {
            due(self.socket.feed(Message::text(*frame)))
                .await
                .expect("a writable connection");
        }
        due(self.socket.flush())
            .await
            .expect("a writable connection");
    }

    pub async fn send_binary(&mut self, bytes: &'static [u8]) {
        let message = Message::Binary(Bytes::from_static(bytes));
        due(self.socket.send(message))
            .await
            .expect("a writable connection");
    }

    pub async fn chat(&mut self, payload: Value) {
        self.send(&[&chat_frame(&payload)]).await;
    }

    /// The next Engine.IO packet other than a ping, which is answered. None when the server has closed.
    pub async fn frame(&mut self) -> Option<String> {
        // One deadline for all of it: pings do not extend it.
        due(async {
            loop {
                match self.socket.next().await? {
                    Ok(Message::Text(text)) if text == "2" => self.send(&["3"]).await,
                    Ok(Message::Text(text)) => return Some(text.to_string()),
                    Ok(Message::Close(_)) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        })
        .await
    }

    /// The next Socket.IO packet.
    pub async fn packet(&mut self) -> String {
        let frame = self.frame().await.expect("an open connection");
        frame
            .strip_prefix('4')
            .unwrap_or_else(|| panic!("no message: {frame}"))
            .to_owned()
    }

    /// The payload of the next packet, which is the event `chat` with one argument.
    pub async fn event(&mut self) -> Value {
        let packet = self.packet().await;
        let event: Value =
            serde_json::from_str(packet.strip_prefix('2').unwrap_or("null")).expect("JSON");
        let [name, payload] = event.as_array().expect("an event").as_slice() else {
            panic!("{packet}")
        };
        assert_eq!(name, "chat", "{packet}");
        payload.clone()
    }

    /// The code of the next packet, which is a refusal.
    pub async fn refusal(&mut self) -> u64 {
        let packet = self.packet().await;
        let text = packet
            .strip_prefix("2[\"message\",")
            .and_then(|rest| rest.strip_suffix(']'));
        let text: String =
            serde_json::from_str(text.unwrap_or("null")).unwrap_or_else(|_| panic!("{packet}"));
        let refusal: Value = serde_json::from_str(&text).expect("JSON in the string");
        assert!(refusal["message"].is_string(), "{packet}");
        refusal["code"].as_u64().expect("a code")
    }

    /// The listing of a room; nothing else must come before it.
    pub async fn users(&mut self, room: &str) -> String {
        self.chat(json!({"event": "users", "room": room})).await;
        let reply = self.event().await;
        assert_eq!(reply["type"], "users", "{reply}");
        reply["message"].as_str().expect("a text").to_owned()
    }

    /// Whether the server ends the connection, and nothing else.
    pub async fn is_closed(&mut self) -> bool {
        match self.frame().await.as_deref() {
            None => true,
            Some("1") => self.frame().await.is_none(),
            Some(_) => false,
        }
    }
}

pub fn chat_frame(payload: &Value) -> String {
    format!("42{}", json!(["chat", payload]))
}

pub fn new_user(user: &str, room: &str) -> Value {
    json!({"type": "newuser", "message": format!("New User {user} joined room {room}")})
}

pub fn del_user(user: &str, room: &str) -> Value {
    json!({"type": "deluser", "message": format!("User {user} left room {room}")})
}
