//! One participant and its connection.

mod ask;
mod end;
mod open;

use std::time::Duration;

use chatspec_judge::fixture::{Participant, TransportName};
use chatspec_judge::transcript::{Entry, What};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::trouble::Trouble;
use super::{Stage, record};
use crate::wire::{CloseReason, How, Next, Packet, Session, Target, socket};

/// Acknowledgement ids of barriers; those of fixtures stay below.
const BARRIERS_FROM: u64 = 900_001;

pub(super) struct Actor {
    pub name: String,
    /// The node that it connects to, from 0.
    pub node: usize,
    target: Target,
    /// The case that it plays in, for whoever looks on.
    pub case: String,
    pub transport: TransportName,
    pub connects_first: bool,
    cross_origin: bool,
    upgrade_later: bool,
    pub session: Option<Session>,
    /// False after a Socket.IO DISCONNECT of ours: the transport is open, but no event is ours to send.
    namespace: bool,
    next_ack: u64,
    next_barrier: u64,
    /// The payload of the newest join, to leave as joined.
    joined: Option<Value>,
    ended: String,
    heartbeat: Duration,
    clock: Option<crate::wire::Clock>,
    /// What may have been the network's doing.
    trouble: Option<Trouble>,
}

impl Actor {
    pub fn new(
        participant: &Participant,
        transport: TransportName,
        node: usize,
        target: Target,
    ) -> Actor {
        Actor {
            name: participant.name.clone(),
            node,
            target,
            case: String::new(),
            transport: participant.transport.unwrap_or(transport),
            connects_first: participant.connected,
            cross_origin: participant.cross_origin,
            upgrade_later: participant.upgrade_later,
            session: None,
            namespace: false,
            next_ack: 1,
            next_barrier: BARRIERS_FROM,
            joined: None,
            ended: "it was never opened".to_owned(),
            heartbeat: Duration::ZERO,
            clock: None,
            trouble: None,
        }
    }

    /// What has happened to its connections that may have been the network's doing.
    pub fn trouble(&self) -> Option<Trouble> {
        let reason = self.session.as_ref().and_then(Session::closed);
        let lost = reason.filter(CloseReason::is_lost);
        let lost = lost.map(|reason| Trouble::lost(&self.name, &reason.to_string()));
        self.trouble
            .iter()
            .cloned()
            .chain(lost)
            .reduce(Trouble::graver)
    }

    /// Remembers trouble; the gravest stays.
    pub fn note(&mut self, trouble: Trouble) {
        self.trouble = self
            .trouble
            .take()
            .into_iter()
            .chain([trouble])
            .reduce(Trouble::graver);
    }

    /// Whether events can be sent.
    pub fn is_open(&self) -> bool {
        self.namespace
            && self
                .session
                .as_ref()
                .is_some_and(|session| session.closed().is_none())
    }

    /// Whether anything can be sent at all.
    pub fn has_transport(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.closed().is_none())
    }

    /// How the connection ended.
    pub fn ended(&self) -> String {
        let reason = self.session.as_ref().and_then(Session::closed);
        reason.map_or_else(|| self.ended.clone(), |reason| reason.to_string())
    }

    pub fn heartbeat(&self) -> Duration {
        self.heartbeat
    }

    /// The Engine.IO session id.
    pub fn engine_sid(&self) -> Option<String> {
        let session = self.session.as_ref()?;
        Some(session.handshake().sid.clone())
    }

    /// Takes no more part: nobody waits for its answers, while its transport stays as it is.
    pub fn give_up(&mut self, why: &str) {
        self.namespace = false;
        self.ended = why.to_owned();
    }

    /// Sends one event. `ask` asks for an acknowledgement.
    pub fn event(&mut self, step: usize, name: &str, args: &[Value], ask: bool) -> (String, Entry) {
        let ack = ask.then_some(self.next_ack);
        self.next_ack += u64::from(ask);
        if name == "chat"
            && let Some(payload) = args.first()
        {
            match payload.get("event").and_then(Value::as_str) {
                Some("join") => self.joined = Some(payload.clone()),
                // Whose names are others leaves somebody else, or nobody: then it is still to leave.
                Some("leave") if self.joined.as_ref().is_some_and(|join| same(join, payload)) => {
                    self.joined = None;
                }
                _ => {}
            }
        }
        let id = ack.map(|id| id.to_string());
        let packet = socket::event(socket::MAIN, id.as_deref(), name, args);
        let what = What::Sent {
            event: name.to_owned(),
            args: args.to_vec(),
            ack,
        };
        (packet, self.entry(step, what))
    }

    /// Proves that everything before it has been handled, and that everything sent to this connection has arrived.
    pub async fn barrier(
        &mut self,
        room: &Value,
        stage: &Stage,
        step: usize,
        patience: Option<Duration>,
    ) -> Vec<Entry> {
        let mut entries = Vec::new();
        if !self.is_open() {
            self.drain(step, &mut entries);
            // The server has ended it since the last barrier, mostly in answer to what was sent.
            if self.namespace
                && let Some(reason) = self.closed_by()
            {
                self.over(&reason, step, &mut entries);
                entries.push(self.entry(
                    step,
                    What::BarrierLost {
                        why: reason.to_string(),
                    },
                ));
            }
            return entries;
        }
        let Some(session) = self.session.as_mut() else {
            return entries;
        };
        let id = self.next_barrier;
        self.next_barrier += 1;
        let request = json!({"event": "users", "room": room});
        let packet = socket::event(socket::MAIN, Some(&id.to_string()), "chat", &[request]);
        let patience = patience.unwrap_or_else(|| stage.barrier(session.handshake().round_trip));
        let deadline = Instant::now() + patience;
        entries.push(record::entry(
            stage.clock.elapsed(),
            step,
            &self.name,
            What::BarrierSent,
        ));
        let sent = session.send_packets(&[packet]).await;
        loop {
            let what = match session.next(deadline).await {
                Next::Received(packet) => match &packet.packet {
                    Packet::Ack { id: acked, .. } if *acked == id.to_string() => {
                        entries.push(record::entry(
                            packet.at,
                            step,
                            &self.name,
                            What::BarrierReturned,
                        ));
                        return entries;
                    }
                    _ => {
                        if let Some(what) = record::received(&packet) {
                            entries.push(record::entry(packet.at, step, &self.name, what));
                        }
                        if is_disconnect(&packet.packet) {
                            self.namespace = false;
                            self.ended = "the server disconnected the namespace".to_owned();
                            let what = What::Closed {
                                why: self.ended.clone(),
                            };
                            entries.push(record::entry(packet.at, step, &self.name, what));
                            What::BarrierLost {
                                why: self.ended.clone(),
                            }
                        } else {
                            continue;
                        }
                    }
                },
                Next::Closed(reason) => {
                    self.over(&reason, step, &mut entries);
                    What::BarrierLost {
                        why: reason.to_string(),
                    }
                }
                Next::Deadline => {
                    let why = match &sent {
                        Err(error) => error.to_string(),
                        Ok(()) => {
                            format!(
                                "no answer to a users request with an acknowledgement within {:.1} s",
                                patience.as_secs_f64()
                            )
                        }
                    };
                    What::BarrierLost { why }
                }
            };
            if let What::BarrierLost { why } = &what {
                if self.has_transport() {
                    let silent = Trouble::silent(&self.name, why);
                    self.trouble = self
                        .trouble
                        .take()
                        .into_iter()
                        .chain([silent])
                        .reduce(Trouble::graver);
                }
                self.ended = why.clone();
                // A deaf connection is of no further use: whoever needs it stops there, instead of waiting again.
                self.namespace = false;
            }
            entries.push(record::entry(stage.clock.elapsed(), step, &self.name, what));
            return entries;
        }
    }

    /// Waits for the next thing received; empty at the deadline.
    pub async fn receive(&mut self, step: usize, deadline: Instant) -> Vec<Entry> {
        loop {
            let Some(session) = self.session.as_mut() else {
                return vec![];
            };
            match session.next(deadline).await {
                Next::Received(packet) => {
                    if let Some(what) = record::received(&packet) {
                        return vec![record::entry(packet.at, step, &self.name, what)];
                    }
                    if is_disconnect(&packet.packet) {
                        return vec![
                            self.closed("the server disconnected the namespace".to_owned(), step),
                        ];
                    }
                }
                Next::Closed(reason) => {
                    let mut entries = Vec::new();
                    self.over(&reason, step, &mut entries);
                    return entries;
                }
                Next::Deadline => return vec![],
            }
        }
    }

    /// Leaves as joined. The barrier behind it tells when that is done: a server need not acknowledge a leave that it
    /// refuses, because the join was refused before.
    pub async fn leave(&mut self, room: &Value, stage: &Stage, step: usize) -> Vec<Entry> {
        let Some(join) = self.joined.take().filter(|_| self.is_open()) else {
            return vec![];
        };
        let mut leave = join;
        leave["event"] = json!("leave");
        let (packet, sent) = self.event(step, "chat", &[leave], false);
        let mut entries = vec![sent];
        if let Some(session) = self.session.as_mut() {
            // Where it cannot be sent, the barrier says why.
            let _ = session.send_packets(&[packet]).await;
        }
        entries.extend(self.barrier(room, stage, step, None).await);
        entries
    }

    /// Ends the connection as the step says.
    pub async fn end(&mut self, how: How, step: usize) -> Entry {
        let dropped = self.entry(step, What::Dropped);
        if let Some(session) = self.session.as_mut() {
            session.close(how).await;
        }
        self.namespace = false;
        self.joined = None;
        self.ended = "the fixture dropped it".to_owned();
        if how != How::Namespace {
            self.session = None;
        }
        dropped
    }

    /// Ends the connection at the end of a run.
    pub async fn close(&mut self) {
        if let Some(mut session) = self.session.take() {
            session.close(How::EngineClose).await;
        }
    }

    pub fn entry(&self, step: usize, what: What) -> Entry {
        let at = self.clock.map(|clock| clock.elapsed()).unwrap_or_default();
        record::entry(at, step, &self.name, what)
    }

    /// Why the connection is over, if it is.
    pub fn closed_by(&self) -> Option<CloseReason> {
        self.session.as_ref().and_then(Session::closed)
    }
}

/// Whether a `leave` has the names of the join.
fn same(join: &Value, leave: &Value) -> bool {
    ["user", "room"]
        .iter()
        .all(|key| join.get(key) == leave.get(key))
}

fn is_disconnect(packet: &Packet) -> bool {
    matches!(packet, Packet::Disconnect { namespace } if namespace == socket::MAIN)
}
