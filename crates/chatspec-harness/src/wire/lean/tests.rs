use std::future::poll_fn;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;
use crate::wire::net::Io;

impl Io for DuplexStream {
    fn pending(&self) -> Account {
        Account::default()
    }
}

/// A session that is open already, and the server's end of it.
fn pair() -> (Lean, DuplexStream) {
    let (ours, theirs) = duplex(1 << 20);
    let lean = Lean {
        stream: Box::new(ours),
        pending: Account::default(),
        early: Vec::new(),
        rest: Vec::new(),
        parts: Vec::new(),
        out: Vec::new(),
        sent: 0,
    };
    (lean, theirs)
}

/// What the session makes of these bytes, written in pieces of this size; then the server drops it.
async fn hears(bytes: &[u8], piece: usize) -> (Vec<String>, Ended, Lean) {
    let (mut lean, mut server) = pair();
    let (mut texts, mut buffer) = (Vec::new(), Vec::new());
    let mut pieces = bytes.chunks(piece);
    loop {
        match pieces.next() {
            Some(piece) => server.write_all(piece).await.expect("room for it"),
            None => drop(std::mem::replace(&mut server, duplex(1).0)),
        }
        let read = poll_fn(|cx| {
            let mut take = |text: &str| texts.push(text.to_owned());
            Poll::Ready(lean.poll_read(cx, &mut buffer, &mut take))
        });
        if let Poll::Ready(ended) = read.await {
            return (texts, ended, lean);
        }
    }
}

/// A server's frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(length as u8),
        length => {
            frame.push(126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    [&frame[..], payload].concat()
}

const DROPPED: &str = "it was dropped without a close frame";

#[tokio::test]
async fn texts_are_whole_however_they_are_cut() {
    let long = "x".repeat(300);
    let bytes = [
        frame(0x81, b"42[1]"),
        frame(0x81, long.as_bytes()),
        // In three frames, with a ping of WebSocket between them.
        frame(0x01, b"42["),
        frame(0x89, b"hello"),
        frame(0x00, b"2"),
        frame(0x80, b"]"),
        frame(0x81, "ü".as_bytes()),
    ]
    .concat();
    for piece in [1, 2, 7, bytes.len()] {
        let (texts, ended, lean) = hears(&bytes, piece).await;
        assert_eq!(
            texts,
            ["42[1]", &long, "42[2]", "ü"],
            "in pieces of {piece}"
        );
        assert_eq!(ended.0, DROPPED);
        assert_eq!(lean.queued(), 2 + 4 + 5, "a pong of its own");
    }
}

#[tokio::test]
async fn heartbeats_are_answered_and_not_told() {
    let bytes = [frame(0x81, b"2"), frame(0x81, b"6"), frame(0x81, b"42[]")].concat();
    let (texts, _, lean) = hears(&bytes, 3).await;
    assert_eq!(texts, ["42[]"]);
    let mut pong = Vec::new();
    append_text(&mut pong, "3");
    assert_eq!(lean.out, pong);
}

#[tokio::test]
async fn what_ends_a_session_is_said() {
    let rows: [(Vec<u8>, &str); 7] = [
        (
            frame(0x88, &[0x03, 0xf0, b'n', b'o']),
            r#"it closed with 1008 "no""#,
        ),
        (frame(0x88, &[]), "it closed without a code"),
        (frame(0x81, b"1"), "it sent an Engine.IO close"),
        (frame(0x82, b"x"), "it sent a binary message"),
        (frame(0x81, &[0xff]), "it sent a text that is no UTF-8"),
        (vec![0x81, 0x81, 0, 0, 0, 0, b'x'], "it sent a masked frame"),
        (
            vec![0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0],
            "it sent a message of more than",
        ),
    ];
    for (bytes, why) in rows {
        let (texts, ended, _) = hears(&bytes, bytes.len().max(1)).await;
        assert!(ended.0.contains(why), "{} is not {why}", ended.0);
        assert_eq!(texts, [""; 0]);
    }
}

#[tokio::test]
async fn what_is_queued_is_masked_and_written() {
    let (mut lean, mut server) = pair();
    lean.push("42[]");
    lean.push_close();
    poll_fn(|cx| lean.poll_write(cx))
        .await
        .expect("the server reads");
    assert_eq!(lean.queued(), 0);
    let mut bytes = vec![0; 10];
    server.read_exact(&mut bytes).await.expect("a frame");
    assert_eq!(bytes[..2], [0x81, 0x84]);
    let (mask, text) = bytes[2..].split_at(4);
    let plain: Vec<u8> = text
        .iter()
        .zip(mask)
        .map(|(byte, mask)| byte ^ mask)
        .collect();
    assert_eq!(plain, b"42[]");
}

#[tokio::test]
async fn a_server_that_asks_and_does_not_read_is_left() {
    for ping in [frame(0x89, &[b'x'; 125]), frame(0x81, b"2")] {
        // An answer is longer by its mask; a tenth of the limit leaves the session alive.
        let few = ping.repeat(QUEUED / 10 / (ping.len() + 4));
        let (_, ended, lean) = hears(&few, 1 << 19).await;
        assert_eq!(ended, Ended(DROPPED.to_owned()));
        assert!(lean.queued() > QUEUED / 20 && lean.queued() < QUEUED / 5);
        let many = ping.repeat(2 * QUEUED / ping.len());
        let (_, ended, lean) = hears(&many, 1 << 19).await;
        assert!(ended.0.contains("does not read"), "{ended:?}");
        assert!(lean.queued() < QUEUED + 1_000, "{}", lean.queued());
    }
}
