//! Long-polling with raw HTTP/1.1 requests.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, chat_frame, new_user};
use crate::server::{Server, due};

pub struct Response {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Response {
    /// The value of a header, whose name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next()
    }
}

/// One request on a connection of its own, read to the end of the connection.
pub async fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Response {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let connection = if headers.contains("Upgrade") {
        "Upgrade"
    } else {
        "close"
    };
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: {connection}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a writable connection");
    let mut response = String::new();
    due(stream.read_to_string(&mut response))
        .await
        .expect("a response");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    Response {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// A client that stays with polling.
pub struct Poller {
    address: SocketAddr,
    pub sid: String,
    path: String,
    waiting: Vec<String>,
}

impl Poller {
    pub async fn connect(address: SocketAddr) -> Self {
        let response = request(
            address,
            "GET",
            "/socket.io/?EIO=4&transport=polling",
            "",
            "",
        )
        .await;
        let open: Value = serde_json::from_str(&response.body[1..]).expect("an open packet");
        let sid = open["sid"].as_str().expect("a session id").to_owned();
        let path = format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
        let mut poller = Self {
            address,
            sid,
            path,
            waiting: Vec::new(),
        };
        assert_eq!(poller.post(&["40"]).await, 200);
        assert!(poller.packet().await.starts_with("0{\"sid\":"));
        poller
    }

    /// Sends Engine.IO packets in one request, and returns its status.
    pub async fn post(&self, packets: &[&str]) -> u16 {
        self.post_body(&packets.join("\u{1e}")).await
    }

    pub async fn post_body(&self, body: &str) -> u16 {
        request(
            self.address,
            "POST",
            &self.path,
            "Content-Type: text/plain;charset=UTF-8\r\n",
            body,
        )
        .await
        .status
    }

    pub async fn poll(&self) -> Response {
        request(self.address, "GET", &self.path, "", "").await
    }

    /// The next Socket.IO packet.
    pub async fn packet(&mut self) -> String {
        self.packet_or_noop().await.expect("a message")
    }

    /// The next Socket.IO packet, or none if the server says that there is nothing more here. Pings are answered.
    pub async fn packet_or_noop(&mut self) -> Option<String> {
        loop {
            if self.waiting.is_empty() {
                let response = self.poll().await;
                assert_eq!(response.status, 200);
                self.waiting = response.body.split('\u{1e}').map(str::to_owned).collect();
            }
            let packet = self.waiting.remove(0);
            match packet.strip_prefix('4') {
                Some(packet) => return Some(packet.to_owned()),
                None if packet == "2" => assert_eq!(self.post(&["3"]).await, 200),
                None if packet == "6" => return None,
                None => panic!("no message: {packet:?}"),
            }
        }
    }

    /// The Socket.IO packets of the last answer that nobody has looked at.
    pub fn rest(&mut self) -> impl Iterator<Item = String> {
        let rest = self.waiting.drain(..);
        rest.filter_map(|packet| packet.strip_prefix('4').map(str::to_owned))
    }
}

// rule: transport.polling-batch
// rule: transport.polling-batch.any
// rule: order.handling
#[tokio::test]
async fn any_number_of_packets_fits_into_one_post() {
    let server = Server::start().await;
    let mut listener = Client::join(server.address, "listener", "room").await;
    let poller = Poller::connect(server.address).await;
    let mut packets = vec![chat_frame(
        &json!({"event": "join", "user": "poller", "room": "room"}),
    )];
    packets.extend(
        (0..63)
            .map(|i| chat_frame(&json!({"event": "chat", "room": "room", "text": i.to_string()}))),
    );
    let packets: Vec<&str> = packets.iter().map(String::as_str).collect();
    assert_eq!(poller.post(&packets).await, 200);
    assert_eq!(listener.event().await, new_user("poller", "room"));
    for i in 0..63 {
        assert_eq!(
            listener.event().await,
            json!({"type": "chat", "from": "POLLER", "message": i.to_string()})
        );
    }
}

// rule: transport.polling-batch.any
#[tokio::test]
async fn more_packets_than_there_may_be_end_the_session() {
    let server = Server::start().await;
    for separated in ["\u{1e}3".repeat(64), "\u{1e}".repeat(70_000)] {
        let poller = Poller::connect(server.address).await;
        assert_eq!(poller.post_body(&format!("3{separated}")).await, 400);
        assert_eq!(poller.poll().await.status, 400);
    }
    // An end of the last packet begins no other.
    let poller = Poller::connect(server.address).await;
    let status = poller.post_body(&"3\u{1e}".repeat(64)).await;
    assert_eq!(status, 200);
    assert_eq!(poller.post(&["3"]).await, 200);
}

// rule: robust.polling.overlap
#[tokio::test]
async fn a_post_while_another_comes_ends_the_session() {
    let server = Server::start().await;
    let poller = Poller::connect(server.address).await;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Length: 10\r\n\r\n42[",
        poller.path, server.address
    );
    let mut first = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    first
        .write_all(head.as_bytes())
        .await
        .expect("a writable connection");
    // On one thread, tasks take turns: by the time that two later connections have been served, that one has been read.
    for _ in 0..2 {
        let healthy = request(server.address, "GET", "/healthz", "", "").await;
        assert_eq!(healthy.status, 200);
    }
    assert_eq!(poller.post(&["3"]).await, 400);
    assert_eq!(poller.poll().await.status, 400);
    // What the first brings is not taken any more.
    first
        .write_all(b"\"chat\"]")
        .await
        .expect("a writable connection");
    let mut answer = vec![0; 1_000];
    let read = due(first.read(&mut answer)).await.expect("an answer");
    assert!(
        answer[..read].starts_with(b"HTTP/1.1 4"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    // Another session is not concerned.
    assert_eq!(
        Poller::connect(server.address).await.post(&["3"]).await,
        200
    );
}

// rule: robust.packet.unconnected
// rule: message.binary
#[tokio::test]
async fn nothing_binary_is_kept_before_connect() {
    let server = Server::start().await;
    let mut client = Client::websocket(server.address, None).await;
    client.frame().await.expect("an open packet");
    client.send_binary(b"attached to nothing").await;
    assert!(client.is_closed().await);
    let open = request(
        server.address,
        "GET",
        "/socket.io/?EIO=4&transport=polling",
        "",
        "",
    )
    .await;
    let open: Value = serde_json::from_str(&open.body[1..]).expect("an open packet");
    let path = format!(
        "/socket.io/?EIO=4&transport=polling&sid={}",
        open["sid"].as_str().expect("a session id")
    );
    request(server.address, "POST", &path, "", "bQUJD").await;
    // The first poll brings what waits, which may be the ping; then there is no session.
    request(server.address, "GET", &path, "", "").await;
    assert_eq!(
        request(server.address, "GET", &path, "", "").await.status,
        400
    );
}

// rule: transport.polling
// rule: order.sender
#[tokio::test]
async fn a_polling_client_hears_everything_in_order() {
    let server = Server::start().await;
    let mut poller = Poller::connect(server.address).await;
    poller
        .post(&[&chat_frame(
            &json!({"event": "join", "user": "poller", "room": "room"}),
        )])
        .await;
    assert_eq!(
        poller.packet().await,
        r#"2["chat",{"type":"newuser","message":"New User poller joined room room"}]"#
    );
    let mut sender = Client::join(server.address, "sender", "room").await;
    for i in 0..200 {
        sender
            .chat(json!({"event": "chat", "room": "room", "text": i.to_string()}))
            .await;
    }
    assert!(poller.packet().await.contains("New User sender"));
    for i in 0..200 {
        let expected = format!(r#"2["chat",{{"type":"chat","from":"SENDER","message":"{i}"}}]"#);
        assert_eq!(poller.packet().await, expected);
    }
}

// rule: transport.max-payload
#[tokio::test]
async fn too_large_a_payload_ends_the_session_on_both_transports() {
    let server = Server::start().await;
    let mut watcher = Client::join(server.address, "watcher", "room").await;
    let filler = |length: usize| {
        let frame = chat_frame(&json!({"event": "users", "room": "nowhere", "filler": ""}));
        let filler = "x".repeat(length - frame.len());
        chat_frame(&json!({"event": "users", "room": "nowhere", "filler": filler}))
    };
    let empty = json!({"type": "users", "message": "Users in room: []"});

    let mut client = Client::join(server.address, "w", "room").await;
    watcher.event().await;
    client.send(&[&filler(1_000_000)]).await;
    assert_eq!(client.event().await, empty);
    client.send(&[&filler(1_000_001)]).await;
    assert!(client.is_closed().await);
    assert_eq!(watcher.event().await["message"], "User w left room room");

    let mut poller = Poller::connect(server.address).await;
    let join = chat_frame(&json!({"event": "join", "user": "p", "room": "room"}));
    assert_eq!(poller.post(&[&join]).await, 200);
    assert!(poller.packet().await.contains("New User p"));
    watcher.event().await;
    assert_eq!(poller.post_body(&filler(1_000_000)).await, 200);
    assert!(poller.packet().await.contains("Users in room: []"));
    assert_eq!(poller.post_body(&filler(1_000_001)).await, 413);
    assert_eq!(watcher.event().await["message"], "User p left room room");
    assert_eq!(poller.poll().await.status, 400);
}

// rule: transport.bad-frames.closed
#[tokio::test]
async fn a_malformed_post_is_answered() {
    let server = Server::start().await;
    for body in ["", "x", "9", "4", "42", "b!!!", "\u{1e}", "0{}"] {
        let poller = Poller::connect(server.address).await;
        let status = poller.post_body(body).await;
        assert!(status == 200 || status == 400, "{body:?}: {status}");
        let mut other = Client::connect(server.address).await;
        assert_eq!(other.users("nowhere").await, "Users in room: []");
    }
}
