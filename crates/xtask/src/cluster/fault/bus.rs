//! What is on the broker, and is not as the nodes have left it.

use std::time::Duration;

use super::company::{Company, Said};
use super::outage::outage;
use super::outcome::Outcome;
use super::{DEADLINE, LOCAL};
use crate::cluster::process::Broker;
use crate::cluster::proxy::Weather;
use crate::cluster::world::World;

/// The stream that the nodes read, where their operator gives the cluster no name.
const STREAM: &str = "{chatspec}:stream";
/// Writes the last entries again, as they are, and says how many.
const AGAIN: &str = "local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 20) \
                     for n = #last, 1, -1 do redis.call('XADD', KEYS[1], '*', unpack(last[n][2])) end \
                     return #last";
/// How often something is done to the stream while one speaks.
const EACH: usize = 10;

/// While one speaks, the last entries are written again and again. Nobody sees anything of that.
pub fn repeated(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome::of("the last 20 entries again, 10 times".to_owned());
    let mut copied = 0;
    across(world, &mut outcome, |broker| {
        let answer = broker.command(&["EVAL", AGAIN, "1", STREAM])?;
        let count = answer.trim().trim_start_matches(':').parse::<usize>();
        copied += count.unwrap_or_default();
        Ok(())
    })?;
    outcome.expect(copied > 0, "nothing was there to be repeated");
    Ok(outcome)
}

/// While one speaks, others write what is none of ours onto the stream. It is dropped.
pub fn rubbish(world: &mut World) -> Result<Outcome, String> {
    let mut outcome =
        Outcome::of("a pickle, an old version and half an entry, 10 times".to_owned());
    let rubbish: [&[&str]; 4] = [
        &["data", "\u{80}\u{4}\u{95}cposix\nsystem\n(S'true'\ntR."],
        &["v", "0", "k", "join", "s", "1"],
        &[
            "v", "1", "p", "1", "n", "x", "q", "1", "k", "leave", "s", "1",
        ],
        &["v", "1", "p", "-1"],
    ];
    across(world, &mut outcome, |broker| {
        for fields in rubbish {
            let mut command = vec!["XADD", STREAM, "*"];
            command.extend(fields);
            broker.command(&command)?;
        }
        Ok(())
    })?;
    Ok(outcome)
}

/// One speaks to another node, and now and then something is done to the broker. It comes whole, in order, once, and nobody is
/// announced who did not come.
fn across(
    world: &World,
    outcome: &mut Outcome,
    mut meanwhile: impl FnMut(&Broker) -> Result<(), String>,
) -> Result<(), String> {
    let mut company = Company::gather(world)?;
    let before = company.announced();
    let said = Said::new("onwards", LOCAL);
    for (number, words) in said.words().enumerate() {
        company.tell(words)?;
        if number % EACH == EACH - 1 {
            meanwhile(&world.broker)?;
        }
    }
    outcome.recovery = Some(company.meet(DEADLINE)?);
    let heard = said.heard(&company.bob);
    outcome.expect(
        said.holds(&heard, false),
        "lost, repeated or out of order across nodes",
    );
    let gaps = company.gaps();
    outcome.gaps = Some(gaps);
    outcome.expect(gaps == 0, "a gap, though nothing was lost");
    outcome.expect(
        company.announced() == before,
        "somebody was announced who did not come or go",
    );
    Ok(())
}

/// A node's link is cut, and what it has not read is thrown away before it comes back.
pub fn trimmed(world: &mut World) -> Result<Outcome, String> {
    let last = world.last();
    let mut outcome = outage(
        world,
        "cut for 3 s, and the stream emptied",
        Duration::from_secs(3),
        |world| {
            world.weather(last, Weather::Cut);
            Ok(())
        },
        |world| {
            let emptied = world.broker.command(&["XTRIM", STREAM, "MAXLEN", "0"])?;
            if emptied.trim() == ":0" {
                return Err("throw away what is on the stream: nothing was".to_owned());
            }
            world.weather(last, Weather::Fair);
            Ok(())
        },
    )?;
    let told = outcome.gaps.is_some_and(|gaps| gaps > 0);
    outcome.expect(told, "what was thrown away was told to nobody");
    Ok(outcome)
}

/// The broker dies, and its replica, which may have less of what was said, becomes the broker.
pub fn failover(world: &mut World) -> Result<Outcome, String> {
    let replica = world.broker.replica()?;
    outage(
        world,
        "SIGKILL, 2 s, then its replica",
        Duration::from_secs(2),
        |world| {
            world.broker.kill();
            Ok(())
        },
        |world| {
            replica.command(&["REPLICAOF", "NO", "ONE"])?;
            world.replace(replica);
            Ok(())
        },
    )
}
