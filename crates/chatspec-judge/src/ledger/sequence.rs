//! The numbers of a sender, as each receiver gets them: no gap, no duplicate, no inversion.

use super::violation::Kind;
use super::{Heard, Id, Ledger, Person, State};

/// A message that somebody still waits for, or that one before it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// When it was sent.
    at: u64,
    /// Deliveries that are still to come.
    left: u32,
}

/// What one receiver gets from one sender.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    /// All below this number have come, or are holes, or need not come.
    next: u32,
    /// From this number on, everything is due.
    due: u32,
    /// Everything below this number was handled before this receiver joined.
    low: u32,
    /// Numbers that were passed over, each with the one that came in its place.
    holes: Vec<(u32, u32)>,
    /// Of the numbers below this, the server has said that it may have lost some.
    pardoned: u32,
}

impl Stream {
    /// What is missing below this number was lost, and the server said so.
    pub(super) fn pardon(&mut self, below: u32) {
        self.pardoned = self.pardoned.max(below);
    }
}

impl Default for Stream {
    fn default() -> Stream {
        Stream {
            next: 0,
            due: u32::MAX,
            low: 0,
            holes: Vec::new(),
            pardoned: 0,
        }
    }
}

impl Person {
    /// Whom alone a message is for.
    fn target(&self, number: u32) -> Option<Id> {
        let at = self.privates.binary_search_by_key(&number, |(of, _)| *of);
        at.ok().map(|at| self.privates[at].1)
    }

    /// Whether somebody still waits for it, or for one before it, and this receiver may.
    fn is_for(&self, number: u32, receiver: Id) -> bool {
        (self.base..self.base + self.open.len() as u32).contains(&number)
            && self.target(number).is_none_or(|to| to == receiver)
    }

    /// One delivery less to wait for. Whether it was the last one of its message.
    fn one_less(&mut self, number: u32) -> bool {
        let Some(open) = number
            .checked_sub(self.base)
            .and_then(|at| self.open.get_mut(at as usize))
        else {
            return false;
        };
        let finished = open.left == 1;
        open.left = open.left.saturating_sub(1);
        if finished {
            self.unfinished -= 1;
            while self.open.front().is_some_and(|open| open.left == 0) {
                self.open.pop_front();
                self.base += 1;
            }
        }
        finished
    }
}

impl Ledger {
    /// Books a message of `sender` to its room, or `to` one member alone, that is sent now. Gives its number.
    pub fn send(&mut self, sender: Id, to: Option<Id>, now: u64) -> u32 {
        let left = match to {
            Some(to) => u32::from(self.is_inside(to)),
            None => {
                let room = &self.rooms[self.room(sender)];
                room.count - u32::from(room.inside.has(self.place(sender)))
            }
        };
        self.tally.sent += 1;
        self.tally.due += u64::from(left);
        let person = &mut self.people[sender as usize];
        let number = person.sent;
        person.sent += 1;
        if left == 0 && person.open.is_empty() {
            person.base += 1;
        } else {
            person.open.push_back(Open { at: now, left });
        }
        person.privates.extend(to.map(|to| (number, to)));
        person.unfinished += u32::from(left > 0);
        self.waiting += u64::from(left > 0);
        number
    }

    /// `receiver` got a message that `from` is said to have sent, and `author` wrote.
    pub(super) fn delivered(&mut self, receiver: Id, from: Id, author: Id, number: u32) -> Heard {
        if from != author {
            let (expected, seen) = (self.names.user(author), self.names.user(from));
            return self.violate(Kind::Altered, receiver, Some(author), expected, seen);
        }
        let stranger = |ledger: &mut Ledger, why: &str| {
            let seen = format!("message {number}, {why}");
            ledger.violate(
                Kind::Stranger,
                receiver,
                Some(author),
                "nothing".to_owned(),
                seen,
            )
        };
        if !self.room_mates(receiver).contains(&author) {
            return stranger(self, "of another room");
        }
        let (place, node) = (self.place(author), self.node(receiver) as usize);
        if author == receiver {
            return stranger(self, "its own");
        }
        let Ok([hearer, speaker]) = self
            .people
            .get_disjoint_mut([receiver as usize, author as usize])
        else {
            return stranger(self, "from nobody");
        };
        if number >= speaker.sent || place >= self.senders {
            return stranger(self, "which nobody sent");
        }
        if speaker.target(number).is_some_and(|to| to != receiver) {
            return stranger(self, "which is for another one alone");
        }
        let stream = &mut hearer.streams[place as usize];
        if number < stream.low && !stream.holes.iter().any(|(hole, _)| *hole == number) {
            return stranger(self, "which is older than its join");
        }
        if number < stream.next {
            let Some(at) = stream.holes.iter().position(|(hole, _)| *hole == number) else {
                let (expected, seen) = (
                    format!("message {}", stream.next),
                    format!("message {number} again"),
                );
                return self.violate(Kind::Duplicate, receiver, Some(author), expected, seen);
            };
            stream.holes.swap_remove(at);
            let seen = format!("message {number} after {}", stream.next - 1);
            self.tally.received += 1;
            return self.violate(
                Kind::Order,
                receiver,
                Some(author),
                format!("message {number} in its turn"),
                seen,
            );
        }
        let at = number
            .checked_sub(speaker.base)
            .and_then(|at| speaker.open.get(at as usize));
        if matches!(hearer.state, State::Outside | State::Gone) {
            return stranger(self, "while it is in no room");
        }
        speaker.handled[node] = speaker.handled[node].max(number + 1);
        let at = at.map(|open| open.at);
        let announced = hearer.present.has(place) || hearer.maybe.has(place);
        let due = stream.due;
        for skipped in stream.next.max(due)..number {
            if speaker.is_for(skipped, receiver) {
                stream.holes.push((skipped, number));
                if speaker.one_less(skipped) {
                    self.waiting -= 1;
                    self.finished.push(author);
                }
            }
        }
        stream.next = number + 1;
        if number < due {
            return Heard::Other;
        }
        self.tally.received += 1;
        if speaker.one_less(number) {
            self.waiting -= 1;
            self.finished.push(author);
        }
        if !announced {
            let (expected, seen) = ("its newuser first".to_owned(), format!("message {number}"));
            return self.violate(Kind::Unannounced, receiver, Some(author), expected, seen);
        }
        at.map_or(Heard::Other, |at| Heard::Delivery { at })
    }

    /// A join is under way: what the server has handled before is not for this member.
    pub(super) fn open_streams(&mut self, who: Id) {
        for (sender, place) in self.room_mates(who).zip(0..self.senders) {
            let handled = &self.people[sender as usize].handled;
            let low = match self.is_apart(who, sender) {
                // What other nodes have handled may still be on its way to this one.
                true => handled[self.node(who) as usize],
                // A node serves its own first: what has come anywhere, the sender's node has handled.
                false => handled.iter().copied().max().unwrap_or(0),
            };
            let stream = &mut self.people[who as usize].streams[place as usize];
            (stream.low, stream.next, stream.due) = (low, low, u32::MAX);
        }
    }

    /// From now on everything is due.
    pub(super) fn own_streams(&mut self, who: Id) {
        for (sender, place) in self.room_mates(who).zip(0..self.senders) {
            let sent = self.people[sender as usize].sent;
            self.people[who as usize].streams[place as usize].due = sent;
        }
    }

    /// Whatever has not come need not come any more.
    pub(super) fn disown_streams(&mut self, who: Id) {
        for (sender, place) in self.room_mates(who).zip(0..self.senders) {
            let Ok([hearer, speaker]) = self
                .people
                .get_disjoint_mut([who as usize, sender as usize])
            else {
                continue;
            };
            let stream = &mut hearer.streams[place as usize];
            for number in stream.next.max(stream.due)..speaker.sent {
                if speaker.is_for(number, who) {
                    self.tally.due -= 1;
                    if speaker.one_less(number) {
                        self.waiting -= 1;
                        self.finished.push(sender);
                    }
                }
            }
            stream.due = u32::MAX;
        }
    }

    pub(super) fn settle_streams(&mut self, receiver: Id) {
        for (sender, place) in self.room_mates(receiver).zip(0..self.senders) {
            if sender == receiver {
                // Nobody owes anybody its own messages.
                continue;
            }
            let speaker = &self.people[sender as usize];
            let stream = &self.people[receiver as usize].streams[place as usize];
            let mut missing: Vec<(u32, Option<u32>)> = stream
                .holes
                .iter()
                .map(|(hole, seen)| (*hole, Some(*seen)))
                .collect();
            let rest = stream.next.max(stream.due)..speaker.sent;
            missing.extend(
                rest.filter(|number| speaker.is_for(*number, receiver))
                    .map(|number| (number, None)),
            );
            let pardoned = stream.pardoned;
            self.people[receiver as usize].streams[place as usize]
                .holes
                .clear();
            for (number, seen) in missing {
                if number < pardoned {
                    self.tally.lost += 1;
                    self.tally.due -= 1;
                    continue;
                }
                let seen = seen.map_or("nothing".to_owned(), |seen| format!("message {seen}"));
                self.violate(
                    Kind::Gap,
                    receiver,
                    Some(sender),
                    format!("message {number}"),
                    seen,
                );
            }
        }
    }
}
