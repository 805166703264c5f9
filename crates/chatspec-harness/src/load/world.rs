//! What all connections of a load share.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use chatspec_judge::ledger::{Heard, Id, Ledger, Names, Reader, Said};
use tokio::sync::{Notify, OwnedSemaphorePermit};

use super::meter::Meter;
use super::mix::Dice;
use super::options::{Options, Scenario};
use crate::wire::{Clock, Ended};

/// Codes of refusals that say that there is too much load: rate limited, at capacity.
const LIMITS: [u64; 2] = [30, 31];
/// The code that says that whom a private message is for has left meanwhile.
const NO_SUCH_USER: u64 = 23;

/// Shared by the tasks of one thread; nobody holds it while waiting.
#[derive(Clone)]
pub(super) struct Shared {
    world: Arc<Mutex<World>>,
    /// Told when something has happened that whoever conducts the load may wait for.
    changed: Arc<Notify>,
}

impl Shared {
    pub(super) fn new(options: &Options) -> Shared {
        let changed = Arc::new(Notify::new());
        let world = World::new(options, Arc::clone(&changed));
        Shared {
            world: Arc::new(Mutex::new(world)),
            changed,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something has changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// What the members do at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// They come.
    Gathering,
    /// Those who speak do.
    Talking,
    /// They listen.
    Quiet,
    /// They go.
    Over,
}

pub(super) struct World {
    pub(super) names: Names,
    pub(super) ledger: Ledger,
    pub(super) deliveries: Meter,
    pub(super) joins: Meter,
    pub(super) phase: Phase,
    pub(super) refusals: BTreeMap<u64, u64>,
    /// What the server said when it would take no more.
    pub(super) limited: Option<String>,
    /// Connections that joined once.
    pub(super) joined: u64,
    /// Why others did not.
    pub(super) failed: Vec<String>,
    pub(super) slots: Vec<Slot>,
    pub(super) scenario: Scenario,
    /// Messages of one sender that may be on their way; none in an open loop.
    pub(super) window: Option<u32>,
    /// Members of a room that speak.
    pub(super) speakers: u32,
    /// Questions that everybody is to ask, and answers that are still to come.
    pub(super) questions: u32,
    pub(super) answers_due: u64,
    /// For reading, and for writing, one at a time.
    pub(super) buffer: Vec<u8>,
    pub(super) text: String,
    reader: Reader,
    clock: Clock,
    changed: Arc<Notify>,
}

/// One connection.
pub(super) struct Slot {
    pub(super) waker: Option<Waker>,
    /// Whether it stands.
    pub(super) open: bool,
    /// Whether it is to join.
    pub(super) joins: bool,
    /// When it began to, and what lets the next one begin.
    pub(super) began: Option<(u64, Option<OwnedSemaphorePermit>)>,
    /// When messages are due, in an open loop.
    pub(super) due: VecDeque<u64>,
    /// The questions that were asked, oldest first.
    pub(super) asked: VecDeque<Question>,
    pub(super) questions: u32,
    pub(super) dice: Dice,
}

/// Why somebody asks who is in a room: the answer says that everything before has been handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// Everybody does, at the end.
    Everybody,
    /// It has left.
    Left,
    /// It just wants to know.
    Curious,
}

impl World {
    fn new(options: &Options, changed: Arc<Notify>) -> World {
        let names = Names::new(options.seed, options.members, options.size);
        let slot = |who: Id| Slot {
            waker: None,
            open: false,
            joins: false,
            began: None,
            due: VecDeque::new(),
            asked: VecDeque::new(),
            questions: 0,
            dice: Dice::new(options.seed, u64::from(who)),
        };
        World {
            ledger: Ledger::new(names.clone(), options.rooms, options.speakers())
                .across(options.nodes.len() as u32),
            reader: Reader::new(names.clone()),
            names,
            deliveries: Meter::new(),
            joins: Meter::new(),
            phase: Phase::Gathering,
            refusals: BTreeMap::new(),
            limited: None,
            joined: 0,
            failed: Vec::new(),
            slots: (0..options.connections()).map(slot).collect(),
            scenario: options.scenario,
            window: options.rate.is_none().then_some(options.window),
            speakers: options.speakers(),
            questions: 0,
            answers_due: 0,
            buffer: Vec::new(),
            text: String::new(),
            clock: Clock::start(),
            changed,
        }
    }

    /// Nanoseconds since the run began.
    pub(super) fn now(&self) -> u64 {
        self.clock.elapsed().as_nanos() as u64
    }

    /// A connection stands, and is to join. `began` is when it began to be opened, or should have.
    pub(super) fn arrived(&mut self, who: Id, began: u64, permit: OwnedSemaphorePermit) {
        let slot = &mut self.slots[who as usize];
        (slot.open, slot.joins) = (true, true);
        slot.began = Some((began, Some(permit)));
    }

    /// How many connections have joined, and how many will not.
    pub(super) fn arrivals(&self) -> (u64, usize) {
        (self.joined, self.failed.len())
    }

    /// A connection did not come to stand.
    pub(super) fn failed(&mut self, why: String) {
        self.failed.push(why);
        self.changed.notify_one();
    }

    /// The server ended a connection.
    pub(super) fn ended(&mut self, who: Id, ended: &Ended) {
        let slot = &mut self.slots[who as usize];
        slot.open = false;
        if self.phase == Phase::Over {
            return;
        }
        let answers = slot
            .asked
            .drain(..)
            .filter(|asked| *asked == Question::Everybody)
            .count() as u64;
        // Those that it was still to ask.
        self.answers_due = self
            .answers_due
            .saturating_sub(answers + u64::from(self.questions - slot.questions));
        if slot
            .began
            .take()
            .is_some_and(|(_, permit)| permit.is_some())
        {
            self.failed
                .push(format!("{} before it had joined", ended.0));
        }
        self.ledger.lost(who, &ended.0);
        self.changed.notify_one();
    }

    /// What `who` received, at the time `now`. When all is over, others are leaving, and the books are closed.
    pub(super) fn hear(&mut self, who: Id, text: &str, now: u64) {
        if self.phase == Phase::Over {
            return;
        }
        let said = self.reader.read(text);
        match self.ledger.hear(who, &said) {
            Heard::Delivery { at } => self.deliveries.record(now.saturating_sub(at)),
            Heard::Joined => self.entered(who, now),
            Heard::Answer => self.answered(who),
            Heard::Refused { code } => self.refused(who, code, &said),
            Heard::Other | Heard::Violation => {}
        }
        let slots = &self.slots;
        for sender in self.ledger.finished() {
            if let Some(waker) = &slots[sender as usize].waker {
                waker.wake_by_ref();
            }
        }
        if self.phase == Phase::Quiet && self.ledger.waiting() == 0 {
            self.changed.notify_one();
        }
    }

    fn entered(&mut self, who: Id, now: u64) {
        let Some((began, permit)) = self.slots[who as usize].began.take() else {
            return;
        };
        if permit.is_some() {
            self.joined += 1;
            self.joins.record(now.saturating_sub(began));
            self.changed.notify_one();
        }
    }

    fn answered(&mut self, who: Id) {
        let slot = &mut self.slots[who as usize];
        match slot.asked.pop_front() {
            Some(Question::Everybody) => {
                self.answers_due = self.answers_due.saturating_sub(1);
                if self.answers_due == 0 {
                    self.changed.notify_one();
                }
            }
            Some(Question::Left) => {
                self.ledger.left(who);
                self.slots[who as usize].joins = self.phase == Phase::Talking;
            }
            Some(Question::Curious) => {}
            None => self.ledger.answered_again(who),
        }
    }

    fn refused(&mut self, who: Id, code: u64, said: &Said) {
        *self.refusals.entry(code).or_default() += 1;
        // Nobody says anything else before it has joined: this connection will not, and the next one may begin.
        let began = &mut self.slots[who as usize].began;
        if began.take_if(|(_, permit)| permit.is_some()).is_some() {
            self.failed(format!("its join was refused with code {code}"));
        }
        let crossed = code == NO_SUCH_USER && self.scenario == Scenario::Mixed;
        if !LIMITS.contains(&code) && !crossed {
            self.ledger.refused(who, code);
        }
        if LIMITS.contains(&code) && self.limited.is_none() {
            let wait = match said {
                Said::Refused {
                    retry_ms: Some(wait),
                    ..
                } => format!(", and to wait {wait} ms"),
                _ => String::new(),
            };
            self.limited = Some(format!("the server refused with code {code}{wait}"));
            self.changed.notify_one();
        }
    }

    /// Sets everybody to something else.
    pub(super) fn go(&mut self, phase: Phase) {
        self.phase = phase;
        self.wake_all();
    }

    /// Has everybody ask who is in a room that nobody is in.
    pub(super) fn question_all(&mut self) {
        self.questions += 1;
        self.answers_due = self.slots.iter().filter(|slot| slot.open).count() as u64;
        self.wake_all();
    }

    /// Books the requests that nobody has answered. The caller has made sure that no answer will come.
    pub(super) fn settle_answers(&mut self) {
        for (who, slot) in (0..).zip(&self.slots) {
            if slot.open {
                self.ledger.unanswered(who, slot.asked.len());
            }
        }
    }

    fn wake_all(&self) {
        for waker in self.slots.iter().filter_map(|slot| slot.waker.as_ref()) {
            waker.wake_by_ref();
        }
    }

    /// Who speaks as the `index`th: all rooms in turn.
    pub(super) fn speaker(&self, index: u64) -> Id {
        let members = self.names.members();
        let rooms = (self.slots.len() as u64 / u64::from(members)).max(1);
        let place = index / rooms % u64::from(self.speakers.max(1));
        (index % rooms) as Id * members + place as Id
    }
}
