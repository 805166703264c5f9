//! The one owner of the rooms.
//!
//! A command is applied and its deliveries are carried out under one lock, so all sessions see one order of events
//! (rule `order.room.total`): socketioxide's own broadcast takes a read lock only, and two of them can cross.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chatspec_room::{AckToken, Action, Command, Delivery, Rooms, SessionId};
use socketioxide::SocketIo;
use socketioxide::extract::AckSender;

use crate::journal::Entry;
use crate::outbound::Voice;

/// Everything that the sessions share.
#[derive(Default)]
pub(crate) struct Hub {
    desk: Mutex<Desk>,
    sessions: AtomicU64,
}

/// One connection to the namespace, as its handlers know it.
pub(crate) struct Session {
    pub(crate) id: SessionId,
    io: SocketIo,
    /// Cleared, under the lock, when the connection is gone. A request of a polling client can be in a handler at
    /// that moment, and must not bring the session back to life: nobody would ever remove it again.
    /// socketioxide's `connected()` cannot tell, because it is set only after the CONNECT reply has gone out.
    open: AtomicBool,
}

/// What the lock guards.
#[derive(Default)]
struct Desk {
    rooms: Rooms,
    acks: BTreeMap<AckToken, AckSender>,
    tokens: u64,
    #[cfg(feature = "fault")]
    faults: Option<crate::Faults>,
}

impl Hub {
    #[cfg(feature = "fault")]
    pub(crate) fn faulty(faults: crate::Faults) -> Self {
        let desk = Desk {
            faults: Some(faults),
            ..Desk::default()
        };
        Self {
            desk: Mutex::new(desk),
            ..Self::default()
        }
    }

    /// Tells of a new session.
    #[cfg(feature = "fault")]
    pub(crate) fn announce(&self, session: &Session, sid: &str) {
        if let Some(faults) = &mut self.lock().faults {
            (faults.connection)(session.id, sid);
        }
    }

    /// The text that is read instead of the one that came.
    #[cfg(feature = "fault")]
    pub(crate) fn tamper(&self, session: &Session, text: String) -> String {
        match &mut self.lock().faults {
            Some(faults) => (faults.packet)(session.id, text),
            None => text,
        }
    }

    /// A session that no other has been or will be.
    pub(crate) fn open(&self, io: SocketIo) -> Session {
        let id = SessionId(self.sessions.fetch_add(1, Ordering::Relaxed));
        Session {
            id,
            io,
            open: AtomicBool::new(true),
        }
    }

    /// Carries out one act of a session, with all its consequences, before any other session's next act.
    pub(crate) fn submit(&self, session: &Session, action: Action, ack: Option<AckSender>) {
        let mut desk = self.lock();
        if session.open.load(Ordering::Relaxed) {
            desk.carry_out(Command::new(session.id, action), ack, &session.io);
        }
    }

    /// Takes a session out for good.
    pub(crate) fn close(&self, session: &Session) {
        let mut desk = self.lock();
        if session.open.swap(false, Ordering::Relaxed) {
            desk.carry_out(
                Command::new(session.id, Action::Disconnected),
                None,
                &session.io,
            );
        }
    }

    /// A panic under the lock is a bug of ours, and is logged as one; the others go on.
    fn lock(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn carry_out(&mut self, command: Command, ack: Option<AckSender>, io: &SocketIo) {
        let command = match ack {
            Some(sender) => command.acked(self.keep(sender)),
            None => command,
        };
        let entry = Entry::of(&command);
        let deliveries = self.decide(command);
        entry.write(&deliveries);
        let mut voice = Voice {
            io,
            acks: &mut self.acks,
            #[cfg(feature = "fault")]
            faults: self.faults.as_mut(),
        };
        for delivery in deliveries {
            voice.perform(delivery);
        }
    }

    #[cfg(not(feature = "fault"))]
    fn decide(&mut self, command: Command) -> Vec<Delivery> {
        self.rooms.apply(command)
    }

    #[cfg(feature = "fault")]
    fn decide(&mut self, command: Command) -> Vec<Delivery> {
        match &mut self.faults {
            Some(faults) => faults.decide(&mut self.rooms, command),
            None => self.rooms.apply(command),
        }
    }

    fn keep(&mut self, sender: AckSender) -> AckToken {
        let token = AckToken(self.tokens);
        self.tokens += 1;
        self.acks.insert(token, sender);
        token
    }
}
