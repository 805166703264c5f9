//! Frames to commands.
//!
//! socketioxide calls a handler on the connection's reader, one event after the other, but a closure given as a handler
//! has its body spawned: two events of one client can then overtake each other, and a new connection can miss the end
//! of the old one. So the handlers here are types of our own, which do all their work where they are called.

mod packet;

use std::fmt;
use std::future::{Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use chatspec::limits::CHAT_EVENT;
use chatspec::refusal::{Code, Refusal};
use chatspec_room::Action;
use socketioxide::SocketIo;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use socketioxide::handler::{DisconnectHandler, FromMessageParts, MessageHandler, Value};
use socketioxide::socket::{DisconnectReason, Socket};
use tracing::{error, info};

use crate::auth::Credentials;
use crate::hub::{Hub, Session};
use crate::outbound;
use crate::parting::Why;
use crate::peer::{Peer, Weighed};

/// What stands behind a CONNECT: an object, or nothing, which the library takes for an empty one.
pub(crate) type ConnectData = TryData<Credentials>;

/// A CONNECT that is refused. The text reaches the client in the CONNECT_ERROR.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unwelcome {
    /// Something else stands behind it.
    BadData,
    /// Nobody knows what it may send: a bug of ours.
    Broken,
    /// Its connection has sent too much.
    Excess,
    /// It has no token that opens the server. Whether it had one at all is not told.
    Unauthorized,
}

impl fmt::Display for Unwelcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadData => "what stands behind a CONNECT is a JSON object, or nothing",
            Self::Broken => "the server failed",
            Self::Excess => "too much in too short a time",
            Self::Unauthorized => "not authorized",
        })
    }
}

/// Gives a new connection its session and its handlers. Runs before the CONNECT reply.
pub(crate) fn attach(
    hub: Arc<Hub>,
    socket: &SocketRef,
    io: SocketIo,
    TryData(data): ConnectData,
) -> Ready<Result<(), Unwelcome>> {
    // Every request passes the layer that brings it.
    let Some(peer) = Peer::of(socket) else {
        error!("a connection without a peer");
        return ready(Err(Unwelcome::Broken));
    };
    if !peer.may_connect() {
        return ready(Err(Unwelcome::Excess));
    }
    // rule: robust.packet.connect-data
    let Ok(credentials) = data else {
        return ready(Err(Unwelcome::BadData));
    };
    if !hub.admits(credentials.token.as_deref()) {
        return ready(Err(Unwelcome::Unauthorized));
    }
    let session = Arc::new(hub.open(io));
    #[cfg(feature = "fault")]
    hub.announce(&session, socket.id.as_str());
    info!(session = session.id.0, transport = ?socket.transport_type(), "connect");
    // The session's own room is how it is addressed. It is joined here, before anything can be sent to it.
    socket.join(outbound::session_room(session.id));
    let link = Link { hub, session, peer };
    socket.on(CHAT_EVENT, ChatEvent(link.clone()));
    socket.on_fallback(OtherEvent(link.clone()));
    socket.on_disconnect(End(link));
    ready(Ok(()))
}

/// One connection's way to the rooms.
#[derive(Clone)]
struct Link {
    hub: Arc<Hub>,
    session: Arc<Session>,
    peer: Arc<Peer>,
}

impl Link {
    /// Hands on what an event stands for, unless its connection has sent too much. What a session sends that has been
    /// thrown out, and cannot be told yet, is not even weighed.
    fn submit(&self, socket: &Arc<Socket>, action: Action, value: Value, ack: Option<i64>) {
        if !self.hub.has(&self.session) {
            return;
        }
        let Weighed { action, last } = self.peer.weigh(action, size(&value));
        self.hub
            .submit(&self.session, action, sender(socket, value, ack));
        // rule: robust.load.persistent
        if last {
            self.hub
                .expel(&self.session, Arc::clone(socket).into(), Why::Rates);
        }
    }

    /// The packet that is read instead of the one that came.
    #[cfg(feature = "fault")]
    fn tamper(&self, value: Value) -> Value {
        match value {
            Value::Str(text, attached) => {
                let text = self.hub.tamper(&self.session, text.as_str().to_owned());
                Value::Str(text.into(), attached)
            }
            binary @ Value::Bytes(_) => binary,
        }
    }

    /// Does what an event asks for, and takes the time.
    fn handle(&self, socket: &Arc<Socket>, work: impl FnOnce()) {
        let began = Instant::now();
        self.contain(socket, work);
        self.hub.metrics.handle(began.elapsed());
    }

    /// Does a handler's work. A panic would end the task that reads the connection and leave the client connected to
    /// nobody, so it stops here, and the client is told that it is disconnected.
    fn contain(&self, socket: &Arc<Socket>, work: impl FnOnce()) {
        if catch_unwind(AssertUnwindSafe(work)).is_ok() {
            return;
        }
        error!(session = self.session.id.0, "a handler panicked");
        self.hub
            .expel(&self.session, Arc::clone(socket).into(), Why::Panic);
    }
}

/// The event that carries the protocol's messages.
struct ChatEvent(Link);

impl MessageHandler<LocalAdapter, ()> for ChatEvent {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        self.0.handle(&socket, || {
            #[cfg(feature = "fault")]
            let value = self.0.tamper(value);
            let action = packet::action(&value);
            self.0.submit(&socket, action, value, ack);
        });
    }
}

/// Every other event.
struct OtherEvent(Link);

impl MessageHandler<LocalAdapter, ()> for OtherEvent {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        self.0.handle(&socket, || {
            #[cfg(feature = "fault")]
            let value = self.0.tamper(value);
            #[cfg(feature = "fault")]
            if packet::is_named(&value, CHAT_EVENT) {
                let action = packet::action(&value);
                return self.0.submit(&socket, action, value, ack);
            }
            // rule: message.other-event.refused
            let refusal = Refusal::new(
                Code::UnknownEvent,
                format!("the only event is {CHAT_EVENT}"),
            );
            self.0.submit(&socket, Action::Refused(refusal), value, ack);
        });
    }
}

/// How many bytes of text it came in. Attachments never come as far as here.
fn size(value: &Value) -> usize {
    match value {
        Value::Str(text, _) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    }
}

/// The acknowledgement that a packet asks for, if it asks for one.
fn sender(socket: &Arc<Socket>, mut value: Value, ack: Option<i64>) -> Option<AckSender> {
    let Ok(sender) = AckSender::from_message_parts(socket, &mut value, &ack);
    ack.map(|_| sender)
}

/// The end of the connection to the namespace, whatever the reason.
struct End(Link);

/// A connection whose CONNECT reply finds nobody goes without having been told to its handler.
impl Drop for End {
    fn drop(&mut self) {
        self.0.hub.forget(&self.0.session);
    }
}

impl DisconnectHandler<LocalAdapter, ()> for End {
    fn call_with_defer(
        &self,
        socket: Arc<Socket>,
        reason: DisconnectReason,
        clean_up: fn(Arc<Socket>),
    ) {
        self.0.contain(&socket, || {
            info!(session = self.0.session.id.0, %reason, "disconnect");
            self.0.hub.close(&self.0.session);
        });
        // As long as this has not run, socketioxide ignores a new CONNECT on the same transport.
        clean_up(socket);
    }
}
