//! Nodes that end, or hold still, and what their members' end depends on: time.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::company::Company;
use super::outcome::Outcome;
use super::{DEADLINE, GHOSTS, LEASE, RECOVERY, ROOM};
use crate::cluster::client::{Client, kind, text};
use crate::cluster::process::Signal;
use crate::cluster::world::World;

/// Deaths of one node, of which the slowest counts.
const KILLS: usize = 20;

fn is_gone(event: &Value) -> bool {
    kind(event) == "deluser" && text(event) == "User bob left room room"
}

impl Outcome {
    /// Waits until the last node's member is announced as gone, which it has to be in time.
    fn ghost(&mut self, company: &mut Company, begin: Instant) -> Result<(), String> {
        let gone = company.ada.hear(0, begin + DEADLINE, is_gone);
        let (at, _) = gone.ok_or("tell that the member of a node is gone")?;
        let ghosts = at.saturating_duration_since(begin);
        self.ghosts = Some(ghosts);
        self.expect(ghosts <= GHOSTS, "it took too long");
        Ok(())
    }
}

/// A dead node's member is announced as gone, once, and its name is free.
pub fn killed(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of("SIGKILL".to_owned());
    let mut company = Company::gather(world)?;
    let begin = Instant::now();
    world.kill(world.last());
    outcome.ghost(&mut company, begin)?;
    let mut heir = Client::join(world.address(0)?, "bob", ROOM, DEADLINE)?;
    heir.chat(ROOM, "mine now");
    company
        .ada
        .hear(0, Instant::now() + DEADLINE, |event| {
            text(event) == "mine now"
        })
        .ok_or("hear who has the name now")?;
    outcome.expect(company.ada.count(is_gone) == 1, "announced more than once");
    let gaps = company.ada.count(|event| kind(event) == "gap");
    outcome.gaps = Some(gaps);
    while heir.wait(Instant::now()) {}
    Ok(outcome)
}

/// The same again and again: what is told of the times is the longest.
pub fn killed_often(world: &mut World) -> Result<Outcome, String> {
    let mut all = Outcome::of(format!("SIGKILL, {KILLS} times"));
    for number in 1..=KILLS {
        let one = killed(world).map_err(|why| format!("death {number}: {why}"))?;
        all.ghosts = all.ghosts.max(one.ghosts);
        all.gaps = Some(all.gaps.unwrap_or_default() + one.gaps.unwrap_or_default());
        let wrong = one
            .wrong
            .iter()
            .map(|what| format!("death {number}: {what}"));
        all.wrong.extend(wrong);
        world.restart(world.last())?;
    }
    Ok(all)
}

/// A node that was given up says nothing more in the name of its members.
pub fn frozen(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of("SIGSTOP, 30 s, SIGCONT".to_owned());
    let last = world.last();
    let mut company = Company::gather(world)?;
    let begin = Instant::now();
    world.signal(last, Signal::Freeze)?;
    outcome.ghost(&mut company, begin)?;
    company.bob.chat(ROOM, "from beyond");
    let over = begin + Duration::from_secs(30);
    while Instant::now() < over && company.ada.wait(over) {}
    world.signal(last, Signal::Thaw)?;
    let thawed = Instant::now();
    while !company.bob.ended && company.bob.wait(thawed + DEADLINE) {}
    outcome.expect(
        company.bob.ended,
        "the session of a node that was given up lives on",
    );
    company.bob = Client::join(world.address(last)?, "bob", ROOM, DEADLINE)?;
    company.meet(DEADLINE)?;
    outcome.recovery = Some(thawed.elapsed());
    outcome.expect(thawed.elapsed() <= RECOVERY, "recovery took too long");
    let zombies = company.ada.count(|event| text(event) == "from beyond");
    outcome.expect(zombies == 0, "a session that was given up was heard");
    outcome.expect(company.ada.count(is_gone) == 1, "announced more than once");
    outcome.gaps = Some(company.ada.count(|event| kind(event) == "gap"));
    Ok(outcome)
}

/// A node is stopped in order: its members go at once, and can come again.
pub fn rolling(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of("SIGTERM, and another in its place".to_owned());
    let last = world.last();
    let mut company = Company::gather(world)?;
    let begin = Instant::now();
    world.stop(last)?;
    outcome.ghost(&mut company, begin)?;
    let stopped = Instant::now();
    world.restart(last)?;
    company.bob = Client::join(world.address(last)?, "bob", ROOM, DEADLINE)?;
    company.meet(DEADLINE)?;
    outcome.recovery = Some(stopped.elapsed());
    outcome.expect(stopped.elapsed() <= RECOVERY, "recovery took too long");
    outcome.expect(company.ada.count(is_gone) == 1, "announced more than once");
    let gaps = company.ada.count(|event| kind(event) == "gap");
    outcome.gaps = Some(gaps);
    outcome.expect(gaps == 0, "a gap, though nothing was lost");
    Ok(outcome)
}

/// Who is dead is told by the time that passes, and not by what the clocks say: with clocks that are wrong, a node's members are
/// as long there as with right ones, and no longer.
pub fn clocks(world: &mut World) -> Result<Outcome, String> {
    let last = world.last();
    for (node, skew) in [(0, "-10m"), (last, "+10m")] {
        world.kill(node);
        world.restart_at(node, skew)?;
    }
    let mut company = Company::gather(world)?;
    // Longer than a lease: nobody is given up who lives.
    let over = Instant::now() + LEASE + RECOVERY;
    while company.bob.wait(over) {}
    while company.ada.wait(Instant::now()) {}
    let lived = !company.bob.ended && company.ada.count(is_gone) == 0;
    let gaps = company.gaps();
    drop(company);
    let mut outcome = killed(world)?;
    outcome.done = "one node 10 min behind, one 10 min ahead; then SIGKILL".to_owned();
    outcome.expect(lived, "a member of a living node was given up");
    outcome.expect(gaps == 0, "a gap, though nothing was lost");
    Ok(outcome)
}
