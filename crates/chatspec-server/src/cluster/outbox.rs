//! What waits to go to the broker: bounded, in order, and open about what it had no place for.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::op::{Op, Rooms, To};

/// Rooms that are told apart of those in which something was lost; with more it is all.
const ROOMS_MAX: usize = 1_000;

/// What waits to go to the broker.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// Messages, and bytes of them, that may wait.
    bounds: (usize, usize),
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    ops: VecDeque<Op>,
    bytes: usize,
    /// For whom something had no place since the last that had one.
    lost: Option<BTreeSet<String>>,
    /// There were too many of them to tell.
    all_lost: bool,
}

impl Outbox {
    pub(crate) fn new(messages: usize, bytes: usize) -> Self {
        Self {
            bounds: (messages, bytes),
            waiting: Mutex::default(),
            filled: Notify::new(),
        }
    }

    /// Puts something at the end, and says whether there was a place for it. Who leaves always has one, and who is to be
    /// there again: there are no more of them than have joined.
    pub(crate) fn push(&self, op: Op) -> bool {
        let mut waiting = self.lock();
        let full = waiting.ops.len() >= self.bounds.0 || waiting.bytes + op.size() > self.bounds.1;
        let bounded = !matches!(
            op,
            Op::Leave { .. }
                | Op::Join {
                    entered: Some(_),
                    ..
                }
        );
        if full && bounded {
            if let Op::Say { to, .. } = &op {
                waiting.lose(to);
            }
            return false;
        }
        if !full {
            waiting.admit_loss();
        }
        waiting.add(op);
        drop(waiting);
        self.filled.notify_one();
        true
    }

    /// Takes the first of what waits, at most so many and so many bytes, but one at least.
    pub(crate) fn take(&self, most: usize, bytes: usize) -> Vec<Op> {
        let mut waiting = self.lock();
        let (mut taken, mut size) = (Vec::new(), 0);
        while let Some(op) = waiting.ops.front() {
            if !taken.is_empty() && (taken.len() >= most || size + op.size() > bytes) {
                break;
            }
            size += op.size();
            taken.extend(waiting.ops.pop_front());
        }
        waiting.bytes = waiting.bytes.saturating_sub(size);
        if waiting.ops.is_empty() {
            waiting.admit_loss();
        }
        taken
    }

    /// Waits until there is something to take. It may also return when there is not.
    pub(crate) async fn filled(&self) {
        if self.lock().ops.is_empty() {
            self.filled.notified().await;
        }
    }

    /// How much waits, in messages and bytes.
    pub(crate) fn depth(&self) -> (usize, usize) {
        let waiting = self.lock();
        (waiting.ops.len(), waiting.bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, op: Op) {
        self.bytes += op.size();
        self.ops.push_back(op);
    }

    fn lose(&mut self, to: &To) {
        let lost = self.lost.get_or_insert_default();
        match to {
            To::Room(room) | To::Session { room, .. } => {
                lost.insert(room.as_str().to_owned());
            }
            To::Joined => self.all_lost = true,
        }
        self.all_lost |= lost.len() > ROOMS_MAX;
    }

    /// Says what was lost, where it would have stood.
    // rule: order.no-gap
    fn admit_loss(&mut self) {
        if let Some(lost) = self.lost.take() {
            let rooms = match std::mem::take(&mut self.all_lost) {
                true => Rooms::All,
                false => Rooms::These(lost.into_iter().collect()),
            };
            self.add(Op::Gap(rooms));
        }
    }
}

#[cfg(test)]
mod tests {
    use chatspec::name::NameKey;

    use super::*;

    fn say(room: &str, text: &str) -> Op {
        Op::Say {
            session: 1,
            to: To::Room(NameKey::of(room)),
            message: text.to_owned(),
        }
    }

    #[test]
    fn what_is_lost_is_told_where_it_would_have_stood() {
        let outbox = Outbox::new(2, 1_000_000);
        assert!(outbox.push(say("a", "1")));
        assert!(outbox.push(say("a", "2")));
        assert!(!outbox.push(say("a", "3")));
        assert!(!outbox.push(say("b", "4")));
        assert!(outbox.push(Op::Leave { session: 1 }));
        assert_eq!(outbox.take(1, 1), [say("a", "1")]);
        assert_eq!(
            outbox.take(9, 9_999),
            [say("a", "2"), Op::Leave { session: 1 }]
        );
        // Nothing has come after it, and it is told all the same.
        let gap = Op::Gap(Rooms::These(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(outbox.take(9, 9_999), [gap]);
        assert_eq!(outbox.take(9, 9_999), []);
        assert_eq!(outbox.depth(), (0, 0));
    }

    #[test]
    fn bytes_count_as_well() {
        let outbox = Outbox::new(100, 1_000);
        assert!(outbox.push(say("a", &"x".repeat(700))));
        assert!(!outbox.push(say("a", &"x".repeat(700))));
        assert_eq!(outbox.take(9, 1).len(), 1);
        assert!(outbox.push(say("a", "")));
        let taken = outbox.take(9, 9_999);
        assert!(
            matches!(&taken[..], [Op::Gap(_), Op::Say { .. }]),
            "{taken:?}"
        );
    }

    #[test]
    fn too_many_rooms_are_all() {
        let outbox = Outbox::new(1, 1_000_000);
        outbox.push(say("a", ""));
        for n in 0..=ROOMS_MAX {
            assert!(!outbox.push(say(&n.to_string(), "")));
        }
        outbox.take(1, 1);
        assert_eq!(outbox.take(1, 1), [Op::Gap(Rooms::All)]);
    }
}
