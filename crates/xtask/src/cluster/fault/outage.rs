//! A fault that lasts for a while, and the company that lives through it.

use std::time::{Duration, Instant};

use super::company::{Company, Said};
use super::outcome::Outcome;
use super::{DEADLINE, LEASE, LOCAL, RECOVERY, ROOM};
use crate::cluster::client::{Client, kind, text};
use crate::cluster::proxy::Weather;
use crate::cluster::world::World;

/// What is said when it is over.
const LAST: &str = "that was the last of it";

/// A fault of some length, with members on both sides of it.
pub fn outage(
    world: &mut World,
    done: &str,
    length: Duration,
    begin: impl FnOnce(&mut World) -> Result<(), String>,
    end: impl FnOnce(&mut World) -> Result<(), String>,
) -> Result<Outcome, String> {
    let mut outcome = Outcome::of(done.to_owned());
    let mut company = Company::gather(world)?;
    begin(world)?;
    let over = Instant::now() + length;
    let said = Said::new("during", LOCAL);
    for words in said.words() {
        company.ada.chat(ROOM, words);
    }
    // To the end of the fault, but as long as it takes where something is missing.
    while Instant::now() < over && company.ann.wait(over) {}
    let local = said.heard(&company.ann);
    outcome.local_lost = Some(LOCAL - local.len().min(LOCAL));
    outcome.expect(
        said.holds(&local, false),
        "members on one node did not hear each other during it",
    );
    while Instant::now() < over && company.bob.wait(over) {}
    while Instant::now() < over && !company.bob.ended && company.ada.wait(over) {}
    end(world)?;
    let begin = Instant::now();
    let met = company.meet(DEADLINE);
    if company.bob.ended {
        outcome.expect(length > LEASE, "a session was ended in a short outage");
        let address = world.address(world.last())?;
        company.bob = Client::join(address, "bob", ROOM, DEADLINE)?;
        company.meet(DEADLINE)?;
    } else {
        met?;
        let end = Instant::now() + DEADLINE;
        company.ada.chat(ROOM, LAST);
        company
            .bob
            .hear(0, end, |event| text(event) == LAST)
            .ok_or("hear the last of it")?;
        let across = said.heard(&company.bob);
        let told = company.bob.count(|event| kind(event) == "gap") > 0;
        outcome.expect(
            said.holds(&across, true),
            "repeated or out of order across nodes",
        );
        outcome.expect(
            told || said.holds(&across, false),
            "lost across nodes, and no gap was told",
        );
    }
    let recovery = begin.elapsed();
    outcome.recovery = Some(recovery);
    outcome.expect(recovery <= RECOVERY, "recovery took too long");
    outcome.gaps = Some(company.gaps());
    Ok(outcome)
}

/// An outage that is another weather between a node and the broker.
pub fn weather(
    world: &mut World,
    node: usize,
    weather: Weather,
    done: &str,
    seconds: u64,
) -> Result<Outcome, String> {
    outage(
        world,
        done,
        Duration::from_secs(seconds),
        |world| {
            world.weather(node, weather);
            Ok(())
        },
        |world| {
            world.weather(node, Weather::Fair);
            Ok(())
        },
    )
}
