//! How many may come in, and how fast.

use std::io;
use std::time::Duration;

use chatspec_server::{Config, Rate};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;

use crate::client::{Client, new_user};
use crate::memory::{Memory, NAME};
use crate::polling::request;
use crate::server::{Server, due};

const OPEN: &str = "/socket.io/?EIO=4&transport=polling";
const HOME: [u8; 4] = [192, 0, 2, 1];
const ELSEWHERE: [u8; 4] = [192, 0, 2, 2];

/// Status of an answer to a request over a stream, or none if it was closed.
async fn asked(stream: &mut DuplexStream, path: &str, headers: &str) -> Option<u16> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {NAME}\r\n{headers}\r\n");
    let _ = stream.write_all(request.as_bytes()).await;
    let mut bytes = vec![0; 4_096];
    let read = due(stream.read(&mut bytes)).await.unwrap_or(0);
    let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
    text.split(' ').nth(1)?.parse().ok()
}

async fn served(stream: &mut DuplexStream) -> bool {
    asked(stream, "/healthz", "").await == Some(200)
}

#[tokio::test]
async fn connections_are_counted() {
    let config = Config {
        connections: 3,
        ..Config::default()
    };
    let server = Server::with(config).await;
    let mut ada = Client::join(server.address, "ada", "room").await;
    let first = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    let _second = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    let mut over = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    let mut nothing = [0];
    assert!(matches!(due(over.read(&mut nothing)).await, Ok(0) | Err(_)));
    assert_eq!(ada.users("room").await, "Users in room: ['ADA']");
    drop(first);
    // There is room again as soon as the server has noticed.
    due(async {
        loop {
            let mut next = TcpStream::connect(server.address)
                .await
                .expect("a connection");
            let head = format!(
                "GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                server.address
            );
            let _ = next.write_all(head.as_bytes()).await;
            let mut answer = Vec::new();
            let _ = next.read_to_end(&mut answer).await;
            if answer.starts_with(b"HTTP/1.1 200") {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_has_a_share() {
    let config = Config {
        connections_per_address: 2,
        ..Config::default()
    };
    let server = Memory::start(config);
    let mut held = [server.connect(HOME, 10_000), server.connect(HOME, 10_000)];
    assert!(served(&mut held[0]).await && served(&mut held[1]).await);
    assert!(!served(&mut server.connect(HOME, 10_000)).await);
    assert!(served(&mut server.connect(ELSEWHERE, 10_000)).await);
    // This machine is exempt.
    let mut local: Vec<DuplexStream> = (0..5)
        .map(|_| server.connect([127, 0, 0, 1], 10_000))
        .collect();
    for stream in &mut local {
        assert!(served(stream).await);
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_has_a_pace() {
    let config = Config {
        connect_rate: Rate::new(2, 3),
        ..Config::default()
    };
    let server = Memory::start(config);
    for expected in [true, true, true, false] {
        assert_eq!(served(&mut server.connect(HOME, 10_000)).await, expected);
    }
    assert!(served(&mut server.connect(ELSEWHERE, 10_000)).await);
    tokio::time::advance(Duration::from_millis(600)).await;
    assert!(served(&mut server.connect(HOME, 10_000)).await);
    assert!(!served(&mut server.connect(HOME, 10_000)).await);
}

#[tokio::test]
async fn a_trusted_proxy_says_whose_sessions_it_brings() {
    let config = Config {
        connections_per_address: 1,
        trusted_proxy: vec![HOME.into()],
        ..Config::default()
    };
    let server = Memory::start(config);
    let mut proxy = [(); 3].map(|()| server.connect(HOME, 10_000));
    let client = "X-Forwarded-For: 198.51.100.1\r\n";
    let other = "X-Forwarded-For: 198.51.100.1, 198.51.100.2\r\n";
    assert_eq!(asked(&mut proxy[0], OPEN, client).await, Some(200));
    assert_eq!(asked(&mut proxy[1], OPEN, client).await, Some(503));
    assert_eq!(asked(&mut proxy[2], OPEN, other).await, Some(200));
    // Nobody else is believed.
    let mut liar = server.connect(ELSEWHERE, 10_000);
    assert_eq!(asked(&mut liar, OPEN, client).await, Some(200));
}

#[tokio::test]
async fn sessions_that_have_not_connected_are_counted() {
    let config = Config {
        sessions_unconnected: 2,
        // Long enough for those who do connect, on a busy machine.
        connect_timeout: Duration::from_secs(2),
        ..Config::default()
    };
    let server = Server::with(config).await;
    // Those that have connected do not count.
    let mut ada = Client::join(server.address, "ada", "room").await;
    let _bob = Client::join(server.address, "bob", "attic").await;
    let mut waiting = Client::websocket(server.address, None).await;
    assert!(
        waiting
            .frame()
            .await
            .expect("an open packet")
            .starts_with('0')
    );
    assert_eq!(
        request(server.address, "GET", OPEN, "", "").await.status,
        200
    );
    let refused = request(server.address, "GET", OPEN, "", "").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(ada.users("room").await, "Users in room: ['ADA']");
    // Time gives their places back.
    assert!(waiting.is_closed().await);
    due(async { while request(server.address, "GET", OPEN, "", "").await.status != 200 {} }).await;
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_listener_end_nothing() {
    let server = Memory::start(Config::default());
    for error in [
        io::Error::from(io::ErrorKind::ConnectionAborted),
        io::Error::other("no file descriptor is free"),
        io::Error::other("no file descriptor is free"),
    ] {
        server.fail(error);
    }
    assert!(served(&mut server.connect(HOME, 10_000)).await);
}

// rule: limits.bounded
// rule: join.refused-keeps
#[tokio::test]
async fn a_room_has_no_more_members_than_it_may() {
    let server = Server::with(Config {
        room_members: 1,
        ..Config::default()
    })
    .await;
    let mut member = Client::join(server.address, "ada", "full").await;
    let mut other = Client::join(server.address, "bob", "other").await;
    other
        .chat(json!({"event": "join", "user": "bob", "room": "FULL"}))
        .await;
    assert_eq!(other.refusal().await, 31);
    assert_eq!(other.users("other").await, "Users in room: ['BOB']");
    assert_eq!(member.users("full").await, "Users in room: ['ADA']");
    member.chat(json!({"event": "leave"})).await;
    assert_eq!(member.users("full").await, "Users in room: []");
    other
        .chat(json!({"event": "join", "user": "bob", "room": "FULL"}))
        .await;
    assert_eq!(other.event().await, new_user("bob", "FULL"));
}
