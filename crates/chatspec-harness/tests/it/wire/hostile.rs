//! Servers that want to hang, flood or crash whoever tests them, while the session opens.

use chatspec_harness::wire::{OpenErrorKind, OpenOptions, Session, Target, Transport};
use tokio::io::AsyncWriteExt;

use super::scripted::{Request, serve};
use super::{shortly, soon};

async fn fails_with(target: &Target, deadline: tokio::time::Instant, kinds: &[OpenErrorKind]) {
    for transport in [Transport::Websocket, Transport::Polling] {
        let options = OpenOptions {
            transport,
            ..OpenOptions::default()
        };
        let error = Session::open(target, options, deadline).await;
        let error = error.expect_err("no session can come of this");
        assert!(kinds.contains(&error.kind), "{error}");
    }
}

/// A server that sends the head once and the piece again and again.
async fn endless(head: &'static str, piece: &'static [u8]) -> Target {
    serve(move |mut stream| async move {
        if Request::read(&mut stream).await.is_none() {
            return;
        }
        let mut sending = stream.write_all(head.as_bytes()).await;
        while sending.is_ok() {
            sending = stream.write_all(piece).await;
        }
    })
    .await
}

#[tokio::test]
async fn an_answer_byte_by_byte_without_end_is_a_timeout() {
    let target = serve(|mut stream| async move {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 8000000\r\n\r\n0".bytes();
        for byte in answer.chain(std::iter::repeat(b' ')) {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    fails_with(&target, shortly(), &[OpenErrorKind::Timeout]).await;
}

#[tokio::test]
async fn a_body_without_end_is_cut() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n0";
    let target = endless(head, &[b' '; 65536]).await;
    fails_with(&target, soon(), &[OpenErrorKind::NotSocketIo]).await;
}

#[tokio::test]
async fn a_head_without_end_is_cut() {
    let target = endless("HTTP/1.1 200 OK\r\n", b"x-more: of this\r\n").await;
    fails_with(&target, soon(), &[OpenErrorKind::NotSocketIo]).await;
    let target = endless("HTTP/1.1 200 OK\r\nx-long: ", &[b'x'; 65536]).await;
    fails_with(&target, soon(), &[OpenErrorKind::NotSocketIo]).await;
}

#[tokio::test]
async fn interim_answers_without_end_are_a_timeout() {
    let target = endless("", b"HTTP/1.1 102 Processing\r\n\r\n").await;
    fails_with(&target, shortly(), &[OpenErrorKind::Timeout]).await;
}

#[tokio::test]
async fn garbage_is_not_http() {
    let target = endless("", &[0xff; 4096]).await;
    fails_with(&target, soon(), &[OpenErrorKind::NotSocketIo]).await;
}
