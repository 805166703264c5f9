//! The queue between the tasks that read and whoever takes packets out.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::account::Account;
use super::error::CloseReason;
use super::limits::RAW_BYTES;
use super::packet::{Packet, Received};

/// Packets of a flood that are kept.
const BEGINNING: usize = 64;

/// Everything received and not yet taken, in order, and why nothing more will come.
///
/// Any number of tasks may push; one at a time may wait.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// What all packets of the session weigh, also those taken out.
    account: Account,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Received>,
    next_seq: u64,
    closed: Option<CloseReason>,
}

/// What waiting for a packet came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome<T> {
    Found(T),
    Closed(CloseReason),
    Deadline,
}

impl Inbox {
    pub(crate) fn new(account: Account) -> Inbox {
        Inbox {
            account,
            ..Inbox::default()
        }
    }

    /// Appends a packet. One too many closes the session instead; `false` says so.
    pub(crate) fn push(
        &self,
        at: std::time::Duration,
        raw: String,
        raw_len: usize,
        packet: Packet,
        weight: usize,
    ) -> bool {
        let mut state = self.lock();
        let flooded = state.closed == Some(CloseReason::Flood);
        let fits = !flooded && self.account.take(weight);
        if fits {
            let seq = state.next_seq;
            let received = Received {
                at,
                seq,
                raw,
                raw_len,
                packet,
            };
            state.queue.push_back(received);
            state.next_seq += 1;
        } else {
            // A flood is no evidence but of itself: its beginning is enough.
            state.queue.truncate(BEGINNING);
            state.queue.retain(|received| received.raw_len <= RAW_BYTES);
            self.account.clear();
            state.closed.get_or_insert(CloseReason::Flood);
        }
        drop(state);
        self.changed.notify_one();
        fits
    }

    /// What all packets so far weigh.
    pub(crate) fn held(&self) -> usize {
        self.account.held()
    }

    /// Drops all packets, and starts to count anew.
    pub(crate) fn forget(&self) {
        self.lock().queue.clear();
        self.account.clear();
    }

    /// Says that the session is over. The first reason stays.
    pub(crate) fn close(&self, reason: CloseReason) {
        self.lock().closed.get_or_insert(reason);
        self.changed.notify_one();
    }

    pub(crate) fn closed(&self) -> Option<CloseReason> {
        self.lock().closed.clone()
    }

    pub(crate) fn pop(&self) -> Option<Received> {
        self.lock().queue.pop_front()
    }

    /// Takes the next packet; what was received before the end comes before the end.
    pub(crate) async fn next(&self, deadline: Instant) -> Outcome<Received> {
        self.wait(deadline, || self.pop()).await
    }

    /// How many packets have come so far, taken or not.
    pub(crate) fn count(&self) -> u64 {
        self.lock().next_seq
    }

    /// Waits until so many packets have come, taken or not.
    pub(crate) async fn reach(&self, count: u64, deadline: Instant) -> Outcome<()> {
        self.wait(deadline, || (self.count() >= count).then_some(()))
            .await
    }

    /// Looks at each packet once, without taking it, until `look` finds what it wants. Nobody may
    /// take packets meanwhile.
    pub(crate) async fn find<T>(
        &self,
        deadline: Instant,
        look: impl Fn(&Received) -> Option<T>,
    ) -> Outcome<T> {
        let mut looked = 0;
        self.wait(deadline, || {
            let state = self.lock();
            // A flood takes away what was already looked at.
            let from = looked.min(state.queue.len());
            looked = state.queue.len();
            let mut rest = state.queue.range(from..);
            rest.find_map(&look)
        })
        .await
    }

    async fn wait<T>(&self, deadline: Instant, mut ready: impl FnMut() -> Option<T>) -> Outcome<T> {
        loop {
            // The reason is read first: a packet pushed between the two looks is found.
            let closed = self.closed();
            if let Some(found) = ready() {
                return Outcome::Found(found);
            }
            if let Some(reason) = closed {
                return Outcome::Closed(reason);
            }
            let late = Instant::now() >= deadline;
            if late || timeout_at(deadline, self.changed.notified()).await.is_err() {
                return Outcome::Deadline;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing here panics halfway through a change, so the state is whole even then.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wire::limits::CONNECTION_BYTES;

    fn push(inbox: &Inbox, weight: usize) -> bool {
        inbox.push(Duration::ZERO, "6".into(), 1, Packet::Noop, weight)
    }

    #[tokio::test]
    async fn what_came_before_the_end_is_taken_before_the_end() {
        let inbox = Inbox::default();
        assert!(push(&inbox, 1) && push(&inbox, 1));
        inbox.close(CloseReason::EngineClose);
        inbox.close(CloseReason::ByUs);
        let now = Instant::now();
        for seq in 0..2 {
            let Outcome::Found(received) = inbox.next(now).await else {
                panic!("packet {seq} is lost");
            };
            assert_eq!(received.seq, seq);
        }
        let end = Outcome::Closed(CloseReason::EngineClose);
        assert_eq!(inbox.next(now).await, end);
    }

    #[tokio::test]
    async fn the_deadline_ends_a_wait() {
        let inbox = Inbox::default();
        assert_eq!(inbox.next(Instant::now()).await, Outcome::Deadline);
    }

    #[tokio::test]
    async fn what_has_been_taken_has_come() {
        let inbox = Inbox::default();
        assert!(push(&inbox, 1) && inbox.pop().is_some());
        let now = Instant::now();
        assert_eq!(inbox.reach(1, now).await, Outcome::Found(()));
        assert_eq!(inbox.reach(2, now).await, Outcome::Deadline);
    }

    #[test]
    fn a_flood_closes_also_where_somebody_reads() {
        let inbox = Inbox::default();
        assert!(push(&inbox, CONNECTION_BYTES));
        assert!(inbox.pop().is_some());
        assert!(!push(&inbox, 1));
        assert_eq!(inbox.closed(), Some(CloseReason::Flood));
    }
}
