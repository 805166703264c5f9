//! What the server counts of itself. Nothing here has a name, a text or an address in it.

mod write;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chatspec::refusal::Code;
use chatspec_room::Action;

use crate::parting::Why;

pub(crate) use write::Levels;

/// Upper bounds of the histogram of handling times, in microseconds.
const BOUNDS: [u64; 13] = [
    25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000,
];

/// What a session can do, by the word in the metric.
const ACTS: [&str; 7] = [
    "join", "leave", "users", "chat", "image", "refused", "excess",
];

/// Counters since the server started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    sessions: AtomicU64,
    acts: [AtomicU64; ACTS.len()],
    deliveries: AtomicU64,
    refusals: [AtomicU64; Code::ALL.len()],
    drops: [AtomicU64; Why::ALL.len()],
    /// One more than there are bounds: the last is for what is beyond them.
    handled: [AtomicU64; BOUNDS.len() + 1],
    handled_micros: AtomicU64,
    draining: AtomicBool,
}

impl Metrics {
    pub(crate) fn session(&self) {
        add(&self.sessions, 1);
    }

    /// An act of a session, its end aside.
    pub(crate) fn act(&self, action: &Action) {
        let word = match action {
            Action::Message(message) => message.tag(),
            Action::Excess(..) => "excess",
            Action::Refused(_) => "refused",
            Action::Admitted(..) | Action::Denied(..) => "join",
            Action::Remote(_) | Action::Disconnected => return,
        };
        if let Some(index) = ACTS.iter().position(|act| *act == word) {
            add(&self.acts[index], 1);
        }
    }

    /// A message for so many receivers.
    pub(crate) fn deliver(&self, receivers: usize) {
        add(&self.deliveries, receivers as u64);
    }

    pub(crate) fn refuse(&self, code: Code) {
        if let Some(index) = Code::ALL.iter().position(|other| *other == code) {
            add(&self.refusals[index], 1);
        }
    }

    pub(crate) fn drop_session(&self, why: Why) {
        if let Some(index) = Why::ALL.iter().position(|other| *other == why) {
            add(&self.drops[index], 1);
        }
    }

    /// An event was handled: read, decided, and handed to every receiver's queue.
    pub(crate) fn handle(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let index = BOUNDS.partition_point(|bound| *bound < micros);
        add(&self.handled[index], 1);
        add(&self.handled_micros, micros);
    }

    /// From here on nobody is let in.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
