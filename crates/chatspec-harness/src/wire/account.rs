//! How much the server makes us hold, over one connection and over all of them.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::limits::{CONNECTION_BYTES, RUN_BYTES, SHARE_BYTES};

/// What all connections to one target hold together, in bytes. Copies count the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Budget(Arc<AtomicUsize>);

impl Budget {
    /// The bytes held at present.
    pub(crate) fn held(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// All budgets are alike: they say nothing about where a server is.
impl PartialEq for Budget {
    fn eq(&self, _: &Budget) -> bool {
        true
    }
}

impl Eq for Budget {}

/// What is held for one purpose: the packets of a session, or the bytes of a connection that make no whole message
/// yet. Given back when the last copy is dropped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    budget: Budget,
    mine: AtomicUsize,
}

impl Account {
    pub(crate) fn new(budget: &Budget) -> Account {
        Account(Arc::new(Inner {
            budget: budget.clone(),
            mine: AtomicUsize::new(0),
        }))
    }

    /// Counts `bytes`. `false`, and nothing counted, where that is more than one may have, or more than a small share
    /// while all together have too much.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let Inner { budget, mine } = &*self.0;
        let own = mine.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let all = budget.0.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let fits = own <= CONNECTION_BYTES && (all <= RUN_BYTES || own <= SHARE_BYTES);
        if !fits {
            mine.fetch_sub(bytes, Ordering::Relaxed);
            budget.0.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }

    /// What is counted at present.
    pub(crate) fn held(&self) -> usize {
        self.0.mine.load(Ordering::Relaxed)
    }

    /// Gives back everything.
    pub(crate) fn clear(&self) {
        let bytes = self.0.mine.swap(0, Ordering::Relaxed);
        self.0.budget.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let bytes = *self.mine.get_mut();
        self.budget.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// What a read comes to when the account is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flooded;

impl fmt::Display for Flooded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "more than {CONNECTION_BYTES} bytes over one connection, or {RUN_BYTES} over all"
        )
    }
}

impl Error for Flooded {}

/// Whether an error, or what is behind it, is a full account: libraries wrap what a read comes to.
pub(crate) fn is_flood(error: &(dyn Error + 'static)) -> bool {
    // An I/O error hides the outermost error in it from its chain of sources.
    let inner = error.downcast_ref::<io::Error>();
    error.is::<Flooded>()
        || inner
            .and_then(io::Error::get_ref)
            .is_some_and(|inner| is_flood(inner))
        || error.source().is_some_and(is_flood)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_connection_has_its_own_limit() {
        let account = Account::new(&Budget::default());
        assert!(account.take(CONNECTION_BYTES));
        assert!(!account.take(1));
        account.clear();
        assert!(account.take(1));
    }

    #[test]
    fn all_together_leave_each_a_share() {
        let budget = Budget::default();
        let full: Vec<Account> = (0..RUN_BYTES / CONNECTION_BYTES)
            .map(|_| Account::new(&budget))
            .collect();
        assert!(full.iter().all(|account| account.take(CONNECTION_BYTES)));
        let late = Account::new(&budget);
        assert!(late.take(SHARE_BYTES));
        assert!(!late.take(1));
        drop(full);
        assert_eq!(budget.held(), SHARE_BYTES);
        assert!(late.take(1));
    }

    #[test]
    fn a_flood_is_found_behind_other_errors() {
        assert!(is_flood(&io::Error::other(Flooded)));
        assert!(is_flood(&io::Error::other(io::Error::other(Flooded))));
        assert!(!is_flood(&io::Error::other("no")));
    }
}
