//! Random histories. A seed gives the same history on every machine.

use super::history::{Act, Deed, History, Name, PEOPLE, Place, RACERS, ROOMS, Spelling, Text};
use super::odd::Odd;
use crate::fixture::{Drop, TransportName};
use crate::rule::Profile;

/// Most acts of a history.
const ACTS: u64 = 60;

/// A source of numbers that look random: SplitMix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below `end`; 0 where that is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(end).unwrap_or(0)
    }

    /// A place in something of this length.
    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// True so many times of a hundred.
    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

impl History {
    /// A history of 2 to 6 people, 1 to 4 rooms and 5 to 60 acts, fewer where the profile leaves out acts. Those come often that lie
    /// close to what servers confuse: the name of another, another case, what is said after a leave or a move, coming back.
    /// Two in five end in a race, and two in five of those are between people who all talk in one room.
    pub fn random(seed: u64, profile: Profile) -> History {
        let mut dice = Dice::new(seed);
        let people = 2 + dice.place(PEOPLE.len() - 1);
        let rooms = 1 + dice.place(ROOMS.len());
        let transports = (0..people).map(|_| match dice.below(20) {
            0..12 => TransportName::Websocket,
            12..17 => TransportName::Polling,
            _ => TransportName::Upgrade,
        });
        let mut history = History {
            people: transports.collect(),
            rooms,
            acts: Vec::new(),
            racing: 0,
        };
        let acts = 5 + dice.below(ACTS - 4);
        // Most have joined before anything else happens, and mostly the first room.
        for by in 0..people {
            if dice.percent(80) {
                let number = if dice.percent(70) {
                    0
                } else {
                    dice.place(rooms)
                };
                let deed = Deed::Join {
                    user: own(by),
                    room: plain(number),
                };
                history.acts.push(Act {
                    by,
                    deed,
                    acked: false,
                });
            }
        }
        for _ in 0..acts {
            let by = dice.place(people);
            let deed = deed(&mut dice, by, people, rooms, profile);
            let acked = dice.percent(30);
            history.acts.push(Act { by, deed, acked });
        }
        if dice.percent(40) {
            let mut racers: Vec<usize> = (0..people).collect();
            history.racing = RACERS.min(2 + dice.place(2)).min(people);
            // What all of them say in one room, the others there have to hear in one order. By chance alone that is rare.
            let in_one_room = dice.percent(40);
            if in_one_room {
                let gather = |by| Act {
                    by,
                    deed: Deed::Join {
                        user: own(by),
                        room: plain(0),
                    },
                    acked: false,
                };
                history.acts.extend((0..people).map(gather));
            }
            for _ in 0..history.racing {
                let by = racers.swap_remove(dice.place(racers.len()));
                let deed = match in_one_room {
                    true => Deed::Chat {
                        room: Some(plain(0)),
                        to: None,
                        text: text(&mut dice),
                    },
                    false => raced(&mut dice, by, people, rooms, profile),
                };
                history.acts.push(Act {
                    by,
                    deed,
                    acked: false,
                });
            }
        }
        history.playable(profile)
    }
}

/// Something that can happen at the same time as something else.
fn raced(dice: &mut Dice, by: usize, people: usize, rooms: usize, profile: Profile) -> Deed {
    loop {
        match deed(dice, by, people, rooms, profile) {
            Deed::Batch { .. } | Deed::Odd(_) | Deed::Drop(_) | Deed::Connect => {}
            Deed::Join { .. } | Deed::Leave { .. } if profile == Profile::Core => {}
            deed => return deed,
        }
    }
}

fn deed(dice: &mut Dice, by: usize, people: usize, rooms: usize, profile: Profile) -> Deed {
    match dice.below(100) {
        0..17 => Deed::Join {
            user: taken(dice, by, people, profile),
            room: place(dice, rooms, profile),
        },
        17..25 => Deed::Leave {
            user: (profile == Profile::Core || dice.percent(50))
                .then(|| taken(dice, by, people, profile)),
            room: (profile == Profile::Core || dice.percent(50))
                .then(|| place(dice, rooms, profile)),
        },
        25..38 => Deed::Users {
            room: place(dice, rooms, profile),
        },
        38..54 => Deed::Chat {
            room: Some(place(dice, rooms, profile)),
            to: None,
            text: text(dice),
        },
        54..67 => Deed::Chat {
            room: dice.percent(85).then(|| place(dice, rooms, profile)),
            to: Some(addressee(dice, people, profile)),
            text: text(dice),
        },
        67..69 => Deed::Chat {
            room: None,
            to: None,
            text: text(dice),
        },
        69..73 => Deed::Batch {
            room: place(dice, rooms, profile),
        },
        73..79 => Deed::Image {
            room: place(dice, rooms, profile),
            to: dice.percent(20).then(|| addressee(dice, people, profile)),
        },
        79..90 => Deed::Odd(dice.place(Odd::count())),
        90..95 => Deed::Drop(match dice.below(3) {
            0 => Drop::Abrupt,
            1 => Drop::Close,
            _ => Drop::Namespace,
        }),
        _ => Deed::Connect,
    }
}

/// One's own name, often, or another's.
fn taken(dice: &mut Dice, by: usize, people: usize, profile: Profile) -> Name {
    let of = match dice.percent(70) || profile == Profile::Core {
        true => by,
        false => dice.place(people + 1),
    };
    Name {
        of,
        second: dice.percent(20),
        spelling: spelling(dice, profile),
    }
}

fn addressee(dice: &mut Dice, people: usize, profile: Profile) -> Name {
    Name {
        of: dice.place(people + 1),
        second: dice.percent(10),
        spelling: spelling(dice, profile),
    }
}

fn place(dice: &mut Dice, rooms: usize, profile: Profile) -> Place {
    let number = if dice.percent(50) {
        0
    } else {
        dice.place(rooms)
    };
    Place {
        number,
        spelling: spelling(dice, profile),
    }
}

fn spelling(dice: &mut Dice, profile: Profile) -> Spelling {
    match dice.below(10) {
        _ if profile == Profile::Core => Spelling::Capitals,
        0 => Spelling::Small,
        1 => Spelling::Title,
        2 => Spelling::Spaced,
        3 => Spelling::Apart,
        _ => Spelling::Capitals,
    }
}

fn text(dice: &mut Dice) -> Text {
    match dice.below(20) {
        0..2 => Text::Unicode,
        2..4 => Text::Markup,
        4 => Text::Empty,
        5 => Text::Spaced,
        6 => Text::Long,
        7 => Text::Nul,
        8 => Text::Absent,
        9 => Text::Beside,
        _ => Text::Plain,
    }
}

fn own(by: usize) -> Name {
    Name {
        of: by,
        second: false,
        spelling: Spelling::Capitals,
    }
}

fn plain(number: usize) -> Place {
    Place {
        number,
        spelling: Spelling::Capitals,
    }
}
