//! What the session and its background tasks share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot, watch};

use super::account::Account;
use super::clock::Clock;
use super::error::{CloseReason, SendError};
use super::inbox::Inbox;
use super::packet::{Frame, Packet, cut, weight};
use super::payload::{self, Part};
use super::tap::{Tap, Way};
use super::target::Target;

/// Sends that may wait for the task that writes. Pongs beyond are dropped: a server that asks more
/// often than it reads gets fewer answers, not our memory.
const OUTBOX: usize = 64;

pub(crate) struct Shared {
    pub(crate) inbox: Inbox,
    pub(crate) answer_pings: AtomicBool,
    /// Whether the reading tasks stand still.
    pub(crate) stalled: watch::Sender<bool>,
    pub(crate) tap: Tap,
    clock: Clock,
    outbox: Mutex<mpsc::Sender<Outgoing>>,
}

/// One order to the task that writes.
pub(crate) enum Outgoing {
    /// These frames, together: one POST, or one flush. None at all: just say that you are through.
    Frames(Vec<Frame>, Option<Done>),
    /// End the connection politely, as far as the transport knows how.
    Close(Done),
}

/// Told when an order is carried out.
pub(crate) type Done = oneshot::Sender<Result<(), SendError>>;

impl Shared {
    pub(crate) fn new(
        clock: Clock,
        target: &Target,
        tap: Tap,
    ) -> (Shared, mpsc::Receiver<Outgoing>) {
        let (outbox, orders) = mpsc::channel(OUTBOX);
        let shared = Shared {
            inbox: Inbox::new(Account::new(&target.budget)),
            answer_pings: AtomicBool::new(true),
            stalled: watch::Sender::new(false),
            tap,
            clock,
            outbox: Mutex::new(outbox),
        };
        (shared, orders)
    }

    /// Where orders go at present.
    pub(crate) fn outbox(&self) -> mpsc::Sender<Outgoing> {
        let outbox = self.outbox.lock();
        outbox.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets another task write from now on; the one before ends when its orders are carried out.
    pub(crate) fn replace_outbox(&self) -> mpsc::Receiver<Outgoing> {
        let (outbox, orders) = mpsc::channel(OUTBOX);
        *self.outbox.lock().unwrap_or_else(PoisonError::into_inner) = outbox;
        orders
    }

    /// Records one packet in text form, and answers it if it is a ping. `false` ends the reading.
    pub(crate) fn receive_text(&self, text: &str) -> bool {
        self.receive(text, Packet::from_text(text), weight(text))
    }

    pub(crate) fn receive_binary(&self, len: usize) -> bool {
        self.tap.binary(Way::Received, len);
        let packet = Packet::Binary { len };
        let at = self.clock.elapsed();
        self.inbox.push(at, String::new(), len, packet, 256)
    }

    /// Records all packets of a polling body.
    pub(crate) fn receive_body(&self, body: &[u8]) -> bool {
        payload::decode(body).all(|part| match part {
            Part::Text(text) => self.receive_text(text),
            Part::Binary(bytes) => self.receive_binary(bytes.len()),
            Part::Malformed(bytes, malformed) => {
                let text = String::from_utf8_lossy(bytes);
                self.receive(&text, Packet::Malformed(malformed), weight(&text))
            }
        })
    }

    fn receive(&self, text: &str, packet: Packet, weight: usize) -> bool {
        self.tap.text(Way::Received, text);
        let is_ping = matches!(packet, Packet::Ping { .. });
        let is_close = packet == Packet::EngineClose;
        let at = self.clock.elapsed();
        let fits = self.inbox.push(at, cut(text), text.len(), packet, weight);
        if is_ping && self.answer_pings.load(Ordering::Relaxed) {
            let pong = Outgoing::Frames(vec![Frame::from("3")], None);
            // Full means that the server does not read: it would not see this one, either.
            let _ = self.outbox().try_send(pong);
        }
        if is_close {
            self.inbox.close(CloseReason::EngineClose);
        }
        fits && !is_close
    }
}
