//! Who is where: one record per joined session, and the indexes that make every question about them cheap.

use std::collections::{BTreeMap, BTreeSet};

use chatspec::name::{NameKey, RoomName, ShownName, Skeleton, UserName};

use crate::join::Seat;
use crate::{Audience, SessionId};

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// This server's.
    Here,
    /// Another's: it holds a name and a place, and nothing is sent to it.
    Away,
}

/// One joined session. A session without a record has not joined.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) user: UserName,
    /// The name as others see it.
    pub(crate) shown: ShownName,
    skeleton: Skeleton,
    pub(crate) room: RoomName,
    /// Place in the order of entering rooms. A rename keeps it.
    pub(crate) entered: u64,
    pub(crate) home: Home,
}

impl Record {
    fn new(seat: Seat) -> Self {
        let (shown, skeleton) = (seat.user.shown(), seat.user.skeleton());
        Self {
            user: seat.user,
            shown,
            skeleton,
            room: seat.room,
            entered: seat.entered,
            home: seat.home,
        }
    }
}

/// The members of one room.
#[derive(Debug, Clone, Default, PartialEq)]
struct Members {
    /// In order of entering. The session tells those apart who have the same place, which servers that have lost each other
    /// can give.
    order: BTreeSet<(u64, SessionId)>,
    away: usize,
}

/// All records. Each index is a function of `records`; only `insert` and `remove` write, so they cannot drift apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Register {
    records: BTreeMap<SessionId, Record>,
    names: BTreeMap<NameKey, SessionId>,
    skeletons: BTreeMap<Skeleton, BTreeSet<SessionId>>,
    rooms: BTreeMap<NameKey, Members>,
    away: usize,
    entries: u64,
    /// Members that a room may have; any number, where there is none.
    most: Option<usize>,
}

impl Register {
    pub(crate) fn with_members(most: usize) -> Register {
        Register {
            most: Some(most),
            ..Register::default()
        }
    }

    /// Whether a room takes nobody else.
    pub(crate) fn is_full(&self, room: &NameKey) -> bool {
        let members = self.rooms.get(room).map_or(0, |room| room.order.len());
        self.most.is_some_and(|most| members >= most)
    }

    pub(crate) fn record(&self, session: SessionId) -> Option<&Record> {
        self.records.get(&session)
    }

    /// The session that holds a name, in whatever room.
    pub(crate) fn holder(&self, name: &NameKey) -> Option<SessionId> {
        self.names.get(name).copied()
    }

    /// The records of a room, in order of entering it.
    pub(crate) fn members(&self, room: &NameKey) -> impl Iterator<Item = (SessionId, &Record)> {
        let members = self.rooms.get(room).into_iter();
        let sessions = members.flat_map(|members| members.order.iter());
        sessions.filter_map(|(_, session)| Some((*session, self.records.get(session)?)))
    }

    /// Whether a session has joined, and is this server's.
    pub(crate) fn is_here(&self, session: SessionId) -> bool {
        let record = self.record(session);
        record.is_some_and(|record| record.home == Home::Here)
    }

    /// The sessions of this server that have joined.
    pub(crate) fn here(&self) -> impl Iterator<Item = SessionId> {
        let records = self.records.iter();
        records
            .filter(|(_, record)| record.home == Home::Here)
            .map(|(session, _)| *session)
    }

    /// Whether a room has members of other servers.
    pub(crate) fn is_shared(&self, room: &NameKey) -> bool {
        self.rooms.get(room).is_some_and(|room| room.away > 0)
    }

    /// The place of the next one to enter a room.
    pub(crate) fn next_entry(&self) -> u64 {
        self.entries
    }

    /// How many sessions of this server an audience is.
    pub(crate) fn reach(&self, audience: &Audience) -> usize {
        let in_room = |room: &NameKey| {
            let members = self.rooms.get(room);
            members.map_or(0, |members| members.order.len() - members.away)
        };
        match audience {
            Audience::Session(_) => 1,
            Audience::Room { room, except } => {
                let member = except.and_then(|session| self.records.get(&session));
                let excepted = member
                    .is_some_and(|record| record.home == Home::Here && record.room.key() == room);
                in_room(room) - usize::from(excepted)
            }
            Audience::Joined { except } => {
                let excepted = except.is_some_and(|session| self.is_here(session));
                self.joined() - usize::from(excepted)
            }
        }
    }

    pub(crate) fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Sessions of this server that have joined.
    pub(crate) fn joined(&self) -> usize {
        self.records.len() - self.away
    }

    /// Whether a session may go by a name: nobody else holds its key, nor a name that it could be mistaken for.
    pub(crate) fn is_free(&self, session: SessionId, user: &UserName) -> bool {
        let held = self
            .holder(user.key())
            .is_some_and(|holder| holder != session);
        !held && !self.is_confusable(session, user)
    }

    /// Two ASCII names are never confusable: people tell I, l and 1 apart by using them. So every set of holders of
    /// one skeleton is all ASCII, or one single session, and looking at one other holder is enough.
    fn is_confusable(&self, session: SessionId, user: &UserName) -> bool {
        let alike = self.skeletons.get(&user.skeleton());
        let other = alike.and_then(|sessions| sessions.iter().find(|other| **other != session));
        let other = other.and_then(|other| self.records.get(other));
        other.is_some_and(|other| !(user.is_ascii() && other.user.is_ascii()))
    }

    /// Puts a session into a room under a name, at its place in the room's order, instead of wherever it was.
    pub(crate) fn enter(&mut self, session: SessionId, seat: Seat) {
        self.remove(session);
        self.entries = self.entries.max(seat.entered.saturating_add(1));
        self.insert(session, Record::new(seat));
    }

    /// Changes how a session and its room are written. The room stays the same by key, and so does the place in it.
    pub(crate) fn rewrite(&mut self, session: SessionId, user: UserName, room: RoomName) {
        if let Some(Record { entered, home, .. }) = self.remove(session) {
            let seat = Seat {
                user,
                room,
                entered,
                home,
            };
            self.insert(session, Record::new(seat));
        }
    }

    fn insert(&mut self, session: SessionId, record: Record) {
        self.names.insert(record.user.key().clone(), session);
        self.skeletons
            .entry(record.skeleton.clone())
            .or_default()
            .insert(session);
        let members = self.rooms.entry(record.room.key().clone()).or_default();
        members.order.insert((record.entered, session));
        let away = usize::from(record.home == Home::Away);
        members.away += away;
        self.away += away;
        self.records.insert(session, record);
    }

    /// Takes a session out. A room without members, and a name without holder, leave no trace.
    pub(crate) fn remove(&mut self, session: SessionId) -> Option<Record> {
        let record = self.records.remove(&session)?;
        self.names.remove(record.user.key());
        if let Some(sessions) = self.skeletons.get_mut(&record.skeleton) {
            sessions.remove(&session);
            if sessions.is_empty() {
                self.skeletons.remove(&record.skeleton);
            }
        }
        if let Some(members) = self.rooms.get_mut(record.room.key()) {
            members.order.remove(&(record.entered, session));
            members.away -= usize::from(record.home == Home::Away);
            if members.order.is_empty() {
                self.rooms.remove(record.room.key());
            }
        }
        self.away -= usize::from(record.home == Home::Away);
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserName {
        UserName::parse(name).unwrap()
    }

    fn room(name: &str) -> RoomName {
        RoomName::parse(name).unwrap()
    }

    fn enter(register: &mut Register, session: SessionId, user: UserName, room: RoomName) {
        let entered = register.next_entry();
        let seat = Seat {
            user,
            room,
            entered,
            home: Home::Here,
        };
        register.enter(session, seat);
    }

    #[test]
    fn who_is_out_leaves_no_trace() {
        let mut register = Register::default();
        for n in 0..20 {
            let session = SessionId(n % 5);
            enter(
                &mut register,
                session,
                user(&format!("user {n}")),
                room(&format!("room {}", n % 3)),
            );
            register.rewrite(
                session,
                user(&format!("other {n}")),
                room(&format!("ROOM {}", n % 3)),
            );
        }
        assert_eq!(register.names.len(), 5);
        for n in 0..5 {
            assert!(register.remove(SessionId(n)).is_some());
            assert_eq!(register.remove(SessionId(n)), None);
        }
        let entries = register.entries;
        assert_eq!(
            register,
            Register {
                entries,
                ..Register::default()
            }
        );
    }

    // rule: limits.bounded
    #[test]
    fn a_million_rooms_leave_no_trace() {
        let mut register = Register::default();
        let people = ["a", "b", "c"].map(user);
        let names: Vec<RoomName> = (0..1_000).map(|n| room(&n.to_string())).collect();
        for n in 0..1_000_000 {
            let who = SessionId(n as u64 % 3);
            enter(
                &mut register,
                who,
                people[n % 3].clone(),
                names[n % 1_000].clone(),
            );
        }
        assert_eq!(register.rooms(), 3);
        for who in 0..3 {
            register.remove(SessionId(who));
        }
        let entries = register.entries;
        assert_eq!(entries, 1_000_000);
        assert_eq!(
            register,
            Register {
                entries,
                ..Register::default()
            }
        );
    }

    #[test]
    fn one_other_holder_of_a_skeleton_decides() {
        let mut register = Register::default();
        enter(&mut register, SessionId(0), user("bill"), room("r"));
        enter(&mut register, SessionId(1), user("bi11"), room("r"));
        let cyrillic = user("bіll");
        assert!(!cyrillic.is_ascii());
        // The first holder in the set is the session itself; the second still counts.
        assert!(!register.is_free(SessionId(0), &cyrillic));
        register.remove(SessionId(1));
        assert!(register.is_free(SessionId(0), &cyrillic));
        assert!(!register.is_free(SessionId(1), &cyrillic));
    }
}
