//! Names of members, and of nodes, that are wanted twice.

use std::time::Instant;

use serde_json::json;

use super::company::Company;
use super::outcome::Outcome;
use super::{DEADLINE, LEASE, RECOVERY, ROOM};
use crate::cluster::client::{Client, kind};
use crate::cluster::world::World;

/// Names that two want at once.
const RACES: usize = 200;
/// What two nodes want to be called.
const TWIN: &str = "twin";

/// Of two who want one name at once, one gets it.
pub fn race(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of(format!("{RACES} names wanted on two nodes at once"));
    let mut pair = [
        (Client::connect(world.address(0)?)?, "left"),
        (Client::connect(world.address(world.last())?)?, "right"),
    ];
    for round in 0..RACES {
        let name = format!("n{round}");
        // Who is first to ask takes turns.
        let order = [round % 2, 1 - round % 2];
        let from = [pair[0].0.heard.len(), pair[1].0.heard.len()];
        for index in order {
            let (client, room) = &pair[index];
            client.say(&json!({"event": "join", "user": name, "room": room}));
        }
        let mut winners = 0;
        for (index, (client, _)) in pair.iter_mut().enumerate() {
            let end = Instant::now() + DEADLINE;
            let answer = client.hear(from[index], end, |event| {
                kind(event) == "newuser" || event.get("code").is_some()
            });
            let (_, answer) = answer.ok_or_else(|| format!("answer who wants {name}"))?;
            winners += usize::from(kind(&answer) == "newuser");
        }
        outcome.expect(winners == 1, format!("{name} was given to {winners}"));
    }
    Ok(outcome)
}

/// Of two nodes of one name, the second does not start, and says why; the first goes on as if nothing had been. Once the first is
/// dead, another may be called so.
pub fn twins(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of("a second node of the same name; then SIGKILL".to_owned());
    let last = world.last();
    world.kill(last);
    world.restart_called(last, TWIN)?;
    let mut company = Company::gather(world)?;
    let said = world.refuse(last, TWIN)?;
    let named = said.contains("another node of the cluster has the same name");
    outcome.expect(
        named && said.contains(TWIN),
        format!("it did not say why it does not start: {said:?}"),
    );
    company.meet(DEADLINE)?;
    let gaps = company.gaps();
    outcome.gaps = Some(gaps);
    outcome.expect(gaps == 0, "a gap, though nothing was lost");
    outcome.expect(!company.bob.ended, "the first of the two lost its member");
    world.kill(last);
    let begin = Instant::now();
    world.restart_called(last, TWIN)?;
    // Its lease has to run out first.
    outcome.expect(
        begin.elapsed() <= LEASE + RECOVERY,
        "the name of a dead node was free too late",
    );
    company.bob = Client::join(world.address(last)?, "bob", ROOM, DEADLINE)?;
    outcome.recovery = Some(company.meet(DEADLINE)?);
    Ok(outcome)
}
