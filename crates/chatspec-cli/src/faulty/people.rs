//! Who is where, as far as faults need to know: read off what goes in and comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chatspec::message::ClientMessage;
use chatspec::name::{NameKey, RoomName, UserName};
use chatspec_room::{Action, Command, Delivery, SessionId};

use crate::hooks::refused;

/// One joined session.
#[derive(Clone)]
pub struct Person {
    /// Its name.
    pub user: UserName,
    /// Its room.
    pub room: RoomName,
}

/// Everybody who has joined.
#[derive(Clone, Default)]
pub struct People(BTreeMap<SessionId, Person>);

impl People {
    /// Takes note of what a command led to.
    pub fn note(&mut self, command: &Command, deliveries: &[Delivery]) {
        if refused(deliveries) {
            return;
        }
        match &command.action {
            Action::Message(ClientMessage::Join(join)) => {
                let user = join.user.clone().unwrap_or_default();
                let room = join.room.clone().unwrap_or_default();
                self.0.insert(command.session, Person { user, room });
            }
            Action::Message(ClientMessage::Leave(_)) | Action::Disconnected => {
                self.0.remove(&command.session);
            }
            Action::Message(_)
            | Action::Excess(..)
            | Action::Refused(_)
            | Action::Admitted(..)
            | Action::Denied(..)
            | Action::Remote(_) => {}
        }
    }

    /// The person of a session.
    pub fn of(&self, session: SessionId) -> Option<&Person> {
        self.0.get(&session)
    }

    /// The session that goes by a name.
    pub fn holder(&self, user: &UserName) -> Option<SessionId> {
        let holder = self.0.iter().find(|(_, p)| p.user.key() == user.key());
        holder.map(|(session, _)| *session)
    }

    /// The rooms whose names end like this one's, itself included.
    pub fn next_door(&self, room: &NameKey) -> BTreeSet<NameKey> {
        let ending = |key: &NameKey| key.as_str().rsplit('-').next().map(str::to_owned);
        let rooms = self.0.values().map(|person| person.room.key());
        let alike = rooms.filter(|other| ending(other) == ending(room));
        alike.chain([room]).cloned().collect()
    }

    /// The other members of a room.
    pub fn others(&self, session: SessionId, room: &RoomName) -> Vec<SessionId> {
        let members = self.0.iter().filter(|(_, p)| p.room.key() == room.key());
        members.map(|(s, _)| *s).filter(|s| *s != session).collect()
    }
}

/// Something that several hooks of one server write and read.
#[derive(Default)]
pub struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    /// The thing itself. A hook that panics is a fault like any other, so a poisoned lock is opened.
    pub fn open(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
