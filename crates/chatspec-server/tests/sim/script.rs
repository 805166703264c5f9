//! What people are going to do, from a seed.

use crate::link::Weather;

/// Everybody's plan.
#[derive(Debug)]
pub struct Script {
    pub people: Vec<Plan>,
    /// Messages that wait for one receiver at most.
    pub buffer: usize,
}

/// One person's plan: connection after connection.
#[derive(Debug)]
pub struct Plan {
    pub connections: Vec<Sitting>,
}

/// One connection, and what is done on it.
#[derive(Debug)]
pub struct Sitting {
    pub transport: Transport,
    pub weather: Weather,
    /// Each after so many milliseconds.
    pub acts: Vec<(u64, Act)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    Polling,
    Upgrade,
}

#[derive(Debug, Clone)]
pub enum Act {
    Join {
        user: &'static str,
        room: &'static str,
    },
    Leave,
    /// To a room, so many times in a row, with so many more bytes in each.
    Chat {
        room: &'static str,
        times: u32,
        bytes: usize,
    },
    Private {
        user: &'static str,
        room: &'static str,
    },
    /// To everybody.
    Broadcast,
    Users {
        room: &'static str,
    },
    /// Reads nothing for so many milliseconds.
    Stop {
        ms: u64,
    },
    /// Reads nothing any more, and says nothing.
    Vanish,
    /// Breaks the connection.
    Cut,
    /// Says goodbye.
    Close,
}

pub const USERS: [&str; 6] = ["ANN", "BEA", "CEM", "DAN", "EVE", "FAY"];
pub const ROOMS: [&str; 3] = ["DEN", "HALL", "ATTIC"];

impl Script {
    pub fn new(seed: u64) -> Script {
        let mut random = fastrand::Rng::with_seed(seed);
        let people = random.usize(2..=6);
        Script {
            people: (0..people).map(|_| Plan::new(&mut random)).collect(),
            buffer: [16, 64, 1_024][random.usize(..3)],
        }
    }
}

impl Plan {
    fn new(random: &mut fastrand::Rng) -> Plan {
        let connections = random.usize(1..=3);
        let sittings = (0..connections).map(|_| Sitting::new(random));
        Plan {
            connections: sittings.collect(),
        }
    }
}

impl Sitting {
    /// Whether nothing disturbs the connection, and its client always reads.
    pub fn is_fair(&self) -> bool {
        let stops = |act: &Act| matches!(act, Act::Stop { .. });
        self.weather.is_fair() && !self.acts.iter().any(|(_, act)| stops(act))
    }

    fn new(random: &mut fastrand::Rng) -> Sitting {
        let transport = match random.u8(..6) {
            0..=2 => Transport::WebSocket,
            3..=4 => Transport::Polling,
            _ => Transport::Upgrade,
        };
        let mut acts = Vec::new();
        let mut last = ("", "");
        for index in 0..random.usize(3..=24) {
            // Half of it comes in bursts, so that much is under way at the same time.
            let wait = [0, 0, random.u64(1..50), random.u64(50..3_000)][random.usize(..4)];
            let mut act = match (index, random.u8(..40)) {
                (0, _) => Act::join(random),
                (_, n) => Act::any(random, n),
            };
            if let Act::Join { user, room } = &mut act {
                // The same again may or may not be announced, so nobody does it on purpose.
                if last == (*user, *room) {
                    act = Act::Users { room: ROOMS[0] };
                } else {
                    last = (*user, *room);
                }
            }
            let is_end = matches!(act, Act::Vanish | Act::Cut | Act::Close);
            acts.push((wait, act));
            if is_end {
                break;
            }
        }
        Sitting {
            transport,
            weather: Weather::any(random),
            acts,
        }
    }
}

impl Act {
    fn any(random: &mut fastrand::Rng, n: u8) -> Act {
        let room = ROOMS[random.usize(..ROOMS.len())];
        let user = USERS[random.usize(..USERS.len())];
        match n {
            0..=7 => Act::join(random),
            8..=10 => Act::Leave,
            11..=24 => Act::Chat {
                room,
                times: [1, 1, 3, 30][random.usize(..4)],
                bytes: [0, 0, 0, 900][random.usize(..4)],
            },
            25..=28 => Act::Private { user, room },
            29..=30 => Act::Broadcast,
            31..=33 => Act::Users { room },
            34..=35 => Act::Stop {
                ms: random.u64(10..4_000),
            },
            36 => Act::Vanish,
            37..=38 => Act::Cut,
            _ => Act::Close,
        }
    }

    fn join(random: &mut fastrand::Rng) -> Act {
        Act::Join {
            user: USERS[random.usize(..USERS.len())],
            room: ROOMS[random.usize(..ROOMS.len())],
        }
    }
}
