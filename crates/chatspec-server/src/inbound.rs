//! Frames to commands.
//!
//! socketioxide calls a handler on the connection's reader, one event after the other, but a closure given as a handler
//! has its body spawned: two events of one client can then overtake each other, and a new connection can miss the end
//! of the old one. So the handlers here are types of our own, which do all their work where they are called.

mod packet;

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chatspec::limits::CHAT_EVENT;
use chatspec::refusal::{Code, Refusal};
use chatspec_room::Action;
use serde::de::IgnoredAny;
use socketioxide::SocketIo;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use socketioxide::handler::{DisconnectHandler, FromMessageParts, MessageHandler, Value};
use socketioxide::socket::{DisconnectReason, Socket};
use tracing::{error, info};

use crate::hub::{Hub, Session};
use crate::outbound;

/// What stands behind a CONNECT: an object, whatever is in it, or nothing, which the library takes for an empty one.
pub(crate) type ConnectData = TryData<BTreeMap<String, IgnoredAny>>;

/// A CONNECT with something else behind it. The text reaches the client in the CONNECT_ERROR.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoObject;

impl fmt::Display for NoObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what stands behind a CONNECT is a JSON object, or nothing")
    }
}

/// Gives a new connection its session and its handlers. Runs before the CONNECT reply.
pub(crate) fn attach(
    hub: Arc<Hub>,
    socket: &SocketRef,
    io: SocketIo,
    TryData(data): ConnectData,
) -> Ready<Result<(), NoObject>> {
    // rule: robust.packet.connect-data
    if data.is_err() {
        return ready(Err(NoObject));
    }
    let session = Arc::new(hub.open(io));
    #[cfg(feature = "fault")]
    hub.announce(&session, socket.id.as_str());
    info!(session = session.id.0, transport = ?socket.transport_type(), "connect");
    // The session's own room is how it is addressed. It is joined here, before anything can be sent to it.
    socket.join(outbound::session_room(session.id));
    let link = Link { hub, session };
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
}

impl Link {
    fn submit(&self, action: Action, ack: Option<AckSender>) {
        self.hub.submit(&self.session, action, ack);
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

    /// Does a handler's work. A panic would end the task that reads the connection and leave the client connected to
    /// nobody, so it stops here, and the client is told that it is disconnected.
    fn contain(&self, socket: &Arc<Socket>, work: impl FnOnce()) {
        if catch_unwind(AssertUnwindSafe(work)).is_ok() {
            return;
        }
        error!(session = self.session.id.0, "a handler panicked");
        if socket.connected()
            && let Err(error) = Arc::clone(socket).disconnect()
        {
            error!(session = self.session.id.0, %error, "not disconnected");
        }
    }
}

/// The event that carries the protocol's messages.
struct ChatEvent(Link);

impl MessageHandler<LocalAdapter, ()> for ChatEvent {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        self.0.contain(&socket, || {
            #[cfg(feature = "fault")]
            let value = self.0.tamper(value);
            let action = packet::action(&value);
            self.0.submit(action, sender(&socket, value, ack));
        });
    }
}

/// Every other event.
struct OtherEvent(Link);

impl MessageHandler<LocalAdapter, ()> for OtherEvent {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        self.0.contain(&socket, || {
            #[cfg(feature = "fault")]
            let value = self.0.tamper(value);
            #[cfg(feature = "fault")]
            if packet::is_named(&value, CHAT_EVENT) {
                let action = packet::action(&value);
                return self.0.submit(action, sender(&socket, value, ack));
            }
            // rule: message.other-event.refused
            let refusal = Refusal::new(
                Code::UnknownEvent,
                format!("the only event is {CHAT_EVENT}"),
            );
            self.0
                .submit(Action::Refused(refusal), sender(&socket, value, ack));
        });
    }
}

/// The acknowledgement that a packet asks for, if it asks for one.
fn sender(socket: &Arc<Socket>, mut value: Value, ack: Option<i64>) -> Option<AckSender> {
    let Ok(sender) = AckSender::from_message_parts(socket, &mut value, &ack);
    ack.map(|_| sender)
}

/// The end of the connection to the namespace, whatever the reason.
struct End(Link);

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
