//! The arguments of `load`.

use std::time::Duration;

use clap::{Parser, ValueEnum};

use super::{Format, seconds};
use crate::output::wanted::{self, Wanted};

/// Puts a server under load, and checks every delivery: order, duplicates, gaps, strangers, presence.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 all that was due came, once and in order; 1 something else did, or too late for --max-p99; \
                        2 usage; 3 the server could not be reached; 4 nothing was due; 5 the server limits the load, or \
                        not everything was seen; 130 interrupted"
)]
pub struct Load {
    /// What is done to the server
    #[arg(value_enum)]
    pub scenario: Scenario,
    /// The server, such as http://127.0.0.1:5005. Without it: the reference server, embedded
    ///
    /// Of several nodes of one server all, in fanout and mixed: the members of each room are dealt out to them in turn
    pub url: Vec<String>,
    /// How long the load lasts, in seconds [default: 5; abuse: 9]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub duration: Option<Duration>,
    /// Rooms [default: 10; abuse: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000), conflicts_with = "connections")]
    pub rooms: Option<u32>,
    /// Members of each room
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub members: u32,
    /// Members of each room that talk, in fanout and abuse
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub senders: u32,
    /// Messages of one sender that may be on their way to somebody: a closed loop [default: 16; mixed: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000), conflicts_with = "rate")]
    pub window: Option<u32>,
    /// Messages a second, of all senders together, or connections a second in storm: an open loop, whose latencies count
    /// from the moment that a message was due [default in abuse: 50]
    #[arg(long, value_name = "N", value_parser = rate)]
    pub rate: Option<f64>,
    /// Connections, in place of --rooms [default in hold and storm: 1000]
    #[arg(short = 'c', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub connections: Option<u32>,
    /// Attackers, in abuse
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub attackers: u32,
    /// What attackers do, one after the other; again for more [default: flood, deaf, users, noise, flap, knock]
    #[arg(long, value_name = "NAME", value_enum)]
    pub manner: Vec<Manner>,
    /// Bytes of a text, at least
    #[arg(long, value_name = "BYTES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=8_000))]
    pub size: u32,
    /// Seed of names, and of who does what; printed by each run
    #[arg(long)]
    pub seed: Option<u64>,
    /// Process id of the server, on this machine: measure its processor time and memory
    #[arg(long, value_name = "PID")]
    pub pid: Option<u32>,
    /// Fail where the 99th percentile of latency is above so many milliseconds
    #[arg(long, value_name = "MS", value_parser = rate)]
    pub max_p99: Option<f64>,
    /// How long a connection may take, and how long nothing may come although something is due, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub patience: Duration,
    /// Send load to a server on another machine. Have its owner's consent
    #[arg(long)]
    pub allow_remote: bool,
    /// Path of the Socket.IO endpoint
    #[arg(long, default_value = "/socket.io/")]
    pub path: String,
    /// A header for every request
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// Write a report: json or html. `-` is stdout
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report)]
    pub report: Vec<Wanted>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// What is done to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Some members of each room talk, all others listen
    Fanout,
    /// Connections are opened, joined and held
    Hold,
    /// As many connections a second as it takes, or --rate
    Storm,
    /// Messages, private ones, images, listings, leaving and coming back, by chance
    Mixed,
    /// Attackers at full speed, beside people whose latency is measured
    Abuse,
}

/// What an attacker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Manner {
    /// Talks in its room, without end
    Flood,
    /// Sits in the room of the last one before that is not deaf, and never reads
    Deaf,
    /// Asks who is there, without end
    Users,
    /// Sends what has to be refused
    Noise,
    /// Joins and leaves
    Flap,
    /// Opens connections and drops them
    Knock,
    /// Sends a request that never ends, a byte a second
    Slow,
    /// Connects, and sends nothing at all
    Silent,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.01..=10_000_000.0).contains(&rate) => Ok(rate),
        _ => Err("expected a number from 0.01 to 10000000".to_owned()),
    }
}

fn report(text: &str) -> Result<Wanted, String> {
    let wanted = Wanted::parse(text)?;
    match wanted.format {
        wanted::Format::Json | wanted::Format::Html => Ok(wanted),
        _ => Err("a load has no such report; there are json and html".to_owned()),
    }
}
