//! Keeps our lease, and clears those away who have lost theirs.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::info;

use super::script::{Identity, Scripts, Watch};
use super::{Failure, Line, milliseconds};
use crate::cluster::State;
use crate::cluster::state::add;

/// Runs until it fails.
///
/// A lease is refreshed nine times before it runs out. A node without one is given a third of a lease more, and so is
/// everybody after we have come back: when it was the broker that was away, all leases have run out, and nobody is dead.
pub(super) async fn run(
    scripts: &Scripts,
    who: &Identity,
    mut line: Line,
    most: usize,
    lease: Duration,
    state: &State,
) -> Failure {
    let (tick, grace) = (lease / 9, lease / 3);
    let mut missing: BTreeMap<String, Instant> = BTreeMap::new();
    let mut ticks = interval(tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let watch = scripts
            .refresh(&mut line.broker, who, &line.lease, milliseconds(lease))
            .await;
        let Watch { living, dead } = match watch {
            Ok(Some(watch)) => watch,
            Ok(None) => return Failure::lease(),
            Err(error) => return error.into(),
        };
        state.nodes.store(living, Ordering::Relaxed);
        missing.retain(|node, _| dead.contains(node));
        for node in dead {
            let since = *missing.entry(node.clone()).or_insert_with(Instant::now);
            if since.elapsed() >= grace
                && let Err(failure) = reap(scripts, &mut line, &node, most, state).await
            {
                return failure;
            }
        }
    }
}

async fn reap(
    scripts: &Scripts,
    line: &mut Line,
    node: &str,
    most: usize,
    state: &State,
) -> Result<(), Failure> {
    loop {
        match scripts.reap(&mut line.broker, node, most).await? {
            // It has come back, or another has done it.
            None => return Ok(()),
            Some(0) => {
                info!(node, "a node is dead, and its members are out");
                add(&state.reaped, 1);
                return Ok(());
            }
            Some(_) => {}
        }
    }
}
