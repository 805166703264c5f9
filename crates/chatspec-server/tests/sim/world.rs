//! A server, its people, and a clock that moves when nobody has anything to do.

use std::time::Duration;

use chatspec_server::Config;
use tokio::sync::{mpsc, oneshot};

use crate::client::door;
use crate::history::{History, Notes};
use crate::person::Person;
use crate::planted;
use crate::script::Script;

const PING_INTERVAL: Duration = Duration::from_secs(5);
const PING_TIMEOUT: Duration = Duration::from_secs(4);
/// In which a server notices whoever is gone (rule `transport.heartbeat.bound`), and everything under way arrives.
const SETTLED: Duration = Duration::from_secs(5 + 4 + 5);
/// After which nothing can be under way any more.
const ENDLESS: Duration = Duration::from_secs(3_600);

/// Plays the world of a seed to its end.
pub fn play(seed: u64) -> History {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(world(seed))
}

async fn world(seed: u64) -> History {
    let script = Script::new(seed);
    let notes = Notes::new();
    notes.script(&script);
    let (door, listening) = door();
    let config = Config {
        ping_interval: PING_INTERVAL,
        ping_timeout: PING_TIMEOUT,
        buffer_packets: script.buffer,
        ..Config::default()
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(planted::serve(listening, config, async {
        let _ = stopped.await;
    }));
    let (busy, mut idle) = mpsc::channel::<()>(1);
    let mut people = Vec::new();
    // One each: a channel for all would wake them in an order of its own.
    let mut calm = Vec::new();
    for (number, plan) in script.people.into_iter().enumerate() {
        let (now, comes) = oneshot::channel();
        calm.push(now);
        let person = Person {
            number,
            seed: seed.wrapping_mul(1_000).wrapping_add(number as u64),
            door: door.clone(),
            notes: notes.clone(),
            calm: comes,
            busy: Some(busy.clone()),
        };
        people.push(tokio::spawn(person.live(plan)));
    }
    drop(busy);
    let all = async {
        idle.recv().await;
        // Time itself is what this is about: all that is due has come when it is over.
        tokio::time::sleep(SETTLED).await;
        notes.calm();
        for now in calm {
            // Whoever has lost the connection does not look.
            let _ = now.send(());
        }
        let mut connections = Vec::new();
        for person in people {
            match person.await {
                Ok(held) => connections.extend(held),
                Err(failed) => std::panic::resume_unwind(failed.into_panic()),
            }
        }
    };
    if tokio::time::timeout(ENDLESS, all).await.is_err() {
        notes.endless();
    }
    drop(stop);
    if tokio::time::timeout(ENDLESS, serving).await.is_err() {
        notes.endless();
    }
    notes.take()
}
