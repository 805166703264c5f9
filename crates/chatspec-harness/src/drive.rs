//! Plays one fixture against a server and records everything that is sent and received.
//!
//! A step sends, then proves by causality that whatever it caused has arrived: a *barrier* (a `users` request with an
//! acknowledgement, for a room that nobody uses) on the actor's connection, then on every other one. No step waits for a
//! clock; only a barrier has a deadline. The driver never decides what is right: it asks the referee only whether what is
//! due has come, to know when it may stop waiting.

mod across;
mod act;
mod actor;
mod attack;
mod fresh;
mod hand;
mod manner;
pub(crate) mod record;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use chatspec_judge::fixture::{
    Action, Connection, Drop, Expectation, Fixture, Kind, Step, TransportName,
};
use chatspec_judge::transcript::{Entry, Stop, Transcript, What};
use chatspec_judge::value::{Bindings, ValueError};
use chatspec_judge::window::Window;
use futures_util::future::{join_all, select_all};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::wire::limits::PATIENCE;
use crate::wire::{Clock, Session, Target};

use self::across::{Between, Sentinel};
use self::actor::Actor;
use self::hand::Hand;

pub use self::fresh::bindings;
pub(crate) use self::fresh::tag;
pub use self::manner::{Hasty, Manner, Trace, Traced};
pub use self::trouble::Trouble;

/// What a play needs to know of the run.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The server; of several nodes the one that is asked where it does not matter which.
    pub target: Target,
    /// All its nodes, where there are several; else empty.
    pub nodes: Vec<Target>,
    /// Decides, with the name of each case, who sits on which node: the seed, unless a case is played again.
    pub seating: u64,
    /// The foreign origin that a participant claims where its fixture says so.
    pub cross_origin: String,
    /// The clock of the run.
    pub clock: Clock,
    /// The seed of fresh names.
    pub seed: u64,
    /// Multiplies every deadline.
    pub timeout_scale: f64,
    /// Who looks on, and how fast it goes.
    pub manner: Manner,
}

impl Stage {
    /// How long opening a connection may take.
    pub fn opening(&self) -> Duration {
        Duration::from_secs(8).mul_f64(self.timeout_scale)
    }

    /// How long one send and one close may take.
    pub fn patience(&self) -> Duration {
        PATIENCE.mul_f64(self.timeout_scale)
    }

    /// How long what happens on one node may take to show on the others.
    pub fn crossing(&self) -> Duration {
        Duration::from_secs(2).mul_f64(self.timeout_scale)
    }

    /// Every node, each as the server of a stage of its own.
    pub fn each_node(&self) -> Vec<Stage> {
        if self.nodes.is_empty() {
            return vec![self.clone()];
        }
        let nodes = self.nodes.iter();
        nodes.map(|node| self.at(node)).collect()
    }

    /// Bytes that sessions with any node make us hold.
    pub fn held(&self) -> usize {
        let others = self.nodes.iter().map(Target::held).sum();
        match self.nodes.is_empty() {
            true => self.target.held(),
            false => others,
        }
    }

    fn at(&self, node: &Target) -> Stage {
        Stage {
            target: node.clone(),
            ..self.clone()
        }
    }

    /// How long an answer is waited for on a connection that the server may drop, deafen or keep: nobody judges it.
    pub fn courtesy(&self) -> Duration {
        Duration::from_secs(2).mul_f64(self.timeout_scale)
    }

    /// How long a barrier may take on a connection whose handshake took `round_trip`: generous, because it is paid only
    /// where a server does not answer at all.
    pub fn barrier(&self, round_trip: Duration) -> Duration {
        let measured = round_trip.saturating_mul(40);
        measured
            .clamp(Duration::from_secs(15), Duration::from_secs(30))
            .mul_f64(self.timeout_scale)
    }
}

/// One played fixture: what was recorded, and the connections, which stay open to hear what comes late.
pub struct Play {
    /// Everything sent and received so far.
    pub transcript: Transcript,
    /// What may have been the network's doing, if anything.
    pub trouble: Option<Trouble>,
    actors: Vec<Actor>,
    steps: usize,
    /// Messages of ours that may still come.
    sentinels: Vec<Sentinel>,
}

impl Play {
    /// Whether any connection is still open.
    pub fn lingers(&self) -> usize {
        self.actors.iter().filter(|actor| actor.is_open()).count()
    }

    /// A play of a fixture that was not played, because the server is gone.
    pub(crate) fn none(fixture: &Fixture, transport: TransportName, stage: &Stage) -> Play {
        Play {
            transcript: Transcript {
                fixture: fixture.id.clone(),
                transport,
                bindings: fresh::bindings(fixture, transport, stage),
                entries: vec![],
                stopped: None,
                in_order: None,
                network: None,
                nodes: BTreeMap::new(),
            },
            trouble: None,
            actors: vec![],
            steps: fixture.steps.len(),
            sentinels: vec![],
        }
    }

    /// Bytes that its connections make us hold.
    pub fn held(&self) -> usize {
        let sessions = self
            .actors
            .iter()
            .filter_map(|actor| actor.session.as_ref());
        sessions.map(Session::held).sum()
    }

    /// Records something about the server after the end.
    pub(crate) fn note(&mut self, stage: &Stage, what: What) {
        let entry = record::entry(stage.clock.elapsed(), self.steps, "", what);
        self.transcript.entries.push(entry);
    }

    /// Records what has come since the end. Says whether there was anything.
    pub fn drain(&mut self) -> bool {
        let before = self.transcript.entries.len();
        for actor in &mut self.actors {
            self.transcript.entries.extend(actor.late(self.steps));
        }
        across::sift(&mut self.transcript.entries[before..], &mut self.sentinels);
        self.transcript.entries.len() > before
    }

    /// Ends every connection, in the time of the caller's choice: a server that answers no close takes a second each.
    pub fn release(&mut self) -> impl Future<Output = ()> + Send + use<> {
        let mut actors = std::mem::take(&mut self.actors);
        actors.iter_mut().for_each(Actor::forget);
        async move {
            join_all(actors.iter_mut().map(Actor::close)).await;
        }
    }
}

/// Plays a fixture from its first step to its last, or to the first that cannot be played.
pub async fn play(fixture: &Fixture, transport: TransportName, stage: &Stage) -> Play {
    let case = format!("{}@{}", fixture.id, transport.word());
    let nodes = stage.nodes.len().max(1);
    let seats = across::seats(fixture, nodes, stage.seating, &case);
    let home = across::home(fixture, &seats, &stage.nodes);
    let stage = &home.map_or_else(|| stage.clone(), |home| stage.at(home));
    let bindings = fresh::bindings(fixture, transport, stage);
    let mut driver = Driver {
        fixture,
        stage,
        actors: fixture
            .participants
            .iter()
            .zip(&seats)
            .map(|(participant, node)| {
                let target = stage.nodes.get(*node).unwrap_or(&stage.target);
                Actor::new(participant, transport, *node, target.clone())
            })
            .collect(),
        hands: Vec::new(),
        reserved: 0,
        entries: Vec::new(),
        bindings: bindings.clone(),
        step: 0,
        trouble: None,
        between: Between::default(),
    };
    for actor in &mut driver.actors {
        actor.case.clone_from(&case);
    }
    let stopped = driver.conversation().await.err();
    driver.look_at_hands().await;
    driver.farewell().await;
    driver.sift();
    let sentinels = driver.take_sentinels();
    // Session ids are known only now; names and captured values are found again by the referee.
    let mut known = bindings;
    known.extend(
        driver
            .bindings
            .into_iter()
            .filter(|(name, _)| name.starts_with("sid")),
    );
    let transcript = Transcript {
        fixture: fixture.id.clone(),
        transport,
        bindings: known,
        entries: driver.entries,
        stopped,
        in_order: None,
        network: None,
        nodes: seated(fixture, &seats, stage),
    };
    // What becomes of the one who sends a bad input is that input's outcome.
    let blames = |actor: &&Actor| fixture.input.is_none() || actor.name != "mallory";
    let trouble = driver
        .trouble
        .into_iter()
        .chain(
            driver
                .actors
                .iter()
                .filter(blames)
                .filter_map(Actor::trouble),
        )
        .reduce(Trouble::graver);
    Play {
        transcript,
        trouble,
        actors: driver.actors,
        steps: fixture.steps.len(),
        sentinels,
    }
}

/// Who sat where, counted from 1; nothing where there is one node.
fn seated(fixture: &Fixture, seats: &[usize], stage: &Stage) -> BTreeMap<String, usize> {
    let names = fixture.participants.iter().map(|one| one.name.clone());
    let seats = names.zip(seats.iter().map(|node| node + 1));
    seats.filter(|_| stage.nodes.len() > 1).collect()
}

struct Driver<'a> {
    fixture: &'a Fixture,
    stage: &'a Stage,
    actors: Vec<Actor>,
    /// Raw connections of bad inputs. They end with the play: nobody hears what comes over them later.
    hands: Vec<Hand>,
    /// The number that the next one of them gets at least.
    reserved: u32,
    entries: Vec<Entry>,
    bindings: Bindings,
    step: usize,
    /// Of what belongs to no actor.
    trouble: Option<Trouble>,
    /// What is known of the way between nodes.
    between: Between,
}

impl Driver<'_> {
    async fn conversation(&mut self) -> Result<(), Stop> {
        let first: Vec<usize> = self.positions(|actor| actor.connects_first);
        self.connect(&first).await?;
        for index in 0..self.fixture.steps.len() {
            self.step = index;
            let step = &self.fixture.steps[index];
            if !self.is_given(step) {
                continue;
            }
            match self.play_step(step).await {
                // What a profile leaves open may have cost the connection of one who acts.
                Err(stop) if !stop.ours && self.is_free() => continue,
                played => played?,
            }
            self.sift();
            let judged = Window {
                fixture: self.fixture,
                index,
                entries: &self.entries,
            }
            .judge(&self.bindings);
            let judged = judged.map_err(|error| self.mistake(error))?;
            self.bindings = judged.bindings;
            let hasty = self.stage.manner.hasty.as_ref();
            // What may go several ways is judged at the end.
            if step.either.is_empty()
                && hasty.is_some_and(|hasty| hasty.is_broken(&judged.findings))
            {
                return Err(Stop {
                    step: index + 1,
                    who: String::new(),
                    why: Hasty::WHY.to_owned(),
                    ours: true,
                });
            }
        }
        Ok(())
    }

    async fn connect(&mut self, who: &[usize]) -> Result<(), Stop> {
        let (stage, step) = (self.stage, self.step);
        let opening = self
            .actors
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| who.contains(index));
        let results = join_all(opening.map(|(_, actor)| actor.connect(stage, step))).await;
        let mut failed = None;
        for (index, result) in who.iter().zip(results) {
            let name = self.actors[*index].name.clone();
            match result {
                Ok(opened) => {
                    self.bindings
                        .insert(format!("sid_{name}"), json!(opened.sid));
                    self.entries.extend(opened.entries);
                }
                Err(why) => {
                    let what = What::ConnectFailed { why: why.clone() };
                    self.entries.push(self.entry(&name, what));
                    failed = Some(Stop {
                        step: self.step,
                        who: name,
                        why,
                        ours: false,
                    });
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn play_step(&mut self, step: &Step) -> Result<(), Stop> {
        if let Action::Attack(attack) = &step.action {
            return self.attack(step, attack).await;
        }
        let acting = self.actors_of(step)?;
        if !self.stage.manner.pace.is_zero() {
            // Asked for on the command line, and never what a verdict rests on.
            sleep(self.stage.manner.pace).await;
        }
        if let Action::Connect = step.action {
            return self.reconnect(&acting).await;
        }
        let bound = Instant::now() + self.heartbeat(&acting);
        let mut attempt: u32 = 0;
        loop {
            self.act(step, &acting).await?;
            if step.within_heartbeat {
                self.wait_for_due(step, &acting, bound).await?;
            }
            let asked = Instant::now();
            self.barriers(step, &acting).await;
            self.between.pace = asked.elapsed();
            self.across(step, &acting).await?;
            attempt += 1;
            if !step.retry
                || Instant::now() >= bound
                || self.satisfied()?
                || !self.actors[acting[0]].is_open()
            {
                return Ok(());
            }
            // Time itself is the subject: the server must notice a vanished client by its own clock.
            let pause = Duration::from_millis(20 << attempt.min(6));
            self.receive_any(bound.min(Instant::now() + pause)).await;
        }
    }

    async fn reconnect(&mut self, acting: &[usize]) -> Result<(), Stop> {
        self.connect(acting).await?;
        let others = self.positions(|_| true);
        self.barrier_each(&others, None).await;
        Ok(())
    }

    /// Waits until what is due has come, the actor's connection has ended where it must, or the bound is reached.
    async fn wait_for_due(
        &mut self,
        step: &Step,
        acting: &[usize],
        bound: Instant,
    ) -> Result<(), Stop> {
        let must_close = step.connection == Connection::MustClose;
        loop {
            let closed = acting.iter().all(|index| !self.actors[*index].is_open());
            if (must_close && closed)
                || (!must_close && self.satisfied()?)
                || Instant::now() >= bound
            {
                return Ok(());
            }
            if !self.receive_any(bound).await {
                return Ok(());
            }
        }
    }

    fn satisfied(&self) -> Result<bool, Stop> {
        Window {
            fixture: self.fixture,
            index: self.step,
            entries: &self.entries,
        }
        .satisfied(&self.bindings)
        .map_err(|error| self.mistake(error))
    }

    /// Records the next thing that any connection receives. False where nothing came, or nothing is open.
    async fn receive_any(&mut self, deadline: Instant) -> bool {
        let open = self.actors.iter_mut().filter(|actor| actor.is_open());
        let step = self.step;
        let waiting: Vec<_> = open
            .map(|actor| Box::pin(actor.receive(step, deadline)))
            .collect();
        if waiting.is_empty() {
            return false;
        }
        let (entries, _, _) = select_all(waiting).await;
        let came = !entries.is_empty();
        self.entries.extend(entries);
        came
    }

    /// The actor first, then everybody else: what reached the others because of the act is then on their connections,
    /// in front of the answer to their own barrier.
    async fn barriers(&mut self, step: &Step, acting: &[usize]) {
        let ended = matches!(step.action, Action::Drop(Drop::Abrupt | Drop::Close));
        if !ended {
            let courtesy = (step.connection == Connection::MayClose).then(|| self.stage.courtesy());
            self.barrier_each(acting, courtesy).await;
        }
        // Of several actors each is an observer of the others, too.
        let alone = acting.len() == 1;
        let others = (0..self.actors.len()).filter(|index| !(alone && acting.contains(index)));
        let others: Vec<usize> = others.filter(|index| self.is_asked(step, *index)).collect();
        self.barrier_each(&others, None).await;
    }

    /// Whether a participant who did nothing is asked after this step. Before and after a bad input only those who must receive
    /// something are: what the others receive shows in the step where they are asked next.
    fn is_asked(&self, step: &Step, index: usize) -> bool {
        let Some(input) = &self.fixture.input else {
            return true;
        };
        let name = &self.actors[index].name;
        // That mallory is gone may be told at any time, and is allowed in every step.
        let any_time = |expect: &Expectation| expect.pattern.get("type") == Some(&json!("deluser"));
        let due = |expect: &Expectation| {
            let comes =
                expect.kind == Kind::Must || (expect.kind == Kind::May && !any_time(expect));
            comes && expect.to.contains(name)
        };
        let acts = input.acts.0..input.acts.1;
        // The last step in front of the acts leaves nothing behind that could be taken for theirs.
        (acts.start.saturating_sub(1)..acts.end).contains(&self.step) || step.expect.iter().any(due)
    }

    async fn barrier_each(&mut self, who: &[usize], patience: Option<Duration>) {
        let (stage, step) = (self.stage, self.step);
        let room = self.bindings.get("barrier").cloned().unwrap_or_default();
        let asked = self
            .actors
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| who.contains(index));
        let all =
            join_all(asked.map(|(_, actor)| actor.barrier(&room, stage, step, patience))).await;
        self.entries.extend(all.into_iter().flatten());
    }

    /// Everybody leaves as it joined, so that nothing of this case is left behind; a last barrier proves that it did.
    async fn farewell(&mut self) {
        self.step = self.fixture.steps.len();
        let stage = self.stage;
        let step = self.step;
        let room = self.bindings.get("barrier").cloned().unwrap_or_default();
        let leaving = join_all(
            self.actors
                .iter_mut()
                .map(|actor| actor.leave(&room, stage, step)),
        )
        .await;
        self.entries.extend(leaving.into_iter().flatten());
    }

    fn actors_of(&self, step: &Step) -> Result<Vec<usize>, Stop> {
        let names = step.actors();
        let connects = matches!(step.action, Action::Connect);
        // Literal text may be sent on a transport whose namespace is disconnected.
        let literal = matches!(step.action, Action::Packets(_) | Action::Frames(_));
        // And where the server may have ended it meanwhile, nobody hears it.
        let may_close = step.connection == Connection::MayClose;
        let found: Vec<usize> = self.positions(|actor| names.contains(&actor.name.as_str()));
        match found.iter().find(|index| {
            let actor = &self.actors[**index];
            !(connects || actor.is_open() || (literal && (actor.has_transport() || may_close)))
        }) {
            None => Ok(found),
            Some(index) => Err(Stop {
                step: self.step,
                who: self.actors[*index].name.clone(),
                why: format!("its connection is gone: {}", self.actors[*index].ended()),
                ours: false,
            }),
        }
    }

    /// pingInterval + pingTimeout + 5 s, as announced to those who act; to the others where nobody acts that was ever
    /// connected. The intervals are the server's; the rest is our patience.
    fn heartbeat(&self, acting: &[usize]) -> Duration {
        let own = acting.iter().map(|index| self.actors[*index].heartbeat());
        let longest = own.max().filter(|own| !own.is_zero());
        let any = || self.actors.iter().map(Actor::heartbeat).max();
        let patience = Duration::from_secs(5).mul_f64(self.stage.timeout_scale);
        let announced = longest.or_else(any).unwrap_or_default();
        (announced + patience).min(Duration::from_secs(180))
    }

    fn positions(&self, holds: impl Fn(&Actor) -> bool) -> Vec<usize> {
        self.actors
            .iter()
            .enumerate()
            .filter(|(_, actor)| holds(actor))
            .map(|(index, _)| index)
            .collect()
    }

    fn entry(&self, who: &str, what: What) -> Entry {
        record::entry(self.stage.clock.elapsed(), self.step, who, what)
    }

    /// A fixture that lint would have refused.
    fn mistake(&self, error: ValueError) -> Stop {
        Stop {
            step: self.step,
            who: String::new(),
            why: format!("the fixture is wrong: {error}"),
            ours: true,
        }
    }

    fn resolve(&self, value: &Value, me: Option<&str>, i: u64) -> Result<Value, Stop> {
        let mut scope = self.bindings.clone();
        scope.insert("i".to_owned(), json!(i));
        if let Some(name) = me.and_then(|me| self.bindings.get(me)) {
            scope.insert("me".to_owned(), name.clone());
        }
        chatspec_judge::value::resolve(value, &scope).map_err(|error| self.mistake(error))
    }
}
