//! Z-05 to Z-07: servers that take their time. Every wait has a deadline, and nobody waits twice for the same.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval};

use super::front::{self, PROBES};
use super::http::serve;
use super::{BY_POLLING, BY_WEBSOCKET, CASES, PATIENT, Run, run};
use crate::dummies::http::read_to_end;

/// Whoever is cut off in the first conversation fails it; the others are not waited for.
#[track_caller]
fn cut_off_at_once(run: Run) {
    let run = run.ends_with(1);
    let (failed, blocked) = (run.cases("fail"), run.cases("blocked"));
    assert_eq!((failed.len(), blocked.len()), (1, CASES.len() - 1));
    let ran = run.measured.ran;
    ran.says(&["FAIL ", "does not conform", "blocked by "]);
}

/// Z-05, from the first connection on, and in the midst of a run.
#[tokio::test]
async fn never_answers() {
    let silent = serve(|mut stream| async move { read_to_end(&mut stream).await }).await;
    let told = run(&silent.url(), &PATIENT)
        .await
        .ends_with(3)
        .played_nothing();
    told.measured.ran.complains(&["timed out after"]);
    let front = front::start(PROBES, |mut stream, _| async move {
        read_to_end(&mut stream).await;
    });
    cut_off_at_once(run(&front.await.url, &[BY_WEBSOCKET, PATIENT].concat()).await);
}

/// Z-06: a byte a tick. A tick is a second, scaled as the patience is.
#[tokio::test]
async fn a_byte_a_second() {
    let front = front::start(0, byte_by_byte).await;
    run(&front.url, &PATIENT)
        .await
        .ends_with(3)
        .played_nothing();
    let front = front::start(PROBES, byte_by_byte).await;
    cut_off_at_once(run(&front.url, &[BY_WEBSOCKET, PATIENT].concat()).await);
    let front = front::start(PROBES, byte_by_byte).await;
    cut_off_at_once(run(&front.url, &[BY_POLLING, PATIENT].concat()).await);
}

async fn byte_by_byte(mut client: TcpStream, server: SocketAddr) {
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = tokio::io::copy(&mut from_client, &mut to_server);
    let down = async {
        let mut second = interval(Duration::from_millis(500));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while let Ok(byte) = from_server.read_u8().await {
            second.tick().await;
            if to_client.write_u8(byte).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(up, down).0.ok();
}

/// Z-07: half a frame by WebSocket, half a body by polling.
#[tokio::test]
async fn stalls_in_the_midst_of_a_message() {
    let front = front::start(PROBES, |stream, server| async move {
        if let Some(mut stream) = front::connected(stream, server).await {
            // A text of 100 bytes, of which 5 come.
            let _ = stream.write_all(b"\x81\x6442[\"c").await;
            read_to_end(&mut stream).await;
        }
    });
    cut_off_at_once(run(&front.await.url, &[BY_WEBSOCKET, PATIENT].concat()).await);
    let front = front::start(PROBES, |mut stream, _| async move {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0{";
        let _ = stream.write_all(head.as_bytes()).await;
        read_to_end(&mut stream).await;
    });
    cut_off_at_once(run(&front.await.url, &[BY_POLLING, PATIENT].concat()).await);
}
