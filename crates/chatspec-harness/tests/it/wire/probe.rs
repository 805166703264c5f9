//! Raw requests.

use chatspec_harness::wire::{HttpProbe, http};
use futures_util::SinkExt;
use tokio::io::AsyncWriteExt;

use super::scripted::{Request, answering, read_to_end, response, serve};
use super::{mini, shortly, soon};

#[tokio::test]
async fn the_answer_comes_back_as_it_is() {
    let answer = "HTTP/1.1 400 Bad Request\r\nAccess-Control-Allow-Origin: *\r\n\
                  content-length: 4\r\n\r\n\u{1b}[m\n";
    let target = answering(answer).await;
    let outcome = http(&target, HttpProbe::get("/socket.io/?EIO=3"), soon()).await;
    let outcome = outcome.expect("an answer is an answer");
    assert_eq!(outcome.status, 400);
    assert_eq!(outcome.header("access-control-allow-origin"), Some("*"));
    assert_eq!(outcome.body, b"\x1b[m\n");
    assert!(!outcome.upgraded);
}

#[tokio::test]
async fn method_path_headers_and_body_go_out_as_given() {
    let mut target = serve(|mut stream| async move {
        if let Some(request) = Request::read(&mut stream).await {
            let seen = format!("{}{}", request.head, request.body);
            let _ = stream.write_all(&response("200 OK", &seen)).await;
        }
    })
    .await;
    target.headers = vec![
        ("x-who".into(), "target".into()),
        ("x-other".into(), "1".into()),
    ];
    target.origin = Some("http://one.example".into());
    let probe = HttpProbe {
        method: "OPTIONS".into(),
        path_and_query: "/socket.io/?EIO=4&sid=%zz".into(),
        headers: vec![("X-Who".into(), "probe".into())],
        body: b"body".to_vec(),
        upgrade: false,
    };
    let outcome = http(&target, probe, soon()).await.expect("it is sent");
    let seen = String::from_utf8(outcome.body).expect("it is text");
    assert!(
        seen.starts_with("OPTIONS /socket.io/?EIO=4&sid=%zz HTTP/1.1\r\n"),
        "{seen}"
    );
    assert!(seen.ends_with("\r\n\r\nbody"), "{seen}");
    assert!(
        seen.contains("x-who: probe") && !seen.contains("x-who: target"),
        "{seen}"
    );
    assert!(
        seen.contains("x-other: 1") && seen.contains("origin: http://one.example"),
        "{seen}"
    );
}

fn websocket(path_and_query: &str) -> HttpProbe {
    HttpProbe {
        upgrade: true,
        ..HttpProbe::get(path_and_query)
    }
}

#[tokio::test]
async fn a_websocket_that_opens_a_session_is_told_from_one_that_closes() {
    let (target, _mini) = mini::start().await;
    let opened = http(
        &target,
        websocket("/socket.io/?EIO=4&transport=websocket"),
        soon(),
    )
    .await;
    let opened = opened.expect("it switches");
    assert_eq!((opened.status, opened.upgraded), (101, true));
    assert!(
        opened
            .first_frame
            .expect("an open packet")
            .starts_with("0{")
    );
    assert!(!opened.closed_after_upgrade);

    let target = serve(|stream| async move {
        if let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await {
            let _ = socket.send("44{}".into()).await;
            let _ = socket.close(None).await;
        }
    })
    .await;
    let closed = http(&target, websocket("/?sid=unknown"), soon()).await;
    let closed = closed.expect("it switches");
    assert!(closed.upgraded && closed.closed_after_upgrade);
    assert_eq!(closed.first_frame.as_deref(), Some("44{}"));
}

#[tokio::test]
async fn a_websocket_that_stays_mute_is_an_outcome() {
    let target = serve(|stream| async move {
        let socket = tokio_tungstenite::accept_async(stream).await;
        std::future::pending::<()>().await;
        drop(socket);
    })
    .await;
    let mute = http(&target, websocket("/"), shortly())
        .await
        .expect("it switches");
    assert!(mute.upgraded && !mute.closed_after_upgrade && mute.first_frame.is_none());
}

#[tokio::test]
async fn a_refused_websocket_has_status_and_body() {
    let target = answering(response("403 Forbidden", "not you")).await;
    let refused = http(&target, websocket("/"), soon())
        .await
        .expect("an answer");
    assert_eq!((refused.status, refused.upgraded), (403, false));
    assert_eq!(refused.body, b"not you");
}

#[tokio::test]
async fn no_answer_is_an_error_that_says_what_was_asked() {
    let target = serve(|mut stream| async move { read_to_end(&mut stream).await }).await;
    for probe in [HttpProbe::get("/x"), websocket("/x")] {
        let error = http(&target, probe, shortly())
            .await
            .expect_err("nobody answers");
        assert!(error.timed_out);
        assert!(error.to_string().contains("GET /x"), "{error}");
    }
    let error = http(&target, HttpProbe::get("/a b"), soon()).await;
    assert!(!error.expect_err("a space in a path").timed_out);
}
