//! What opening a session says when there is none to open.

use chatspec_harness::wire::{
    Instant, OpenError, OpenErrorKind, OpenOptions, Session, Target, Transport,
};

use super::scripted::{Request, answering, read_to_end, response, serve};
use super::{shortly, soon};

const BOTH: [Transport; 2] = [Transport::Websocket, Transport::Polling];

async fn failure(target: &Target, transport: Transport, deadline: Instant) -> OpenError {
    let options = OpenOptions {
        transport,
        ..OpenOptions::default()
    };
    let error = Session::open(target, options, deadline)
        .await
        .expect_err("nothing here is a Socket.IO server");
    let text = error.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(text.contains(&target.authority()), "{text}");
    error
}

#[tokio::test]
async fn a_mute_server_is_a_timeout() {
    let target = serve(|mut stream| async move { read_to_end(&mut stream).await }).await;
    for transport in BOTH {
        let error = failure(&target, transport, shortly()).await;
        assert_eq!(error.kind, OpenErrorKind::Timeout, "{error}");
        assert!(error.to_string().contains("timed out after 0."), "{error}");
    }
}

#[tokio::test]
async fn a_web_site_is_named_with_its_answer() {
    let page = "<!DOCTYPE html>\n<title>\u{1b}[31mNot here</title>";
    let target = answering(response("404 Not Found", page)).await;
    for transport in BOTH {
        let error = failure(&target, transport, soon()).await;
        assert_eq!(error.kind, OpenErrorKind::NotSocketIo);
        assert_eq!(error.status, Some(404));
        let shown = r#"HTTP 404 Not Found "<!DOCTYPE html>\n<title>\u{1b}[31mNot here</title>""#;
        assert!(error.to_string().contains(shown), "{error}");
    }
}

#[tokio::test]
async fn redirections_are_told_and_not_followed() {
    let answer = "HTTP/1.1 301 Moved\r\nlocation: https://elsewhere/\r\ncontent-length: 0\r\n\r\n";
    let target = answering(answer).await;
    for transport in BOTH {
        let error = failure(&target, transport, soon()).await;
        assert_eq!(error.kind, OpenErrorKind::NotSocketIo);
        assert!(
            error
                .found
                .contains(r#"a redirection to "https://elsewhere/""#),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_is_closed() {
    let target = serve(|mut stream| async move {
        Request::read(&mut stream).await;
    })
    .await;
    for transport in BOTH {
        let error = failure(&target, transport, soon()).await;
        assert_eq!(error.kind, OpenErrorKind::Closed, "{error}");
    }
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let target = super::scripted::target(listener.local_addr().expect("the port"));
    drop(listener);
    for transport in BOTH {
        let error = failure(&target, transport, soon()).await;
        assert_eq!(error.kind, OpenErrorKind::Unreachable, "{error}");
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_unreachable() {
    let target = Target::parse("http://no-such-host.invalid:5005").expect("a URL");
    let error = failure(&target, Transport::Websocket, soon()).await;
    assert_eq!(error.kind, OpenErrorKind::Unreachable, "{error}");
    assert!(error.found.contains("no-such-host.invalid"), "{error}");
}

#[tokio::test]
async fn tls_with_a_server_that_knows_none_is_unreachable() {
    let plain = serve(|mut stream| async move {
        let answer = response("400 Bad Request", "");
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, &answer).await;
        read_to_end(&mut stream).await;
    })
    .await;
    let port = plain.url.port().expect("a port");
    let target = Target::parse(&format!("https://127.0.0.1:{port}")).expect("a URL");
    let error = failure(&target, Transport::Polling, soon()).await;
    assert_eq!(error.kind, OpenErrorKind::Unreachable, "{error}");
    assert!(
        error.found.contains("TLS") && error.mend.contains("certificate"),
        "{error}"
    );
}

#[tokio::test]
async fn something_else_than_http_is_not_socket_io() {
    let target = answering("220 smtp.example.org ESMTP\r\n").await;
    for transport in BOTH {
        let error = failure(&target, transport, soon()).await;
        assert_eq!(error.kind, OpenErrorKind::NotSocketIo, "{error}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_open_packet_is_not_socket_io() {
    for (body, word) in [
        ("ok", "\"ok\""),
        ("", "200"),
        (
            r#"0{"sid":7,"pingInterval":25000,"pingTimeout":20000}"#,
            "sid",
        ),
        (
            r#"0{"sid":"a","pingInterval":99999999999999999999,"pingTimeout":1}"#,
            "pingInterval",
        ),
        ("0[NaN]", "JSON"),
        ("0\u{0}", r"\0"),
        ("40", "40"),
    ] {
        let target = answering(response("200 OK", body)).await;
        let error = failure(&target, Transport::Polling, soon()).await;
        assert_eq!(error.kind, OpenErrorKind::NotSocketIo, "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn a_switch_without_proof_is_not_socket_io() {
    let answer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\
                  connection: upgrade\r\nsec-websocket-accept: bm8=\r\n\r\n";
    let target = answering(answer).await;
    let error = failure(&target, Transport::Websocket, soon()).await;
    assert_eq!(error.kind, OpenErrorKind::NotSocketIo, "{error}");
}

#[tokio::test]
async fn a_refused_namespace_is_told_with_its_data() {
    let target = serve(|mut stream| async move {
        use tokio::io::AsyncWriteExt;
        while let Some(request) = Request::read(&mut stream).await {
            let body = match (request.is_post(), request.head.contains("sid=")) {
                (true, _) => "ok",
                (false, true) => r#"44{"message":"Not authorized"}"#,
                (false, false) => r#"0{"sid":"a","pingInterval":9000,"pingTimeout":9000}"#,
            };
            if stream.write_all(&response("200 OK", body)).await.is_err() {
                return;
            }
        }
    })
    .await;
    let error = failure(&target, Transport::Polling, soon()).await;
    assert_eq!(error.kind, OpenErrorKind::Refused, "{error}");
    assert!(error.found.contains("Not authorized"), "{error}");
}

#[tokio::test]
async fn a_header_that_http_forbids_is_a_bad_target() {
    let mut target = answering("").await;
    target.headers = vec![("x-a".into(), "a\r\nb: c".into())];
    let error = failure(&target, Transport::Polling, soon()).await;
    assert_eq!(error.kind, OpenErrorKind::BadTarget, "{error}");
}
