//! Z-09 to Z-12: servers that send more than anybody can hold.

use tokio::io::AsyncWriteExt;

use super::front::{self, PROBES};
use super::http::{answering, gigabyte, relay, serve};
use super::{BY_POLLING, BY_WEBSOCKET, Run, run, run_by};
use crate::dummies::http::{Request, parameter};

/// Floods every participant with one frame, a gigabyte of them.
async fn flooded_with(frame: Vec<u8>) -> Run {
    let front = front::start(PROBES, move |stream, server| {
        let frame = frame.clone();
        async move {
            if let Some(mut stream) = front::connected(stream, server).await {
                gigabyte(&mut stream, b"", &frame).await;
            }
        }
    });
    run_by(16, &front.await.url, &BY_WEBSOCKET)
        .await
        .ends_with(1)
}

/// A text frame of a server, of at least 126 bytes.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = match u16::try_from(text.len()) {
        Ok(length) => [&[0x81, 126], length.to_be_bytes().as_slice()].concat(),
        Err(_) => [&[0x81, 127], (text.len() as u64).to_be_bytes().as_slice()].concat(),
    };
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// Z-09: messages, small and large; what is no message; control frames; and a message that is never whole.
#[tokio::test]
async fn floods_by_websocket() {
    let said = |bytes: usize| {
        let text = "x".repeat(bytes);
        frame(&format!(
            r#"42["chat",{{"type":"chat","from":"EVE","message":"{text}"}}]"#
        ))
    };
    for flood in [said(100), said(900_000)] {
        let run = flooded_with(flood).await;
        assert!(run.finds("the server sent more than"), "{:#}", run.report());
    }
    flooded_with(frame(&"6".repeat(200))).await;
    // An unfinished text, continued for ever with nothing; and pings.
    flooded_with([b"\x01\x00".as_slice(), &b"\x00\x00".repeat(4096)].concat()).await;
    flooded_with(b"\x89\x00".repeat(4096)).await;
}

/// Z-09, in the answer to a GET.
#[tokio::test]
async fn floods_by_polling() {
    let front = front::start(PROBES, |mut stream, server| async move {
        while let Some(request) = Request::read(&mut stream).await {
            let waits = parameter(&request.head, "sid").is_some() && !request.is_post();
            if !waits {
                if relay(&mut stream, &request, server).await.is_none() {
                    return;
                }
                continue;
            }
            let body = "6\u{1e}".repeat(2 << 20);
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            if stream.write_all((head + &body).as_bytes()).await.is_err() {
                return;
            }
        }
    });
    run(&front.await.url, &BY_POLLING).await.ends_with(1);
}

/// Z-10: a frame that announces 2 GiB, and begins to send them.
#[tokio::test]
async fn a_frame_of_two_gibibytes() {
    let front = front::start(PROBES, |stream, server| async move {
        if let Some(mut stream) = front::connected(stream, server).await {
            let head = [&[0x81, 127], (2_u64 << 30).to_be_bytes().as_slice()].concat();
            gigabyte(&mut stream, &head, &[b'x'; 65536]).await;
        }
    });
    let run = run(&front.await.url, &BY_WEBSOCKET).await.ends_with(1);
    assert!(run.finds("the server sent more than"), "{:#}", run.report());
}

/// Z-11: a body without end, with an announced length and in chunks; a head without end.
#[tokio::test]
async fn bodies_without_end() {
    let endless: [(&str, &[u8]); 3] = [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n0",
            &[b' '; 65536],
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            b"4\r\n0{  \r\n",
        ),
        ("HTTP/1.1 200 OK\r\n", b"x-more: of this\r\n"),
    ];
    for (head, piece) in endless {
        let server = serve(move |mut stream| async move {
            if Request::read(&mut stream).await.is_some() {
                gigabyte(&mut stream, head.as_bytes(), piece).await;
            }
        });
        run(&server.await.url(), &[])
            .await
            .ends_with(3)
            .played_nothing();
        let front = front::start(PROBES, move |mut stream, _| async move {
            if Request::read(&mut stream).await.is_some() {
                gigabyte(&mut stream, head.as_bytes(), piece).await;
            }
        });
        run(&front.await.url, &BY_POLLING).await.ends_with(1);
    }
}

/// Z-12: the open packet `0{"sid":"a","pingInterval":9000,"pingTimeout":9000}`, compressed. Whoever decompresses answers
/// takes it for one, and would take a bomb as well.
#[tokio::test]
async fn answers_are_not_decompressed() {
    for encoding in ["gzip", "deflate"] {
        let body = match encoding {
            "gzip" => [&GZIP_HEAD, DEFLATED, GZIP_TAIL].concat(),
            _ => DEFLATED.to_vec(),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let server = answering([head.as_bytes(), &body].concat()).await;
        let told = run(&server.url(), &[]).await.ends_with(3).played_nothing();
        told.measured.ran.complains(&["is this a Socket.IO server"]);
    }
}

/// Z-12, by WebSocket: a frame of which one bit says that it is compressed, although nobody agreed to that.
#[tokio::test]
async fn frames_are_not_decompressed() {
    let front = front::start(PROBES, |stream, server| async move {
        if let Some(mut stream) = front::connected(stream, server).await {
            let head = [&[0xc1, 126], 65535_u16.to_be_bytes().as_slice()].concat();
            gigabyte(&mut stream, b"", &[head, vec![0; 65535]].concat()).await;
        }
    });
    let run = run(&front.await.url, &BY_WEBSOCKET).await.ends_with(1);
    assert!(run.finds("WebSocket protocol"), "{:#}", run.report());
}

const GZIP_HEAD: [u8; 10] = *b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff";
const DEFLATED: &[u8] = b"\x33\xa8\x56\x2a\xce\x4c\x51\xb2\x52\x4a\x54\xd2\x51\x2a\xc8\xcc\x4b\xf7\xcc\x2b\x49\x2d\x2a\x4b\xcc\x51\xb2\xb2\x34\x30\x30\x80\x88\x85\x64\xe6\xa6\xe6\x97\x96\x40\x84\x6a\x01";
const GZIP_TAIL: &[u8] = b"\xfe\x87\x25\x43\x33\x00\x00\x00";
