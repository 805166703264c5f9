//! Members and nodes that come and go for ten minutes, and one member who sees all of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::{Value, json};

use super::outcome::Outcome;
use super::{DEADLINE, GHOSTS, RECOVERY, ROOM};
use crate::cluster::client::{Client, kind, text};
use crate::cluster::world::World;

const LENGTH: Duration = Duration::from_secs(600);
const SEED: u64 = 1;
/// Visitors at a time.
const SEATS: usize = 12;
/// Between two turns; the witness listens meanwhile.
const TURN: Duration = Duration::from_millis(20);
/// One turn in so many, a node dies or is stopped.
const NODES: usize = 400;
/// The name of who sees all of it.
const WITNESS: &str = "witness";

/// Somebody who has come.
struct Visitor {
    name: String,
    node: usize,
    client: Client,
    said: usize,
}

/// What has to be told of who was there once.
struct Life {
    /// Messages that it has said, and that its node has carried out.
    said: usize,
    /// When it went, if it did.
    gone: Option<Instant>,
    /// Its node was killed: what it said last may have died with it.
    doomed: bool,
}

/// Everything that goes on.
struct Churn<'w> {
    world: &'w mut World,
    random: Rng,
    witness: Client,
    seats: Vec<Option<Visitor>>,
    lives: BTreeMap<String, Life>,
    killed: usize,
    stopped: usize,
}

/// Members come, talk, leave and vanish on all nodes; the nodes but the first are killed or stopped, and come again. The witness on
/// the first is told of each member once that it came and once that it went, in time, and hears all that was said, in order.
pub fn churn(world: &mut World) -> Result<Outcome, String> {
    let witness = Client::join(world.address(0)?, WITNESS, ROOM, DEADLINE)?;
    let mut churn = Churn {
        world,
        random: Rng::with_seed(SEED),
        witness,
        seats: (0..SEATS).map(|_| None).collect(),
        lives: BTreeMap::new(),
        killed: 0,
        stopped: 0,
    };
    let over = Instant::now() + LENGTH;
    while Instant::now() < over {
        churn.turn()?;
        let end = Instant::now() + TURN;
        while churn.witness.wait(end) {}
        if churn.witness.ended {
            return Err("keep who is on the first node".to_owned());
        }
    }
    churn.end()
}

impl Churn<'_> {
    fn turn(&mut self) -> Result<(), String> {
        if self.random.usize(..NODES) == 0 {
            return self.replace_node();
        }
        let seat = self.random.usize(..SEATS);
        match self.seats[seat].take() {
            None => self.seats[seat] = Some(self.come()?),
            Some(visitor) => match self.random.u8(..4) {
                0 => self.go(visitor, true),
                1 => self.go(visitor, false),
                _ => self.seats[seat] = Some(self.speak(visitor)?),
            },
        }
        Ok(())
    }

    fn come(&mut self) -> Result<Visitor, String> {
        let name = format!("v{}", self.lives.len());
        let node = self.random.usize(..=self.world.last());
        let client = Client::join(self.world.address(node)?, &name, ROOM, DEADLINE)?;
        let life = Life {
            said: 0,
            gone: None,
            doomed: false,
        };
        self.lives.insert(name.clone(), life);
        Ok(Visitor {
            name,
            node,
            client,
            said: 0,
        })
    }

    /// Leaves first, or only vanishes.
    fn go(&mut self, visitor: Visitor, leaves: bool) {
        if leaves {
            let leave = json!({"event": "leave", "user": visitor.name, "room": ROOM});
            visitor.client.say(&leave);
        }
        self.note(&visitor, false);
    }

    fn note(&mut self, visitor: &Visitor, doomed: bool) {
        if let Some(life) = self.lives.get_mut(&visitor.name) {
            life.said = visitor.said;
            life.gone = Some(Instant::now());
            life.doomed = doomed;
        }
    }

    /// Says the next, and waits until it has been said: acts are carried out in their order, so what is asked after it is answered
    /// after it.
    fn speak(&mut self, mut visitor: Visitor) -> Result<Visitor, String> {
        let words = format!("{} says {}", visitor.name, visitor.said);
        visitor.client.chat(ROOM, &words);
        let told = ask(&mut visitor.client);
        told.map_err(|why| format!("{why} on node {} after {words:?}", visitor.node))?;
        visitor.said += 1;
        Ok(visitor)
    }

    fn replace_node(&mut self) -> Result<(), String> {
        let node = self.random.usize(1..=self.world.last());
        let dies = self.random.bool();
        if dies {
            self.killed += 1;
            self.world.kill(node);
        } else {
            self.stopped += 1;
            self.world.stop(node)?;
        }
        for seat in 0..SEATS {
            if let Some(visitor) = self.seats[seat].take_if(|visitor| visitor.node == node) {
                self.note(&visitor, dies);
            }
        }
        self.world.restart(node)
    }

    fn end(mut self) -> Result<Outcome, String> {
        let (came, killed, stopped) = (self.lives.len(), self.killed, self.stopped);
        let seconds = LENGTH.as_secs();
        let mut outcome = Outcome::of(format!(
            "{came} came and went in {seconds} s; {killed} nodes killed, {stopped} stopped (seed {SEED})"
        ));
        outcome.expect(
            killed > 0 && stopped > 0 && came > SEATS,
            "too little happened",
        );
        for visitor in self.seats.iter().flatten() {
            if let Some(life) = self.lives.get_mut(&visitor.name) {
                life.said = visitor.said;
            }
        }
        let end = Instant::now() + GHOSTS + DEADLINE;
        let all_told = |witness: &Client, lives: &BTreeMap<String, Life>| {
            let gone = lives.values().filter(|life| life.gone.is_some()).count();
            witness.count(|event| kind(event) == "deluser") >= gone
        };
        while !all_told(&self.witness, &self.lives) && self.witness.wait(end) {}
        let mut present: Vec<String> = Vec::new();
        present.extend(self.seats.iter().flatten().map(|seat| seat.name.clone()));
        present.push(WITNESS.to_owned());
        let visitors = self.seats.iter_mut().flatten();
        let visitors = visitors.map(|seat| (seat.node, &mut seat.client));
        for (node, client) in visitors.chain([(0, &mut self.witness)]) {
            let listed = listed(client, &present)?;
            let right = same(&listed, &present);
            outcome.expect(right, format!("the listing on node {node} is {listed:?}"));
        }
        self.judge(&mut outcome);
        Ok(outcome)
    }

    /// What the witness was told of each, against what each has done.
    fn judge(&self, outcome: &mut Outcome) {
        let gaps = self.witness.count(|event| kind(event) == "gap");
        outcome.gaps = Some(gaps);
        let mut told: BTreeMap<&str, Told> = BTreeMap::new();
        for (at, event) in &self.witness.heard {
            let words = text(event);
            let mut words = words.split(' ');
            match (kind(event), words.next(), words.next(), words.next()) {
                ("newuser", Some("New"), Some("User"), Some(name)) => {
                    told.entry(name).or_default().came += 1;
                }
                ("deluser", Some("User"), Some(name), _) => {
                    told.entry(name).or_default().went.push(*at);
                }
                ("chat", Some(name), Some("says"), Some(number)) => {
                    let told = told.entry(name).or_default();
                    told.said.extend(number.parse::<usize>());
                }
                _ => {}
            }
        }
        for (name, life) in &self.lives {
            let Some(told) = told.get(&**name) else {
                outcome.expect(false, format!("{name} came, and nobody was told"));
                continue;
            };
            outcome.expect(told.came == 1, format!("{name} came {} times", told.came));
            let went = usize::from(life.gone.is_some());
            outcome.expect(
                told.went.len() == went,
                format!("{name} went {} times", told.went.len()),
            );
            if let (Some(gone), Some(at)) = (life.gone, told.went.first()) {
                let late = at.saturating_duration_since(gone);
                outcome.ghosts = outcome.ghosts.max(Some(late));
            }
            let in_order = told.said.is_sorted_by(|one, other| one < other);
            outcome.expect(in_order, format!("{name} was heard twice, or out of order"));
            let whole = told.said.len() == life.said;
            outcome.expect(
                whole || life.doomed || gaps > 0,
                format!("{name} said {}, heard {}", life.said, told.said.len()),
            );
        }
        let in_time = outcome.ghosts.is_none_or(|ghosts| ghosts <= GHOSTS);
        outcome.expect(in_time, "somebody who had gone was there too long");
    }
}

/// What the witness was told of one.
#[derive(Default)]
struct Told {
    came: usize,
    went: Vec<Instant>,
    said: Vec<usize>,
}

/// Who is in the room, as one is told who asks again and again until it is right, or too late.
fn listed(client: &mut Client, present: &[String]) -> Result<Vec<String>, String> {
    let end = Instant::now() + RECOVERY;
    loop {
        let names = ask(client)?;
        if same(&names, present) || Instant::now() >= end {
            return Ok(names);
        }
    }
}

/// Who is in the room, as one is told who asks once.
fn ask(client: &mut Client) -> Result<Vec<String>, String> {
    const HEAD: &str = "Users in room: [";
    let from = client.heard.len();
    client.say(&json!({"event": "users", "room": ROOM}));
    let is_list = |event: &Value| text(event).starts_with(HEAD);
    let list = client.hear(from, Instant::now() + DEADLINE, is_list);
    let (_, list) = list.ok_or_else(|| {
        let last = client.heard.last().map(|(_, event)| event);
        let ended = client.ended;
        format!("be told who is in the room (ended: {ended}, last heard: {last:?})")
    })?;
    let names = text(&list).trim_start_matches(HEAD).trim_end_matches(']');
    let names = names.split(", ").map(|name| name.trim_matches('\''));
    Ok(names.map(str::to_lowercase).collect())
}

/// Whether these are the same, whatever their order.
fn same(listed: &[String], present: &[String]) -> bool {
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    sorted(listed) == sorted(present)
}
