//! One participant and its connection.

mod end;

use std::time::Duration;

use chatspec_judge::fixture::{Participant, TransportName};
use chatspec_judge::transcript::{Entry, What};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::trouble::Trouble;
use super::{Stage, record};
use crate::wire::limits::SID_BYTES;
use crate::wire::{
    CloseReason, How, Next, OpenError, OpenErrorKind, OpenOptions, Packet, Session, Transport,
    socket,
};

/// How often a connection that is lost while it is opened is opened anew, the first time included.
const OPENINGS: u32 = 3;

/// Acknowledgement ids of barriers; those of fixtures stay below.
const BARRIERS_FROM: u64 = 900_001;

pub(super) struct Actor {
    pub name: String,
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

/// A connection that stands.
pub(super) struct Opened {
    /// The Socket.IO session id.
    pub sid: String,
    pub entries: Vec<Entry>,
}

impl Actor {
    pub fn new(participant: &Participant, transport: TransportName) -> Actor {
        Actor {
            name: participant.name.clone(),
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

    /// Opens the connection, or the namespace again on one that we disconnected from it. A server may end such a
    /// connection at any moment: then a new one is opened.
    pub async fn connect(&mut self, stage: &Stage, step: usize) -> Result<Opened, String> {
        self.clock = Some(stage.clock);
        self.joined = None;
        let deadline = Instant::now() + stage.opening();
        let mut entries = Vec::new();
        if !self.namespace && self.has_transport() {
            let connect = [socket::connect(socket::MAIN, None)];
            let sent = match self.session.as_mut() {
                Some(session) => session.send_packets(&connect).await.is_ok(),
                None => false,
            };
            if sent && let Ok(sid) = self.connected(&mut entries, step, deadline).await {
                entries.push(self.entry(
                    step,
                    What::Connected {
                        transport: self.transport,
                    },
                ));
                return Ok(Opened { sid, entries });
            }
        }
        let before = self.trouble();
        self.trouble.clone_from(&before);
        let mut attempt = 1;
        loop {
            let mut received = Vec::new();
            let (opened, lost) = match self.open(stage, deadline).await {
                Ok(session) => {
                    self.session = Some(session);
                    let opened = self.connected(&mut received, step, deadline).await;
                    let reason = self.session.as_ref().and_then(Session::closed);
                    (opened, reason.is_some_and(|reason| reason.is_lost()))
                }
                Err(error) => (Err(self.not_opened(&error)), error.lost),
            };
            match opened {
                Ok(sid) => {
                    if attempt > 1 {
                        // All the trouble so far was that of the attempts before.
                        self.trouble = before.clone();
                        let name = self.name.clone();
                        self.note(Trouble::reopened(&name, attempt));
                    }
                    entries.extend(received);
                    entries.push(self.entry(
                        step,
                        What::Connected {
                            transport: self.transport,
                        },
                    ));
                    return Ok(Opened { sid, entries });
                }
                // Opening anew changes nothing on the server; that it was needed is noted, and counts as no success.
                Err(_) if lost && attempt < OPENINGS => attempt += 1,
                Err(why) => return Err(why),
            }
        }
    }

    fn not_opened(&mut self, error: &OpenError) -> String {
        let why = error.to_string();
        let name = self.name.clone();
        match error.kind {
            _ if error.lost => self.note(Trouble::lost(&name, &why)),
            OpenErrorKind::Timeout => self.note(Trouble::silent(&name, &why)),
            OpenErrorKind::Unreachable => self.note(Trouble::gone(&name, &why)),
            _ => {}
        }
        why
    }

    /// Opens the Engine.IO session alone.
    pub async fn open_bare(&mut self, stage: &Stage) -> Result<(), String> {
        self.clock = Some(stage.clock);
        let deadline = Instant::now() + stage.opening();
        let opened = self.open_with(stage, false, deadline).await;
        self.session = Some(opened.map_err(|error| self.not_opened(&error))?);
        Ok(())
    }

    /// Waits for the answer to a CONNECT, whatever it is, or the end.
    pub async fn greeted(&mut self, step: usize, deadline: Instant) -> Vec<Entry> {
        let mut entries = Vec::new();
        while let Some(session) = self.session.as_mut() {
            match session.next(deadline).await {
                Next::Received(packet) => {
                    if let Some(what) = record::received(&packet) {
                        entries.push(record::entry(packet.at, step, &self.name, what));
                    }
                    match &packet.packet {
                        Packet::Connect { namespace, .. } if namespace == socket::MAIN => {
                            self.namespace = true;
                            return entries;
                        }
                        Packet::ConnectError { .. } => return entries,
                        _ => {}
                    }
                }
                Next::Closed(_) | Next::Deadline => return entries,
            }
        }
        entries
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

    async fn open(&mut self, stage: &Stage, deadline: Instant) -> Result<Session, OpenError> {
        self.open_with(stage, true, deadline).await
    }

    async fn open_with(
        &mut self,
        stage: &Stage,
        namespace_connect: bool,
        deadline: Instant,
    ) -> Result<Session, OpenError> {
        let mut target = stage.target.clone();
        if self.cross_origin {
            target.origin = Some(stage.cross_origin.clone());
        }
        let transport = match self.transport {
            TransportName::Websocket => Transport::Websocket,
            TransportName::Upgrade if !self.upgrade_later => Transport::Upgrade,
            TransportName::Polling | TransportName::Upgrade => Transport::Polling,
        };
        let options = OpenOptions {
            transport,
            namespace_connect,
            clock: stage.clock,
            patience: stage.patience(),
            tap: stage.manner.tap(stage.clock, &self.case, &self.name),
        };
        let opened = Session::open(&target, options, deadline).await?;
        self.heartbeat = opened.handshake().ping_interval + opened.handshake().ping_timeout;
        Ok(opened)
    }

    /// Reads up to the reply to the CONNECT, and gives the Socket.IO session id. The packets of an opening are queued
    /// like all others; the reply is the last that opening waits for.
    async fn connected(
        &mut self,
        entries: &mut Vec<Entry>,
        step: usize,
        deadline: Instant,
    ) -> Result<String, String> {
        loop {
            let Some(session) = self.session.as_mut() else {
                return Err(self.ended.clone());
            };
            match session.next(deadline).await {
                Next::Received(packet) => {
                    if let Packet::Connect { namespace, data } = &packet.packet
                        && namespace == socket::MAIN
                    {
                        self.namespace = true;
                        let sid = data
                            .as_ref()
                            .and_then(|data| data.get("sid"))
                            .and_then(Value::as_str)
                            // A longer one is no name that anybody could speak to.
                            .filter(|sid| sid.len() <= SID_BYTES);
                        return Ok(sid.unwrap_or_default().to_owned());
                    }
                    if let Some(what) = record::received(&packet) {
                        entries.push(record::entry(packet.at, step, &self.name, what));
                    }
                }
                Next::Closed(reason) => return Err(reason.to_string()),
                Next::Deadline => {
                    let why = "no answer to the Socket.IO CONNECT in time".to_owned();
                    let name = self.name.clone();
                    self.note(Trouble::silent(&name, &why));
                    return Err(why);
                }
            }
        }
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
