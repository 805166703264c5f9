//! How the cost of one delivery grows with members and with rooms, of our server.

use std::fs;

use super::load::Driver;
use crate::bench::peer::Peer;

/// Members of one room.
const MEMBERS: [u32; 5] = [2, 20, 200, 1_000, 2_000];
/// Rooms of two.
const ROOMS: [u32; 6] = [1, 10, 100, 1_000, 5_000, 10_000];
/// What server and driver take for a connection, in bytes, and then some.
const CONNECTION: u64 = 100 << 10;

/// Microseconds of the server's processor for one delivery.
pub(in crate::bench) struct Growth {
    pub members: Vec<(u32, f64)>,
    pub rooms: Vec<(u32, f64)>,
}

impl Growth {
    pub(super) fn measure(
        driver: &Driver,
        start: impl Fn() -> Result<Peer, String>,
    ) -> Result<Growth, String> {
        let cost = |rooms: u32, members: u32| -> Result<Option<f64>, String> {
            if !fits(rooms * members) {
                eprintln!(
                    "not {rooms} rooms of {members}: too little memory, or too few descriptors"
                );
                return Ok(None);
            }
            // So many messages on their way that the server is never idle, and no queue of one receiver overflows.
            // The same window everywhere: with a smaller one fewer messages come at once, and each costs a system call more.
            let (senders, window) = (members.min(8), 16);
            let [rooms, members, senders, window] =
                [rooms, members, senders, window].map(|n| n.to_string());
            let args = [
                "--rooms",
                &rooms,
                "--members",
                &members,
                "--senders",
                &senders,
                "--window",
                &window,
            ];
            let run = driver.run(
                &start()?,
                "fanout",
                &[&args[..], &["--patience", "30"]].concat(),
            )?;
            Ok((run.per_cpu_second > 0.0).then(|| 1e6 / run.per_cpu_second))
        };
        let mut growth = Growth {
            members: Vec::new(),
            rooms: Vec::new(),
        };
        for members in MEMBERS {
            growth
                .members
                .extend(cost(1, members)?.map(|cost| (members, cost)));
        }
        for rooms in ROOMS {
            growth
                .rooms
                .extend(cost(rooms, 2)?.map(|cost| (rooms, cost)));
        }
        Ok(growth)
    }
}

/// Whether the machine has memory and descriptors for so many connections. What it does not tell is no obstacle.
fn fits(connections: u32) -> bool {
    let memory = read("/proc/meminfo", "MemAvailable:").map(|kibibytes| kibibytes * 1_024);
    let descriptors = fs::read_to_string("/proc/self/limits")
        .ok()
        .and_then(|limits| {
            let line = limits
                .lines()
                .find(|line| line.starts_with("Max open files"))?;
            line.split_whitespace().nth(4)?.parse::<u64>().ok()
        });
    let connections = u64::from(connections);
    memory.is_none_or(|memory| connections * CONNECTION < memory)
        && descriptors.is_none_or(|most| connections + 100 < most)
}

fn read(path: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}
