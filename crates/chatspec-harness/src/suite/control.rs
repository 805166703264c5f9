//! The control before a run: is there a server of the transport at all, and does it answer a single request?

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::Instant;

use super::SuiteError;
use crate::drive::Stage;
use crate::wire::{Next, OpenOptions, Packet, Session, Transport, socket};

/// When a session must stand, and when the answer must be there: a wrong URL is told within ten seconds.
const OPENING: Duration = Duration::from_secs(6);
const ANSWERED: Duration = Duration::from_secs(9);

/// A server that opens sessions and then does not answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "ask {url} who is in a room: the session opened, but {found}; is this the chat server, and does it handle the event `chat`?"
)]
pub struct ControlError {
    url: String,
    found: String,
    lost: bool,
}

/// How often a connection that is lost meanwhile is tried anew, the first time included.
const ATTEMPTS: u32 = 3;

/// Asks, again where the connection is lost: a network that loses one of ten is no reason to test nothing.
pub(super) async fn check(stage: &Stage) -> Result<(), SuiteError> {
    let mut attempt = 1;
    loop {
        match once(stage).await {
            Err(error) if attempt < ATTEMPTS && is_lost(&error) => attempt += 1,
            result => return result,
        }
    }
}

fn is_lost(error: &SuiteError) -> bool {
    match error {
        SuiteError::Open(error) => error.lost,
        SuiteError::Control(error) => error.lost,
        SuiteError::Process(_) | SuiteError::Task(_) => false,
    }
}

/// Whether the server answers anybody. It is asked twice: one that was busy for a moment is not gone.
async fn answers(stage: &Stage) -> bool {
    check(stage).await.is_ok() || check(stage).await.is_ok()
}

/// The same of every node.
pub(super) async fn all_answer(stage: &Stage) -> bool {
    let nodes = stage.each_node();
    join_all(nodes.iter().map(answers))
        .await
        .into_iter()
        .all(|answers| answers)
}

/// Opens a session, by WebSocket or else by polling, and waits for one acknowledged answer to a `users` request.
async fn once(stage: &Stage) -> Result<(), SuiteError> {
    let started = Instant::now();
    let deadline = started + OPENING.mul_f64(stage.timeout_scale);
    let options = |transport| OpenOptions {
        transport,
        clock: stage.clock,
        patience: stage.patience(),
        ..OpenOptions::default()
    };
    let mut session =
        match Session::open(&stage.target, options(Transport::Websocket), deadline).await {
            Ok(session) => session,
            // A server without WebSocket fails its own rule, not the whole run; but a dead one is not asked twice.
            Err(error) => {
                match Session::open(&stage.target, options(Transport::Polling), deadline).await {
                    Ok(session) => session,
                    Err(_) => return Err(error.into()),
                }
            }
        };
    let request = json!({"event": "users", "room": format!("CONTROL-{}", crate::drive::tag(stage.seed, "control"))});
    let packet = socket::event(socket::MAIN, Some("1"), "chat", &[request]);
    let url = stage.target.url.to_string();
    let failed = |found: String, lost: bool| {
        Err(ControlError {
            url: url.clone(),
            found,
            lost,
        }
        .into())
    };
    if let Err(error) = session.send_packets(&[packet]).await {
        let lost = session.closed().is_some_and(|reason| reason.is_lost());
        return failed(error.to_string(), lost);
    }
    let deadline = started + ANSWERED.mul_f64(stage.timeout_scale);
    loop {
        match session.next(deadline).await {
            Next::Received(packet) if matches!(&packet.packet, Packet::Ack { id, .. } if id == "1") =>
            {
                return Ok(());
            }
            Next::Received(_) => {}
            Next::Closed(reason) => {
                return failed(format!("the connection ended: {reason}"), reason.is_lost());
            }
            Next::Deadline => {
                return failed(
                    "a `users` request with an acknowledgement was not answered".to_owned(),
                    false,
                );
            }
        }
    }
}
