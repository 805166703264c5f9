//! Byte for byte, with peers that speak HTTP, WebSocket, or nothing known.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::program::{Between, PATIENCE};
use crate::proxy::listen;

/// Bytes that look like nothing, the same in each run.
fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..count).map(|_| next()).collect()
}

/// A server that answers the first byte with `answer`, and keeps what it got once the client has finished.
async fn peer(answer: Vec<u8>) -> (String, Arc<Mutex<Vec<u8>>>) {
    let (listener, address) = listen().await;
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&got);
    tokio::spawn(async move {
        loop {
            serve(&listener, &answer, &kept).await;
        }
    });
    (format!("http://{address}"), got)
}

async fn serve(listener: &TcpListener, answer: &[u8], kept: &Mutex<Vec<u8>>) {
    let (stream, _) = listener.accept().await.expect("a client");
    let (mut read, mut write) = stream.into_split();
    let mut first = [0];
    // The proxy looks once whether somebody is there, and says nothing.
    if read.read(&mut first).await.unwrap_or_default() == 0 {
        return;
    }
    let mut kept = kept.lock().await;
    kept.extend(first);
    let answering = async {
        for piece in answer.chunks(1009) {
            write.write_all(piece).await.expect("it is taken");
        }
        write.shutdown().await.expect("it is told");
    };
    let reading = async { read.read_to_end(&mut kept).await.expect("all of it") };
    tokio::join!(answering, reading);
}

/// What a client gets that sends this and finishes, and what the server got.
async fn exchange(sent: &[u8], answer: &[u8], piece: usize) {
    let (url, got) = peer(answer.to_vec()).await;
    let between = Between::start(&url, &[]).await;
    let stream = TcpStream::connect(between.address()).await;
    let (mut read, mut write) = stream.expect("it listens").into_split();
    let mut back = Vec::new();
    let sending = async {
        for piece in sent.chunks(piece) {
            write.write_all(piece).await.expect("it is taken");
            write.flush().await.expect("it goes out");
        }
        write.shutdown().await.expect("it is told");
    };
    let receiving = async { read.read_to_end(&mut back).await.expect("all of it") };
    let both = async { tokio::join!(sending, receiving) };
    timeout(PATIENCE, both).await.expect("in time");
    let got = timeout(PATIENCE, got.lock()).await.expect("in time");
    // No `assert_eq`: nobody wants to read a megabyte of noise.
    assert!(*got == sent, "{} of {} bytes", got.len(), sent.len());
    assert!(back == answer, "{} of {} bytes", back.len(), answer.len());
    let ended = between.interrupt().await;
    assert!(matches!(ended.code, 4 | 5), "{ended:#?}");
}

#[tokio::test]
async fn noise_passes_in_both_directions() {
    exchange(&noise(1, 1_000_000), &noise(2, 3_000_000), 4096).await;
    exchange(b"x", b"", 1).await;
}

#[tokio::test]
async fn what_begins_like_a_protocol_and_goes_wrong_passes_all_the_same() {
    let ask = b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
    let yes = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n";
    let sent = [&ask[..], &noise(3, 70_000)].concat();
    exchange(&sent, &[&yes[..], &noise(4, 70_000)].concat(), 13).await;
    let huge = b"POST /socket.io/?EIO=4 HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n";
    let sent = [&huge[..], &noise(5, 9_000_000)].concat();
    exchange(
        &sent,
        b"HTTP/1.1 413 No\r\nContent-Length: 99\r\n\r\nshort",
        60_000,
    )
    .await;
    let chunks = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc";
    exchange(chunks, b"HTTP/1.1 200 OK\r\n\r\nto the end", 1).await;
}

#[tokio::test]
async fn a_reset_stays_a_reset() {
    let (listener, address) = listen().await;
    let between = Between::start(&format!("http://{address}"), &[]).await;
    // The look at the beginning.
    drop(listener.accept().await.expect("the proxy"));
    let client = TcpStream::connect(between.address())
        .await
        .expect("it listens");
    let (mut server, _) = listener.accept().await.expect("the client's");
    client.set_zero_linger().expect("an option");
    drop(client);
    let mut rest = Vec::new();
    let ended = timeout(PATIENCE, server.read_to_end(&mut rest)).await;
    let error = ended.expect("in time").expect_err("a reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let mut client = TcpStream::connect(between.address())
        .await
        .expect("it listens");
    let (server, _) = listener.accept().await.expect("the client's");
    server.set_zero_linger().expect("an option");
    drop(server);
    let ended = timeout(PATIENCE, client.read_to_end(&mut rest)).await;
    let error = ended.expect("in time").expect_err("a reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    between.interrupt().await.exits(4);
}
