//! Who owes what to whom: holds every delivery of a load against what was sent.
//!
//! A load has rooms with as many members each, and every member has a home: it joins that room, may leave it and come
//! back. Each message carries its run, room, sender and number ([`Names`]); [`Reader`] makes a [`Said`] of what a connection
//! receives, and the [`Ledger`] knows for each member which number of which sender comes next. Times are arguments, in
//! nanoseconds of whatever clock the caller has.
//!
//! What is due is what must come: the messages that were sent after the receiver was seen to have joined, and before it
//! began to leave. What may come, because a join or a leave was under way, is neither owed nor wrong.
//!
//! On a server of several nodes ([`Ledger::across`]) what one node has handled may be on its way to another: of those who sit on
//! another node a newcomer may still hear what was under way when it joined, and had come to nobody on its own node. Order, duplicates and gaps are counted as on
//! one, but for what the server itself says it has lost.

mod bits;
mod name;
mod presence;
mod read;
mod sequence;
mod shape;
mod violation;

use std::collections::VecDeque;

use self::bits::Bits;
use self::sequence::{Open, Stream};

pub use self::name::Names;
pub use self::read::{Reader, Said};
pub use self::violation::{Kind, Violation, Violations};

/// A member, by its number: room times members of a room, plus its place there.
pub type Id = u32;

/// The books of one load.
#[derive(Debug)]
pub struct Ledger {
    names: Names,
    /// Members of a room that may send: those with the lowest places.
    senders: u32,
    /// Nodes of the server; the members are dealt out to them in turn.
    nodes: u32,
    people: Vec<Person>,
    rooms: Vec<Room>,
    tally: Tally,
    /// Messages that somebody still waits for.
    waiting: u64,
    /// Senders of whom a message has come to its last receiver, since this was last asked for.
    finished: Vec<Id>,
    /// Who was told that who has left, although that one has not: nothing is wrong if its connection is lost.
    farewells: Vec<(Id, Id)>,
    violations: Violations,
}

/// How many deliveries fell due, and came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that were sent.
    pub sent: u64,
    /// Deliveries that must come.
    pub due: u64,
    /// Those of them that came, late ones included, each counted once.
    pub received: u64,
    /// How often a member was told that messages from other nodes were lost.
    pub gaps: u64,
    /// Deliveries that did not come, and that such a gap accounts for; they are no longer due.
    pub lost: u64,
}

#[derive(Debug, Default)]
struct Room {
    /// Who is known to be in, by place.
    inside: Bits,
    count: u32,
}

#[derive(Debug)]
struct Person {
    state: State,
    /// Whether the server has ended its connection.
    lost: bool,
    /// What it sent: numbers below `base` have come to everybody, `open` holds those from there on.
    sent: u32,
    base: u32,
    open: VecDeque<Open>,
    unfinished: u32,
    /// The messages that were for one alone, by number, each with whom; they are few, and kept when all else is forgotten.
    privates: Vec<(u32, Id)>,
    /// By node: numbers below have come to somebody there, or one after them has, so that node has handled them.
    handled: Vec<u32>,
    /// Joins so far.
    joins: u32,
    /// What it receives, by the place of the sender.
    streams: Vec<Stream>,
    /// Of whom it knows that they are in, by place; and of whom both is right, since they came while it joined.
    present: Bits,
    maybe: Bits,
}

/// Where a member is, as far as the server has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Outside,
    Joining,
    Inside,
    Leaving,
    /// Its connection was closed; when the others hear of it is open.
    Gone,
}

/// What a delivery comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message that was due, in its turn; sent at this time.
    Delivery {
        /// As given to [`Ledger::send`].
        at: u64,
    },
    /// The member's own `newuser`: it is in.
    Joined,
    /// The answer to a `users` request.
    Answer,
    /// The server said no.
    Refused {
        /// The code of the refusal.
        code: u64,
    },
    /// Something that may come.
    Other,
    /// Something that must not: the violation is booked.
    Violation,
}

impl Ledger {
    /// Empty books for `rooms` rooms; in each of them the first `senders` members may send.
    pub fn new(names: Names, rooms: u32, senders: u32) -> Ledger {
        let members = names.members();
        let senders = senders.min(members);
        let person = |_| Person {
            state: State::Outside,
            lost: false,
            sent: 0,
            base: 0,
            open: VecDeque::new(),
            unfinished: 0,
            privates: Vec::new(),
            handled: vec![0],
            joins: 0,
            streams: vec![Stream::default(); senders as usize],
            present: Bits::new(members),
            maybe: Bits::new(members),
        };
        let room = |_| Room {
            inside: Bits::new(members),
            count: 0,
        };
        Ledger {
            senders,
            nodes: 1,
            people: (0..rooms * members).map(person).collect(),
            rooms: (0..rooms).map(room).collect(),
            tally: Tally::default(),
            waiting: 0,
            finished: Vec::new(),
            farewells: Vec::new(),
            violations: Violations::default(),
            names,
        }
    }

    /// The same books, of a server of so many nodes.
    #[must_use]
    pub fn across(mut self, nodes: u32) -> Ledger {
        self.nodes = nodes.max(1);
        for person in &mut self.people {
            person.handled.resize(self.nodes as usize, 0);
        }
        self
    }

    /// The node that a member sits on, from 0.
    pub fn node(&self, who: Id) -> u32 {
        who % self.nodes
    }

    /// Whether one can be sure that the other's node knows it: both sit on one, or it was told so.
    pub fn knows(&self, who: Id, other: Id) -> bool {
        let told = self.people[who as usize].present.has(self.place(other));
        !self.is_apart(who, other) || told
    }

    /// Books what `receiver` received.
    pub fn hear(&mut self, receiver: Id, said: &Said) -> Heard {
        match said {
            Said::Chat {
                from,
                author,
                number,
            } => self.delivered(receiver, *from, *author, *number),
            Said::Joined(who) => self.joined(receiver, *who),
            Said::Left(who) => self.deluser(receiver, *who),
            Said::Users => Heard::Answer,
            Said::Gap => self.gap(receiver),
            Said::Refused { code, .. } => Heard::Refused { code: *code },
            Said::Other => Heard::Other,
            Said::Wrong {
                kind,
                expected,
                seen,
            } => self.violate(*kind, receiver, None, expected.clone(), seen.clone()),
        }
    }

    /// How much was due, and came.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Messages of this sender that somebody still waits for.
    pub fn unfinished(&self, sender: Id) -> u32 {
        self.people[sender as usize].unfinished
    }

    /// Messages that somebody still waits for, of all senders.
    pub fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Whether the server has said that the member is in, and it has not begun to leave.
    pub fn is_inside(&self, who: Id) -> bool {
        self.people[who as usize].state == State::Inside
    }

    /// Members that are known to be in.
    pub fn inside(&self) -> u64 {
        self.rooms.iter().map(|room| u64::from(room.count)).sum()
    }

    /// Takes the senders of whom a message has come to its last receiver; one may be named more than once.
    pub fn finished(&mut self) -> std::vec::Drain<'_, Id> {
        self.finished.drain(..)
    }

    /// What was violated so far.
    pub fn violations(&self) -> &Violations {
        &self.violations
    }

    /// A connection that the server ended although nobody asked for it: whatever is due there can never come.
    pub fn lost(&mut self, who: Id, why: &str) {
        self.people[who as usize].lost = true;
        let (expected, seen) = ("an open connection".to_owned(), why.to_owned());
        self.violate(Kind::Lost, who, None, expected, seen);
    }

    /// The server said no to what it has to take.
    pub fn refused(&mut self, who: Id, code: u64) {
        let (expected, seen) = ("no refusal".to_owned(), format!("code {code}"));
        self.violate(Kind::Refused, who, None, expected, seen);
    }

    /// So many requests of `who` have no answer. The caller has made sure that none will come.
    pub fn unanswered(&mut self, who: Id, requests: usize) {
        for _ in 0..requests {
            let (expected, seen) = ("an answer to `users`".to_owned(), "nothing".to_owned());
            self.violate(Kind::Gap, who, None, expected, seen);
        }
    }

    /// `who` got an answer to a request that it has not made, or that has its answer.
    pub fn answered_again(&mut self, who: Id) {
        let (expected, seen) = ("one answer a request".to_owned(), "one more".to_owned());
        self.violate(Kind::Duplicate, who, None, expected, seen);
    }

    /// Books each leave that was told of one who stayed, and whose connection stands. [`Ledger::settle`] does so as well.
    pub fn settle_farewells(&mut self) {
        for (receiver, who) in std::mem::take(&mut self.farewells) {
            if !self.people[who as usize].lost {
                let seen = format!("deluser of {}, who stays", self.names.user(who));
                self.presence(receiver, who, "nothing", &seen);
            }
        }
    }

    /// Closes the books: what is due and has not come is a gap. The caller has made sure that nothing more will come.
    pub fn settle(&mut self) {
        self.settle_farewells();
        for receiver in 0..self.people.len() as Id {
            self.settle_streams(receiver);
            self.settle_presence(receiver);
        }
    }

    fn violate(
        &mut self,
        kind: Kind,
        receiver: Id,
        sender: Option<Id>,
        expected: String,
        seen: String,
    ) -> Heard {
        let names = &self.names;
        self.violations.add(kind, || Violation {
            kind,
            receiver: names.user(receiver),
            sender: sender.map(|sender| names.user(sender)),
            expected,
            seen,
        });
        Heard::Violation
    }

    /// The members of the room that `who` is at home in.
    fn room_mates(&self, who: Id) -> std::ops::Range<Id> {
        let members = self.names.members();
        let first = who / members * members;
        first..first + members
    }

    /// Whether they sit on different nodes.
    fn is_apart(&self, who: Id, other: Id) -> bool {
        self.node(who) != self.node(other)
    }

    fn place(&self, who: Id) -> u32 {
        who % self.names.members()
    }

    fn room(&self, who: Id) -> usize {
        (who / self.names.members()) as usize
    }
}

#[cfg(test)]
mod tests;
