//! How long anything may take on a connection, and how large its header may be.

use std::time::Duration;

use chatspec_server::Config;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::client::{Client, chat_frame, del_user, new_user};
use crate::memory::{Memory, NAME};
use crate::polling::{Poller, request};
use crate::server::{Server, due};

const SHORT: Duration = Duration::from_millis(200);

/// Reads a connection to its end, however it ends.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = due(stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn open(server: &Server, said: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    stream
        .write_all(said.as_bytes())
        .await
        .expect("a writable connection");
    stream
}

// rule: robust.http.slow
// rule: robust.newcomers
#[tokio::test]
async fn silent_connections_end_and_keep_nobody_out() {
    let config = Config {
        // Long enough for the newcomer on a busy machine.
        header_timeout: Duration::from_secs(2),
        ..Config::default()
    };
    let server = Server::with(config).await;
    let mut silent = Vec::new();
    for i in 0..300 {
        // A third says nothing, a third half a line, a third half a header.
        let said = ["", "GET /socket.io/?EIO", "GET / HTTP/1.1\r\nHost: loc"][i % 3];
        silent.push(open(&server, said).await);
    }
    let mut ada = Client::join(server.address, "ada", "room").await;
    assert_eq!(ada.users("room").await, "Users in room: ['ADA']");
    for stream in silent {
        assert_eq!(rest(stream).await, "");
    }
    assert_eq!(ada.users("room").await, "Users in room: ['ADA']");
}

// rule: robust.http.slow
#[tokio::test(start_paused = true)]
async fn a_header_that_drips_has_one_deadline_for_all_of_it() {
    let server = Memory::start(Config::default());
    let mut stream = server.connect([127, 0, 0, 1], 10_000);
    stream
        .write_all(b"GET / HTTP/1.1\r\nX-Slow: ")
        .await
        .expect("a writable connection");
    let began = Instant::now();
    while stream.write_all(b"a").await.is_ok() {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let took = began.elapsed();
    assert!(
        took >= Duration::from_secs(9) && took <= Duration::from_secs(12),
        "{took:?}"
    );
}

// rule: robust.http.slow
#[tokio::test]
async fn a_body_has_a_deadline_and_so_has_an_idle_connection() {
    let config = Config {
        body_timeout: SHORT,
        idle_timeout: SHORT,
        ..Config::default()
    };
    let server = Server::with(config).await;
    let poller = Poller::connect(server.address).await;
    let head = format!(
        "POST /socket.io/?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000\r\n\r\n42[",
        poller.sid, server.address
    );
    let stream = open(&server, &head).await;
    assert_eq!(rest(stream).await, "");

    let head = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    let stream = open(&server, &head).await;
    let answer = rest(stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"),
        "{answer}"
    );
}

/// The beginning of a connection is none of the first request.
// rule: robust.http.slow
#[tokio::test(start_paused = true)]
async fn a_body_has_its_time_from_the_first_byte_on() {
    let server = Memory::start(Config {
        header_timeout: Duration::from_secs(10),
        body_timeout: Duration::from_secs(4),
        ..Config::default()
    });
    let mut stream = server.connect([127, 0, 0, 1], 10_000);
    // Nothing else happens: the clock goes on.
    tokio::time::sleep(Duration::from_secs(8)).await;
    let open = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1";
    let open = format!("{open}\r\nHost: {NAME}\r\n\r\n");
    let mut other = server.connect([127, 0, 0, 1], 10_000);
    let open = exchange(&mut other, &open).await;
    let (_, sid) = open.split_once("\"sid\":\"").expect("an open packet");
    let sid = &sid[..sid.find('"').expect("its end")];
    let post = format!("POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1");
    let head = format!("{post}\r\nHost: {NAME}\r\nContent-Length: 2\r\n\r\n4");
    stream
        .write_all(head.as_bytes())
        .await
        .expect("a writable connection");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(exchange(&mut stream, "0").await.ends_with("ok"));
}

/// A request that came before the last answer had gone out is not idleness.
#[tokio::test(start_paused = true)]
async fn a_poll_behind_another_request_may_wait() {
    let server = Memory::start(Config {
        idle_timeout: Duration::from_secs(5),
        ..Config::default()
    });
    let mut stream = server.connect([127, 0, 0, 1], 10_000);
    let get = |query: &str| {
        format!("GET /socket.io/?EIO=4&transport=polling{query} HTTP/1.1\r\nHost: {NAME}\r\n\r\n")
    };
    let open = exchange(&mut stream, &get("")).await;
    let (_, sid) = open.split_once("\"sid\":\"").expect("an open packet");
    let sid = &sid[..sid.find('"').expect("its end")];
    let post = |body: &str| {
        let length = body.len();
        format!(
            "POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let poll = get(&format!("&sid={sid}"));
    assert!(exchange(&mut stream, &post("40")).await.ends_with("ok"));
    assert!(exchange(&mut stream, &poll).await.contains("40{\"sid\""));
    assert!(exchange(&mut stream, &post("3")).await.ends_with("ok"));
    // The first of these answers at once, the second with the ping after more than the deadline.
    let both = exchange(
        &mut stream,
        &format!("GET /healthz HTTP/1.1\r\nHost: {NAME}\r\n\r\n{poll}"),
    )
    .await;
    assert!(both.ends_with("ok"), "{both}");
    let before = Instant::now();
    let answer = exchange(&mut stream, "").await;
    assert!(answer.ends_with('2'), "{answer}");
    assert!(before.elapsed() > Duration::from_secs(5));
}

/// None of the deadlines is that of a poll which waits for packets.
#[tokio::test(start_paused = true)]
async fn a_poll_may_wait() {
    let server = Memory::start(Config::default());
    let mut stream = server.connect([127, 0, 0, 1], 10_000);
    let get = |query: &str| {
        format!("GET /socket.io/?EIO=4&transport=polling{query} HTTP/1.1\r\nHost: {NAME}\r\n\r\n")
    };
    let open = exchange(&mut stream, &get("")).await;
    let (_, sid) = open.split_once("\"sid\":\"").expect("an open packet");
    let sid = &sid[..sid.find('"').expect("its end")];
    let post = |body: &str| {
        let length = body.len();
        format!(
            "POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let poll = get(&format!("&sid={sid}"));
    assert!(exchange(&mut stream, &post("40")).await.ends_with("ok"));
    assert!(exchange(&mut stream, &poll).await.contains("40{\"sid\""));
    assert!(exchange(&mut stream, &post("3")).await.ends_with("ok"));
    // Nothing but the next ping comes, after longer than any of the deadlines but that of idleness.
    let before = Instant::now();
    assert!(exchange(&mut stream, &poll).await.ends_with("\r\n\r\n2"));
    assert!(before.elapsed() > Duration::from_secs(15));
}

/// Sends a request and reads what comes at once as its answer.
async fn exchange(
    stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin),
    request: &str,
) -> String {
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a writable connection");
    let mut answer = String::new();
    loop {
        let mut bytes = [0; 4_096];
        let read = stream.read(&mut bytes).await.expect("an answer");
        assert!(read > 0, "closed after {answer}");
        answer.push_str(std::str::from_utf8(&bytes[..read]).expect("text"));
        let length = answer.split_once("\r\n\r\n").and_then(|(head, body)| {
            let (_, length) = head.split_once("content-length: ")?;
            let length: usize = length.lines().next()?.parse().ok()?;
            Some(body.len() >= length)
        });
        if length == Some(true) {
            return answer;
        }
    }
}

/// Where the system does not notice it: a stream in memory has no timeout of TCP.
// rule: presence.cleanup
#[tokio::test(start_paused = true)]
async fn who_takes_nothing_is_given_up() {
    let config = Config {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        ..Config::default()
    };
    let server = Memory::start(config);
    let connect = async |room: usize| {
        Client::on(server.connect([127, 0, 0, 1], room), NAME, "")
            .await
            .connected()
            .await
    };
    let mut watcher = connect(100_000).await;
    let mut stuck = connect(4_000).await;
    let join = |user: &str| json!({"event": "join", "user": user, "room": "room"});
    stuck.chat(join("stuck")).await;
    assert_eq!(stuck.event().await, new_user("stuck", "room"));
    watcher.chat(join("watcher")).await;
    assert_eq!(watcher.event().await, new_user("watcher", "room"));
    // More than there is room for, to somebody who reads nothing.
    let large = chat_frame(&json!({"event": "chat", "room": "room", "text": "x".repeat(8_000)}));
    watcher.send(&[&large]).await;
    assert_eq!(watcher.event().await, del_user("stuck", "room"));
}

// rule: robust.http.unusual
#[tokio::test]
async fn a_header_has_bounds() {
    let server = Server::start().await;
    let many = |count: usize| "X-A: b\r\n".repeat(count);
    // Host, Connection and Content-Length stand before them.
    for (headers, status) in [
        (many(61), 200),
        (many(62), 431),
        (format!("X-A: {}\r\n", "b".repeat(15_000)), 200),
        (format!("X-A: {}\r\n", "b".repeat(17_000)), 431),
    ] {
        let response = request(server.address, "GET", "/healthz", &headers, "").await;
        assert_eq!(response.status, status, "{} bytes", headers.len());
    }
}
