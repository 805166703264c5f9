//! Follows who is in which room, as far as a fixture alone tells.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Why;
use crate::fixture::{Action, Connection, Drop, Fixture, Kind, Step};

/// Those in another room than a bad input's sender.
const BYSTANDERS: [&str; 2] = ["bob", "cora"];

/// Where somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// In no room.
    Outside,
    /// In a room of the fixture, as joined: the payload.
    In(String, Value),
    /// The fixture leaves it to the server.
    Unknown,
}

/// Whose silence a step claims, or who may receive something that need not come: of those who do not act.
pub fn claims<'f>(fixture: &'f Fixture, step: &'f Step) -> BTreeSet<&'f str> {
    let actors = step.actors();
    let all = step.quiet.is_some() || !step.refused.is_empty();
    let bystanders = fixture.input.is_some()
        && !actors.is_empty()
        && actors.iter().all(|actor| BYSTANDERS.contains(actor));
    let everybody = fixture.participants.iter();
    everybody
        .map(|participant| participant.name.as_str())
        .filter(|name| !actors.contains(name))
        // What a step of the bystanders leaves open of others is mallory's doing, and those sit with her.
        .filter(|name| !bystanders || BYSTANDERS.contains(name))
        .filter(|name| {
            let mut mine = step.expected();
            // Of a bad input the company is that of the room; who talks elsewhere is asked later.
            let room = all && !is_far(fixture, step, name);
            room || mine
                .any(|expect| expect.kind != Kind::Must && expect.to.iter().any(|to| to == name))
        })
        .collect()
}

/// The one of the pair in another room that may sit on another node than a bad input's sender.
fn is_far(fixture: &Fixture, step: &Step, name: &str) -> bool {
    fixture.input.is_some() && name == "cora" && step.actors() == ["mallory"]
}

pub(super) struct Places<'f> {
    fixture: &'f Fixture,
    places: Vec<Place>,
    pairs: Vec<(usize, usize, Why)>,
}

impl Places<'_> {
    pub(super) fn walk(fixture: &Fixture) -> Vec<(usize, usize, Why)> {
        let mut walk = Places {
            fixture,
            places: vec![Place::Outside; fixture.participants.len()],
            pairs: vec![],
        };
        for step in &fixture.steps {
            walk.step(step);
        }
        walk.pairs
    }

    fn step(&mut self, step: &Step) {
        let actors: Vec<usize> = step
            .actors()
            .iter()
            .filter_map(|name| self.position(name))
            .collect();
        self.act(step, &actors);
        if step.connection != Connection::Lives {
            for actor in &actors {
                self.places[*actor] = Place::Unknown;
            }
        }
        // One common order is that of one node.
        let agree = step.agree.iter().flat_map(|agree| &agree.among);
        let agreed: Vec<usize> = agree.filter_map(|name| self.position(name)).collect();
        if !agreed.is_empty() {
            self.all_of(actors.iter().chain(&agreed).copied().collect());
        }
        for observer in claims(self.fixture, step) {
            let Some(observer) = self.position(observer) else {
                continue;
            };
            for actor in &actors {
                if !self.reaches(*actor, observer) {
                    self.pairs.push((*actor, observer, Why::Silence));
                }
            }
        }
    }

    /// Whether a message of one to its room shows the other that everything before it has come.
    fn reaches(&self, actor: usize, observer: usize) -> bool {
        match (&self.places[actor], &self.places[observer]) {
            (Place::In(one, _), Place::In(other, _)) => one == other,
            _ => false,
        }
    }

    fn act(&mut self, step: &Step, actors: &[usize]) {
        match &step.action {
            Action::Send(payload) => {
                if let Some(actor) = actors.first() {
                    self.send(step, *actor, payload);
                }
            }
            Action::Batch(payloads) => self.many(actors, payloads.iter()),
            Action::Emit { args, .. } => self.many(actors, args.iter()),
            Action::Burst { send, .. } | Action::Race { send, .. } => {
                self.many(actors, std::iter::once(send));
            }
            Action::Together(each) => self.many(actors, each.iter().map(|(_, payload)| payload)),
            // Told by the transport, with no word of the sender's behind it.
            Action::Drop(Drop::Abrupt | Drop::Close | Drop::Namespace) | Action::Connect => {
                for actor in actors {
                    self.places[*actor] = Place::Outside;
                }
            }
            Action::Upgrade => {}
            Action::Attack(_) => {
                // Nobody can tell what it does. Only one who is to hear nothing at all of it may sit elsewhere.
                let heard =
                    |name: &String| step.expect.iter().any(|expect| expect.to.contains(name));
                let near = self.fixture.participants.iter().enumerate();
                let near = near.filter(|(_, participant)| {
                    heard(&participant.name) || !is_far(self.fixture, step, &participant.name)
                });
                self.all_of(near.map(|(index, _)| index).collect());
                for actor in actors {
                    self.places[*actor] = Place::Unknown;
                }
            }
            // Literal text and requests: nobody can tell what they do, and a request may name a session of its node.
            Action::Packets(_) | Action::Frames(_) | Action::Mute | Action::Request { .. } => {
                self.all_of((0..self.places.len()).collect());
                for actor in actors {
                    self.places[*actor] = Place::Unknown;
                }
            }
        }
    }

    /// Several at once, or what is no plain message: whoever joins or leaves by it is somewhere.
    fn many<'v>(&mut self, actors: &[usize], payloads: impl Iterator<Item = &'v Value>) {
        for payload in payloads {
            let moves = matches!(event(payload), Some("join" | "leave"));
            for actor in actors {
                self.names(*actor, payload);
                if moves {
                    self.places[*actor] = Place::Unknown;
                }
            }
        }
    }

    fn send(&mut self, step: &Step, actor: usize, payload: &Value) {
        self.names(actor, payload);
        if !step.refused.is_empty() {
            return;
        }
        match event(payload) {
            Some("join") => self.places[actor] = self.joined(step, actor, payload),
            Some("leave") => {
                let as_joined = match &self.places[actor] {
                    Place::In(_, join) => {
                        let same = |key| join.get(key) == payload.get(key);
                        same("user") && same("room")
                    }
                    _ => false,
                };
                self.places[actor] = match as_joined {
                    true => Place::Outside,
                    false => Place::Unknown,
                };
            }
            _ => {}
        }
    }

    /// Where a join leads: into its room, if the step demands that its own announcement comes.
    fn joined(&self, step: &Step, actor: usize, payload: &Value) -> Place {
        let name = &self.fixture.participants[actor].name;
        let own = step.expected().any(|expect| {
            let newuser = expect.pattern.get("type").and_then(Value::as_str) == Some("newuser");
            newuser && expect.kind == Kind::Must && expect.to.contains(name)
        });
        let room = payload.get("room").and_then(Value::as_str);
        let room = room.and_then(|room| room.strip_prefix('$'));
        match room.filter(|room| self.fixture.rooms.iter().any(|known| known == room)) {
            Some(room) if own => Place::In(room.to_owned(), payload.clone()),
            _ => Place::Unknown,
        }
    }

    /// Who asks to be called something that is not its own sits with those whose name it may be.
    fn names(&mut self, actor: usize, payload: &Value) {
        if event(payload) != Some("join") {
            return;
        }
        let user = payload.get("user").and_then(Value::as_str);
        let mentioned: Vec<&str> = user.map(variables).unwrap_or_default();
        let known: Vec<Option<usize>> = mentioned.iter().map(|name| self.position(name)).collect();
        match known.iter().copied().collect::<Option<Vec<usize>>>() {
            Some(others) if !others.is_empty() => {
                for other in others.into_iter().filter(|other| *other != actor) {
                    self.pairs.push((actor, other, Why::Acts));
                }
            }
            // `$me` of a race is the sender's own.
            None if mentioned == ["me"] => {}
            _ => self.all_of((0..self.places.len()).collect()),
        }
    }

    fn all_of(&mut self, who: Vec<usize>) {
        for two in who.windows(2) {
            self.pairs.push((two[0], two[1], Why::Acts));
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        let mut participants = self.fixture.participants.iter();
        participants.position(|participant| participant.name == name)
    }
}

fn event(payload: &Value) -> Option<&str> {
    payload.get("event").and_then(Value::as_str)
}

/// The variables that a text names, filters left out.
pub(super) fn variables(text: &str) -> Vec<&str> {
    let parts = text.split('$').skip(1);
    parts
        .map(|part| {
            let part = part.strip_prefix('{').unwrap_or(part);
            let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let end = part.find(|c| !word(c)).unwrap_or(part.len());
            &part[..end]
        })
        .collect()
}
