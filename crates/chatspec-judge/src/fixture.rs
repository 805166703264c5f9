//! Fixtures: scripted conversations, as people write them and as a driver plays them.

mod expand;
pub mod file;
mod head;
pub mod hostile;
pub mod lint;
mod load;
mod shared;

use serde_json::Value;

pub use self::file::{AckMode, Connection, Drop, TransportName};
pub use self::head::Head;
pub use self::load::{FixtureError, load};
pub(crate) use self::load::{first_line, parse};

use crate::rule::Profile;

/// One conversation, its short forms written out, ready to be played.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// Topic and name, such as `chat/room`: the path below `conversations/`, without its ending.
    pub id: String,
    /// What the conversation shows, in one line.
    pub title: String,
    /// The profile that it belongs to.
    pub profile: Profile,
    /// The rules that it is scored for.
    pub rules: Vec<String>,
    /// Who takes part.
    pub participants: Vec<Participant>,
    /// Names of rooms; each stands for a fresh room in every run.
    pub rooms: Vec<String>,
    /// The transports that it is played on.
    pub transports: Vec<TransportName>,
    /// Whether it waits for a heartbeat to run out.
    pub slow: bool,
    /// Whether a person has read what is expected; only what was recorded has not been.
    pub reviewed: bool,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Why it must run alone, found from what it does.
    pub alone: Option<String>,
    /// What is particular to it where it is one bad input; absent for conversations.
    pub input: Option<hostile::Input>,
    /// The path of the file, for messages.
    pub path: String,
    /// Where the parts of its head stand, for messages.
    pub head: Head,
}

/// One scripted connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Its name in the fixture; `$name` stands for a fresh user name in every run.
    pub name: String,
    /// Its own transport, whatever the run's is.
    pub transport: Option<TransportName>,
    /// Whether it is connected before the first step.
    pub connected: bool,
    /// Whether it claims to be a page on another origin.
    pub cross_origin: bool,
    /// Whether it stays on long-polling until a step upgrades it.
    pub upgrade_later: bool,
    /// The node of a server of several that it connects to, from 1, whichever that is in the run. Where nobody says so,
    /// it is found from what the conversation claims.
    pub node: Option<u32>,
}

/// One act and what must come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Line in the file, from 1.
    pub line: u64,
    /// Column in the file, from 1.
    pub column: u64,
    /// Who acts; absent for HTTP requests and for races.
    pub by: Option<String>,
    /// What is done.
    pub action: Action,
    /// Whether an acknowledgement is asked for, and which.
    pub ack: AckMode,
    /// The codes of the refusal that must come, if one must.
    pub refused: Vec<u64>,
    /// What participants must, may and must not receive.
    pub expect: Vec<Expectation>,
    /// What they must, may and must not receive besides, in one of several ways, the same for all steps; see
    /// [`Fixture::way`].
    pub either: Vec<Vec<Expectation>>,
    /// Whether the `must`s of one participant must come in the order written.
    pub ordered: bool,
    /// What becomes of the actor's connection.
    pub connection: Connection,
    /// The rule for expectations that name none.
    pub rule: String,
    /// The rule that any message beyond the expected ones breaks.
    pub quiet: Option<String>,
    /// Whether the `must`s have until the heartbeat bound, instead of until the barrier.
    pub within_heartbeat: bool,
    /// Whether the act is repeated until the `must`s hold, up to the heartbeat bound.
    pub retry: bool,
    /// Participants that must see the messages of this step in one common order.
    pub agree: Option<Agree>,
    /// What must have become of mallory for this step to be played at all; after a bad input only.
    pub given: Option<Given>,
}

/// What has become of the one who sent a bad input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Her connection answers.
    Lives,
    /// The server has ended it.
    Ended,
    /// Neither is known: she has ended it herself, or it is deaf.
    Unclear,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Emits `chat` with one payload.
    Send(Value),
    /// Emits any event with any arguments.
    Emit {
        /// The event's name.
        event: String,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// Sends several `chat` payloads at once: one POST, or frames in one flush.
    Batch(Vec<Value>),
    /// Sends literal Socket.IO packets at once.
    Packets(Vec<String>),
    /// Sends literal Engine.IO frames.
    Frames(Vec<String>),
    /// Sends `count` payloads; `$i` counts from 1.
    Burst {
        /// How many.
        count: u64,
        /// The payload.
        send: Value,
        /// Whether the transport is upgraded in the middle.
        upgrade: bool,
    },
    /// Several participants send `count` payloads each, at once; `$me` is the sender's name.
    Race {
        /// The senders.
        by: Vec<String>,
        /// How many each.
        count: u64,
        /// The payload.
        send: Value,
    },
    /// Several participants send one payload each, at once.
    Together(Vec<(String, Value)>),
    /// Ends the actor's connection.
    Drop(Drop),
    /// Connects the actor, again or for the first time.
    Connect,
    /// Upgrades the actor to WebSocket.
    Upgrade,
    /// Stops answering pings.
    Mute,
    /// Sends one HTTP request outside of any session.
    Request {
        /// The request.
        request: file::Request,
        /// What must come back.
        answer: file::Answer,
    },
    /// Mallory sends a bad input.
    Attack(Box<hostile::Attack>),
}

/// What participants must, may, or must not receive.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Who.
    pub to: Vec<String>,
    /// How it counts.
    pub kind: Kind,
    /// The Socket.IO event, `chat` or `message`.
    pub event: String,
    /// What its one argument looks like.
    pub pattern: Value,
    /// The rule that it holds.
    pub rule: String,
    /// Further demands on the same message, each under its own rule.
    pub and: Vec<Refinement>,
    /// How many times it comes, `$i` counting from 1, in this order.
    pub repeat: u64,
    /// Whether it comes from each sender of a race, `$me` being the sender's name.
    pub each: bool,
}

/// How an expectation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Must come, once.
    Must,
    /// May come, once.
    May,
    /// Must not come.
    Not,
}

/// A further demand on an expected message.
#[derive(Clone, Debug, PartialEq)]
pub struct Refinement {
    /// What the message looks like as well.
    pub is: Value,
    /// The rule that demands it.
    pub rule: String,
}

/// Participants that must see one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agree {
    /// Who.
    pub among: Vec<String>,
    /// The rules that demand it.
    pub rules: Vec<String>,
}

impl Fixture {
    /// In how many ways it may go; one, where what was sent at the same time does not leave it open.
    pub fn ways(&self) -> usize {
        let ways = self.steps.iter().map(|step| step.either.len());
        ways.max().unwrap_or(0).max(1)
    }

    /// The conversation as it is where it goes one way, counted from 0.
    #[must_use]
    pub fn way(&self, number: usize) -> Fixture {
        let mut fixture = self.clone();
        for step in &mut fixture.steps {
            let mut either = std::mem::take(&mut step.either);
            if number < either.len() {
                step.expect.extend(either.swap_remove(number));
            }
        }
        fixture
    }

    /// How many nodes of a server it takes: one, unless it says where somebody sits.
    pub fn nodes(&self) -> usize {
        let own = self.participants.iter().filter_map(|one| one.node);
        own.max().unwrap_or(1) as usize
    }
}

impl Step {
    /// Everybody who acts in this step.
    pub fn actors(&self) -> Vec<&str> {
        match &self.action {
            Action::Race { by, .. } => by.iter().map(String::as_str).collect(),
            Action::Together(each) => each.iter().map(|(who, _)| who.as_str()).collect(),
            _ => self.by.as_deref().into_iter().collect(),
        }
    }

    /// Every rule that this step can hold or break, the referee's own aside.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        let own = (!self.refused.is_empty()
            || self.connection == Connection::MustClose
            || matches!(self.action, Action::Request { .. } | Action::Attack(_)))
        .then_some(self.rule.as_str());
        let attack = match &self.action {
            Action::Attack(attack) => attack.advice(),
            _ => vec![],
        };
        let ack = match self.ack {
            AckMode::Ok | AckMode::Refused => Some(self.ack_rule()),
            AckMode::None | AckMode::Any => None,
        };
        own.into_iter()
            .chain(attack)
            .chain(ack)
            .chain(
                self.expected()
                    .filter(|e| e.kind != Kind::May)
                    .map(|e| e.rule.as_str()),
            )
            .chain(
                self.expected()
                    .flat_map(|e| e.and.iter().map(|r| r.rule.as_str())),
            )
            .chain(self.quiet.as_deref())
            .chain(
                self.agree
                    .iter()
                    .flat_map(|agree| agree.rules.iter().map(String::as_str)),
            )
    }

    /// The rule that an acknowledgement of this step holds.
    pub fn ack_rule(&self) -> &'static str {
        match self.ack {
            AckMode::Refused => crate::rule::names::ACK_ALWAYS,
            _ => crate::rule::names::ACK_SUCCESS,
        }
    }

    /// Whether the step claims that something does not arrive.
    pub fn is_negative(&self) -> bool {
        self.quiet.is_some()
            || !self.refused.is_empty()
            || self.expected().any(|e| e.kind == Kind::Not)
    }

    /// Whether somebody other than the actor must receive something.
    pub fn is_control(&self) -> bool {
        let actors = self.actors();
        let controls = |list: &[Expectation]| {
            list.iter().any(|e| {
                e.kind == Kind::Must
                    && e.event == "chat"
                    && e.to.iter().any(|to| !actors.contains(&to.as_str()))
            })
        };
        let either = &self.either;
        controls(&self.expect) || (!either.is_empty() && either.iter().all(|list| controls(list)))
    }

    /// All that is expected, whichever way it goes.
    pub fn expected(&self) -> impl Iterator<Item = &Expectation> {
        self.expect.iter().chain(self.either.iter().flatten())
    }
}
