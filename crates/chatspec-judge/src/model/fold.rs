//! The model: what a history comes to, act by act.

use super::history::{Act, Deed, History, Name, Place};
use super::odd::Odd;
use crate::rule::Profile;

/// A history, and what a right server has decided of each act.
#[derive(Debug)]
pub struct Model<'h> {
    history: &'h History,
    profile: Profile,
    accepted: Vec<bool>,
}

/// What comes of an act for the one who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Accepted,
    /// It is refused with this code.
    Refused {
        /// The code.
        code: u64,
        /// The rule that says so.
        rule: &'static str,
    },
    /// Nobody receives anything, and what the sender is told is open.
    Nothing {
        /// The rule that says so.
        rule: &'static str,
    },
}

/// A message that comes of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Who receives it.
    pub to: Vec<usize>,
    /// Whether they must; otherwise they may.
    pub must: bool,
    /// What it is.
    pub what: What,
    /// The rule that says so.
    pub rule: &'static str,
}

/// The messages that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody has come into a room.
    New(Name, Place),
    /// Somebody has left it.
    Gone(Name, Place),
    /// These are in the room, in the order of entering.
    Listing(Vec<Name>),
    /// What somebody has said.
    Said(Name),
    /// Each of the three things that somebody has said.
    Batch(Name),
    /// What somebody has shown.
    Shown(Name),
}

/// As whom, and where, somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub user: Name,
    pub room: Place,
    /// The act by which it came into that room.
    entered: usize,
}

impl<'h> Model<'h> {
    /// Looks at a history.
    pub fn new(history: &'h History, profile: Profile) -> Model<'h> {
        let mut model = Model {
            history,
            profile,
            accepted: Vec::new(),
        };
        for n in 0..history.acts.len() {
            let accepted = model.answer(n) == Answer::Accepted;
            model.accepted.push(accepted);
        }
        model
    }

    /// What comes of act `n` for the one who acts.
    pub fn answer(&self, n: usize) -> Answer {
        let act = &self.history.acts[n];
        let own = self.record(act.by, n);
        let refused = |code, rule| Answer::Refused { code, rule };
        let hardened = self.profile == Profile::Hardened;
        match &act.deed {
            Deed::Odd(number) => {
                let odd = Odd::number(*number);
                match odd.core {
                    Some(rule) if !hardened => nothing(rule),
                    _ => refused(odd.code, odd.rule),
                }
            }
            Deed::Drop(_) | Deed::Connect | Deed::Users { .. } => Answer::Accepted,
            Deed::Join { user, .. } => match self.holder(user.key(), n) {
                Some(holder) if hardened && holder != act.by => refused(20, "join.unique"),
                _ => Answer::Accepted,
            },
            Deed::Leave { user, room } => match own {
                None => refused(21, "leave.not-joined"),
                Some(own) => {
                    let same = user.is_none_or(|user| user.key() == own.user.key())
                        && room.is_none_or(|room| room.number == own.room.number);
                    match same {
                        true => Answer::Accepted,
                        false => refused(24, "leave.own-record"),
                    }
                }
            },
            Deed::Chat { .. } | Deed::Batch { .. } | Deed::Image { .. } => match own {
                None if hardened => refused(21, "chat.unjoined.refused"),
                None => nothing("chat.unjoined"),
                Some(own) => self.talk(n, act, own),
            },
        }
    }

    /// What comes of it where somebody who has joined says or shows something.
    fn talk(&self, n: usize, act: &Act, own: Record) -> Answer {
        let refused = |code, rule| Answer::Refused { code, rule };
        let elsewhere = |room: &Place| room.number != own.room.number;
        match &act.deed {
            Deed::Batch { room } | Deed::Image { room, .. } if elsewhere(room) => {
                refused(22, "chat.members-only")
            }
            Deed::Chat {
                room: Some(room),
                to: None,
                ..
            } if elsewhere(room) => refused(22, "chat.members-only"),
            Deed::Chat {
                room: Some(room),
                to: Some(_),
                ..
            } if elsewhere(room) => refused(22, "chat.private.members"),
            Deed::Chat {
                room, to: Some(to), ..
            } => match self.holder(to.key(), n) {
                Some(holder) if holder != act.by => {
                    let other = self.record(holder, n);
                    let together = other.is_some_and(|other| !elsewhere(&other.room));
                    match (together, room) {
                        (true, _) => Answer::Accepted,
                        (false, Some(_)) => refused(23, "chat.private.members"),
                        (false, None) => refused(23, "chat.private.no-room"),
                    }
                }
                _ if self.profile == Profile::Core => nothing("chat.private.unknown"),
                _ => refused(23, "chat.private.unknown.refused"),
            },
            _ => Answer::Accepted,
        }
    }

    /// Everything that anybody receives because of act `n`, in the order in which each receives it. Whatever is not here, nobody may
    /// receive.
    pub fn heard(&self, n: usize) -> Vec<Heard> {
        let act = &self.history.acts[n];
        let own = self.record(act.by, n);
        if self.answer(n) != Answer::Accepted {
            return Vec::new();
        }
        match (&act.deed, own) {
            (Deed::Join { user, room }, _) => self.joined(n, act.by, *user, *room),
            (Deed::Leave { .. }, Some(own)) => {
                let mut heard = vec![heard(
                    self.others(act.by, own.room.number, n),
                    What::Gone(own.user, own.room),
                    "leave.announce",
                )];
                heard.extend(self.overheard(act.by, own.room, n, What::Gone(own.user, own.room)));
                heard
            }
            (Deed::Drop(_), Some(own)) => vec![heard(
                self.others(act.by, own.room.number, n),
                What::Gone(own.user, own.room),
                "presence.cleanup",
            )],
            (Deed::Users { room }, _) => {
                let members = self.members(room.number, n);
                let names = members.iter().map(|(_, record)| record.user).collect();
                vec![heard(vec![act.by], What::Listing(names), "users.reply")]
            }
            (
                Deed::Chat {
                    room: None,
                    to: None,
                    ..
                },
                Some(own),
            ) => {
                let others = |joined: bool| {
                    (0..self.history.people.len())
                        .filter(|who| *who != act.by && self.session(*who, n).is_some())
                        .filter(|who| self.record(*who, n).is_some() == joined)
                        .collect()
                };
                let mut all = vec![heard(others(true), What::Said(own.user), "chat.broadcast")];
                if self.profile == Profile::Core {
                    all.push(may(others(false), What::Said(own.user)));
                }
                all
            }
            (Deed::Chat { to: Some(to), .. }, Some(own)) => {
                let target = self.holder(to.key(), n).into_iter().collect();
                let rule = match self.profile {
                    Profile::Core => "chat.private.only-target",
                    Profile::Hardened => "chat.private.by-key",
                };
                vec![heard(target, What::Said(own.user), rule)]
            }
            (Deed::Chat { .. }, Some(own)) => {
                self.said(n, act.by, own, What::Said(own.user), "chat.room")
            }
            (Deed::Batch { .. }, Some(own)) => {
                self.said(n, act.by, own, What::Batch(own.user), "chat.room")
            }
            (Deed::Image { .. }, Some(own)) => {
                self.said(n, act.by, own, What::Shown(own.user), "image.room")
            }
            _ => Vec::new(),
        }
    }

    fn said(&self, n: usize, by: usize, own: Record, what: What, rule: &'static str) -> Vec<Heard> {
        let mut all = vec![heard(
            self.others(by, own.room.number, n),
            what.clone(),
            rule,
        )];
        all.extend(self.overheard(by, own.room, n, what));
        all
    }

    fn joined(&self, n: usize, by: usize, user: Name, room: Place) -> Vec<Heard> {
        let hardened = self.profile == Profile::Hardened;
        let own = self.record(by, n);
        let mut all = Vec::new();
        let mut members = self.others(by, room.number, n);
        members.push(by);
        members.sort_unstable();
        let new = What::New(user, room);
        match own {
            // A change of name: gone for the others, and new for all.
            Some(own) if own.room.number == room.number && own.user.key() != user.key() => {
                let gone = What::Gone(own.user, own.room);
                match hardened {
                    true => {
                        let others = self.others(by, room.number, n);
                        all.push(heard(others, gone, "join.rename.announce"));
                        all.push(heard(members, new.clone(), "join.rename.announce"));
                    }
                    false => {
                        all.push(may(members.clone(), gone));
                        all.push(heard(members, new.clone(), "join.announce"));
                    }
                }
            }
            Some(own) if own.room.number == room.number => match hardened {
                true => all.push(heard(members, new.clone(), "join.again.announce")),
                false => all.push(may(members, new.clone())),
            },
            Some(own) => {
                let gone = What::Gone(own.user, own.room);
                match hardened {
                    true => {
                        let others = self.others(by, own.room.number, n);
                        all.push(heard(others, gone, "join.move.leaves"));
                    }
                    false => {
                        let mut left = self.others(by, own.room.number, n);
                        left.push(by);
                        all.push(may(left, gone.clone()));
                        all.extend(self.overheard(by, own.room, n, gone));
                    }
                }
                all.push(heard(members, new.clone(), "join.announce"));
            }
            None => all.push(heard(members, new.clone(), "join.announce")),
        }
        all.extend(self.overheard(by, room, n, new));
        all
    }

    /// What may reach those who have been in a room and moved on: in `core` they may go on hearing it.
    fn overheard(&self, by: usize, room: Place, n: usize, what: What) -> Option<Heard> {
        if self.profile == Profile::Hardened {
            return None;
        }
        let moved_on = (0..self.history.people.len()).filter(|who| {
            let here = self.record(*who, n);
            *who != by
                && here.is_none_or(|own| own.room.number != room.number)
                && self.has_ears(*who, room.number, n)
        });
        let to: Vec<usize> = moved_on.collect();
        (!to.is_empty()).then(|| may(to, what))
    }

    /// Whether somebody has joined a room in its session, and never left it.
    fn has_ears(&self, who: usize, room: usize, n: usize) -> bool {
        let mut left = false;
        for m in self.since(who, n).rev() {
            match self.done(who, m) {
                Some(Deed::Leave { .. }) => {
                    left |= self
                        .record(who, m)
                        .is_some_and(|own| own.room.number == room);
                }
                Some(Deed::Join { room: joined, .. }) if joined.number == room => return !left,
                _ => {}
            }
        }
        false
    }

    /// Whether somebody is connected before act `n`.
    pub fn is_connected(&self, who: usize, n: usize) -> bool {
        self.session(who, n).is_some()
    }

    /// Since when somebody's session is there, before act `n`; none where it has dropped.
    pub(super) fn session(&self, who: usize, n: usize) -> Option<usize> {
        for m in (0..n).rev() {
            match self.done(who, m) {
                Some(Deed::Drop(_)) => return None,
                Some(Deed::Connect) => return Some(m),
                _ => {}
            }
        }
        Some(0)
    }

    /// As whom, and where, somebody is before act `n`.
    pub(super) fn record(&self, who: usize, n: usize) -> Option<Record> {
        self.session(who, n)?;
        let mut found: Option<Record> = None;
        for m in self.since(who, n).rev() {
            match (self.done(who, m), &mut found) {
                (Some(Deed::Leave { .. }), _) => break,
                (Some(Deed::Join { user, room }), None) => {
                    found = Some(Record {
                        user: *user,
                        room: *room,
                        entered: m,
                    });
                }
                (Some(Deed::Join { room, .. }), Some(record)) => {
                    if room.number != record.room.number {
                        break;
                    }
                    record.entered = m;
                }
                _ => {}
            }
        }
        found
    }

    /// Who is in a room before act `n`, in the order of entering.
    pub(super) fn members(&self, room: usize, n: usize) -> Vec<(usize, Record)> {
        let mut members: Vec<(usize, Record)> = (0..self.history.people.len())
            .filter_map(|who| Some((who, self.record(who, n)?)))
            .filter(|(_, record)| record.room.number == room)
            .collect();
        members.sort_by_key(|(_, record)| record.entered);
        members
    }

    fn others(&self, by: usize, room: usize, n: usize) -> Vec<usize> {
        let mut others: Vec<usize> = self
            .members(room, n)
            .into_iter()
            .map(|(who, _)| who)
            .collect();
        others.retain(|who| *who != by);
        others.sort_unstable();
        others
    }

    /// Who goes by a name before act `n`.
    pub(super) fn holder(&self, name: (usize, bool), n: usize) -> Option<usize> {
        (0..self.history.people.len()).find(|who| {
            self.record(*who, n)
                .is_some_and(|own| own.user.key() == name)
        })
    }

    fn since(&self, who: usize, n: usize) -> std::ops::Range<usize> {
        self.session(who, n).unwrap_or(n)..n
    }

    /// What somebody did with act `m`, if it was its act, and was accepted.
    fn done(&self, who: usize, m: usize) -> Option<&'h Deed> {
        let act = &self.history.acts[m];
        (act.by == who && self.accepted[m]).then_some(&act.deed)
    }
}

fn nothing(rule: &'static str) -> Answer {
    Answer::Nothing { rule }
}

fn heard(to: Vec<usize>, what: What, rule: &'static str) -> Heard {
    Heard {
        to,
        must: true,
        what,
        rule,
    }
}

fn may(to: Vec<usize>, what: What) -> Heard {
    Heard {
        must: false,
        ..heard(to, what, "message.closure")
    }
}
