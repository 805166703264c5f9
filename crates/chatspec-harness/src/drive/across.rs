//! Between the nodes of a server of several: waits until what is due has come over, and shows by what comes after it that the
//! rest never will.
//!
//! A barrier on one node proves nothing about another. So, after the barriers of a step: what must reach somebody on another
//! node has a bound to do so; who has come or gone is listed on every node before anybody acts on it; and where silence is
//! claimed of one on another node, a *sentinel* of the same sender has to reach it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chatspec_judge::fixture::{Action, Fixture, Step};
use chatspec_judge::rule::names;
use chatspec_judge::spread::{self, Present};
use chatspec_judge::transcript::{Entry, Stop, What};
use chatspec_judge::window::Window;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Driver;
use super::record;
use crate::wire::{Target, socket};

/// What the bound is divided by once something has not come in time: the case fails already.
const IMPATIENCE: u32 = 10;
/// The time that barriers took counts so often for what has to cross.
const SLACK: u32 = 4;
/// Messages of one participant that are taken before the referee is asked whether that was all.
const AT_ONCE: usize = 1_000;

/// Who sits where, and what the suite itself has said between the nodes.
#[derive(Default)]
pub(super) struct Between {
    /// Who is in which room, as of the last step.
    present: BTreeMap<String, Present>,
    /// Messages of ours that show that everything before them has come.
    sentinels: Vec<Sentinel>,
    /// So many entries have been looked through for them.
    sifted: usize,
    /// Whether something did not come over in time.
    late: bool,
    /// How long the barriers of this step took.
    pub(super) pace: Duration,
}

/// A message to a room that has to come after what its sender caused before.
pub(super) struct Sentinel {
    text: String,
    /// Those whom it may reach. Whoever else gets it gets what is said in a room where it is not.
    due: BTreeSet<String>,
    /// Who has got it. Who gets it again gets a message twice.
    heard: BTreeSet<String>,
}

/// The places of a fixture's participants: the number of the node of each, from 0.
pub(super) fn seats(fixture: &Fixture, nodes: usize, seating: u64, case: &str) -> Vec<usize> {
    let mix = super::fresh::mix(seating, case);
    spread::seats(fixture, nodes, mix)
}

/// The node that what belongs to no participant goes to: that of the one who acts, where there is one in particular.
pub(super) fn home<'t>(
    fixture: &Fixture,
    seats: &[usize],
    nodes: &'t [Target],
) -> Option<&'t Target> {
    let mut participants = fixture.participants.iter();
    let mallory = participants.position(|participant| participant.name == "mallory");
    nodes.get(*seats.get(mallory.unwrap_or(0))?)
}

/// Takes the first of each sentinel that somebody got, to whom it was due, out of the conversation.
pub(super) fn sift(entries: &mut [Entry], sentinels: &mut [Sentinel]) {
    for entry in entries {
        let Some(text) = spoken(&entry.what) else {
            continue;
        };
        let mut known = sentinels.iter_mut();
        if let Some(sentinel) = known.find(|sentinel| sentinel.text == text)
            && sentinel.due.contains(&entry.who)
            && sentinel.heard.insert(entry.who.clone())
        {
            let text = format!("(between nodes) gets {:?}", sentinel.text);
            entry.what = What::Aside { text };
        }
    }
}

fn spoken(what: &What) -> Option<&str> {
    let What::Event { name, args } = what else {
        return None;
    };
    let [arg] = args.as_slice() else { return None };
    let chat = name == "chat" && arg.get("type") == Some(&json!("chat"));
    arg.get("message").filter(|_| chat)?.as_str()
}

impl Driver<'_> {
    /// After the barriers of a step: what has to come over has come, or never will.
    pub(super) async fn across(&mut self, step: &Step, acting: &[usize]) -> Result<(), Stop> {
        let first = self.actors[0].node;
        if self.actors.iter().all(|actor| actor.node == first) {
            return Ok(());
        }
        self.wait_for_others(acting).await?;
        let after = spread::present(&self.entries, self.step + 1);
        let before = std::mem::replace(&mut self.between.present, after);
        if matches!(step.action, Action::Send(_)) {
            for actor in acting {
                self.settle_presence(*actor, &before).await;
            }
        }
        for actor in acting {
            self.sentinel(step, *actor).await;
        }
        Ok(())
    }

    /// Takes our own messages out of what has come.
    pub(super) fn sift(&mut self) {
        let new = self.between.sifted.min(self.entries.len());
        sift(&mut self.entries[new..], &mut self.between.sentinels);
        self.between.sifted = self.entries.len();
    }

    /// The sentinels, for what comes after the end.
    pub(super) fn take_sentinels(&mut self) -> Vec<Sentinel> {
        std::mem::take(&mut self.between.sentinels)
    }

    fn bound(&self) -> Instant {
        // A server, or a suite, that is slow to answer on one node is slower over two.
        let patience = self.stage.crossing() + self.between.pace * SLACK;
        let late = self.between.late;
        Instant::now()
            + if late {
                patience / IMPATIENCE
            } else {
                patience
            }
    }

    /// Waits until those on other nodes have what they must receive.
    async fn wait_for_others(&mut self, acting: &[usize]) -> Result<(), Stop> {
        let bound = self.bound();
        let mut over = false;
        while self.is_due_elsewhere(acting)? {
            if over {
                // The referee says whether that is wrong: it may be what a server only should do.
                break;
            }
            over = !self.receive_all(bound).await || Instant::now() >= bound;
        }
        Ok(())
    }

    /// Waits for something, and takes all that has come with it: to be asked after every single message, the referee would
    /// take longer for many than they take to come. False where nothing has come by the deadline.
    async fn receive_all(&mut self, bound: Instant) -> bool {
        let came = self.receive_any(bound).await;
        let now = Instant::now();
        for actor in &mut self.actors {
            // A server that floods does not keep us here.
            for _ in 0..AT_ONCE {
                if !actor.is_open() {
                    break;
                }
                let entries = actor.receive(self.step, now).await;
                if entries.is_empty() {
                    break;
                }
                self.entries.extend(entries);
            }
        }
        came
    }

    fn is_due_elsewhere(&self, acting: &[usize]) -> Result<bool, Stop> {
        let window = Window {
            fixture: self.fixture,
            index: self.step,
            entries: &self.entries,
        };
        let pending = window
            .pending(&self.bindings)
            .map_err(|error| self.mistake(error))?;
        let elsewhere = |who: &String| {
            let here = self.actors.iter().find(|actor| actor.name == *who);
            here.is_some_and(|here| {
                let mut acting = acting.iter();
                here.is_open() && acting.any(|index| self.actors[*index].node != here.node)
            })
        };
        Ok(pending.iter().any(elsewhere))
    }

    /// Waits until every other node lists one who has come, and no longer lists one who has gone.
    async fn settle_presence(&mut self, actor: usize, before: &BTreeMap<String, Present>) {
        if !self.actors[actor].is_open() {
            return;
        }
        let name = self.actors[actor].name.clone();
        let after = &self.between.present;
        let (old, new) = (before.get(&name).cloned(), after.get(&name).cloned());
        let held = |gone: &Present| {
            let mut others = after.values();
            others.any(|other| other.key == gone.key && other.user == gone.user)
        };
        let gone = old.filter(|old| !held(old)).map(|old| (old, false));
        let come = new.filter(|new| before.get(&name) != Some(new));
        let come = come.map(|new| (new, true));
        let own = self.actors[actor].node;
        let mut asked = BTreeSet::from([own]);
        let mut witnesses = Vec::new();
        for (index, other) in self.actors.iter().enumerate() {
            if other.is_open() && asked.insert(other.node) {
                witnesses.push(index);
            }
        }
        for (who, listed) in gone.into_iter().chain(come) {
            for witness in &witnesses {
                self.listed(*witness, &who, listed, own).await;
            }
        }
    }

    /// Asks one node again and again, until it lists somebody or does not.
    async fn listed(&mut self, witness: usize, who: &Present, wanted: bool, own: usize) {
        let bound = self.bound();
        let mut pause = Duration::from_millis(2);
        loop {
            let (stage, step) = (self.stage, self.step);
            let (answer, entries) = self.actors[witness].ask(&who.room, stage, step).await;
            self.entries.extend(entries);
            self.sift();
            let seen = answer.as_deref();
            if seen.is_some_and(|text| spread::lists(text, &who.user) == wanted) {
                return;
            }
            if Instant::now() >= bound || !self.actors[witness].is_open() {
                let node = self.actors[witness].node + 1;
                let verb = if wanted { "has come" } else { "has gone" };
                self.astray(
                    witness,
                    &[names::LISTING, names::CLUSTER_PRESENCE],
                    format!(
                        "the listing of {} on node {node} shows that {} {verb} on node {}",
                        who.room,
                        who.user,
                        own + 1
                    ),
                    seen.unwrap_or("no answer").to_owned(),
                );
                return;
            }
            self.receive_any(bound.min(Instant::now() + pause)).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    /// Shows those on other nodes whose silence is claimed that all that the sender has caused has come.
    async fn sentinel(&mut self, step: &Step, actor: usize) {
        let claims = spread::claims(self.fixture, step);
        let sender = &self.actors[actor];
        let Some(place) = self.between.present.get(&sender.name).cloned() else {
            return;
        };
        let shares = |name: &str| {
            let own = self.between.present.get(name);
            own.is_some_and(|own| own.key == place.key)
        };
        let others = self.actors.iter().enumerate();
        let members: Vec<usize> = others
            .filter(|(index, other)| *index != actor && other.is_open() && shares(&other.name))
            .map(|(index, _)| index)
            .collect();
        let claimed = members.iter().any(|index| {
            let member = &self.actors[*index];
            member.node != sender.node && claims.contains(member.name.as_str())
        });
        if !claimed || !sender.is_open() {
            return;
        }
        let (node, name) = (sender.node, sender.name.clone());
        let names = self.actors.iter().map(|actor| actor.name.as_str());
        let names = names.filter(|other| *other != name);
        let due = spread::hearers(&self.entries, self.step + 1, &place.key, names);
        let nonce = self.bindings.get("nonce").and_then(Value::as_str);
        let number = self.between.sentinels.len() + 1;
        let text = format!("sentinel {number} {}", nonce.unwrap_or_default());
        let message = json!({"event": "chat", "room": place.room, "text": text});
        let packet = socket::event(socket::MAIN, None, "chat", &[message]);
        let said = format!("(between nodes) sends {text:?} to {}", place.room);
        self.entries
            .push(self.entry(&name, What::Aside { text: said }));
        self.between.sentinels.push(Sentinel {
            text: text.clone(),
            due,
            heard: BTreeSet::new(),
        });
        if let Some(session) = self.actors[actor].session.as_mut() {
            // Where it cannot be sent, nobody gets it, which tells.
            let _ = session.send_packets(&[packet]).await;
        }
        let bound = self.bound();
        loop {
            self.sift();
            let missing = self.deaf(&members, &text);
            if missing.is_empty() {
                return;
            }
            if Instant::now() >= bound || !self.receive_all(bound).await {
                self.sift();
                for member in self.deaf(&members, &text) {
                    let elsewhere = self.actors[member].node != node;
                    let delivery = elsewhere.then_some(names::CLUSTER_DELIVERY);
                    let rules: Vec<&str> = [names::CHAT_ROOM].into_iter().chain(delivery).collect();
                    self.astray(
                        member,
                        &rules,
                        format!(
                            "what {name} says in the room on node {}: {text:?}",
                            node + 1
                        ),
                        "nothing like it in time".to_owned(),
                    );
                }
                return;
            }
        }
    }

    /// Those who can still hear a sentinel and have not.
    fn deaf(&self, members: &[usize], text: &str) -> Vec<usize> {
        let mut known = self.between.sentinels.iter();
        let heard = known.find(|sentinel| sentinel.text == text);
        let deaf = |index: &usize| {
            let member = &self.actors[*index];
            member.is_open() && heard.is_some_and(|sentinel| !sentinel.heard.contains(&member.name))
        };
        members.iter().copied().filter(deaf).collect()
    }

    fn astray(&mut self, who: usize, rules: &[&str], expected: String, why: String) {
        self.between.late = true;
        let what = What::Astray {
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            expected,
            why: why.chars().take(record::LINE).collect(),
        };
        let entry = self.entry(&self.actors[who].name, what);
        self.entries.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gets(who: &str, text: &str) -> Entry {
        let message = json!({"type": "chat", "from": "ADA-1", "message": text});
        Entry {
            at: 0,
            step: 0,
            who: who.to_owned(),
            what: What::Event {
                name: "chat".to_owned(),
                args: vec![message],
            },
        }
    }

    #[test]
    fn a_sentinel_is_taken_out_once_and_where_it_was_due() {
        let due = ["bob", "cora"].map(str::to_owned).into();
        let mut sentinels = [Sentinel {
            text: "sentinel 1 n1".to_owned(),
            due,
            heard: BTreeSet::new(),
        }];
        let mut entries = [
            gets("bob", "sentinel 1 n1"),
            gets("bob", "sentinel 1 n1"),
            gets("cora", "sentinel 2 n1"),
            // One of another room, and the sender itself.
            gets("eve", "sentinel 1 n1"),
            gets("ada", "sentinel 1 n1"),
        ];
        let before = entries.clone();
        sift(&mut entries, &mut sentinels);
        assert!(matches!(&entries[0].what, What::Aside { text } if text.contains("sentinel 1 n1")));
        assert_eq!(entries[1..], before[1..]);
        // Late, and once.
        let mut entries = [gets("cora", "sentinel 1 n1"), gets("cora", "sentinel 1 n1")];
        sift(&mut entries, &mut sentinels);
        assert!(matches!(&entries[0].what, What::Aside { .. }));
        assert_eq!(entries[1], gets("cora", "sentinel 1 n1"));
    }
}
