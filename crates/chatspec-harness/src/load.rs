//! Puts a server under load and has every delivery checked.
//!
//! One task a connection, all on one thread and around one [`World`](world::World): it knows who may send what, gives what
//! is received to the referee's [`Ledger`](chatspec_judge::ledger::Ledger), and measures. A closed loop keeps a window of
//! messages open for each sender; an open loop follows a timetable and measures from the moment that a message was due, so
//! that a server which stands still cannot hide it by slowing the load down.

mod attack;
mod gather;
mod member;
mod meter;
mod mix;
mod options;
mod process;
mod report;
mod run;
mod world;

pub use self::attack::Manner;
pub use self::options::{Options, Scenario};
pub use self::report::{
    Attack, Connects, Driver, Latency, Messages, Outcome, Process, Report, Sample, Settings,
};
pub use self::run::{LoadError, Progress, run};
