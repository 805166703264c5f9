//! The body of a POST: one at a time for a session, and no more packets in it than there may be. Its bytes are counted by
//! Engine.IO, which stops reading at the limit.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, SizeHint};

use super::Refused;

/// What stands between two packets of a payload.
const SEPARATOR: u8 = 0x1e;
/// No session id is longer; what is, need not be kept.
const SID_BYTES: usize = 64;

/// The sessions for which a POST is being read, and what is found wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Posts(Arc<Mutex<HashMap<String, Found>>>);

impl Posts {
    /// Begins a POST for a session. If another has not ended, it is over with both.
    ///
    /// # Errors
    ///
    /// What to say then.
    // rule: robust.polling.overlap
    pub(super) fn begin(&self, sid: &str) -> Result<Turn, Refused> {
        let turn = |sid| Turn {
            posts: self.clone(),
            sid,
            found: Found::default(),
        };
        if sid.len() > SID_BYTES {
            return Ok(turn(None));
        }
        let mut posts = self.lock();
        if let Some(other) = posts.get(sid) {
            let refused = Refused::bad(3, "Bad request: two POSTs at once");
            other.find(refused);
            return Err(refused);
        }
        let turn = turn(Some(sid.to_owned()));
        posts.insert(sid.to_owned(), turn.found.clone());
        Ok(turn)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A POST that is being read.
#[derive(Debug)]
pub(super) struct Turn {
    posts: Posts,
    /// None for an id that is none.
    sid: Option<String>,
    found: Found,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(sid) = &self.sid {
            self.posts.lock().remove(sid);
        }
    }
}

/// What was found wrong with a body while it was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Found(Arc<OnceLock<Refused>>);

impl Found {
    /// The first that is found counts.
    fn find(&self, refused: Refused) {
        let _ = self.0.set(refused);
    }

    pub(super) fn refused(&self) -> Option<Refused> {
        self.0.get().copied()
    }
}

/// The same request, whose body ends with an error where something wrong is found.
pub(super) fn watched(request: Request, turn: Turn, packets: usize) -> (Request, Found) {
    let found = turn.found.clone();
    let watched = |body| {
        Body::new(Watched {
            body,
            turn,
            separators_left: packets,
        })
    };
    (request.map(watched), found)
}

struct Watched {
    body: Body,
    turn: Turn,
    /// With as many separators as there may be packets, something has to end.
    separators_left: usize,
}

impl Watched {
    /// Looks at what has come.
    fn look(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        for byte in bytes {
            if self.separators_left == 0 {
                let refused = Refused::bad(3, "Bad request: too many packets");
                self.turn.found.find(refused);
                break;
            }
            if *byte == SEPARATOR {
                self.separators_left -= 1;
            }
        }
        self.turn.found.refused().map_or(Ok(()), Err)
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let bytes = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(&[][..], |bytes| bytes),
            _ => &[],
        };
        if let Err(refused) = self.look(bytes) {
            return Poll::Ready(Some(Err(axum::Error::new(refused))));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
