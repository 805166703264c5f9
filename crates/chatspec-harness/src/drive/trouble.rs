//! What may have been the network's doing, and not the server's.

/// Trouble with a connection during a play. A server can cause all of it, too: only another play can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Whose connection, and what became of it, in one line.
    pub what: String,
    kind: Kind,
}

/// The order is that of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// It was lost while it was opened, and opened anew: all went on as if nothing had been.
    Reopened,
    /// An answer did not come in time.
    Silent,
    /// It ended without a word.
    Lost,
    /// Nothing listens any more.
    Gone,
}

impl Trouble {
    pub(super) fn lost(who: &str, why: &str) -> Trouble {
        Trouble::new(Kind::Lost, who, why)
    }

    pub(super) fn reopened(who: &str, attempts: u32) -> Trouble {
        let why =
            format!("the connection was lost while it was opened; attempt {attempts} succeeded");
        Trouble::new(Kind::Reopened, who, &why)
    }

    pub(super) fn silent(who: &str, why: &str) -> Trouble {
        Trouble::new(Kind::Silent, who, why)
    }

    pub(super) fn gone(who: &str, why: &str) -> Trouble {
        Trouble::new(Kind::Gone, who, why)
    }

    fn new(kind: Kind, who: &str, why: &str) -> Trouble {
        let what = if who.is_empty() {
            why.to_owned()
        } else {
            format!("{who}: {why}")
        };
        Trouble { what, kind }
    }

    /// The graver of both; of two alike the first.
    pub(super) fn graver(self, other: Trouble) -> Trouble {
        if other.kind > self.kind { other } else { self }
    }

    /// Whether nothing came of it but that a connection had to be opened anew.
    pub fn is_reopened(&self) -> bool {
        self.kind == Kind::Reopened
    }

    /// Whether an answer was waited for in vain: to see that again costs as much time.
    pub fn is_silent(&self) -> bool {
        self.kind == Kind::Silent
    }

    /// Whether nothing listens any more: no trouble of a network on which others get through.
    pub fn is_gone(&self) -> bool {
        self.kind == Kind::Gone
    }
}
