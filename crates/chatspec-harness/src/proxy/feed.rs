//! Copies of what passes, on their way from the connections to the one who reads them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use chatspec_judge::check::Sender;
use tokio::sync::mpsc;

use super::Reader;
use crate::wire::Clock;
use chatspec_judge::proxy::Seen;

/// Bytes of copies that may wait to be read, over all connections: 64 MiB. Beyond, a connection is forwarded unread.
const WAITING_BYTES: usize = 64 << 20;
/// What waits costs at least this much, however little it holds.
const OVERHEAD: usize = 128;

/// One thing that happened on a connection.
#[derive(Debug)]
pub(super) enum Copy {
    Bytes(u64, Sender, Bytes),
    /// One side sends no more; whether its connection was torn down.
    Ended(u64, Sender, bool),
    /// Both are over.
    Over(u64),
    /// Copies were thrown away.
    Lost(u64),
    /// No connection to the server came about.
    Unreachable(String),
}

impl Copy {
    fn cost(&self) -> usize {
        OVERHEAD
            + match self {
                Copy::Bytes(_, _, bytes) => bytes.len(),
                _ => 0,
            }
    }
}

/// The end at which the copies are read.
pub struct Feed {
    copies: mpsc::UnboundedReceiver<(u64, Copy)>,
    waiting: Arc<AtomicUsize>,
    reader: Reader,
}

/// What reading comes to.
#[derive(Debug)]
pub enum Tapped {
    /// What passed.
    Seen(Vec<Seen>),
    /// A client came, and no connection to the server did: why, harmless to print.
    Unreachable(String),
}

/// The end at which they are put in; one for all connections.
#[derive(Clone)]
pub(super) struct Copies {
    sender: mpsc::UnboundedSender<(u64, Copy)>,
    waiting: Arc<AtomicUsize>,
    connections: Arc<AtomicU64>,
    clock: Clock,
}

/// Both ends, for Engine.IO at this path.
pub(super) fn feed(path: &str) -> (Copies, Feed) {
    let (sender, copies) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let feed = Feed {
        copies,
        waiting: Arc::clone(&waiting),
        reader: Reader::new(path),
    };
    let copies = Copies {
        sender,
        waiting,
        connections: Arc::default(),
        clock: Clock::start(),
    };
    (copies, feed)
}

impl Copies {
    /// The number of a new connection, from 1.
    pub(super) fn number(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Puts one in, without waiting; false where there is no room for it.
    pub(super) fn put(&self, copy: Copy) -> bool {
        let cost = copy.cost();
        let is_content = matches!(copy, Copy::Bytes(..));
        let before = self.waiting.fetch_add(cost, Ordering::Relaxed);
        if is_content && before + cost > WAITING_BYTES {
            self.waiting.fetch_sub(cost, Ordering::Relaxed);
            return false;
        }
        let at = u64::try_from(self.clock.elapsed().as_micros()).unwrap_or(u64::MAX);
        // Where nobody reads any longer, nothing has to be read.
        let _ = self.sender.send((at, copy));
        true
    }
}

impl Feed {
    /// The next that passed; none once the proxy has ended.
    ///
    /// It can be dropped while it waits: nothing is lost.
    pub async fn next(&mut self) -> Option<Tapped> {
        loop {
            let (at, copy) = self.copies.recv().await?;
            if let Some(tapped) = self.read(at, copy) {
                return Some(tapped);
            }
        }
    }

    /// The next that has passed already; none where all is read.
    pub fn now(&mut self) -> Option<Tapped> {
        loop {
            let (at, copy) = self.copies.try_recv().ok()?;
            if let Some(tapped) = self.read(at, copy) {
                return Some(tapped);
            }
        }
    }

    fn read(&mut self, at: u64, copy: Copy) -> Option<Tapped> {
        self.waiting.fetch_sub(copy.cost(), Ordering::Relaxed);
        let seen = match copy {
            Copy::Bytes(connection, by, bytes) => self.reader.bytes(connection, by, &bytes, at),
            Copy::Ended(connection, by, abrupt) => self.reader.ended(connection, by, abrupt, at),
            Copy::Lost(connection) => self.reader.lost(connection, at),
            Copy::Over(connection) => {
                self.reader.forget(connection);
                return None;
            }
            Copy::Unreachable(why) => return Some(Tapped::Unreachable(why)),
        };
        (!seen.is_empty()).then_some(Tapped::Seen(seen))
    }
}
