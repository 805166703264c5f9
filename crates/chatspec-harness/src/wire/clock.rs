//! One clock for all sessions of a run.

use std::time::Duration;

use tokio::time::Instant;

/// The moment that a run counts from.
///
/// Copies share the start, so times of different sessions can be compared and put in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Clock {
        Clock {
            start: Instant::now(),
        }
    }

    /// The monotonic time since the start.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::start()
    }
}
