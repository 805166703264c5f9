//! Raw requests, for what no session would do: wrong versions, unknown ids, other methods.

use std::ops::ControlFlow;

use futures_util::StreamExt;
use thiserror::Error;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;

use super::account::is_flood;
use super::error::{Fault, within};
use super::http::Channel;
use super::limits::RAW_BYTES;
use super::net::Reset;
use super::packet::cut;
use super::request::{Answer, Request};
use super::target::Target;
use super::websocket::{self, Socket};

/// One raw request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpProbe {
    /// The method, as it goes on the wire.
    pub method: String,
    /// Path and query, as they go on the wire: the target's path is not added.
    pub path_and_query: String,
    /// Headers beside those of the target, and instead of those of the same name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether to ask for a WebSocket.
    pub upgrade: bool,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpOutcome {
    /// The HTTP status; 101 where the server switched to WebSocket.
    pub status: u16,
    /// The headers in order, names in lower case, values lossy where they are not UTF-8.
    pub headers: Vec<(String, String)>,
    /// The body; empty after a switch. At most 4 MiB: more is an error.
    pub body: Vec<u8>,
    /// Whether the server switched to WebSocket.
    pub upgraded: bool,
    /// The first WebSocket message after the switch, cut after 64 KiB, lossy where it is binary.
    pub first_frame: Option<String>,
    /// Whether the server closed the WebSocket, in whatever way, before the deadline. After an
    /// Engine.IO open packet nobody waits for that: the server has accepted.
    pub closed_after_upgrade: bool,
}

/// No answer, or none that can be held.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("send {request}: {found}")]
#[non_exhaustive]
pub struct ProbeError {
    /// Whether the time was up, for programs.
    pub timed_out: bool,
    /// Method and URL.
    pub request: String,
    /// What came back, or what was being waited for.
    pub found: String,
}

impl HttpProbe {
    /// A GET without anything else.
    pub fn get(path_and_query: impl Into<String>) -> HttpProbe {
        HttpProbe {
            method: "GET".to_owned(),
            path_and_query: path_and_query.into(),
            headers: Vec::new(),
            body: Vec::new(),
            upgrade: false,
        }
    }
}

impl HttpOutcome {
    /// The first header of that name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Sends one raw request over a connection of its own. Redirections are not followed.
///
/// # Errors
///
/// [`ProbeError`] if the request cannot be sent, or no whole answer came until `deadline`.
pub async fn http(
    target: &Target,
    probe: HttpProbe,
    deadline: Instant,
) -> Result<HttpOutcome, ProbeError> {
    let upgrade = probe.upgrade;
    let shown = format!("{} {}", probe.method, probe.path_and_query);
    let request = Request {
        method: probe.method,
        path_and_query: probe.path_and_query,
        headers: probe.headers,
        body: probe.body.into(),
    };
    let result = if upgrade {
        ask_for_websocket(target, request, deadline).await
    } else {
        plain(target, &request, deadline).await
    };
    result.map_err(|fault| ProbeError {
        timed_out: matches!(fault, Fault::Timeout(_)),
        request: format!(
            "{} to {}",
            super::quote::quote(&shown, 200),
            target.authority()
        ),
        found: fault.to_string(),
    })
}

async fn plain(
    target: &Target,
    request: &Request,
    deadline: Instant,
) -> Result<HttpOutcome, Fault> {
    let left = deadline.saturating_duration_since(Instant::now());
    let mut channel = Channel::new(target.clone(), Reset::default(), left);
    let stage = "waiting for the answer";
    let answer = within(deadline, stage, channel.exchange(request)).await?;
    Ok(HttpOutcome::from(answer))
}

async fn ask_for_websocket(
    target: &Target,
    request: Request,
    deadline: Instant,
) -> Result<HttpOutcome, Fault> {
    let asked = websocket::open(target, request, &Reset::default(), deadline).await?;
    let mut outcome = HttpOutcome::from(asked.answer);
    if let Some(mut socket) = asked.socket {
        outcome.upgraded = true;
        let watching = watch(&mut socket, &mut outcome);
        // Neither a message nor an end until the deadline is an outcome, too.
        let _ = timeout_at(deadline, watching).await;
    }
    Ok(outcome)
}

async fn watch(socket: &mut Socket, outcome: &mut HttpOutcome) {
    loop {
        let step = match socket.next().await {
            Some(Ok(Message::Text(text))) => first(outcome, cut(&text)),
            Some(Ok(Message::Binary(bytes))) => {
                let start = &bytes[..bytes.len().min(RAW_BYTES)];
                first(outcome, String::from_utf8_lossy(start).into_owned())
            }
            // That was we.
            Some(Err(error)) if is_flood(&error) => ControlFlow::Break(()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => {
                outcome.closed_after_upgrade = true;
                ControlFlow::Break(())
            }
            Some(Ok(_)) => ControlFlow::Continue(()),
        };
        if step.is_break() {
            return;
        }
    }
}

fn first(outcome: &mut HttpOutcome, text: String) -> ControlFlow<()> {
    if outcome.first_frame.is_some() {
        return ControlFlow::Continue(());
    }
    let opened = text.starts_with('0');
    outcome.first_frame = Some(text);
    match opened {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

impl From<Answer> for HttpOutcome {
    fn from(answer: Answer) -> HttpOutcome {
        let headers = answer.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        });
        HttpOutcome {
            status: answer.status,
            headers: headers.collect(),
            body: answer.body.to_vec(),
            upgraded: false,
            first_frame: None,
            closed_after_upgrade: false,
        }
    }
}
