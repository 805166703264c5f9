//! The other end of one Engine.IO connection, whatever sessions of the namespace come and go on it.
//!
//! It travels in the extensions of the request that opens the connection, which engineioxide keeps as long as that.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use chatspec::refusal::{Code, Refusal};
use chatspec_room::Action;
use socketioxide::socket::Socket;
use tokio::time::Instant;

use crate::meter::{Kind, Load, Meter, Rates, Weight};

/// What belongs to a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    rates: Rates,
    born: Instant,
    meter: Mutex<Meter>,
    /// It has sent far too much: there is no session for it any more.
    barred: AtomicBool,
}

/// What an event of a connection comes to.
pub(crate) struct Weighed {
    pub(crate) action: Action,
    /// Whether its session is to be ended after this. The connection gets no other.
    pub(crate) last: bool,
}

/// Gives each request the peer of the connection that it may open.
pub(crate) async fn bring(
    State(rates): State<Rates>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(Arc::new(Peer::new(rates)));
    next.run(request).await
}

impl Peer {
    fn new(rates: Rates) -> Self {
        Self {
            rates,
            born: Instant::now(),
            meter: Mutex::default(),
            barred: AtomicBool::new(false),
        }
    }

    /// The peer of a socket. The same for each session on it, so that nobody starts afresh with a new CONNECT.
    pub(crate) fn of(socket: &Socket) -> Option<Arc<Self>> {
        socket.req_parts().extensions.get::<Arc<Self>>().cloned()
    }

    /// Whether the connection may ask for the namespace: a CONNECT is a packet like others, and whoever has been thrown out
    /// for what it sent stays out.
    // rule: robust.load.persistent
    pub(crate) fn may_connect(&self) -> bool {
        let connect = Load {
            kind: Kind::Other,
            bytes: 0,
        };
        !self.barred.load(Ordering::Relaxed) && self.weight(connect) == Weight::Fair
    }

    /// Weighs an act that came in so many bytes: what is beyond the rates is refused in place of it.
    // rule: limits.load
    pub(crate) fn weigh(&self, action: Action, bytes: usize) -> Weighed {
        let kind = match &action {
            Action::Message(message) => Kind::of(message),
            _ => Kind::Other,
        };
        match self.weight(Load { kind, bytes }) {
            Weight::Fair => Weighed {
                action,
                last: false,
            },
            Weight::Excess { wait, last } => Weighed {
                action: match action {
                    Action::Message(message) => {
                        let mut refusal = Refusal::new(
                            Code::RateLimited,
                            "too many messages in too short a time",
                        )
                        // rule: robust.load.retry
                        .retry_after(wait);
                        refusal.event = Some(message.tag());
                        Action::Excess(message, refusal)
                    }
                    other => other,
                },
                last,
            },
        }
    }

    fn weight(&self, load: Load) -> Weight {
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        let weight = meter.weigh(&self.rates, self.born.elapsed(), load);
        if matches!(weight, Weight::Excess { last: true, .. }) {
            self.barred.store(true, Ordering::Relaxed);
        }
        weight
    }
}
