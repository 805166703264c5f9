//! What members say, and what becomes of it on the way.

use std::time::Instant;

use serde_json::Value;

use super::company::{Company, Said};
use super::outcome::Outcome;
use super::{DEADLINE, LOCAL, RECOVERY, ROOM};
use crate::cluster::client::text;
use crate::cluster::proxy::Weather;
use crate::cluster::world::World;

/// Messages in a burst from one node to another.
const BURST: usize = 5_000;
/// Long messages in one, and bytes of each.
const LONG: (usize, usize) = (600, 8_000);
/// Bytes that the broker keeps for who does not take them: fewer than one read of a node's may ask for.
const BUFFER: &str = "normal 1000000 1000000 0";

/// Much at once comes whole, in order, once.
pub fn burst(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of(format!("{BURST} messages at once from node to node"));
    let mut company = Company::gather(world)?;
    let said = Said::new("burst", BURST);
    for words in said.words() {
        company.ada.chat(ROOM, words);
    }
    whole(&mut company, &said, &mut outcome)?;
    Ok(outcome)
}

/// The broker does what it is told, and now and then its link ends before it says so. What a node then says again was said once.
pub fn unanswered(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of("each 20th answer ended the link in its place".to_owned());
    let mut company = Company::gather(world)?;
    let said = Said::new("onwards", LOCAL);
    world.weather(0, Weather::Forgetful);
    // One at a time: each is told to the broker by itself.
    for words in said.words() {
        company.tell(words)?;
    }
    outcome.local_lost = Some(LOCAL - said.heard(&company.ann).len());
    let ended = world.ended(0);
    outcome.expect(ended > 0, "no link ended: nothing was tried");
    world.weather(0, Weather::Fair);
    let begin = Instant::now();
    company.meet(DEADLINE)?;
    whole(&mut company, &said, &mut outcome)?;
    outcome.recovery = Some(begin.elapsed());
    outcome.expect(begin.elapsed() <= RECOVERY, "recovery took too long");
    Ok(outcome)
}

/// A node that does not read for a while has more to read than the broker keeps for it, and is dropped for that. It comes back, asks
/// for less, and misses nothing.
pub fn reader_dropped(world: &mut World) -> Result<Outcome, String> {
    let (count, size) = LONG;
    let mut outcome = Outcome::of(format!(
        "frozen for {count} messages of {size} B; the broker keeps 1 MB for each"
    ));
    let mut company = Company::gather(world)?;
    let set = ["CONFIG", "SET", "client-output-buffer-limit", BUFFER];
    world.broker.command(&set)?;
    let last = world.last();
    world.weather(last, Weather::Frozen);
    let filling = "x".repeat(size);
    let said = Said::new("long", count).followed_by(&filling);
    for words in said.words() {
        // Nobody says more at once than the server takes.
        company.tell(words)?;
    }
    outcome.local_lost = Some(count - said.heard(&company.ann).len());
    world.weather(last, Weather::Fair);
    let begin = Instant::now();
    whole(&mut company, &said, &mut outcome)?;
    outcome.recovery = Some(begin.elapsed());
    outcome.expect(begin.elapsed() <= RECOVERY, "recovery took too long");
    outcome.expect(
        world.broker.dropped() > 0,
        "the broker dropped nobody: nothing was tried",
    );
    Ok(outcome)
}

/// Waits until what was said has come to the other node, and looks at what came of it.
fn whole(company: &mut Company, said: &Said, outcome: &mut Outcome) -> Result<(), String> {
    let last = said.words().last();
    let is_last = |event: &Value| last.is_some_and(|last| text(event) == last);
    company
        .bob
        .hear(0, Instant::now() + DEADLINE, is_last)
        .ok_or("hear the last of what was said")?;
    let heard = said.heard(&company.bob);
    outcome.expect(said.holds(&heard, true), "repeated or out of order");
    let gaps = company.gaps();
    outcome.gaps = Some(gaps);
    outcome.expect(
        gaps > 0 || said.holds(&heard, false),
        "lost, and no gap was told",
    );
    Ok(())
}
