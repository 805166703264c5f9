//! What can happen, and what has to come of it.

mod bus;
mod churn;
mod company;
mod death;
mod names;
mod outage;
mod outcome;
mod traffic;

use std::time::Duration;

use clap::ValueEnum;

use super::process::Signal;
use super::proxy::Weather;
use super::suite;
use super::world::World;
use outage::outage;
pub use outcome::Outcome;

const ROOM: &str = "room";
/// What has to have come by then.
const DEADLINE: Duration = Duration::from_secs(20);
/// Until everything is as before, once a fault is over.
const RECOVERY: Duration = Duration::from_secs(5);
/// Until a dead node's members are gone.
const GHOSTS: Duration = Duration::from_secs(15);
/// How long a node may not reach the broker before the others give it up, about.
const LEASE: Duration = Duration::from_secs(9);
/// Messages among members on one node during a fault.
const LOCAL: usize = 100;

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// Two want one name on two nodes at once, again and again.
    NameRace,
    /// Two nodes are started under one name.
    NodeTwins,
    /// One says much at once to a member on another node.
    Burst,
    /// The broker dies, and comes again without anything.
    BrokerRestart,
    /// The broker dies, and its replica takes its place.
    BrokerFailover,
    /// A node dies.
    NodeKilled,
    /// A node dies and comes back, twenty times.
    NodeKilledOften,
    /// A node is stopped in order, and another takes its place.
    RollingRestart,
    /// A node gets bytes that are no answer.
    Garbage,
    /// What is on the stream is no entry, or one of another version.
    Rubbish,
    /// Every entry is on the stream twice.
    Repeated,
    /// The broker does what it is told, and the node does not hear that it has.
    Unanswered,
    /// What a node has not read yet is thrown away.
    Trimmed,
    /// The broker drops whoever has more than a little to read.
    ReaderDropped,
    /// The clocks of two nodes are wrong by ten minutes, each in its own direction.
    Clocks,
    /// A node's link to the broker is cut for a while, shorter than its lease.
    LinkCut,
    /// A node's link to the broker is cut for longer than its lease.
    LinkCutLong,
    /// A node is heard by the broker, and hears nothing.
    LinkDeaf,
    /// Everything between a node and the broker takes long, and some of it longer.
    LinkSlow,
    /// The broker holds still for 30 s.
    BrokerFrozen,
    /// A node holds still for 30 s, and then goes on as if nothing had been.
    NodeFrozen,
    /// For ten minutes members come and go on all nodes, and the nodes but the first as well.
    Churn,
    /// Nothing happens, and the suite plays the conversations about nodes.
    Conversations,
    /// Nothing happens, and the suite plays everything: conversations and bad inputs.
    Suite,
}

impl Fault {
    /// All of them, or the short ones.
    pub fn all(smoke: bool) -> Vec<Fault> {
        use Fault::{BrokerRestart, Conversations, NameRace, NodeKilled};
        use Fault::{ReaderDropped, Repeated, Trimmed};
        let every = Fault::value_variants().iter().copied();
        match smoke {
            true => vec![
                NameRace,
                BrokerRestart,
                NodeKilled,
                Repeated,
                Trimmed,
                ReaderDropped,
                Conversations,
            ],
            // The whole suite plays them as well.
            false => every.filter(|fault| *fault != Conversations).collect(),
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Plays it.
    pub fn play(self, world: &mut World) -> Result<Outcome, String> {
        let last = world.last();
        let short = Duration::from_secs(2);
        match self {
            Fault::NameRace => names::race(world),
            Fault::NodeTwins => names::twins(world),
            Fault::Burst => traffic::burst(world),
            Fault::NodeKilled => death::killed(world),
            Fault::NodeKilledOften => death::killed_often(world),
            Fault::NodeFrozen => death::frozen(world),
            Fault::RollingRestart => death::rolling(world),
            Fault::Clocks => death::clocks(world),
            Fault::Rubbish => bus::rubbish(world),
            Fault::Repeated => bus::repeated(world),
            Fault::Trimmed => bus::trimmed(world),
            Fault::Unanswered => traffic::unanswered(world),
            Fault::ReaderDropped => traffic::reader_dropped(world),
            Fault::Churn => churn::churn(world),
            Fault::Conversations => suite::play(world, &["--case", "cluster/*"]),
            Fault::Suite => {
                // Who floods a server that has no limits can have others thrown out.
                world.limit()?;
                suite::play(world, &["--suite", "all"])
            }
            Fault::BrokerFailover => bus::failover(world),
            Fault::BrokerRestart => outage(
                world,
                "SIGKILL, 2 s, again empty",
                short,
                |world| {
                    world.broker.kill();
                    Ok(())
                },
                |world| world.broker.again(),
            ),
            Fault::BrokerFrozen => outage(
                world,
                "SIGSTOP, 30 s, SIGCONT",
                Duration::from_secs(30),
                |world| world.broker.signal(Signal::Freeze),
                |world| world.broker.signal(Signal::Thaw),
            ),
            Fault::Garbage => outage(
                world,
                "bytes that are no answer",
                short,
                |world| {
                    world.forge(world.last(), b"\x80\x04\x95 no answer\r\n$-7\r\n");
                    Ok(())
                },
                |_| Ok(()),
            ),
            Fault::LinkCut => outage::weather(world, last, Weather::Cut, "cut for 3 s", 3),
            Fault::LinkCutLong => outage::weather(world, last, Weather::Cut, "cut for 20 s", 20),
            Fault::LinkDeaf => outage::weather(world, last, Weather::Deaf, "no answers for 5 s", 5),
            Fault::LinkSlow => outage::weather(
                world,
                last,
                Weather::Slow,
                "200 ms, some 400 ms, for 5 s",
                5,
            ),
        }
    }
}
