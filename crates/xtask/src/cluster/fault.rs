//! What can happen, and what has to come of it.

use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::client::{Client, kind, text};
use super::process::Signal;
use super::proxy::Weather;
use super::suite;
use super::world::World;

const ROOM: &str = "room";
/// What has to have come by then.
const DEADLINE: Duration = Duration::from_secs(20);
/// Until everything is as before, once a fault is over.
const RECOVERY: Duration = Duration::from_secs(5);
/// Until a dead node's members are gone.
const GHOSTS: Duration = Duration::from_secs(15);
/// How long a node may not reach the broker before the others give it up, about.
const LEASE: Duration = Duration::from_secs(9);
/// How close the questions are whether it is over.
const ASK: Duration = Duration::from_millis(50);
/// Messages among members on one node during a fault.
const LOCAL: usize = 100;
/// Names that two want at once.
const RACES: usize = 200;
/// Deaths of one node, of which the slowest counts.
const KILLS: usize = 20;
/// Messages in a burst from one node to another.
const BURST: usize = 5_000;

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// Two want one name on two nodes at once, again and again.
    NameRace,
    /// One says much at once to a member on another node.
    Burst,
    /// The broker dies, and comes again without anything.
    BrokerRestart,
    /// A node dies.
    NodeKilled,
    /// A node dies and comes back, twenty times.
    NodeKilledOften,
    /// A node is stopped in order, and another takes its place.
    RollingRestart,
    /// A node gets bytes that are no answer.
    Garbage,
    /// A node's link to the broker is cut for a while, shorter than its lease.
    LinkCut,
    /// A node's link to the broker is cut for longer than its lease.
    LinkCutLong,
    /// A node is heard by the broker, and hears nothing.
    LinkDeaf,
    /// Everything between a node and the broker takes long, and some of it longer.
    LinkSlow,
    /// The broker holds still for 30 s.
    BrokerFrozen,
    /// A node holds still for 30 s, and then goes on as if nothing had been.
    NodeFrozen,
    /// Nothing happens, and the suite plays the conversations about nodes.
    Conversations,
    /// Nothing happens, and the suite plays every conversation.
    Suite,
}

/// What came of a fault.
#[derive(Default)]
pub struct Outcome {
    done: String,
    /// Messages among members on one node that did not come during it.
    local_lost: Option<usize>,
    /// Until both nodes heard each other again.
    recovery: Option<Duration>,
    /// Until those who were gone were announced as gone.
    ghosts: Option<Duration>,
    /// How often members were told that something may be missing.
    gaps: Option<usize>,
    /// What is not as promised.
    pub wrong: Vec<String>,
}

impl Outcome {
    /// The head of the table.
    pub const HEAD: &str = "| fault | what was done | local lost | recovery s | ghosts s | gaps | verdict |\n\
                            |---|---|---|---|---|---|---|";

    /// Of something that was done, and of which nothing is measured.
    pub fn of(done: String) -> Outcome {
        Outcome {
            done,
            ..Outcome::default()
        }
    }

    /// Of something that could not be done to its end.
    pub fn failed(why: String) -> Outcome {
        Outcome {
            wrong: vec![why],
            ..Outcome::default()
        }
    }

    /// Its line in the table.
    pub fn row(&self, fault: Fault) -> String {
        let name = fault.to_possible_value();
        let name = name.as_ref().map_or("", |name| name.get_name());
        let seconds = |time: Option<Duration>| {
            time.map_or("-".to_owned(), |time| format!("{:.2}", time.as_secs_f64()))
        };
        let count = |count: Option<usize>| count.map_or("-".to_owned(), |count| count.to_string());
        let verdict = match self.wrong.is_empty() {
            true => "pass".to_owned(),
            false => format!("FAIL: {}", self.wrong.join("; ")),
        };
        format!(
            "| {name} | {} | {} | {} | {} | {} | {verdict} |",
            self.done,
            count(self.local_lost),
            seconds(self.recovery),
            seconds(self.ghosts),
            count(self.gaps)
        )
    }

    fn expect(&mut self, holds: bool, why: impl Into<String>) {
        if !holds {
            self.wrong.push(why.into());
        }
    }
}

impl Fault {
    /// All of them, or the short ones.
    pub fn all(smoke: bool) -> Vec<Fault> {
        use Fault::{BrokerRestart, Conversations, NameRace, NodeKilled};
        let every = Fault::value_variants().iter().copied();
        match smoke {
            true => vec![NameRace, BrokerRestart, NodeKilled, Conversations],
            // The whole suite plays them as well.
            false => every.filter(|fault| *fault != Conversations).collect(),
        }
    }

    /// Plays it.
    pub fn play(self, world: &mut World) -> Result<Outcome, String> {
        let last = world.last();
        let short = Duration::from_secs(2);
        match self {
            Fault::NameRace => race(world),
            Fault::Burst => burst(world),
            Fault::NodeKilled => killed(world),
            Fault::NodeKilledOften => killed_often(world),
            Fault::NodeFrozen => frozen(world),
            Fault::RollingRestart => rolling(world),
            Fault::Conversations => suite::play(world, &["--case", "cluster/*"]),
            Fault::Suite => suite::play(world, &[]),
            Fault::BrokerRestart => outage(
                world,
                "SIGKILL, 2 s, again empty",
                short,
                |world| {
                    world.broker.kill();
                    Ok(())
                },
                |world| world.broker.again(),
            ),
            Fault::BrokerFrozen => outage(
                world,
                "SIGSTOP, 30 s, SIGCONT",
                Duration::from_secs(30),
                |world| world.broker.signal(Signal::Freeze),
                |world| world.broker.signal(Signal::Thaw),
            ),
            Fault::Garbage => outage(
                world,
                "bytes that are no answer",
                short,
                |world| {
                    world.forge(world.last(), b"\x80\x04\x95 no answer\r\n$-7\r\n");
                    Ok(())
                },
                |_| Ok(()),
            ),
            Fault::LinkCut => weather(world, last, Weather::Cut, "cut for 3 s", 3),
            Fault::LinkCutLong => weather(world, last, Weather::Cut, "cut for 20 s", 20),
            Fault::LinkDeaf => weather(world, last, Weather::Deaf, "no answers for 5 s", 5),
            Fault::LinkSlow => weather(
                world,
                last,
                Weather::Slow,
                "200 ms, some 400 ms, for 5 s",
                5,
            ),
        }
    }
}

fn weather(
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

/// Two members on the first node, one on the last, and all know of each other.
struct Company {
    ada: Client,
    ann: Client,
    bob: Client,
}

impl Company {
    fn gather(world: &World) -> Result<Company, String> {
        let near = world.address(0)?;
        let mut ada = Client::join(near, "ada", ROOM, DEADLINE)?;
        let ann = Client::join(near, "ann", ROOM, DEADLINE)?;
        let bob = Client::join(world.address(world.last())?, "bob", ROOM, DEADLINE)?;
        let end = Instant::now() + DEADLINE;
        let announced = "New User bob joined room room";
        ada.hear(0, end, |event| text(event) == announced)
            .ok_or("see on one node who has come to the other")?;
        let mut company = Company { ada, ann, bob };
        company.meet(DEADLINE)?;
        Ok(company)
    }

    /// Says things in both directions until each has heard the other, and tells how long that took.
    fn meet(&mut self, within: Duration) -> Result<Duration, String> {
        let begin = Instant::now();
        let mut heard = [None, None];
        let from = [self.ada.heard.len(), self.bob.heard.len()];
        for turn in 0_u32.. {
            // Each round has its own text, or a late one would count.
            let words = format!("are you there {turn} {}", self.ada.heard.len());
            self.ada.chat(ROOM, &words);
            self.bob.chat(ROOM, &words);
            let end = Instant::now() + ASK;
            for (index, client) in [&mut self.ada, &mut self.bob].into_iter().enumerate() {
                let asked = |event: &Value| text(event).starts_with("are you there");
                let other = if index == 0 { "BOB" } else { "ADA" };
                let of_other = |event: &Value| asked(event) && event["from"] == other;
                let came = client.hear(from[index], end, of_other);
                heard[index] = heard[index].or(came.map(|(at, _)| at));
            }
            if let [Some(one), Some(other)] = heard {
                return Ok(one.max(other).saturating_duration_since(begin));
            }
            if begin.elapsed() > within || self.bob.ended {
                break;
            }
        }
        Err(format!("hear each other across nodes within {within:?}"))
    }
}

/// A fault of some length, with members on both sides of it.
fn outage(
    world: &mut World,
    done: &str,
    length: Duration,
    begin: impl FnOnce(&mut World) -> Result<(), String>,
    end: impl FnOnce(&mut World) -> Result<(), String>,
) -> Result<Outcome, String> {
    let mut outcome = Outcome {
        done: done.to_owned(),
        ..Outcome::default()
    };
    let mut company = Company::gather(world)?;
    begin(world)?;
    let over = Instant::now() + length;
    let said: Vec<String> = (0..LOCAL)
        .map(|number| format!("during {number}"))
        .collect();
    for words in &said {
        company.ada.chat(ROOM, words);
    }
    let heard = |client: &Client| -> Vec<String> {
        let during = client.heard.iter().map(|(_, event)| text(event));
        let during = during.filter(|words| words.starts_with("during "));
        during.map(str::to_owned).collect()
    };
    // To the end of the fault, but as long as it takes where something is missing.
    while Instant::now() < over && company.ann.wait(over) {}
    let local = heard(&company.ann);
    outcome.local_lost = Some(LOCAL - local.len().min(LOCAL));
    outcome.expect(
        local == said,
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
        company.ada.chat(ROOM, "during the last");
        company
            .bob
            .hear(0, end, |event| text(event) == "during the last")
            .ok_or("hear the last of it")?;
        let mut across = heard(&company.bob);
        across.pop();
        let told = company.bob.count(|event| kind(event) == "gap") > 0;
        let mut expected = said.iter();
        let ordered = across
            .iter()
            .all(|words| expected.any(|said| said == words));
        outcome.expect(ordered, "repeated or out of order across nodes");
        outcome.expect(
            told || across == said,
            "lost across nodes, and no gap was told",
        );
    }
    let recovery = begin.elapsed();
    outcome.recovery = Some(recovery);
    outcome.expect(recovery <= RECOVERY, "recovery took too long");
    let all = [&company.ada, &company.ann, &company.bob];
    let gaps = all.map(|client| client.count(|event| kind(event) == "gap"));
    outcome.gaps = Some(gaps.iter().sum());
    Ok(outcome)
}

fn is_gone(event: &Value) -> bool {
    kind(event) == "deluser" && text(event) == "User bob left room room"
}

/// A dead node's member is announced as gone, once, and its name is free.
fn killed(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome {
        done: "SIGKILL".to_owned(),
        ..Outcome::default()
    };
    let mut company = Company::gather(world)?;
    let begin = Instant::now();
    world.kill(world.last());
    let gone = company.ada.hear(0, begin + DEADLINE, is_gone);
    let (at, _) = gone.ok_or("tell that a dead node's member is gone")?;
    let ghosts = at.saturating_duration_since(begin);
    outcome.ghosts = Some(ghosts);
    outcome.expect(ghosts <= GHOSTS, "it took too long");
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
fn killed_often(world: &mut World) -> Result<Outcome, String> {
    let mut all = Outcome {
        done: format!("SIGKILL, {KILLS} times"),
        ..Outcome::default()
    };
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
fn frozen(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome {
        done: "SIGSTOP, 30 s, SIGCONT".to_owned(),
        ..Outcome::default()
    };
    let last = world.last();
    let mut company = Company::gather(world)?;
    let begin = Instant::now();
    world.signal(last, Signal::Freeze)?;
    let gone = company.ada.hear(0, begin + DEADLINE, is_gone);
    let (at, _) = gone.ok_or("tell that a frozen node's member is gone")?;
    let ghosts = at.saturating_duration_since(begin);
    outcome.ghosts = Some(ghosts);
    outcome.expect(ghosts <= GHOSTS, "it took too long");
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
fn rolling(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome {
        done: "SIGTERM, and another in its place".to_owned(),
        ..Outcome::default()
    };
    let last = world.last();
    let mut company = Company::gather(world)?;
    let begin = Instant::now();
    world.stop(last)?;
    let gone = company.ada.hear(0, begin + DEADLINE, is_gone);
    let (at, _) = gone.ok_or("tell that a stopped node's member is gone")?;
    outcome.ghosts = Some(at.saturating_duration_since(begin));
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

/// Of two who want one name at once, one gets it.
fn race(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome {
        done: format!("{RACES} names wanted on two nodes at once"),
        ..Outcome::default()
    };
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

/// Much at once comes whole, in order, once.
fn burst(world: &mut World) -> Result<Outcome, String> {
    let mut outcome = Outcome {
        done: format!("{BURST} messages at once from node to node"),
        ..Outcome::default()
    };
    let mut company = Company::gather(world)?;
    for number in 0..BURST {
        company.ada.chat(ROOM, &format!("burst {number}"));
    }
    let last = format!("burst {}", BURST - 1);
    company
        .bob
        .hear(0, Instant::now() + DEADLINE, |event| text(event) == last)
        .ok_or("hear the last of a burst")?;
    let heard = company.bob.heard.iter().map(|(_, event)| text(event));
    let heard = heard.filter_map(|words| words.strip_prefix("burst ")?.parse().ok());
    let heard: Vec<usize> = heard.collect();
    outcome.expect(
        heard.is_sorted_by(|one, other| one < other),
        "repeated or out of order",
    );
    let told = company.bob.count(|event| kind(event) == "gap");
    outcome.gaps = Some(told);
    outcome.expect(
        heard.len() == BURST || told > 0,
        "lost, and no gap was told",
    );
    Ok(outcome)
}
