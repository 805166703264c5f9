//! Where a connection stands, and how long it may stand there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long a connection may stand where it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// From the first byte of a request, or the beginning of the connection, to the end of the request's header.
    pub(super) header: Duration,
    /// From the first byte of a request to the end of its body.
    pub(super) body: Duration,
    /// From an answer to the first byte of the next request.
    pub(super) idle: Duration,
}

/// Where a connection stands. Its stream, its requests and its answers move it on.
// rule: robust.http.slow
#[derive(Debug)]
pub(super) struct Phase {
    limits: Limits,
    now: Mutex<Now>,
}

#[derive(Debug, Clone, Copy)]
struct Now {
    at: At,
    /// When the request began, or the connection, or when it became idle.
    since: Instant,
    /// When the first byte of the request came, or when it became idle.
    first: Instant,
}

impl Now {
    /// From this moment on.
    fn from_now(at: At) -> Now {
        let now = Instant::now();
        Now {
            at,
            since: now,
            first: now,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// The connection is new. A header is due.
    New,
    /// Something of a header has come.
    Header,
    /// The header is there and the body is not.
    Body,
    /// The request is there, its answer has not been sent. That has no deadline: a poll waits for packets, and writes
    /// have a deadline of their own.
    Answer,
    /// Nothing is asked.
    Idle,
}

impl Phase {
    pub(super) fn new(limits: Limits) -> Phase {
        Phase {
            limits,
            now: Mutex::new(Now::from_now(At::New)),
        }
    }

    /// When the connection has stood long enough where it stands.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let Now { at, since, first } = *self.lock();
        match at {
            At::New | At::Header => Some(since + self.limits.header),
            At::Body => Some(first + self.limits.body),
            At::Idle => Some(since + self.limits.idle),
            At::Answer => None,
        }
    }

    /// Bytes have come.
    pub(super) fn read(&self) {
        let mut now = self.lock();
        match now.at {
            At::New => {
                now.at = At::Header;
                now.first = Instant::now();
            }
            At::Idle => *now = Now::from_now(At::Header),
            At::Header | At::Body | At::Answer => {}
        }
    }

    /// The header of a request has come. Until what is returned is dropped, it is not answered.
    pub(super) fn answering(self: &Arc<Self>) -> Answering {
        Answering(Arc::clone(self))
    }

    /// The header of a request has come, and its body is still to come.
    pub(super) fn body(&self) {
        self.lock().at = At::Body;
    }

    /// The header of a request has come, and it has no body. It may have come before the last answer had gone out, so that
    /// nothing has been read since.
    pub(super) fn bare(&self) {
        self.lock().at = At::Answer;
    }

    /// The body of a request has come, or the rest of it is not wanted.
    pub(super) fn whole(&self) {
        let mut now = self.lock();
        // Whoever answers early may still hold the body when the answer has been sent.
        if now.at != At::Idle {
            now.at = At::Answer;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Answering(Arc<Phase>);

impl Drop for Answering {
    fn drop(&mut self) {
        *self.0.lock() = Now::from_now(At::Idle);
    }
}
