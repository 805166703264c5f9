//! Sessions with a server that does what it should.

use chatspec_harness::wire::{
    Frame, Next, OpenOptions, Packet, Received, Session, Transport, UpgradeError, socket,
};
use serde_json::json;

use super::mini;
use super::scripted::{Request, response, serve};
use super::{TRANSPORTS, open, shortly, soon, until_ack};

fn events(taken: &[Received], wanted: &str) -> Vec<serde_json::Value> {
    let event = |received: &Received| match &received.packet {
        Packet::Event { name, args, .. } if name == wanted => Some(args[0].clone()),
        _ => None,
    };
    taken.iter().filter_map(event).collect()
}

#[tokio::test]
async fn events_acks_and_pings_on_all_transports() {
    for transport in TRANSPORTS {
        let (target, _mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        assert_eq!(session.is_websocket(), transport != Transport::Polling);
        assert_eq!(session.handshake().sid, "mini");
        let text = json!({"event": "chat", "text": "ä\u{1f600}\u{0}\""});
        let echo = socket::event("/", Some("1"), "echo", std::slice::from_ref(&text));
        let pongs = socket::event("/", Some("2"), "pongs", &[]);
        session
            .send_packets(&[echo, pongs])
            .await
            .expect("it takes both");
        let taken = until_ack(&mut session, "2").await;
        assert!(
            taken
                .iter()
                .map(|received| received.seq)
                .eq(0..taken.len() as u64)
        );
        assert!(taken.windows(2).all(|pair| pair[0].at <= pair[1].at));
        // The opening is recorded, too, with the ping that came before the CONNECT reply.
        let kinds: Vec<_> = taken.iter().map(|received| &received.packet).collect();
        assert!(matches!(kinds[0], Packet::EngineOpen { .. }), "{kinds:?}");
        assert!(matches!(kinds[1], Packet::Ping { .. }), "{kinds:?}");
        assert!(matches!(kinds[2], Packet::Connect { .. }), "{kinds:?}");
        assert_eq!(events(&taken, "echo"), [text]);
        assert_eq!(events(&taken, "pongs"), [json!(1)], "{transport:?}");
        assert_eq!(session.next(shortly()).await, Next::Deadline);
    }
}

#[tokio::test]
async fn pings_stay_unanswered_on_demand() {
    for transport in TRANSPORTS {
        let (target, mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        let pongs = |id| [socket::event("/", Some(id), "pongs", &[])];
        session
            .send_packets(&pongs("1"))
            .await
            .expect("it takes it");
        until_ack(&mut session, "1").await;
        session.answer_pings(false);
        mini.send("2");
        session
            .send_packets(&pongs("2"))
            .await
            .expect("it takes it");
        let taken = until_ack(&mut session, "2").await;
        assert!(matches!(taken[0].packet, Packet::Ping { .. }), "{taken:?}");
        // A second round trip: a pong on its own POST would have arrived by now.
        session
            .send_packets(&pongs("3"))
            .await
            .expect("it takes it");
        let taken = until_ack(&mut session, "3").await;
        assert_eq!(events(&taken, "pongs"), [json!(1)]);
    }
}

#[tokio::test]
async fn an_upgrade_loses_and_reorders_nothing() {
    let (target, mini) = mini::start().await;
    let mut session = open(&target, Transport::Polling).await;
    let stream = socket::event("/", Some("1"), "stream", &[500.into()]);
    session.send_packets(&[stream]).await.expect("it takes it");
    session.upgrade(soon()).await.expect("it can upgrade");
    assert!(session.is_websocket());
    assert_eq!(session.upgrade(soon()).await, Err(UpgradeError::NotPolling));
    let mut items = Vec::new();
    while items.len() < 500 {
        let Next::Received(received) = session.next(soon()).await else {
            panic!("only {} items", items.len());
        };
        items.extend(events(&[received], "item"));
    }
    assert!(
        items
            .iter()
            .map(|item| item.as_u64())
            .eq((0..500).map(Some))
    );
    let echo = socket::event("/", Some("2"), "echo", &[1.into()]);
    session.send_packets(&[echo]).await.expect("it takes it");
    until_ack(&mut session, "2").await;
    let posts = mini.seen.lock().expect("whole");
    assert!(posts.iter().filter(|line| line.starts_with("POST")).count() <= 3);
}

#[tokio::test]
async fn a_refused_upgrade_leaves_a_session_by_polling() {
    let (mini_target, _mini) = mini::start().await;
    let port = mini_target.url.port().expect("a port");
    // In front of the server stands one that knows no WebSocket.
    let target = serve(move |mut stream| async move {
        let mut first = [0; 2048];
        let length = stream.peek(&mut first).await.unwrap_or(0);
        if String::from_utf8_lossy(&first[..length]).contains("transport=websocket") {
            Request::read(&mut stream).await;
            let answer = response("400 Bad Request", "no WebSocket here");
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, &answer).await;
            return;
        }
        let behind = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
        let mut behind = behind.expect("the server runs");
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut behind).await;
    })
    .await;
    let mut session = open(&target, Transport::Polling).await;
    let error = session.upgrade(soon()).await.expect_err("it is refused");
    assert!(error.to_string().contains("no WebSocket here"), "{error}");
    let echo = socket::event("/", Some("1"), "echo", &[1.into()]);
    session.send_packets(&[echo]).await.expect("it takes it");
    assert_eq!(
        events(&until_ack(&mut session, "1").await, "echo"),
        [json!(1)]
    );
}

#[tokio::test]
async fn literal_frames_arrive_as_they_are() {
    for transport in TRANSPORTS {
        let (target, mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        let frames = [
            Frame::from("hello"),
            Frame::from("42[\"echo\",NaN]"),
            Frame::from("41/x,"),
        ];
        session.send_frames(&frames).await.expect("it takes them");
        for text in ["hello", "42[\"echo\",NaN]", "41/x,"] {
            mini.until_seen(text).await;
        }
    }
}

#[tokio::test]
async fn what_the_server_gets_wrong_is_data() {
    for transport in TRANSPORTS {
        let (target, mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        while session.next(shortly()).await != Next::Deadline {}
        let wrong = [
            "9",
            "",
            "42",
            "42[",
            "42[NaN]",
            "42[\"a\",\"\\ud800\"]",
            "43[]",
            "4\u{1b}",
        ];
        for text in wrong {
            mini.send(text);
        }
        for text in wrong {
            let Next::Received(received) = session.next(soon()).await else {
                panic!("{text:?} is lost");
            };
            assert_eq!(received.raw, text);
            let Packet::Malformed(malformed) = received.packet else {
                panic!("{text:?} is {:?}", received.packet);
            };
            assert!(
                !malformed.why.chars().any(char::is_control),
                "{malformed:?}"
            );
        }
        let echo = socket::event("/", Some("1"), "echo", &[1.into()]);
        session.send_packets(&[echo]).await.expect("it takes it");
        until_ack(&mut session, "1").await;
    }
}

#[tokio::test]
async fn a_session_need_not_connect_a_namespace() {
    let (target, mini) = mini::start().await;
    let options = OpenOptions {
        namespace_connect: false,
        ..OpenOptions::default()
    };
    let session = Session::open(&target, options, soon()).await;
    let mut session = session.expect("the Engine.IO session opens");
    session.send_packets(&["1"]).await.expect("it takes it");
    mini.until_seen("41").await;
    assert!(
        !mini
            .seen
            .lock()
            .expect("whole")
            .iter()
            .any(|line| line == "40")
    );
}

#[tokio::test]
async fn every_request_carries_headers_and_origin() {
    for transport in TRANSPORTS {
        let (mut target, mini) = mini::start().await;
        target.headers = vec![("X-Token".into(), "secret".into())];
        target.origin = Some("http://page.example".into());
        let mut session = open(&target, transport).await;
        let echo = socket::event("/", Some("1"), "echo", &[1.into()]);
        session.send_packets(&[echo]).await.expect("it takes it");
        until_ack(&mut session, "1").await;
        let seen = mini.seen.lock().expect("whole");
        let heads: Vec<_> = seen
            .iter()
            .filter(|line| line.contains("HTTP/1.1"))
            .collect();
        assert!(!heads.is_empty());
        for head in heads {
            assert!(head.contains("x-token: secret"), "{head}");
            assert!(head.contains("origin: http://page.example"), "{head}");
            assert!(head.contains("EIO=4"), "{head}");
        }
    }
}

#[tokio::test]
async fn a_stalled_session_reads_nothing_and_loses_nothing() {
    for transport in TRANSPORTS {
        let (target, mini) = mini::start().await;
        let mut session = open(&target, transport).await;
        while session.next(shortly()).await != Next::Deadline {}
        session.stall(true);
        if !session.is_websocket() {
            // The pending GET takes this one with it.
            mini.send("42[\"item\",0]");
            assert!(matches!(session.next(soon()).await, Next::Received(_)));
        }
        mini.send("42[\"item\",1]");
        mini.send("42[\"item\",2]");
        assert_eq!(
            session.next(shortly()).await,
            Next::Deadline,
            "{transport:?}"
        );
        session.stall(false);
        for item in 1..3 {
            let Next::Received(received) = session.next(soon()).await else {
                panic!("item {item} is lost");
            };
            assert_eq!(events(&[received], "item"), [json!(item)]);
        }
    }
}
