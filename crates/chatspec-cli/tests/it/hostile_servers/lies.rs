//! Z-14: servers that say what is not so. None of them is green.
//!
//! Each is the reference server behind a proxy that changes what it says to a participant. What a lie in the rooms' own
//! doing leads to - a message to the wrong room, a name that leaks - is the business of the faults.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::front::{self, PROBES};
use super::http::relay;
use super::{BY_POLLING, BY_WEBSOCKET, CASES, PATIENT, run};
use crate::dummies::http::{Request, parameter};
use crate::dummies::server::{Asked, Server};
use crate::dummies::seven;

/// What becomes of one text frame of the server: others, or none.
type Lie = fn(&mut Past, &str) -> Vec<String>;

/// What a liar remembers of one connection.
#[derive(Default)]
struct Past {
    said: Vec<String>,
    held_back: VecDeque<String>,
}

/// Plays the suite against a liar by WebSocket: no conversation holds.
async fn is_not_believed(lie: Lie) {
    let front = front::start(PROBES, move |stream, server| lying(stream, server, lie));
    let run = run(&front.await.url, &BY_WEBSOCKET).await.ends_with(1);
    assert_eq!(run.cases("fail").len(), CASES.len(), "{:#}", run.report());
}

async fn lying(client: TcpStream, server: SocketAddr, lie: Lie) {
    let Ok(client) = tokio_tungstenite::accept_async(client).await else {
        return;
    };
    let url = format!("ws://{server}/socket.io/?EIO=4&transport=websocket");
    let Ok(stream) = TcpStream::connect(server).await else {
        return;
    };
    let Ok((server, _)) = tokio_tungstenite::client_async(url, stream).await else {
        return;
    };
    let ((mut to_client, from_client), (to_server, mut from_server)) =
        (client.split(), server.split());
    let down = async {
        let mut past = Past::default();
        while let Some(Ok(message)) = from_server.next().await {
            let Message::Text(text) = message else {
                continue;
            };
            for text in lie(&mut past, &text) {
                if to_client.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
        }
    };
    tokio::select! {
        () = down => {}
        _ = from_client.forward(to_server) => {}
    }
}

fn is_event(text: &str) -> bool {
    text.starts_with("42")
}

#[tokio::test]
async fn everything_twice() {
    is_not_believed(|_, text| match is_event(text) {
        true => vec![text.to_owned(); 2],
        false => vec![text.to_owned()],
    })
    .await;
}

#[tokio::test]
async fn old_messages_again() {
    is_not_believed(|past, text| {
        let mut all = vec![text.to_owned()];
        if is_event(text) {
            all.extend(past.said.first().cloned());
            past.said.push(text.to_owned());
        }
        all
    })
    .await;
}

/// Everything an event later: each comes when it should have been there.
#[tokio::test]
async fn everything_too_late() {
    is_not_believed(|past, text| {
        if !is_event(text) {
            return vec![text.to_owned()];
        }
        past.held_back.push_back(text.to_owned());
        match past.held_back.len() {
            1 => vec![],
            _ => past.held_back.pop_front().into_iter().collect(),
        }
    })
    .await;
}

#[tokio::test]
async fn acknowledgements_for_nothing() {
    is_not_believed(|_, text| {
        let mut all = vec![text.to_owned()];
        if text.starts_with("43") {
            all.push("43777[]".to_owned());
        }
        all
    })
    .await;
}

#[tokio::test]
async fn acknowledgements_and_nothing_else() {
    is_not_believed(|_, text| match is_event(text) {
        true => vec![],
        false => vec![text.to_owned()],
    })
    .await;
}

/// Two messages change places: what one sender says in turn comes the wrong way round.
#[tokio::test]
async fn the_wrong_order() {
    let swap: Lie = |past, text| {
        let chat = is_event(text) && text.contains(r#""type":"chat""#);
        if chat && past.held_back.is_empty() {
            past.held_back.push_back(text.to_owned());
            return vec![];
        }
        [text.to_owned()]
            .into_iter()
            .chain(past.held_back.drain(..))
            .collect()
    };
    let front = front::start(PROBES, move |stream, server| lying(stream, server, swap));
    let run = run(&front.await.url, &BY_WEBSOCKET).await.ends_with(1);
    assert_eq!(
        run.cases("fail"),
        ["order/sender@websocket"],
        "{:#}",
        run.report()
    );
}

/// Always the same success, whatever was asked; and everything back that was said.
#[tokio::test]
async fn always_the_same() {
    let yes: fn(&Asked<'_>) = |asked| asked.acknowledge(&Value::Array(vec![]));
    for answer in [yes, seven::echo] {
        let server = Server::start(seven::open(answer)).await;
        let run = run(&server.url, &PATIENT).await.ends_with(1);
        assert_eq!(run.cases("pass"), [""; 0]);
    }
}

/// Right to the first clients, and then to nobody: what the first ones saw is all that counts for them.
#[tokio::test]
async fn right_to_the_first_clients() {
    let front = front::start(PROBES + 1, |stream, server| {
        lying(stream, server, |_, text| match is_event(text) {
            true => vec![],
            false => vec![text.to_owned()],
        })
    });
    let run = run(&front.await.url, &BY_WEBSOCKET).await.ends_with(1);
    assert_eq!(run.cases("pass"), [""; 0]);
}

/// The session id of somebody else.
#[tokio::test]
async fn the_wrong_sid() {
    let front = front::start(PROBES, |mut stream, server| async move {
        while let Some(mut request) = Request::read(&mut stream).await {
            if let Some(sid) = parameter(&request.head, "sid").map(str::to_owned) {
                // To the server, everybody is somebody else.
                request.head = request.head.replacen(&sid, "someone", 1);
            }
            if relay(&mut stream, &request, server).await.is_none() {
                return;
            }
        }
    });
    let run = run(&front.await.url, &BY_POLLING).await.ends_with(1);
    assert_eq!(run.cases("pass"), [""; 0]);
}
