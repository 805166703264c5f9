//! Who is in: `newuser` before the first message, `deluser` once, and to nobody who is not there.

use super::violation::Kind;
use super::{Heard, Id, Ledger, State};

impl Ledger {
    /// The member sends a `join` now.
    pub fn joining(&mut self, who: Id) {
        let (room, place) = (self.room(who), self.place(who));
        let person = &mut self.people[who as usize];
        person.state = State::Joining;
        person.joins += 1;
        // Whoever is in by now is so before this join is handled.
        person.present.copy(&self.rooms[room].inside);
        person.present.remove(place);
        person.maybe.clear();
        // Whoever is on the way in or out may be there when the join is handled, or not; so may this one for those who
        // join just now.
        for mate in self.room_mates(who).filter(|mate| *mate != who) {
            let mates = self.place(mate);
            let state = self.people[mate as usize].state;
            if !matches!(state, State::Inside | State::Outside) {
                self.people[who as usize].maybe.insert(mates);
            }
            let hearer = &mut self.people[mate as usize];
            if state == State::Joining && !hearer.present.has(place) {
                hearer.maybe.insert(place);
            }
            // What has become of one on another node may be on its way.
            if self.is_apart(who, mate) {
                let own = &mut self.people[who as usize];
                own.present.remove(mates);
                own.maybe.insert(mates);
            }
        }
        self.open_streams(who);
    }

    /// The member sends a `leave` now.
    pub fn leaving(&mut self, who: Id) {
        self.out(who);
        self.people[who as usize].state = State::Leaving;
    }

    /// The server has handled the `leave`: from now on, the member hears nothing of the room.
    pub fn left(&mut self, who: Id) {
        self.people[who as usize].state = State::Outside;
    }

    /// The connection is closed, by us: nothing more is due there, and when the others hear of it is open.
    pub fn close(&mut self, who: Id) {
        self.out(who);
        self.people[who as usize].state = State::Gone;
        let place = self.place(who);
        for mate in self.room_mates(who) {
            let mate = &mut self.people[mate as usize];
            if mate.present.remove(place) {
                mate.maybe.insert(place);
            }
        }
    }

    fn out(&mut self, who: Id) {
        let (room, place) = (self.room(who), self.place(who));
        if self.rooms[room].inside.remove(place) {
            self.rooms[room].count -= 1;
        }
        // Who joins just now may find this one there, or not.
        for mate in self.room_mates(who) {
            let mate = &mut self.people[mate as usize];
            if mate.state == State::Joining && mate.present.remove(place) {
                mate.maybe.insert(place);
            }
        }
        self.disown_streams(who);
    }

    /// `receiver` was told that `who` has joined.
    pub(super) fn joined(&mut self, receiver: Id, who: Id) -> Heard {
        let told = format!("newuser of {}", self.names.user(who));
        if !self.room_mates(receiver).contains(&who) {
            return self.presence(
                receiver,
                who,
                "nothing",
                &format!("{told}, of another room"),
            );
        }
        if who == receiver {
            return match self.people[who as usize].state {
                State::Joining => self.enter(who),
                _ => self.presence(receiver, who, "nothing", &format!("{told}, its own, again")),
            };
        }
        let never = self.people[who as usize].joins == 0;
        let place = self.place(who);
        let hearer = &mut self.people[receiver as usize];
        let outside = matches!(hearer.state, State::Outside | State::Gone);
        let again = hearer.present.has(place);
        hearer.present.insert(place);
        hearer.maybe.remove(place);
        match (outside, again, never) {
            (true, _, _) => self.presence(
                receiver,
                who,
                "nothing",
                &format!("{told} while it is in no room"),
            ),
            (_, true, _) => {
                self.presence(receiver, who, "its deluser first", &format!("{told} again"))
            }
            (_, _, true) => self.presence(
                receiver,
                who,
                "nothing",
                &format!("{told}, who did not join"),
            ),
            _ => Heard::Other,
        }
    }

    /// `receiver` was told that `who` has left.
    pub(super) fn deluser(&mut self, receiver: Id, who: Id) -> Heard {
        let told = format!("deluser of {}", self.names.user(who));
        if !self.room_mates(receiver).contains(&who) {
            return self.presence(
                receiver,
                who,
                "nothing",
                &format!("{told}, of another room"),
            );
        }
        if who == receiver {
            return self.presence(receiver, who, "nothing", &format!("{told}, its own"));
        }
        let stays = self.is_inside(who);
        let place = self.place(who);
        let hearer = &mut self.people[receiver as usize];
        let outside = matches!(hearer.state, State::Outside | State::Gone);
        let known = hearer.present.remove(place) | hearer.maybe.remove(place);
        match (outside, known, stays) {
            (true, _, _) => self.presence(
                receiver,
                who,
                "nothing",
                &format!("{told} while it is in no room"),
            ),
            (_, false, _) => self.presence(receiver, who, "nothing", &format!("{told} again")),
            // Who has come back may have left before.
            (_, _, true) if self.people[who as usize].joins == 1 => {
                // That its connection is gone may be seen later than this.
                self.farewells.push((receiver, who));
                Heard::Other
            }
            _ => Heard::Other,
        }
    }

    pub(super) fn settle_presence(&mut self, receiver: Id) {
        for who in self.room_mates(receiver) {
            if let Some(expected) = self.untold(receiver, who) {
                self.presence(receiver, who, expected, "none");
            }
        }
    }

    /// Whether everybody has been told who is in and who is not: on several nodes that takes its time.
    pub fn is_told(&self) -> bool {
        (0..self.people.len() as Id).all(|receiver| {
            let mut mates = self.room_mates(receiver);
            mates.all(|who| self.untold(receiver, who).is_none())
        })
    }

    /// What `receiver` has yet to be told of `who`.
    fn untold(&self, receiver: Id, who: Id) -> Option<&'static str> {
        if who == receiver || !self.is_inside(receiver) {
            return None;
        }
        let place = self.place(who);
        let hearer = &self.people[receiver as usize];
        let (sure, maybe) = (hearer.present.has(place), hearer.maybe.has(place));
        match self.people[who as usize].state {
            State::Inside if !sure && !maybe && !self.people[who as usize].lost => {
                Some("its newuser")
            }
            State::Outside if sure => Some("its deluser"),
            _ => None,
        }
    }

    /// `receiver` was told that its node may have lost what came from others: what it lacks from there until now, it may lack.
    pub(super) fn gap(&mut self, receiver: Id) -> Heard {
        self.tally.gaps += 1;
        for mate in self.room_mates(receiver) {
            if !self.is_apart(receiver, mate) {
                continue;
            }
            let (place, sent) = (self.place(mate), self.people[mate as usize].sent);
            let hearer = &mut self.people[receiver as usize];
            hearer.present.remove(place);
            hearer.maybe.insert(place);
            if let Some(stream) = hearer.streams.get_mut(place as usize) {
                stream.pardon(sent);
            }
        }
        Heard::Other
    }

    /// The server has said that the member is in.
    fn enter(&mut self, who: Id) -> Heard {
        let (room, place) = (self.room(who), self.place(who));
        self.people[who as usize].state = State::Inside;
        self.rooms[room].inside.insert(place);
        self.rooms[room].count += 1;
        self.own_streams(who);
        Heard::Joined
    }

    pub(super) fn presence(&mut self, receiver: Id, who: Id, expected: &str, seen: &str) -> Heard {
        self.violate(
            Kind::Presence,
            receiver,
            Some(who),
            expected.to_owned(),
            seen.to_owned(),
        )
    }
}
