//! Opens the connections of a load, and sees them join.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use chatspec_judge::ledger::Id;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Host;

use super::member;
use super::options::Options;
use super::world::Shared;
use crate::wire::{Lean, OpenError, Target};

/// Connections that are being opened at a time, in a closed loop.
const OPENING: usize = 64;
/// The same where a timetable says when each begins.
const OPENING_BY_RATE: usize = 4_096;
/// Connections from one address. It has some 28 000 ports, of which Linux gives every other one first: beyond 14 000 each connect
/// searches for long. Others want some as well.
const PORTS: u32 = 12_000;

/// Opens all connections. `rate`, in connections a second, is an open loop.
///
/// # Errors
///
/// The first connection with a node did not come to stand. Failures of later ones are counted.
pub(super) async fn gather(
    shared: &Shared,
    options: &Options,
    rate: Option<f64>,
    tasks: &mut JoinSet<()>,
) -> Result<(), OpenError> {
    let opening = Arc::new(Semaphore::new(rate.map_or(OPENING, |_| OPENING_BY_RATE)));
    let start = Instant::now();
    for who in 0..options.connections() {
        let due = match rate {
            Some(rate) => start + Duration::from_secs_f64(f64::from(who) / rate),
            None => Instant::now(),
        };
        if rate.is_some() {
            sleep_until(due).await;
        }
        let Some(permit) = permit(shared, options, &opening).await else {
            return Ok(());
        };
        let began = {
            let world = shared.lock();
            if world.limited.is_some() {
                break;
            }
            // In an open loop time counts from when it was due, in a closed one from now.
            let late = rate.map_or(Duration::ZERO, |_| due.elapsed());
            world.now().saturating_sub(late.as_nanos() as u64)
        };
        let arrival = Arrival {
            target: options.node(who).clone(),
            from: from(options.node(who), who),
            patience: options.patience,
            who,
            began,
            permit,
        };
        if (who as usize) < options.nodes.len().max(1) {
            let lean = arrival.open().await?;
            arrival.live(shared.clone(), lean, tasks);
        } else {
            let shared = shared.clone();
            tasks.spawn(async move {
                match arrival.open().await {
                    Ok(lean) => arrival.into_life(shared, lean).await,
                    Err(error) => shared.lock().failed(error.to_string()),
                }
            });
        }
    }
    everybody(shared, options).await;
    Ok(())
}

/// Waits until one more may begin. None where the server takes no more, or nothing has become of those before for too long.
async fn permit(
    shared: &Shared,
    options: &Options,
    opening: &Arc<Semaphore>,
) -> Option<OwnedSemaphorePermit> {
    let acquiring = Arc::clone(opening).acquire_owned();
    tokio::pin!(acquiring);
    let mut seen = None;
    let mut deadline = Instant::now() + options.patience;
    loop {
        let arrived = shared.lock().arrivals();
        if seen != Some(arrived) {
            seen = Some(arrived);
            deadline = Instant::now() + options.patience;
        }
        tokio::select! {
            biased;
            permit = &mut acquiring => return permit.ok(),
            changed = timeout_at(deadline, shared.changed()) => {
                let world = shared.lock();
                if world.limited.is_some() || (changed.is_err() && seen == Some(world.arrivals())) {
                    return None;
                }
            }
        }
    }
}

/// Waits until everybody has joined or failed, as long as that goes on.
async fn everybody(shared: &Shared, options: &Options) {
    let mut seen = None;
    let mut deadline = Instant::now() + options.patience;
    loop {
        {
            let world = shared.lock();
            let arrived = world.arrivals();
            if world.joined + world.failed.len() as u64 >= u64::from(options.connections())
                || world.limited.is_some()
            {
                return;
            }
            if seen != Some(arrived) {
                seen = Some(arrived);
                deadline = Instant::now() + options.patience;
            }
        }
        if timeout_at(deadline, shared.changed()).await.is_err() {
            return;
        }
    }
}

/// One connection on its way.
struct Arrival {
    target: Target,
    from: Option<IpAddr>,
    patience: Duration,
    who: Id,
    began: u64,
    permit: OwnedSemaphorePermit,
}

impl Arrival {
    async fn open(&self) -> Result<Lean, OpenError> {
        Lean::open(&self.target, self.from, Instant::now() + self.patience).await
    }

    fn live(self, shared: Shared, lean: Lean, tasks: &mut JoinSet<()>) {
        tasks.spawn(self.into_life(shared, lean));
    }

    async fn into_life(self, shared: Shared, lean: Lean) {
        shared.lock().arrived(self.who, self.began, self.permit);
        member::live(shared, self.who, lean).await;
    }
}

/// The local address: another one in 127.0.0.0/8 for every so many connections to a loopback address.
pub(super) fn from(target: &Target, who: Id) -> Option<IpAddr> {
    let share = who / PORTS;
    match target.url.host() {
        Some(Host::Ipv4(ip)) if ip.is_loopback() && share > 0 => {
            Some(Ipv4Addr::new(127, 0, 1, (share % 254) as u8 + 1).into())
        }
        _ => None,
    }
}
