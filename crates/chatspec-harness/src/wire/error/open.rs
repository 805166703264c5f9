//! Why no session came to stand.

use std::time::Duration;

use thiserror::Error;

use super::Fault;
use crate::wire::limits::QUOTED_CHARS;
use crate::wire::quote::{escape, quote};
use crate::wire::request::Answer;

/// One sentence for people: what was tried, what came back, what to do. Reads well after "failed to".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{attempt}: {found}; {mend}")]
#[non_exhaustive]
pub struct OpenError {
    /// Which of the ways to fail it is, for programs.
    pub kind: OpenErrorKind,
    /// What was tried, with the URL.
    pub attempt: String,
    /// What came back.
    pub found: String,
    /// What to do about it.
    pub mend: &'static str,
    /// The HTTP status, where one came back.
    pub status: Option<u16>,
    /// Whether the connection ended without a word: the server's doing, or the network's.
    pub lost: bool,
}

/// The ways in which opening a session fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OpenErrorKind {
    /// The target itself is wrong: no server can be meant.
    BadTarget,
    /// No connection: no such name, refused, TLS failed.
    Unreachable,
    /// Something did not come in time.
    Timeout,
    /// Something answered, but not as an Engine.IO 4 server does, or it does not open a session.
    NotSocketIo,
    /// The server refused the namespace with CONNECT_ERROR.
    Refused,
    /// The connection or the session ended before it was open.
    Closed,
}

/// What is being opened, for the error texts.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) text: String,
    pub(crate) started: tokio::time::Instant,
}

impl Attempt {
    fn error(&self, kind: OpenErrorKind, found: String) -> OpenError {
        OpenError {
            kind,
            attempt: self.text.clone(),
            found,
            mend: mend(kind),
            status: None,
            lost: false,
        }
    }

    pub(crate) fn fault(&self, fault: Fault) -> OpenError {
        let kind = match fault {
            Fault::Target(_) => OpenErrorKind::BadTarget,
            Fault::Unreachable(_) => OpenErrorKind::Unreachable,
            Fault::Tls(_) => {
                let mend = "does the port speak TLS, and is its certificate one that we trust? \
                            SSL_CERT_FILE names a file with further authorities";
                let error = self.error(OpenErrorKind::Unreachable, fault.to_string());
                return OpenError { mend, ..error };
            }
            Fault::Lost(_) => OpenErrorKind::Closed,
            Fault::NotHttp(_) | Fault::TooLarge { .. } | Fault::Flood(_) => {
                OpenErrorKind::NotSocketIo
            }
            Fault::Timeout(stage) => return self.timeout(&stage),
        };
        OpenError {
            lost: matches!(fault, Fault::Lost(_)),
            ..self.error(kind, fault.to_string())
        }
    }

    pub(crate) fn timeout(&self, stage: &str) -> OpenError {
        let waited = seconds(self.started.elapsed());
        let found = format!("timed out after {waited} while {stage}");
        self.error(OpenErrorKind::Timeout, found)
    }

    pub(crate) fn closed(&self, reason: &super::CloseReason) -> OpenError {
        OpenError {
            lost: reason.is_lost(),
            ..self.error(OpenErrorKind::Closed, reason.to_string())
        }
    }

    pub(crate) fn upgrade(&self, error: &super::UpgradeError) -> OpenError {
        let kind = match error {
            super::UpgradeError::Timeout(_) => OpenErrorKind::Timeout,
            super::UpgradeError::Closed(_) | super::UpgradeError::Lost(_) => OpenErrorKind::Closed,
            _ => OpenErrorKind::NotSocketIo,
        };
        let found = format!("the session opened by polling, but failed to {error}");
        OpenError {
            lost: error.is_lost(),
            ..self.error(kind, found)
        }
    }

    pub(crate) fn not_socket_io(&self, found: String) -> OpenError {
        self.error(OpenErrorKind::NotSocketIo, found)
    }

    pub(crate) fn refused(&self, raw: &str) -> OpenError {
        let found = format!(
            "the server refused the CONNECT with {}",
            quote(raw, QUOTED_CHARS)
        );
        self.error(OpenErrorKind::Refused, found)
    }

    /// An HTTP answer that opens no session.
    pub(crate) fn answer(&self, answer: &Answer) -> OpenError {
        let mut found = format!("the server answered {}", answer.summary());
        if let Some(to) = answer.header("location") {
            found += &format!(", a redirection to {}", quote(&to, QUOTED_CHARS));
        }
        OpenError {
            status: Some(answer.status),
            ..self.error(OpenErrorKind::NotSocketIo, found)
        }
    }
}

fn mend(kind: OpenErrorKind) -> &'static str {
    match kind {
        OpenErrorKind::BadTarget => "mend the URL, the path or the header",
        OpenErrorKind::Unreachable => "is the server running, and are host, port and scheme right?",
        OpenErrorKind::Timeout => "is the server alive, or does it need more time?",
        OpenErrorKind::NotSocketIo => {
            "is this a Socket.IO server (Engine.IO protocol 4), and is its path right?"
        }
        OpenErrorKind::Refused => "does the server want authentication or another namespace?",
        OpenErrorKind::Closed => "see the server's log for why it ended the connection",
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

impl Answer {
    /// Status and the beginning of the body, harmless to print.
    pub(crate) fn summary(&self) -> String {
        let reason = hyper::StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("");
        let body = quote(&String::from_utf8_lossy(&self.body), QUOTED_CHARS);
        escape(&format!("HTTP {} {reason}", self.status))
            .trim_end()
            .to_owned()
            + " "
            + &body
    }
}
