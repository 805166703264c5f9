//! Why a session ended, and why a send or an upgrade failed.

use std::time::Duration;

use thiserror::Error;

use super::Fault;
use crate::wire::account::{Flooded, is_flood};
use crate::wire::answer;
use crate::wire::quote::escape;
use crate::wire::request::Answer;

/// Why a session is over. The first reason stays.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CloseReason {
    /// We closed or aborted it.
    #[error("closed by us")]
    ByUs,
    /// The server sent an Engine.IO close packet.
    #[error("the server closed the Engine.IO session")]
    EngineClose,
    /// The server sent a WebSocket close frame.
    #[error("the server closed the WebSocket with {}", with(*code, reason))]
    WebsocketClose {
        /// The code, where there is one.
        code: Option<u16>,
        /// The reason, with control characters escaped; mostly empty.
        reason: String,
    },
    /// A polling request was answered with something else than success.
    #[error("the server answered a {method} with {summary}")]
    Status {
        /// `GET` or `POST`.
        method: &'static str,
        /// The HTTP status.
        status: u16,
        /// Status and the beginning of the body, quoted.
        summary: String,
        /// The body, cut after [`answer::BODY`] characters, lossy.
        body: String,
    },
    /// The connection ended without a word, or could not be opened again.
    #[error("{0}")]
    Lost(String),
    /// What arrived over a WebSocket breaks its protocol: bad frames, invalid UTF-8, bare HTTP.
    #[error("the server broke the WebSocket protocol: {0}")]
    Protocol(String),
    /// One body or message was longer than we take.
    #[error("the server sent more than {limit} bytes at once")]
    TooLarge {
        /// What is allowed.
        limit: usize,
    },
    /// More came than we hold: over the connection, or over all connections together.
    #[error("the server sent {Flooded}")]
    Flood,
}

/// Why frames were not sent, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The session is over.
    #[error("send on a session that is over: {0}")]
    Closed(CloseReason),
    /// The server took nothing for so long. The frames stay in the queue, and may still arrive.
    #[error("send within {0:?}: the server does not take it")]
    Timeout(Duration),
    /// The server answered the POST with something else than success. That ends the session.
    #[error("send by POST: the server answered {summary}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// Status and the beginning of the body, quoted.
        summary: String,
    },
}

/// Why a session is still on polling.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UpgradeError {
    /// It is on WebSocket already.
    #[error("upgrade a session that is on WebSocket already")]
    NotPolling,
    /// The session is over.
    #[error("upgrade a session that is over: {0}")]
    Closed(CloseReason),
    /// The server did not open the WebSocket.
    #[error("upgrade to WebSocket: the server answered {0}")]
    Refused(String),
    /// The WebSocket stands, but the server did not answer the probe as it has to.
    #[error("upgrade to WebSocket: {0}")]
    Failed(String),
    /// The connection for it was lost.
    #[error("upgrade to WebSocket: {0}")]
    Lost(String),
    /// Something did not come in time.
    #[error("upgrade to WebSocket in time: nothing came while {0}")]
    Timeout(String),
}

impl CloseReason {
    /// Whether the connection ended without a word: the server's doing, or the network's.
    pub fn is_lost(&self) -> bool {
        matches!(self, CloseReason::Lost(_))
    }

    pub(crate) fn fault(fault: Fault) -> CloseReason {
        match fault {
            Fault::TooLarge { limit } => CloseReason::TooLarge { limit },
            Fault::Flood(_) => CloseReason::Flood,
            other => CloseReason::Lost(other.to_string()),
        }
    }

    /// Whether the server sent more than we take: then it is we who ended the session.
    pub(crate) fn is_excess(&self) -> bool {
        matches!(self, CloseReason::TooLarge { .. } | CloseReason::Flood)
    }

    pub(crate) fn answer(method: &'static str, answer: &Answer) -> CloseReason {
        CloseReason::Status {
            method,
            status: answer.status,
            summary: answer.summary(),
            body: answer::text(&answer.body),
        }
    }

    pub(crate) fn websocket(error: &tokio_tungstenite::tungstenite::Error) -> CloseReason {
        use tokio_tungstenite::tungstenite::Error;
        match error {
            error if is_flood(error) => CloseReason::Flood,
            Error::Capacity(_) => CloseReason::TooLarge {
                limit: crate::wire::limits::MESSAGE_BYTES,
            },
            Error::Protocol(
                tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            ) => CloseReason::Lost("the server dropped it without closing".to_owned()),
            Error::ConnectionClosed | Error::AlreadyClosed => {
                CloseReason::Lost("the server dropped it".to_owned())
            }
            Error::Io(error) => CloseReason::Lost(format!(
                "the connection was lost: {}",
                escape(&error.to_string())
            )),
            other => CloseReason::Protocol(escape(&other.to_string())),
        }
    }

    pub(crate) fn websocket_frame(
        frame: Option<&tokio_tungstenite::tungstenite::protocol::CloseFrame>,
    ) -> CloseReason {
        CloseReason::WebsocketClose {
            code: frame.map(|frame| frame.code.into()),
            reason: escape(frame.map_or("", |frame| frame.reason.as_str())),
        }
    }
}

fn with(code: Option<u16>, reason: &str) -> String {
    let code = code.map_or("no code".to_owned(), |code| format!("code {code}"));
    match reason {
        "" => code,
        reason => format!("{code}: {reason}"),
    }
}

impl UpgradeError {
    /// Whether the connection ended without a word.
    pub fn is_lost(&self) -> bool {
        match self {
            UpgradeError::Lost(_) => true,
            UpgradeError::Closed(reason) => reason.is_lost(),
            _ => false,
        }
    }

    pub(crate) fn fault(fault: Fault) -> UpgradeError {
        match fault {
            Fault::Timeout(stage) => UpgradeError::Timeout(stage),
            Fault::Lost(_) => UpgradeError::Lost(fault.to_string()),
            other => UpgradeError::Failed(other.to_string()),
        }
    }

    pub(crate) fn websocket(error: &tokio_tungstenite::tungstenite::Error) -> UpgradeError {
        let reason = CloseReason::websocket(error);
        if reason.is_lost() {
            UpgradeError::Lost(reason.to_string())
        } else {
            UpgradeError::Failed(reason.to_string())
        }
    }

    pub(crate) fn send(error: SendError) -> UpgradeError {
        match error {
            SendError::Closed(reason) if reason.is_lost() => UpgradeError::Closed(reason),
            other => UpgradeError::Failed(other.to_string()),
        }
    }
}
