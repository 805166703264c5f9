//! Opens an actor's connection, and opens it anew where it is lost meanwhile.

use chatspec_judge::fixture::TransportName;
use chatspec_judge::transcript::{Entry, What};
use serde_json::Value;
use tokio::time::Instant;

use super::Actor;
use crate::drive::trouble::Trouble;
use crate::drive::{Stage, record};
use crate::wire::limits::SID_BYTES;
use crate::wire::{
    Next, OpenError, OpenErrorKind, OpenOptions, Packet, Session, Transport, socket,
};

/// How often a connection that is lost while it is opened is opened anew, the first time included.
const OPENINGS: u32 = 3;

/// A connection that stands.
pub struct Opened {
    /// The Socket.IO session id.
    pub sid: String,
    pub entries: Vec<Entry>,
}

impl Actor {
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

    async fn open(&mut self, stage: &Stage, deadline: Instant) -> Result<Session, OpenError> {
        self.open_with(stage, true, deadline).await
    }

    async fn open_with(
        &mut self,
        stage: &Stage,
        namespace_connect: bool,
        deadline: Instant,
    ) -> Result<Session, OpenError> {
        let mut target = self.target.clone();
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
}
