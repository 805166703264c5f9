//! How the link to the broker does: what `/readyz` and `/metrics` tell of it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::{info, warn};

/// What is wrong with the broker, or with the link to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nobody answers.
    Unreachable,
    /// It answers too late.
    Slow,
    /// It does not know this password or user, or wants one.
    Password,
    /// It is older than streams.
    Version,
    /// It has no memory left.
    Memory,
    /// It takes nothing that is written: a replica, or a disk that is full.
    ReadOnly,
    /// It is loading its data.
    Loading,
    /// It says what we do not expect.
    Refused,
    /// Our lease has run out, or is another's.
    Lease,
    /// Another node has our name.
    Name,
}

impl Trouble {
    pub(crate) const ALL: [Self; 10] = [
        Self::Unreachable,
        Self::Slow,
        Self::Password,
        Self::Version,
        Self::Memory,
        Self::ReadOnly,
        Self::Loading,
        Self::Refused,
        Self::Lease,
        Self::Name,
    ];

    /// The word in logs and metrics.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Slow => "slow",
            Self::Password => "password",
            Self::Version => "version",
            Self::Memory => "memory",
            Self::ReadOnly => "read-only",
            Self::Loading => "loading",
            Self::Refused => "refused",
            Self::Lease => "lease",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "the broker cannot be reached",
            Self::Slow => "the broker does not answer in time",
            Self::Password => "the broker does not accept user and password",
            Self::Version => "the broker is too old: it has to be Redis 6 or Valkey, or newer",
            Self::Memory => "the broker has no memory left",
            Self::ReadOnly => "the broker takes nothing that is written",
            Self::Loading => "the broker is loading its data",
            Self::Refused => "the broker refuses what is asked",
            Self::Lease => "the lease of this node has run out",
            Self::Name => "another node of the cluster has the same name",
        })
    }
}

/// Counters since the start, and what is so at this moment.
#[derive(Debug)]
pub(crate) struct State {
    linked: AtomicBool,
    /// Index of the trouble in [`Trouble::ALL`], or one beyond.
    trouble: AtomicU8,
    leased: AtomicBool,
    pub(crate) troubles: [AtomicU64; Trouble::ALL.len()],
    pub(crate) links: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) undecodable: AtomicU64,
    pub(crate) duplicates: AtomicU64,
    /// Messages that had no place in the outbox.
    pub(crate) overflowed: AtomicU64,
    /// Rooms here that were told of a gap.
    pub(crate) gaps: AtomicU64,
    /// Sessions here that were ended because the cluster had given them up.
    pub(crate) fenced: AtomicU64,
    /// Nodes whose lease had run out and that we have cleared away.
    pub(crate) reaped: AtomicU64,
    /// Nodes that have a lease.
    pub(crate) nodes: AtomicU64,
    lag_micros: AtomicU64,
    /// The number of something that we have written and not read yet, and when.
    sample: Mutex<Option<(u64, Instant)>>,
    evicts: AtomicBool,
}

/// After so long something that was written is not waited for any more.
const SAMPLE_AGE: Duration = Duration::from_secs(10);

const NO_TROUBLE: u8 = Trouble::ALL.len() as u8;

impl Default for State {
    fn default() -> Self {
        Self {
            linked: AtomicBool::new(false),
            trouble: AtomicU8::new(NO_TROUBLE),
            leased: AtomicBool::new(false),
            troubles: Default::default(),
            links: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            undecodable: AtomicU64::new(0),
            duplicates: AtomicU64::new(0),
            overflowed: AtomicU64::new(0),
            gaps: AtomicU64::new(0),
            fenced: AtomicU64::new(0),
            reaped: AtomicU64::new(0),
            nodes: AtomicU64::new(0),
            lag_micros: AtomicU64::new(0),
            sample: Mutex::new(None),
            evicts: AtomicBool::new(false),
        }
    }
}

impl State {
    /// The link works, and everything that the others know is known here.
    pub(crate) fn up(&self) {
        add(&self.links, 1);
        self.leased.store(true, Ordering::Relaxed);
        self.trouble.store(NO_TROUBLE, Ordering::Relaxed);
        if !self.linked.swap(true, Ordering::Relaxed) {
            info!("linked to the cluster");
        }
    }

    /// Something is wrong. It is logged when it has not been so before.
    pub(crate) fn fail(&self, trouble: Trouble, detail: &str) {
        let index = Trouble::ALL.iter().position(|other| *other == trouble);
        let index = index.unwrap_or_default();
        add(&self.troubles[index], 1);
        let index = u8::try_from(index).unwrap_or(NO_TROUBLE);
        if self.trouble.swap(index, Ordering::Relaxed) != index {
            warn!(trouble = trouble.word(), detail, "{trouble}");
        }
        if trouble == Trouble::Lease {
            self.leased.store(false, Ordering::Relaxed);
        }
    }

    /// An audience here was told of a gap.
    pub(crate) fn gap(&self) {
        add(&self.gaps, 1);
    }

    /// Something was read that is no entry of ours.
    pub(crate) fn unreadable(&self) {
        add(&self.undecodable, 1);
    }

    /// A session here was ended.
    pub(crate) fn fence(&self) {
        add(&self.fenced, 1);
    }

    /// It is right again, while the link has been there all the time.
    pub(crate) fn recover(&self) {
        if self.trouble.swap(NO_TROUBLE, Ordering::Relaxed) != NO_TROUBLE {
            info!("the broker is well again");
        }
    }

    /// From here on nothing of the others is known.
    pub(crate) fn down(&self) {
        self.linked.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_linked(&self) -> bool {
        self.linked.load(Ordering::Relaxed)
    }

    pub(crate) fn is_leased(&self) -> bool {
        self.leased.load(Ordering::Relaxed)
    }

    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let index = usize::from(self.trouble.load(Ordering::Relaxed));
        Trouble::ALL.get(index).copied()
    }

    /// The broker throws away what it has no place for, or does not. Logged when that changes.
    pub(crate) fn evicts(&self, policy: Option<&str>) {
        let evicts = policy.is_some();
        if self.evicts.swap(evicts, Ordering::Relaxed) != evicts {
            match policy {
                Some(policy) => warn!(
                    policy,
                    "the broker may throw leases, names and messages away when its memory is full: \
                     set its maxmemory-policy to noeviction"
                ),
                None => info!("the broker throws nothing away"),
            }
        }
    }

    pub(crate) fn may_evict(&self) -> bool {
        self.evicts.load(Ordering::Relaxed)
    }

    /// Something of ours with this number is on its way.
    pub(crate) fn note(&self, sequence: u64) {
        let mut sample = self.sample.lock().unwrap_or_else(PoisonError::into_inner);
        if sample.is_none_or(|(_, since)| since.elapsed() > SAMPLE_AGE) {
            *sample = Some((sequence, Instant::now()));
        }
    }

    /// Something of ours has come back.
    pub(crate) fn read(&self, sequence: u64) {
        let mut sample = self.sample.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, since)) = sample.take_if(|(awaited, _)| *awaited <= sequence) {
            let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.lag_micros.store(micros, Ordering::Relaxed);
        }
    }

    /// Time from something's being given to the broker to its being read here.
    pub(crate) fn lag_micros(&self) -> u64 {
        self.lag_micros.load(Ordering::Relaxed)
    }
}

pub(crate) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
