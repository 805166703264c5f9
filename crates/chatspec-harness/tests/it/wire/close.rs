//! The ends of sessions, ours and the server's.

use chatspec_harness::wire::{
    CloseReason, How, Next, OpenOptions, Packet, SendError, Session, Target, Transport, socket,
};
use tokio::io::AsyncWriteExt;

use super::mini;
use super::scripted::{Request, response, serve};
use super::{TRANSPORTS, open, soon};

async fn end(session: &mut Session) -> CloseReason {
    loop {
        match session.next(soon()).await {
            Next::Received(_) => {}
            Next::Closed(reason) => return reason,
            Next::Deadline => panic!("the session does not end"),
        }
    }
}

#[tokio::test]
async fn an_orderly_close_reaches_the_server() {
    for (transport, sign) in [
        (Transport::Websocket, "close frame"),
        (Transport::Upgrade, "close frame"),
        (Transport::Polling, "1"),
    ] {
        let (target, mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        session.close(How::EngineClose).await;
        mini.until_seen(sign).await;
        assert_eq!(end(&mut session).await, CloseReason::ByUs);
        let late = session.send_packets(&["1"]).await;
        assert_eq!(late, Err(SendError::Closed(CloseReason::ByUs)));
    }
}

#[tokio::test]
async fn an_abort_is_a_reset() {
    let (target, mini) = mini::start().await;
    let mut session = open(&target, Transport::Websocket).await;
    session.close(How::Abort).await;
    mini.until_seen("websocket error").await;
    assert_eq!(end(&mut session).await, CloseReason::ByUs);
    let seen = mini.seen.lock().expect("whole");
    assert!(!seen.iter().any(|line| line == "close frame"), "{seen:?}");
}

#[tokio::test]
async fn a_namespace_disconnect_leaves_the_session_open() {
    for transport in TRANSPORTS {
        let (target, mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        session.close(How::Namespace).await;
        mini.until_seen("41").await;
        assert_eq!(session.closed(), None);
        session.send_packets(&["0"]).await.expect("it takes it");
    }
}

#[tokio::test]
async fn the_server_closes_the_engine() {
    for transport in TRANSPORTS {
        let (target, mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        mini.send("42[\"last\"]");
        mini.send("1");
        let mut last = None;
        let reason = loop {
            match session.next(soon()).await {
                Next::Received(received) => last = Some(received.packet),
                Next::Closed(reason) => break reason,
                Next::Deadline => panic!("the session does not end"),
            }
        };
        assert_eq!(reason, CloseReason::EngineClose);
        assert_eq!(last, Some(Packet::EngineClose));
    }
}

/// A polling server that answers requests of the open session with `get` and `post`.
async fn polling(get: &'static str, post: &'static str) -> Target {
    serve(move |mut stream| async move {
        while let Some(request) = Request::read(&mut stream).await {
            let answer = if request.is_post() {
                response(post, "why \u{7}")
            } else if request.head.contains("sid=") && get == "hang" {
                super::scripted::read_to_end(&mut stream).await;
                return;
            } else if request.head.contains("sid=") {
                response(get, "gone \u{7}")
            } else {
                response(
                    "200 OK",
                    r#"0{"sid":"a","pingInterval":9000,"pingTimeout":9000}"#,
                )
            };
            if stream.write_all(&answer).await.is_err() {
                return;
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

#[tokio::test]
async fn a_get_that_is_refused_ends_the_session() {
    let target = polling("400 Bad Request", "200 OK").await;
    let mut session = unconnected(&target, Transport::Polling).await;
    let reason = end(&mut session).await;
    let CloseReason::Status {
        method,
        status,
        summary,
        body,
    } = reason
    else {
        panic!("{reason:?}");
    };
    assert_eq!((method, status), ("GET", 400));
    assert_eq!(summary, r#"HTTP 400 Bad Request "gone \u{7}""#);
    assert_eq!(body, "gone \u{7}");
}

#[tokio::test]
async fn a_post_that_is_refused_says_so_and_ends_the_session() {
    let target = polling("hang", "413 Too Large").await;
    let mut session = unconnected(&target, Transport::Polling).await;
    let refused = session.send_packets(&["2[\"chat\"]"]).await;
    assert!(
        matches!(refused, Err(SendError::Rejected { status: 413, .. })),
        "{refused:?}"
    );
    let reason = end(&mut session).await;
    assert!(
        matches!(
            reason,
            CloseReason::Status {
                method: "POST",
                status: 413,
                ..
            }
        ),
        "{reason:?}"
    );
}

#[tokio::test]
async fn a_connection_that_is_dropped_is_lost() {
    let target = serve(|stream| async move {
        let socket = tokio_tungstenite::accept_async(stream).await;
        let mut socket = socket.expect("the client asks for a WebSocket");
        let open = r#"0{"sid":"a","pingInterval":9000,"pingTimeout":9000}"#;
        futures_util::SinkExt::send(&mut socket, open.into())
            .await
            .expect("it reads");
    })
    .await;
    let mut session = unconnected(&target, Transport::Websocket).await;
    let reason = end(&mut session).await;
    assert!(matches!(reason, CloseReason::Lost(_)), "{reason:?}");
}

#[tokio::test]
async fn a_server_that_takes_nothing_times_the_send_out() {
    let target = serve(|stream| async move {
        let socket = tokio_tungstenite::accept_async(stream).await;
        let mut socket = socket.expect("the client asks for a WebSocket");
        let open = r#"0{"sid":"a","pingInterval":9000,"pingTimeout":9000}"#;
        futures_util::SinkExt::send(&mut socket, open.into())
            .await
            .expect("it reads");
        std::future::pending::<()>().await;
    })
    .await;
    let options = OpenOptions {
        namespace_connect: false,
        patience: std::time::Duration::from_millis(200),
        ..OpenOptions::default()
    };
    let mut session = Session::open(&target, options, soon())
        .await
        .expect("it opens");
    let big = socket::event("/", None, "chat", &["x".repeat(32 << 20).into()]);
    let sent = session.send_packets(&[big]).await;
    assert!(matches!(sent, Err(SendError::Timeout(_))), "{sent:?}");
    // And an end is possible all the same.
    session.close(How::EngineClose).await;
}
