//! The end of a session that is not its own wish: it is out of its room already, and is told as soon as it can be.

use std::fmt;
use std::time::Duration;

use chatspec_room::SessionId;
use socketioxide::extract::SocketRef;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

/// Time between two tries. A queue that is full tells nobody when it no longer is.
const AGAIN: Duration = Duration::from_millis(100);

/// Why a session is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// It does not read what is sent to it.
    Slow,
    /// It sends far too much.
    Rates,
    /// Handling what it sent went wrong: a bug of ours.
    Panic,
    /// The cluster has given it up, or has given its name to another.
    Cluster,
}

impl Why {
    pub(crate) const ALL: [Self; 4] = [Self::Slow, Self::Rates, Self::Panic, Self::Cluster];

    /// The word in logs and metrics.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Rates => "rates",
            Self::Panic => "panic",
            Self::Cluster => "cluster",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A session that is out, and has yet to be told.
pub(crate) struct Parting {
    pub(crate) session: SessionId,
    pub(crate) socket: SocketRef,
    pub(crate) why: Why,
}

impl Parting {
    /// Sends DISCONNECT, at once or when there is a place for it. Not to be called under the hub's lock: it leads to the
    /// disconnect handler. It ends at the latest when the transport does, which the heartbeat of a full queue sees to, or
    /// when the client leaves the namespace of itself: a DISCONNECT after that would end its next session.
    pub(crate) fn tell(self) {
        let Self {
            session,
            socket,
            why,
        } = self;
        warn!(session = session.0, %why, "thrown out");
        if socket.clone().disconnect().is_ok() {
            return;
        }
        tokio::spawn(async move {
            let mut again = interval(AGAIN);
            again.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                again.tick().await;
                if !socket.connected() || socket.clone().disconnect().is_ok() {
                    return;
                }
            }
        });
    }
}
