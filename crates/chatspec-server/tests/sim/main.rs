//! The server in a world of its own: streams in memory that split, stall and break, a clock that jumps, and people who
//! follow a script. All of it comes from one seed.
//!
//! `CHATSPEC_SIM_FIRST` and `CHATSPEC_SIM_SEEDS` say which worlds are played, `CHATSPEC_SIM_SHOW` shows what was said in
//! them, and with the feature `fault`, `CHATSPEC_SIM_PLANTED` names a defect; `cargo xtask sim` sets them.

mod client;
mod history;
mod laws;
mod link;
mod panics;
mod person;
mod planted;
mod script;
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use history::Totals;

/// How many worlds are played unless something else is asked for.
const SEEDS: u64 = 60;
/// After so many worlds one hears how far it is.
const PROGRESS: u64 = 250;
/// Lines that are shown of what is broken in one world.
const LINES: usize = 10;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number"))
    })
}

/// What has come of the worlds that were played.
#[derive(Default)]
struct Played {
    totals: Totals,
    failed: BTreeMap<u64, Vec<String>>,
    count: u64,
}

#[test]
fn every_world_keeps_the_promises() {
    panics::watch();
    let first = setting("CHATSPEC_SIM_FIRST", 1);
    let seeds = setting("CHATSPEC_SIM_SEEDS", SEEDS);
    let played = all(first, seeds, setting("CHATSPEC_SIM_SHOW", 0) > 0);
    for (seed, wrong) in &played.failed {
        println!("seed {seed}: {} broken", wrong.len());
        for line in wrong.iter().take(LINES) {
            println!("  {line}");
        }
        println!("  again: cargo xtask sim --first {seed} --seeds 1 --show");
    }
    let totals = &played.totals;
    println!("seeds {first} to {}: {totals}", first + seeds - 1);
    let failed: Vec<&u64> = played.failed.keys().collect();
    assert!(
        failed.is_empty(),
        "{} of {seeds} seeds: {failed:?}",
        failed.len()
    );
    assert!(
        totals.is_busy() || seeds < SEEDS,
        "nothing happens in these worlds: {totals}"
    );
}

/// Plays the worlds, as many at a time as there are cores.
fn all(first: u64, seeds: u64, show: bool) -> Played {
    let next = AtomicU64::new(first);
    let played = Mutex::new(Played::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        break;
                    }
                    let history = world::play(seed);
                    let mut wrong = laws::broken(&history);
                    wrong.extend(
                        panics::taken()
                            .iter()
                            .map(|panic| format!("panic: {panic}")),
                    );
                    let mut played = played.lock().expect("nobody panics with it");
                    if show {
                        print!("seed {seed}\n{history}");
                    }
                    played.totals.add(&history);
                    if !wrong.is_empty() {
                        played.failed.insert(seed, wrong);
                    }
                    played.count += 1;
                    if played.count.is_multiple_of(PROGRESS) {
                        eprintln!(
                            "{} of {seeds}, {} failed",
                            played.count,
                            played.failed.len()
                        );
                    }
                }
            });
        }
    });
    played.into_inner().expect("nobody has panicked with it")
}

#[test]
fn a_seed_plays_the_same_again() {
    for seed in [3, 5, 8, 13] {
        let first = world::play(seed).by_connection();
        assert_eq!(first, world::play(seed).by_connection(), "seed {seed}");
        assert!(first.len() > 1, "nobody is there with seed {seed}");
    }
}
