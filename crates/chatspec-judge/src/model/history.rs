//! Histories: who does what, in which order.

use super::fold::Model;
use super::odd::Odd;
use crate::fixture::{Drop, TransportName};
use crate::rule::Profile;

/// Names of those who take part; a history has some of them, from the first on.
pub(super) const PEOPLE: [&str; 6] = ["ada", "bob", "cora", "dan", "eve", "fay"];
/// Names of their rooms.
pub(super) const ROOMS: [&str; 4] = ["den", "attic", "hall", "loft"];

/// Most people who act at the same time.
pub(super) const RACERS: usize = 3;

/// What some people do, one act after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// How each of them connects; two to six.
    pub people: Vec<TransportName>,
    /// How many rooms there are, one to four.
    pub rooms: usize,
    /// The acts, in order.
    pub acts: Vec<Act>,
    /// So many of the last acts happen at the same time: none, or those of two or three people.
    pub racing: usize,
}

/// What one of them does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who, by place among the people.
    pub by: usize,
    /// What.
    pub deed: Deed,
    /// Whether an acknowledgement is asked for.
    pub acked: bool,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Joins a room under a name.
    Join {
        /// The name.
        user: Name,
        /// The room.
        room: Place,
    },
    /// Leaves; without a name, a room or both, where they are left out.
    Leave {
        /// The name, if it says one.
        user: Option<Name>,
        /// The room, if it says one.
        room: Option<Place>,
    },
    /// Asks who is in a room.
    Users {
        /// The room.
        room: Place,
    },
    /// Says something: to a room, to one in a room, or to everybody.
    Chat {
        /// The room, if it says one.
        room: Option<Place>,
        /// To whom, if it is private.
        to: Option<Name>,
        /// What.
        text: Text,
    },
    /// Says three things at once.
    Batch {
        /// The room.
        room: Place,
    },
    /// Shows an image, which a name beside it does not make private.
    Image {
        /// The room.
        room: Place,
        /// A name beside it.
        to: Option<Name>,
    },
    /// Sends what comes to nothing: the [`Odd`] of this number.
    Odd(usize),
    /// Drops.
    Drop(Drop),
    /// Connects again.
    Connect,
}

/// A user name: the first or the second that is kept for one of the people, or one that nobody ever takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// Whose, by place among the people; nobody's, where it is beyond them.
    pub of: usize,
    /// Whether it is the second.
    pub second: bool,
    /// How it is written.
    pub spelling: Spelling,
}

/// A room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub number: usize,
    /// How it is written.
    pub spelling: Spelling,
}

/// How a name or a room is written. All of them have one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// In capitals, as it is shown.
    Capitals,
    /// In small letters.
    Small,
    /// With one capital.
    Title,
    /// With white space around.
    Spaced,
    /// Letters and their accents apart, where it has any.
    Apart,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// A few words.
    Plain,
    /// What an encoding could damage.
    Unicode,
    /// What a page could take for markup.
    Markup,
    /// None at all, which is one.
    Empty,
    /// With white space around.
    Spaced,
    /// Five thousand characters.
    Long,
    /// With what ends strings in other languages.
    Nul,
    /// Left out.
    Absent,
    /// Beside keys that mean nothing.
    Beside,
}

impl Name {
    /// What names are compared by.
    pub fn key(self) -> (usize, bool) {
        (self.of, self.second)
    }
}

impl History {
    /// The acts whose outcome is decided in a profile, and that can be played where they stand.
    ///
    /// In `core` nobody takes another's name, leaves or speaks where it is not, or drops: what comes of that is the server's choice. In
    /// both profiles one drops from a room only where another can see it: otherwise nothing tells when the server has noticed.
    #[must_use]
    pub fn playable(&self, profile: Profile) -> History {
        let mut kept = History {
            acts: Vec::new(),
            racing: 0,
            ..self.clone()
        };
        let begun = self.acts.len().saturating_sub(self.racing);
        let mut racing = 0;
        for (n, act) in self.acts.iter().enumerate() {
            if kept.takes(act, profile) {
                kept.acts.push(act.clone());
                racing += usize::from(n >= begun);
            }
        }
        if kept.can_race(racing, profile) {
            kept.racing = racing;
        }
        kept
    }

    /// The same history with what happens at the same time in every order in which a server may take it, with the places that the
    /// acts had; that in which it is written is the first.
    pub fn orders(&self) -> Vec<(History, Vec<usize>)> {
        let begun = self.acts.len() - self.racing;
        let order = |tail: Vec<usize>| {
            let places: Vec<usize> = (0..begun).chain(tail).collect();
            let history = History {
                acts: places
                    .iter()
                    .map(|place| self.acts[*place].clone())
                    .collect(),
                racing: 0,
                ..self.clone()
            };
            (history, places)
        };
        permutations((begun..self.acts.len()).collect())
            .into_iter()
            .map(order)
            .collect()
    }

    /// Whether so many of the last acts can happen at the same time: they are messages of different people, and it is decided what
    /// comes of each of them in whatever order they are taken. In `core`, where a server may do two things by halves, nobody comes or goes.
    fn can_race(&self, racing: usize, profile: Profile) -> bool {
        let Some(begun) = self.acts.len().checked_sub(racing) else {
            return false;
        };
        let tail = &self.acts[begun..];
        let alone = |n: usize| tail[..n].iter().all(|other| other.by != tail[n].by);
        let plain = |act: &Act| match act.deed {
            Deed::Join { .. } | Deed::Leave { .. } => profile == Profile::Hardened,
            Deed::Users { .. } | Deed::Chat { .. } | Deed::Image { .. } => true,
            _ => false,
        };
        let may =
            (2..=RACERS).contains(&racing) && tail.iter().all(plain) && (0..racing).all(alone);
        let trial = History {
            racing,
            ..self.clone()
        };
        may && trial
            .orders()
            .iter()
            .all(|(history, _)| history.playable(profile) == *history)
    }

    fn takes(&self, act: &Act, profile: Profile) -> bool {
        let model = Model::new(self, profile);
        let now = self.acts.len();
        if act.by >= self.people.len() {
            return false;
        }
        let here = model.record(act.by, now);
        let is_connected = model.session(act.by, now).is_some();
        match &act.deed {
            Deed::Connect => return !is_connected,
            _ if !is_connected => return false,
            Deed::Drop(how) => {
                let seen = here.is_none_or(|own| model.members(own.room.number, now).len() > 1);
                let sudden = *how == Drop::Abrupt;
                let noticed = !sudden || self.people[act.by] == TransportName::Websocket;
                return profile == Profile::Hardened && seen && noticed;
            }
            Deed::Odd(number) => {
                return profile == Profile::Hardened || Odd::number(*number).core.is_some();
            }
            // Of what is refused, it is open whether the rest of the batch is.
            Deed::Batch { room } if here.is_none_or(|own| own.room.number != room.number) => {
                return false;
            }
            _ if profile == Profile::Hardened => return true,
            _ => {}
        }
        // From here on, what `core` decides.
        let there = |room: &Place| here.is_some_and(|own| own.room == *room);
        match &act.deed {
            Deed::Join { user, room } => {
                user.of == act.by
                    && user.spelling == Spelling::Capitals
                    && room.spelling == Spelling::Capitals
            }
            Deed::Leave { user, room } => {
                here.is_some_and(|own| *user == Some(own.user) && *room == Some(own.room))
            }
            Deed::Users { .. } => true,
            Deed::Batch { room } | Deed::Image { room, .. } => here.is_none() || there(room),
            Deed::Chat {
                room: None,
                to: None,
                ..
            } => here.is_some(),
            Deed::Chat { room: None, .. } => false,
            Deed::Chat {
                room: Some(room),
                to: None,
                ..
            } => here.is_none() || there(room),
            Deed::Chat {
                room: Some(room),
                to: Some(to),
                ..
            } => {
                let holder = model.holder(to.key(), now);
                let known = holder.is_none()
                    || holder == Some(act.by)
                    || holder.is_some_and(|who| {
                        let other = model.record(who, now);
                        other.is_some_and(|other| there(&other.room))
                    });
                there(room) && known && to.spelling == Spelling::Capitals
            }
            _ => false,
        }
    }
}

/// All orders of some numbers, the given one first.
fn permutations(numbers: Vec<usize>) -> Vec<Vec<usize>> {
    if numbers.len() < 2 {
        return vec![numbers];
    }
    let beginning_with = |first: usize| {
        let mut others = numbers.clone();
        let number = others.remove(first);
        permutations(others).into_iter().map(move |mut rest| {
            rest.insert(0, number);
            rest
        })
    };
    (0..numbers.len()).flat_map(beginning_with).collect()
}
