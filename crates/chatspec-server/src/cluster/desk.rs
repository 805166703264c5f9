//! What a node keeps of the cluster beside the rooms, under the same lock: who waits for an answer, which sessions are whose,
//! and how far the stream has been read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chatspec::message::{ClientMessage, Join, ServerMessage};
use chatspec::name::NameKey;
use chatspec::refusal::{Code, Refusal};
use chatspec_room::{Action, Audience, Delivery, Remote, Rooms, SessionId};
use socketioxide::SocketIo;
use socketioxide::extract::AckSender;
use tokio::time::Instant;

use super::Node;
use super::entry::{Entry, Event, News, Snapshot};
use super::op::{self, Op, To};
use super::outbox::Outbox;
use super::state::{State, add};
use crate::parting::{Parting, Why};

/// Acts of one session that wait behind its join. With more it is thrown out.
const QUEUE_MAX: usize = 2_048;

/// When it is worth trying again to join without a broker.
const RETRY: Duration = Duration::from_secs(1);

/// Nodes of which the last number is remembered although they have no members.
const SEEN_MAX: usize = 1_000;

/// The request of a join that restores what the broker has lost. Nobody waits for it.
const RESTORE: u64 = 0;

/// A node's part in the cluster.
pub(crate) struct Cluster {
    node: Node,
    /// How long a join waits for its answer.
    patience: Duration,
    /// How long those are kept of whom the broker has lost all memory.
    lease: Duration,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) state: Arc<State>,
    requests: u64,
    waiting: BTreeMap<SessionId, Waiting>,
    /// The sessions of other nodes, and what they are called here.
    remotes: BTreeMap<(Node, u64), SessionId>,
    homes: BTreeMap<SessionId, (Node, u64)>,
    /// Those among them whom the broker does not know any more, until then.
    doubted: BTreeMap<SessionId, Instant>,
    position: u64,
    /// The last number read of each node.
    seen: BTreeMap<Node, u64>,
}

/// A session whose join is being asked for.
pub(crate) struct Waiting {
    request: u64,
    until: Instant,
    pub(crate) join: Join,
    pub(crate) ack: Option<AckSender>,
    pub(crate) io: SocketIo,
    pub(crate) rest: Rest,
}

/// What comes after an answer.
#[derive(Default)]
pub(crate) struct Rest {
    /// What the session has done since.
    pub(crate) queue: VecDeque<(Action, Option<AckSender>)>,
    /// How it is told, after all of that, that it is out.
    pub(crate) parting: Option<Parting>,
}

/// What becomes of an act.
pub(crate) enum Turn {
    /// It is carried out.
    Now(Action, Option<AckSender>),
    /// It is carried out when a join has been answered.
    Later,
    /// Too much waits for that already.
    Full,
}

/// How a join was answered.
pub(crate) enum Answer {
    Admitted(u64),
    Denied(Refusal),
}

/// What follows from an entry.
pub(crate) enum Heard {
    Nothing,
    /// A session of another node does something.
    Act(SessionId, Action),
    /// A session of ours has its answer.
    Settle(SessionId, Answer),
    /// A session of ours is no member any more, and has to know.
    Fence(SessionId),
    /// Something is missing for these.
    Gap(Vec<Audience>),
}

/// What there is at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Level {
    pub(crate) state: Arc<State>,
    /// Members on other nodes.
    pub(crate) remotes: usize,
    /// Sessions that wait for a join to be answered.
    pub(crate) waiting: usize,
    /// Messages in the outbox, and bytes.
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

/// An entry is missing before this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing;

impl Cluster {
    pub(crate) fn new(
        node: Node,
        patience: Duration,
        lease: Duration,
        outbox: Arc<Outbox>,
        state: Arc<State>,
    ) -> Self {
        Self {
            node,
            patience,
            lease,
            outbox,
            state,
            requests: RESTORE,
            waiting: BTreeMap::new(),
            remotes: BTreeMap::new(),
            homes: BTreeMap::new(),
            doubted: BTreeMap::new(),
            position: 0,
            seen: BTreeMap::new(),
        }
    }

    /// How far the stream has been read.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The next entry is the first.
    pub(crate) fn rewind(&mut self) {
        self.position = 0;
    }

    /// What there is at this moment.
    pub(crate) fn level(&self) -> Level {
        let (messages, bytes) = self.outbox.depth();
        Level {
            state: Arc::clone(&self.state),
            remotes: self.remotes.len(),
            waiting: self.waiting.len(),
            messages,
            bytes,
        }
    }

    /// Takes an act in. A join has to be asked for, and what the session does after it has to wait for the answer.
    // rule: order.handling
    pub(crate) fn take_in(
        &mut self,
        session: SessionId,
        action: Action,
        ack: Option<AckSender>,
        io: &SocketIo,
        rooms: &Rooms,
    ) -> Turn {
        if let Some(waiting) = self.waiting.get_mut(&session) {
            let queue = &mut waiting.rest.queue;
            if queue.len() >= QUEUE_MAX && action != Action::Disconnected {
                return Turn::Full;
            }
            queue.push_back((action, ack));
            return Turn::Later;
        }
        match action {
            // A room that is full needs nobody to be asked.
            // rule: limits.bounded
            Action::Message(ClientMessage::Join(join))
                if rooms.has_place(session, &join.room.clone().unwrap_or_default()) =>
            {
                self.ask(session, join, ack, io)
            }
            other => Turn::Now(other, ack),
        }
    }

    fn ask(
        &mut self,
        session: SessionId,
        join: Join,
        ack: Option<AckSender>,
        io: &SocketIo,
    ) -> Turn {
        let op = Op::Join {
            session: session.0,
            request: self.requests + 1,
            user: join.user.clone().unwrap_or_default(),
            room: join.room.clone().unwrap_or_default(),
            entered: None,
        };
        if !self.state.is_linked() || !self.outbox.push(op) {
            return Turn::Now(Action::Denied(join, unanswered()), ack);
        }
        self.requests += 1;
        let waiting = Waiting {
            request: self.requests,
            until: Instant::now() + self.patience,
            join,
            ack,
            io: io.clone(),
            rest: Rest::default(),
        };
        self.waiting.insert(session, waiting);
        Turn::Later
    }

    /// The session, if it waits: from here on it does not.
    pub(crate) fn stop_waiting(&mut self, session: SessionId) -> Option<Waiting> {
        self.waiting.remove(&session)
    }

    /// Gives a session that waits again what had been waiting behind its last join, and says whether it does.
    pub(crate) fn wait_again(&mut self, session: SessionId, rest: &mut Rest) -> bool {
        match self.waiting.get_mut(&session) {
            Some(waiting) => {
                waiting.rest.queue.append(&mut rest.queue);
                waiting.rest.parting = rest.parting.take();
                true
            }
            None => false,
        }
    }

    /// Keeps a session from being told that it is out until what it has done before is carried out. Gives it back if there is
    /// nothing of that. One that the cluster has given up gives up what the cluster may still know of it.
    pub(crate) fn hold(
        &mut self,
        session: SessionId,
        why: Why,
        parting: Option<Parting>,
    ) -> Option<Parting> {
        if why == Why::Cluster {
            self.state.fence();
            self.outbox.push(Op::Leave { session: session.0 });
        }
        match self.waiting.get_mut(&session) {
            Some(waiting) => {
                waiting.rest.parting = parting;
                None
            }
            None => parting,
        }
    }

    /// A session that waits for this request.
    pub(crate) fn denied(&self, session: u64, request: u64) -> Heard {
        let session = SessionId(session);
        if request == RESTORE {
            return Heard::Fence(session);
        }
        match self.waiting.get(&session) {
            Some(waiting) if waiting.request == request => {
                let refusal = Refusal::new(
                    Code::NameTaken,
                    "another session holds this name, or one that looks like it",
                );
                Heard::Settle(session, Answer::Denied(refusal))
            }
            _ => Heard::Nothing,
        }
    }

    /// Those who have waited long enough. Should they be let in after all, they leave.
    pub(crate) fn impatient(&mut self) -> Vec<(SessionId, Answer)> {
        let now = Instant::now();
        let late = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.until <= now);
        let late: Vec<SessionId> = late.map(|(session, _)| *session).collect();
        late.into_iter()
            .map(|session| (session, Answer::Denied(unanswered())))
            .collect()
    }

    /// Takes a session back that may have been let in without our knowing, to where it is.
    pub(crate) fn take_back(&self, session: SessionId, rooms: &Rooms) {
        let op = match rooms.place(session) {
            // It was somewhere else before, and still is.
            Some(place) => Op::Join {
                session: session.0,
                request: RESTORE,
                user: place.user.clone(),
                room: place.room.clone(),
                entered: Some(place.entered),
            },
            None => Op::Leave { session: session.0 },
        };
        self.outbox.push(op);
    }

    /// Those of whom nothing has been heard since the broker lost its memory.
    pub(crate) fn forgotten(&mut self) -> Vec<SessionId> {
        let now = Instant::now();
        let gone = self.doubted.iter().filter(|(_, until)| **until <= now);
        let gone: Vec<SessionId> = gone.map(|(session, _)| *session).collect();
        for session in &gone {
            self.forget(*session);
        }
        gone
    }

    /// Tells the others what came of an act here. True if it is for nobody here.
    pub(crate) fn forward(&self, actor: SessionId, rooms: &Rooms, delivery: &Delivery) -> bool {
        match delivery {
            Delivery::Exit { session, .. } => {
                self.outbox.push(Op::Leave { session: session.0 });
                false
            }
            Delivery::Message {
                audience,
                message: message @ (ServerMessage::Chat(_) | ServerMessage::Image(_)),
            } => {
                let (to, away) = match audience {
                    // Whoever says it has been told of everybody of whom we know, so nobody can miss it of whom it knows.
                    Audience::Room { room, .. } if !rooms.is_shared(room) => return false,
                    Audience::Room { room, .. } => (To::Room(room.clone()), false),
                    Audience::Joined { .. } => (To::Joined, false),
                    Audience::Session(target) => {
                        let (Some((node, session)), Some(place)) =
                            (self.homes.get(target), rooms.place(*target))
                        else {
                            return false;
                        };
                        let to = To::Session {
                            node: Node::clone(node),
                            session: *session,
                            room: place.room.key().clone(),
                        };
                        (to, true)
                    }
                };
                self.say(actor, to, message);
                away
            }
            _ => false,
        }
    }

    fn say(&self, actor: SessionId, to: To, message: &ServerMessage) {
        let Ok(message) = serde_json::to_string(message) else {
            return;
        };
        let session = actor.0;
        let op = Op::Say {
            session,
            to,
            message,
        };
        if !self.outbox.push(op) {
            add(&self.state.overflowed, 1);
        }
    }

    /// What follows from an entry. `ids` is the number of the next session.
    ///
    /// # Errors
    ///
    /// [`Missing`] if it is not the next one; it is not used up then.
    pub(crate) fn hear(
        &mut self,
        entry: Entry,
        rooms: &Rooms,
        ids: &mut u64,
    ) -> Result<Heard, Missing> {
        if entry.position > self.position + 1 {
            return Err(Missing);
        }
        if entry.position <= self.position {
            add(&self.state.duplicates, 1);
            return Ok(Heard::Nothing);
        }
        self.position = entry.position;
        add(&self.state.received, 1);
        let Some(news) = entry.news else {
            add(&self.state.undecodable, 1);
            return Ok(Heard::Nothing);
        };
        if news.sequence > 0 {
            let seen = self.seen.entry(Node::clone(&news.node)).or_default();
            // A batch whose answer was lost is sent again.
            // rule: order.once
            if news.sequence <= *seen {
                add(&self.state.duplicates, 1);
                return Ok(Heard::Nothing);
            }
            *seen = news.sequence;
        }
        Ok(match news.node == self.node {
            true => self.hear_own(&news),
            false => self.hear_other(news, rooms, ids),
        })
    }

    /// What we have said ourselves has had its effect here, other than that we have been let in.
    fn hear_own(&self, news: &News) -> Heard {
        match news.event {
            Event::Joined {
                session,
                request,
                entered,
                ..
            } => match self.waiting.get(&SessionId(session)) {
                Some(waiting) if waiting.request == request => {
                    Heard::Settle(SessionId(session), Answer::Admitted(entered))
                }
                _ => Heard::Nothing,
            },
            Event::Left { session } if news.sequence == 0 => Heard::Fence(SessionId(session)),
            _ => Heard::Nothing,
        }
    }

    fn hear_other(&mut self, news: News, rooms: &Rooms, ids: &mut u64) -> Heard {
        let node = news.node;
        match news.event {
            Event::Joined {
                session,
                request,
                user,
                room,
                entered,
            } => {
                let id = self.id(node, session, ids);
                let place = rooms.place(id);
                let same = place.is_some_and(|place| *place.user == user && *place.room == room);
                self.doubted.remove(&id);
                // It has never gone; the broker alone had lost it.
                if request == RESTORE && same {
                    return Heard::Nothing;
                }
                let joined = Remote::Joined {
                    user,
                    room,
                    entered,
                };
                Heard::Act(id, Action::Remote(joined))
            }
            Event::Left { session } => match self.remotes.get(&(node, session)).copied() {
                Some(id) => {
                    self.forget(id);
                    Heard::Act(id, Action::Disconnected)
                }
                None => Heard::Nothing,
            },
            Event::Said {
                session,
                to,
                message,
            } => {
                let sender = self.remotes.get(&(node, session)).copied();
                match (sender, self.audience(to)) {
                    (Some(sender), Some(audience)) => {
                        let said = Remote::Said { audience, message };
                        Heard::Act(sender, Action::Remote(said))
                    }
                    _ => Heard::Nothing,
                }
            }
            Event::Echo => Heard::Nothing,
            Event::Gap(op::Rooms::All) => Heard::Gap(vec![Audience::Joined { except: None }]),
            Event::Gap(op::Rooms::These(rooms)) => Heard::Gap(
                rooms
                    .iter()
                    .map(|room| Audience::Room {
                        room: NameKey::of(room),
                        except: None,
                    })
                    .collect(),
            ),
        }
    }

    /// Who of those here it is for, if anybody.
    fn audience(&self, to: To) -> Option<Audience> {
        match to {
            To::Room(room) => Some(Audience::Room { room, except: None }),
            To::Joined => Some(Audience::Joined { except: None }),
            To::Session { node, session, .. } => {
                (node == self.node).then_some(Audience::Session(SessionId(session)))
            }
        }
    }

    /// What a session of another node is called here.
    fn id(&mut self, node: Node, session: u64, ids: &mut u64) -> SessionId {
        let home = (node, session);
        if let Some(id) = self.remotes.get(&home) {
            return *id;
        }
        let id = SessionId(*ids);
        *ids += 1;
        self.remotes.insert(home.clone(), id);
        self.homes.insert(id, home);
        id
    }

    fn forget(&mut self, id: SessionId) {
        self.doubted.remove(&id);
        if let Some(home) = self.homes.remove(&id) {
            self.remotes.remove(&home);
        }
    }

    /// Takes what the broker knows for what is so. Returns what follows for the sessions of others; what follows for our own
    /// goes out. With `amnesia` the broker has lost everything, and who is missing may be there all the same.
    pub(crate) fn resync(
        &mut self,
        snapshot: Snapshot,
        amnesia: bool,
        rooms: &Rooms,
        open: &BTreeSet<SessionId>,
        ids: &mut u64,
    ) -> Vec<(SessionId, Action)> {
        self.position = snapshot.position;
        let mut members = snapshot.members;
        members.sort_by_key(|member| member.entered);
        let (own, others): (Vec<_>, Vec<_>) = members
            .into_iter()
            .partition(|member| member.node == self.node);
        let own: BTreeSet<SessionId> = own
            .into_iter()
            .map(|member| SessionId(member.session))
            .collect();
        self.restore(&own, rooms, open);
        let present: BTreeSet<(Node, u64)> = others
            .iter()
            .map(|member| (Node::clone(&member.node), member.session))
            .collect();
        let absent: Vec<SessionId> = self
            .remotes
            .iter()
            .filter(|(home, _)| !present.contains(home))
            .map(|(_, id)| *id)
            .collect();
        let mut acts = Vec::new();
        for id in absent {
            if amnesia {
                let until = Instant::now() + self.lease;
                self.doubted.entry(id).or_insert(until);
            } else if !self.doubted.contains_key(&id) {
                self.forget(id);
                acts.push((id, Action::Disconnected));
            }
        }
        for member in others {
            let id = self.id(member.node, member.session, ids);
            self.doubted.remove(&id);
            let place = rooms.place(id);
            let same =
                place.is_some_and(|place| *place.user == member.user && *place.room == member.room);
            if !same {
                let joined = Remote::Joined {
                    user: member.user,
                    room: member.room,
                    entered: member.entered,
                };
                acts.push((id, Action::Remote(joined)));
            }
        }
        if self.seen.len() > SEEN_MAX {
            let (node, remotes) = (&self.node, &self.remotes);
            self.seen.retain(|other, _| {
                let first = (Node::clone(other), 0);
                let mut from = remotes.range(first..);
                other == node || from.next().is_some_and(|((node, _), _)| node == other)
            });
        }
        acts
    }

    /// Tells the broker of those of us whom it does not know, and of those whom it knows and who are gone.
    fn restore(&self, own: &BTreeSet<SessionId>, rooms: &Rooms, open: &BTreeSet<SessionId>) {
        for session in own {
            let is_here = open.contains(session) && rooms.place(*session).is_some();
            if !is_here && !self.waiting.contains_key(session) {
                self.outbox.push(Op::Leave { session: session.0 });
            }
        }
        for (session, place) in rooms.here() {
            if !own.contains(&session) {
                self.outbox.push(Op::Join {
                    session: session.0,
                    request: RESTORE,
                    user: place.user.clone(),
                    room: place.room.clone(),
                    entered: Some(place.entered),
                });
            }
        }
    }
}

/// The answer to a join that nobody can decide.
fn unanswered() -> Refusal {
    let mut refusal = Refusal::new(
        Code::AtCapacity,
        "whether this name is free cannot be asked at the moment",
    )
    .retry_after(RETRY);
    refusal.event = Some(Join::TAG);
    refusal
}

#[cfg(test)]
mod tests {
    use chatspec::name::{RoomName, UserName};
    use chatspec_room::Command;

    use super::*;
    use crate::cluster::entry::Member;

    const PATIENCE: Duration = Duration::from_secs(1);

    /// A cluster, the rooms, and the number of the next session.
    struct Desk(Cluster, Rooms, u64);

    impl Desk {
        fn new() -> Self {
            let outbox = Arc::new(Outbox::new(100, 1_000_000));
            let cluster = Cluster::new("us".into(), PATIENCE, PATIENCE, outbox, Arc::default());
            Self(cluster, Rooms::default(), 10)
        }

        fn follow(&mut self, acts: Vec<(SessionId, Action)>) -> Vec<&'static str> {
            let mut done = Vec::new();
            for (session, action) in acts {
                done.push(match &action {
                    Action::Remote(_) => "joined",
                    _ => "left",
                });
                self.1.apply(Command::new(session, action));
            }
            done
        }

        fn hear(&mut self, position: u64, sequence: u64, event: Event) -> Option<usize> {
            let news = News {
                node: "them".into(),
                sequence,
                event,
            };
            let entry = Entry {
                position,
                news: Some(news),
            };
            match self.0.hear(entry, &self.1, &mut self.2).ok()? {
                Heard::Act(session, action) => {
                    Some(self.1.apply(Command::new(session, action)).len())
                }
                _ => Some(0),
            }
        }

        fn resync(&mut self, members: &[(&str, u64, &str)], amnesia: bool) -> Vec<&'static str> {
            let members = members.iter().map(|(node, session, user)| Member {
                node: Node::from(*node),
                session: *session,
                user: UserName::parse(user).unwrap(),
                room: RoomName::parse("r").unwrap(),
                entered: *session,
            });
            let snapshot = Snapshot {
                position: 50,
                members: members.collect(),
            };
            let open = BTreeSet::new();
            let acts = self
                .0
                .resync(snapshot, amnesia, &self.1, &open, &mut self.2);
            self.follow(acts)
        }
    }

    fn joined(session: u64, user: &str) -> Event {
        Event::Joined {
            session,
            request: 1,
            user: UserName::parse(user).unwrap(),
            room: RoomName::parse("r").unwrap(),
            entered: session,
        }
    }

    #[test]
    fn nothing_is_heard_twice_and_nothing_missing_is_passed_over() {
        let mut desk = Desk::new();
        assert_eq!(desk.hear(1, 1, joined(1, "ada")), Some(1));
        assert_eq!(desk.hear(1, 1, joined(1, "ada")), Some(0));
        // The same number at another place: its writer did not know that it was written.
        assert_eq!(desk.hear(2, 1, joined(1, "ada")), Some(0));
        assert_eq!(desk.hear(4, 2, Event::Left { session: 1 }), None);
        assert_eq!(desk.hear(3, 2, Event::Left { session: 1 }), Some(1));
        assert_eq!(desk.hear(4, 3, Event::Left { session: 1 }), Some(0));
        assert_eq!(desk.0.level().remotes, 0);
        let count = |counter: &std::sync::atomic::AtomicU64| {
            counter.load(std::sync::atomic::Ordering::Relaxed)
        };
        assert_eq!(count(&desk.0.state.duplicates), 2);
        assert_eq!(count(&desk.0.state.received), 4);
    }

    #[test]
    fn what_the_broker_knows_is_so() {
        let mut desk = Desk::new();
        let both = [("them", 1, "ada"), ("they", 1, "bob")];
        assert_eq!(desk.resync(&both, false), ["joined", "joined"]);
        assert_eq!(desk.resync(&both, false), [""; 0]);
        assert_eq!(
            desk.resync(&[("they", 1, "rob")], false),
            ["left", "joined"]
        );
        assert_eq!(desk.0.position, 50);
        assert_eq!(desk.0.level().remotes, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn whom_the_broker_has_forgotten_has_a_lease_to_come_back() {
        let mut desk = Desk::new();
        desk.resync(&[("them", 1, "ada"), ("them", 2, "bob")], false);
        assert_eq!(desk.resync(&[], true), [""; 0]);
        assert_eq!(desk.resync(&[("them", 1, "ada")], false), [""; 0]);
        assert_eq!(desk.0.forgotten(), []);
        tokio::time::advance(PATIENCE).await;
        let gone = desk.0.forgotten();
        assert_eq!(gone.len(), 1);
        assert_eq!(desk.1.place(gone[0]).unwrap().user.as_str(), "bob");
        assert_eq!(desk.0.forgotten(), []);
        assert_eq!(desk.0.level().remotes, 1);
    }

    #[test]
    fn the_broker_is_told_of_those_whom_it_does_not_know() {
        let mut desk = Desk::new();
        let join = Join::new(UserName::parse("ada").ok(), RoomName::parse("r").ok());
        let admitted = Action::Admitted(join, 7);
        desk.1.apply(Command::new(SessionId(3), admitted));
        desk.resync(&[("us", 4, "bob")], false);
        let ops = desk.0.outbox.take(9, 9_999);
        let [Op::Leave { session: 4 }, restored] = &ops[..] else {
            panic!("{ops:?}");
        };
        let wanted = Op::Join {
            session: 3,
            request: RESTORE,
            user: UserName::parse("ada").unwrap(),
            room: RoomName::parse("r").unwrap(),
            entered: Some(7),
        };
        assert_eq!(*restored, wanted);
    }
}
