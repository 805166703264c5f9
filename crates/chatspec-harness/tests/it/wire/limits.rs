//! What a server may make us hold.

use chatspec_harness::wire::limits::{CONNECTION_BYTES, MESSAGE_BYTES};
use chatspec_harness::wire::{CloseReason, Next, OpenOptions, Packet, Session, Target, Transport};
use futures_util::SinkExt;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use super::scripted::{Request, response, serve};
use super::soon;

const OPEN: &str = r#"0{"sid":"a","pingInterval":9000,"pingTimeout":9000}"#;

/// A WebSocket server that sends the open packet, and then `message` for ever.
async fn flooding(message: Message) -> Target {
    serve(move |stream| {
        let message = message.clone();
        async move {
            let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
                return;
            };
            let mut sending = socket.send(OPEN.into()).await;
            while sending.is_ok() {
                sending = socket.send(message.clone()).await;
            }
        }
    })
    .await
}

async fn unconnected(target: &Target, transport: Transport) -> Session {
    let options = OpenOptions {
        transport,
        namespace_connect: false,
        ..OpenOptions::default()
    };
    let session = Session::open(target, options, soon()).await;
    session.expect("the Engine.IO session opens")
}

/// Waits for the end without reading, and counts what was queued until then.
async fn end(session: &mut Session) -> (CloseReason, usize) {
    let closed = async {
        while session.closed().is_none() {
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout_at(soon(), closed).await;
    ended.expect("the session ends by itself");
    let mut bytes = 0;
    loop {
        match session.next(soon()).await {
            Next::Received(received) => bytes += received.raw_len,
            Next::Closed(reason) => return (reason, bytes),
            Next::Deadline => panic!("a closed session has no deadline"),
        }
    }
}

#[tokio::test]
async fn a_flood_that_nobody_reads_ends_the_session() {
    // The second floods with pings, whose answers nobody reads, either.
    for text in ["6".repeat(1 << 20), format!("2{}", "x".repeat(4096))] {
        let target = flooding(Message::text(text)).await;
        let mut session = unconnected(&target, Transport::Websocket).await;
        let (reason, bytes) = end(&mut session).await;
        assert_eq!(reason, CloseReason::Flood);
        assert!(bytes <= CONNECTION_BYTES, "{bytes}");
    }
}

#[tokio::test]
async fn a_flood_by_polling_ends_the_session() {
    let target = serve(|mut stream| async move {
        while let Some(request) = Request::read(&mut stream).await {
            // Nothing but separators: a million empty packets.
            let body = match request.head.contains("sid=") {
                true => "\u{1e}".repeat(1 << 20),
                false => OPEN.to_owned(),
            };
            if stream.write_all(&response("200 OK", &body)).await.is_err() {
                return;
            }
        }
    })
    .await;
    let mut session = unconnected(&target, Transport::Polling).await;
    assert_eq!(end(&mut session).await.0, CloseReason::Flood);
}

#[tokio::test]
async fn one_message_that_is_too_large_ends_the_session() {
    let message = Message::text("6".repeat(MESSAGE_BYTES + 1));
    let target = flooding(message).await;
    let mut session = unconnected(&target, Transport::Websocket).await;
    let limit = MESSAGE_BYTES;
    assert_eq!(end(&mut session).await.0, CloseReason::TooLarge { limit });
}

#[tokio::test]
async fn the_raw_text_is_cut_and_the_arguments_are_whole() {
    let text = "é".repeat(500_000);
    let target = flooding(Message::text(format!("42[\"chat\",\"{text}\"]"))).await;
    let mut session = unconnected(&target, Transport::Websocket).await;
    let received = loop {
        match session.next(soon()).await {
            Next::Received(received) if received.seq == 1 => break received,
            Next::Received(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(received.raw_len, 1_000_000 + 13);
    assert!(received.raw.len() <= 64 << 10);
    let Packet::Event { args, .. } = received.packet else {
        panic!("no event");
    };
    assert_eq!(args, [text]);
}

#[tokio::test]
async fn json_that_would_grow_is_not_parsed() {
    let many = format!("42[\"chat\",[{}0]]", "{},".repeat(1_000_000));
    let target = flooding(Message::text(many)).await;
    let mut session = unconnected(&target, Transport::Websocket).await;
    loop {
        match session.next(soon()).await {
            Next::Received(received) if received.seq == 1 => {
                assert!(matches!(received.packet, Packet::Malformed(_)));
                return;
            }
            Next::Received(_) => {}
            other => panic!("{other:?}"),
        }
    }
}
