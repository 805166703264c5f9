//! What was said and seen, in the order of one clock.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::time::Instant;

use crate::script::Script;

/// One connection of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who {
    pub person: usize,
    pub connection: usize,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.person, self.connection)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The namespace has answered.
    Connected,
    /// An event, under the id of its acknowledgement.
    Sent { id: u64, event: Value },
    /// The acknowledgement, with the code of a refusal.
    Acked { id: u64, refused: Option<u64> },
    /// A message of the event `chat`.
    Got(Value),
    /// From here on the client reads nothing for a while, or for good.
    Stopped,
    /// The client has ended the connection, or lets it rot.
    Left,
    /// It has ended otherwise.
    Lost,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub ms: u128,
    pub who: Who,
    pub what: What,
}

#[derive(Debug, Clone, Default)]
pub struct History {
    pub entries: Vec<Entry>,
    /// From when on nobody does anything but look.
    pub calm: usize,
    /// Connections that nothing disturbs and whose client always reads.
    pub fair: BTreeSet<Who>,
    /// Whether so much may wait for a client that no burst is too much.
    pub roomy: bool,
    /// Whether something never came to its end.
    pub endless: bool,
}

impl History {
    /// What each connection has sent and seen, and when. That is what a seed decides; which of two connections sees something
    /// first at the same moment is up to a table of the library that is hashed with other keys in each run.
    pub fn by_connection(&self) -> BTreeMap<Who, Vec<(u128, What)>> {
        let mut all: BTreeMap<Who, Vec<(u128, What)>> = BTreeMap::new();
        for entry in &self.entries {
            let own = all.entry(entry.who).or_default();
            own.push((entry.ms, entry.what.clone()));
        }
        all
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Entry { ms, who, what }) in self.entries.iter().enumerate() {
            if index == self.calm {
                writeln!(f, "calm")?;
            }
            write!(f, "{ms:>7} {who} ")?;
            match what {
                What::Sent { id, event } => writeln!(f, "sends {id} {event}"),
                What::Acked { id, refused: None } => writeln!(f, "  ack {id}"),
                What::Acked {
                    id,
                    refused: Some(code),
                } => writeln!(f, "  ack {id}: refused, {code}"),
                What::Got(message) => writeln!(f, "  gets {message}"),
                other => writeln!(f, "{other:?}"),
            }?;
        }
        Ok(())
    }
}

/// Takes notes for everybody.
#[derive(Clone)]
pub struct Notes {
    start: Instant,
    history: Arc<Mutex<History>>,
}

impl Notes {
    pub fn new() -> Notes {
        Notes {
            start: Instant::now(),
            history: Arc::default(),
        }
    }

    pub fn note(&self, who: Who, what: What) {
        let ms = self.start.elapsed().as_millis();
        self.with(|history| history.entries.push(Entry { ms, who, what }));
    }

    /// What the plans tell of the connections.
    pub fn script(&self, script: &Script) {
        self.with(|history| {
            history.roomy = script.buffer >= 1_024;
            for (person, plan) in script.people.iter().enumerate() {
                for (connection, sitting) in plan.connections.iter().enumerate() {
                    if sitting.is_fair() {
                        history.fair.insert(Who { person, connection });
                    }
                }
            }
        });
    }

    pub fn endless(&self) {
        self.with(|history| history.endless = true);
    }

    pub fn calm(&self) {
        self.with(|history| history.calm = history.entries.len());
    }

    pub fn take(self) -> History {
        self.with(std::mem::take)
    }

    fn with<T>(&self, f: impl FnOnce(&mut History) -> T) -> T {
        f(&mut self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How much has happened, for people who doubt it.
#[derive(Debug, Default)]
pub struct Totals {
    sent: u64,
    got: u64,
    refused: u64,
    lost: u64,
    connections: u64,
}

impl Totals {
    pub fn add(&mut self, history: &History) {
        for entry in &history.entries {
            match &entry.what {
                What::Connected => self.connections += 1,
                What::Sent { .. } => self.sent += 1,
                What::Got(_) => self.got += 1,
                What::Acked {
                    refused: Some(_), ..
                } => self.refused += 1,
                What::Lost => self.lost += 1,
                _ => {}
            }
        }
    }

    pub fn is_busy(&self) -> bool {
        [
            self.sent,
            self.got,
            self.refused,
            self.lost,
            self.connections,
        ]
        .iter()
        .all(|count| *count > 0)
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} connections, {} events sent, {} refused, {} messages seen, {} connections lost",
            self.connections, self.sent, self.refused, self.got, self.lost
        )
    }
}
