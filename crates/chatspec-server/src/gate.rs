//! Who may come in: how many connections and sessions there are, and how fast new ones come.

mod client;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::time::Instant;

pub(crate) use self::client::{Client, proxies};
use crate::config::Config;
use crate::rate::{Bucket, Rate};

/// Why one more is too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Full {
    #[error("the server has as many connections as it takes")]
    Total,
    #[error("this address has as many connections as it may")]
    Address,
    #[error("this address connects too fast")]
    Rate,
    #[error("too many sessions have not asked for the namespace yet")]
    Unconnected,
}

/// Counts connections of the transport, and sessions of Engine.IO. A session of polling has no connection of its own, and a
/// connection need not have a session: each is held against the same limits.
pub(crate) struct Gate {
    limits: Limits,
    state: Mutex<State>,
    /// Buckets count from here.
    start: Instant,
}

struct Limits {
    total: usize,
    per_address: usize,
    unconnected: usize,
    rate: Rate,
}

#[derive(Default)]
struct State {
    connections: Count,
    sessions: Count,
    unconnected: usize,
    rates: HashMap<IpAddr, Bucket>,
    /// So many rates are kept before those that say nothing any more are dropped.
    sweep_at: usize,
}

/// A number of things, in all and by address.
#[derive(Default)]
struct Count {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Rates that are kept in any case.
const RATES: usize = 1_024;

impl Gate {
    pub(crate) fn new(config: &Config) -> Gate {
        Gate {
            limits: Limits {
                total: config.connections,
                per_address: config.connections_per_address,
                unconnected: config.sessions_unconnected,
                rate: config.connect_rate,
            },
            state: Mutex::default(),
            start: Instant::now(),
        }
    }

    /// Takes one more connection, until what is returned is dropped.
    pub(crate) fn connect(self: &Arc<Self>, client: Client) -> Result<Connection, Full> {
        let mut state = self.lock();
        state.has_room(&self.limits, client, |state| &state.connections)?;
        state.pace(self.limits.rate, self.start.elapsed(), client)?;
        state.connections.add(client);
        Ok(Connection {
            gate: Arc::clone(self),
            client,
        })
    }

    /// Takes one more session, until what is returned is dropped. `is_forwarded` says that no connection of this client
    /// has been counted: a proxy has made it.
    pub(crate) fn open(
        self: &Arc<Self>,
        client: Client,
        is_forwarded: bool,
    ) -> Result<Session, Full> {
        let mut state = self.lock();
        if state.unconnected >= self.limits.unconnected {
            return Err(Full::Unconnected);
        }
        state.has_room(&self.limits, client, |state| &state.sessions)?;
        if is_forwarded {
            state.pace(self.limits.rate, self.start.elapsed(), client)?;
        }
        state.sessions.add(client);
        state.unconnected += 1;
        Ok(Session {
            gate: Arc::clone(self),
            client,
            is_unconnected: Mutex::new(true),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(
        &self,
        limits: &Limits,
        client: Client,
        count: impl Fn(&State) -> &Count,
    ) -> Result<(), Full> {
        let count = count(self);
        if count.all >= limits.total {
            return Err(Full::Total);
        }
        let of_address = client
            .counted()
            .and_then(|address| count.by_address.get(&address));
        if of_address.is_some_and(|count| *count >= limits.per_address) {
            return Err(Full::Address);
        }
        Ok(())
    }

    fn pace(&mut self, rate: Rate, now: Duration, client: Client) -> Result<(), Full> {
        let Some(address) = client.counted() else {
            return Ok(());
        };
        if self.rates.len() >= self.sweep_at.max(RATES) {
            self.rates.retain(|_, bucket| !bucket.is_full(now));
            self.sweep_at = 2 * self.rates.len();
        }
        let bucket = self.rates.entry(address).or_default();
        if !bucket.wait(rate, now, 1).is_zero() {
            return Err(Full::Rate);
        }
        bucket.take(rate, now, 1);
        Ok(())
    }
}

impl Count {
    fn add(&mut self, client: Client) {
        self.all += 1;
        if let Some(address) = client.counted() {
            *self.by_address.entry(address).or_default() += 1;
        }
    }

    fn remove(&mut self, client: Client) {
        self.all -= 1;
        let Some(address) = client.counted() else {
            return;
        };
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

/// A connection that is counted.
pub(crate) struct Connection {
    gate: Arc<Gate>,
    client: Client,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.gate.lock().connections.remove(self.client);
    }
}

/// A session that is counted.
pub(crate) struct Session {
    gate: Arc<Gate>,
    client: Client,
    is_unconnected: Mutex<bool>,
}

impl Session {
    /// The session has asked for the namespace.
    pub(crate) fn connected(&self) {
        let mut is_unconnected = self
            .is_unconnected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut *is_unconnected) {
            self.gate.lock().unconnected -= 1;
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connected();
        self.gate.lock().sessions.remove(self.client);
    }
}
