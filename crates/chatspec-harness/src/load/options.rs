//! What a load is.

use std::time::Duration;

use super::attack::Manner;
use crate::wire::Target;

/// What is done to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Some members of each room talk, the others listen.
    Fanout,
    /// Connections are opened, joined, and held.
    Hold,
    /// As many connections a second as it takes, or as the timetable says.
    Storm,
    /// Everybody does everything: messages, private ones, images, listings, leaving and coming back.
    Mixed,
    /// Attackers at full speed, beside people who talk at an even pace.
    Abuse,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Scenario; 5] = [
        Scenario::Fanout,
        Scenario::Hold,
        Scenario::Storm,
        Scenario::Mixed,
        Scenario::Abuse,
    ];

    /// As on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Scenario::Fanout => "fanout",
            Scenario::Hold => "hold",
            Scenario::Storm => "storm",
            Scenario::Mixed => "mixed",
            Scenario::Abuse => "abuse",
        }
    }

    /// Whether members send messages all the time.
    pub(super) fn talks(self) -> bool {
        matches!(self, Scenario::Fanout | Scenario::Mixed | Scenario::Abuse)
    }
}

/// How a load goes.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server; of several nodes the first.
    pub target: Target,
    /// All its nodes, where there are several; else empty. The members are dealt out to them in turn.
    pub nodes: Vec<Target>,
    /// What is done.
    pub scenario: Scenario,
    /// Rooms.
    pub rooms: u32,
    /// Members of each.
    pub members: u32,
    /// Members of each that send.
    pub senders: u32,
    /// Messages of one sender that may be on their way; connections that may be opening at a time.
    pub window: u32,
    /// Messages a second of all senders together, or connections a second: an open loop. None is a closed one.
    pub rate: Option<f64>,
    /// How long the load lasts, once everybody has joined.
    pub duration: Duration,
    /// Bytes of a text, at least.
    pub size: usize,
    /// Connections of attackers.
    pub attackers: u32,
    /// What they do, in turn; empty for [`Manner::BUSY`].
    pub manners: Vec<Manner>,
    /// Names, and who does what.
    pub seed: u64,
    /// The server's process on this machine.
    pub pid: Option<u32>,
    /// How long a connection may take to open, and how long nothing may come although something is due.
    pub patience: Duration,
}

impl Options {
    /// Where a member connects to.
    pub(super) fn node(&self, who: u32) -> &Target {
        let nodes = self.nodes.len().max(1);
        self.nodes.get(who as usize % nodes).unwrap_or(&self.target)
    }

    /// Connections of members.
    pub fn connections(&self) -> u32 {
        self.rooms.saturating_mul(self.members)
    }

    /// What attackers do, in turn.
    pub(super) fn manners(&self) -> &[Manner] {
        match self.manners.as_slice() {
            [] => &Manner::BUSY,
            some => some,
        }
    }

    /// Members of a room that send, as far as there are so many.
    pub(super) fn speakers(&self) -> u32 {
        match self.scenario {
            Scenario::Mixed => self.members,
            _ => self.senders.min(self.members),
        }
    }
}
