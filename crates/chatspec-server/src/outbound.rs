//! Deliveries to emits.
//!
//! Everything is addressed to socketioxide rooms, a single session included. `Socket::emit` would fail for a session
//! whose CONNECT reply is out but which is not yet marked as connected, and what a quick client asks first would get no
//! answer.

mod address;

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use chatspec::limits::{CHAT_EVENT, REFUSAL_EVENT};
use chatspec::message::ServerMessage;
use chatspec::refusal::Refusal;
use chatspec_room::{AckToken, Audience, Delivery, SessionId};
use serde::Serialize;
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::{BroadcastError, SendError, SocketError, SocketIo};
use tracing::{debug, error};

use crate::parting::Why;

use address::{full, member_rooms, receivers};
pub(crate) use address::{session_room, socket};

/// Carries deliveries out, one by one, without ever waiting.
pub(crate) struct Voice<'a> {
    pub(crate) io: &'a SocketIo,
    pub(crate) acks: &'a mut BTreeMap<AckToken, AckSender>,
    /// Those for whom too much waits: they hear nothing more, and are to be taken out.
    pub(crate) slow: &'a mut VecDeque<Slow>,
    /// Whether there may be members of whom we do not know.
    pub(crate) partial: bool,
    #[cfg(feature = "fault")]
    pub(crate) faults: Option<&'a mut crate::Faults>,
}

/// A receiver that does not keep up, or must not be there any more.
pub(crate) struct Slow {
    pub(crate) session: SessionId,
    pub(crate) socket: SocketRef,
    pub(crate) why: Why,
}

/// A listing that may lack members of other nodes.
#[derive(Serialize)]
struct Partial<'a> {
    #[serde(flatten)]
    message: &'a ServerMessage,
    partial: bool,
}

/// Tells those who get it that something that was meant for them is lost. Clients that do not know the type ignore it (rule
/// `message.unknown-types`).
#[derive(Serialize)]
struct Gap {
    r#type: &'static str,
    message: &'static str,
}

const GAP: Gap = Gap {
    r#type: "gap",
    message: "Messages of others may be missing here",
};

impl Voice<'_> {
    pub(crate) fn perform(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Enter { session, room } => {
                if let Some(socket) = receivers(self.io, &Audience::Session(session)) {
                    now(socket.join(member_rooms(&room)));
                }
            }
            Delivery::Exit { session, room } => {
                if let Some(socket) = receivers(self.io, &Audience::Session(session)) {
                    now(socket.leave(member_rooms(&room)));
                }
            }
            Delivery::Message {
                audience,
                message: message @ ServerMessage::Users(_),
            } if self.partial => {
                let message = Partial {
                    message: &message,
                    partial: true,
                };
                self.emit(&audience, CHAT_EVENT, &message);
            }
            Delivery::Message { audience, message } => self.emit(&audience, CHAT_EVENT, &message),
            Delivery::Expel { session } => {
                if let Some(socket) = socket(self.io, session) {
                    self.give_up(session, socket, Why::Cluster);
                }
            }
            // rule: refusal.form
            Delivery::Refuse { session, refusal } => {
                self.emit(
                    &Audience::Session(session),
                    REFUSAL_EVENT,
                    &refusal.to_json_text(),
                );
            }
            Delivery::Ack {
                session,
                token,
                outcome,
            } => self.acknowledge(session, token, outcome.err()),
        }
    }

    /// Tells an audience that it has missed something.
    // rule: order.no-gap
    pub(crate) fn gap(&mut self, audience: &Audience) {
        self.emit(audience, CHAT_EVENT, &GAP);
    }

    fn emit<T: Serialize>(&mut self, audience: &Audience, event: &'static str, body: &T) {
        #[cfg(feature = "fault")]
        if let Some(faults) = &mut self.faults {
            for emission in faults.emit(audience, event, body) {
                self.send(&emission.audience, &emission.event, &emission.arguments());
            }
            return;
        }
        self.send(audience, event, body);
    }

    /// Sends an event to all of an audience, encoded once.
    fn send<T: Serialize>(&mut self, audience: &Audience, event: &str, body: &T) {
        let Some(receivers) = receivers(self.io, audience) else {
            return;
        };
        match now(receivers.emit(event, body)) {
            Some(Ok(())) => {}
            Some(Err(BroadcastError::Socket(errors))) => self.miss(audience, &errors),
            Some(Err(error)) => error!(?audience, %error, "message lost"),
            None => error!(?audience, "message lost: the adapter waits"),
        }
    }

    /// Gives those up whose queue is full, since some of them have missed something. Of the errors the others are of those
    /// who are gone, and will be disconnected presently.
    fn miss(&mut self, audience: &Audience, errors: &[SocketError]) {
        let missed = errors
            .iter()
            .filter(|error| matches!(error, SocketError::InternalChannelFull))
            .count();
        let full = full(self.io, audience);
        if full.len() < missed {
            error!(
                ?audience,
                missed, "some have missed a message, and nobody knows who"
            );
        }
        for (session, socket) in full {
            self.give_up(session, socket, Why::Slow);
        }
    }

    /// From here on nothing is sent to it, so that what it has is all of what was sent, up to a point.
    // rule: order.no-gap
    fn give_up(&mut self, session: SessionId, socket: SocketRef, why: Why) {
        socket.leave_all();
        self.slow.push_back(Slow {
            session,
            socket,
            why,
        });
    }

    fn acknowledge(&mut self, session: SessionId, token: AckToken, refusal: Option<Refusal>) {
        let Some(sender) = self.acks.remove(&token) else {
            return;
        };
        #[cfg(feature = "fault")]
        if let Some(faults) = &mut self.faults {
            faults.acknowledge(sender, refusal);
            return;
        }
        let sent = match refusal {
            Some(refusal) => sender.send(&(refusal,)),
            // No argument at all: a unit would be sent as null.
            None => sender.send::<[(); 0]>(&[]),
        };
        match sent {
            Ok(()) => {}
            Err(SendError::Socket(SocketError::Closed)) => {
                debug!(session = session.0, "ack for one who is gone")
            }
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                if let Some(socket) = socket(self.io, session) {
                    self.give_up(session, socket, Why::Slow);
                }
            }
            Err(error) => error!(session = session.0, %error, "ack lost"),
        }
    }
}

/// The result of a future that does not wait. With the local adapter no operation does.
fn now<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
