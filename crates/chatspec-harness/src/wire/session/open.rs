//! Opening a session.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Session;
use crate::wire::clock::Clock;
use crate::wire::engine::Handshake;
use crate::wire::error::{Attempt, Fault, OpenError, within};
use crate::wire::http::Channel;
use crate::wire::inbox::Outcome;
use crate::wire::limits::PATIENCE;
use crate::wire::net::Reset;
use crate::wire::packet::{Packet, Received};
use crate::wire::request::Request;
use crate::wire::shared::Shared;
use crate::wire::tap::Tap;
use crate::wire::target::Target;
use crate::wire::{polling, socket, websocket};

/// The ways to carry Engine.IO packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// A WebSocket from the start.
    Websocket,
    /// Long polling to the end, unless [`Session::upgrade`] is called.
    Polling,
    /// Long polling first, and an upgrade to WebSocket as soon as the namespace is connected.
    Upgrade,
}

/// How to open a session.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// How packets are carried. For an upgrade later on: open with [`Transport::Polling`].
    pub transport: Transport,
    /// Whether to CONNECT to the main namespace, and wait for the answer.
    pub namespace_connect: bool,
    /// What the times of packets count from.
    pub clock: Clock,
    /// How long one send, one close, and connecting again while polling may take.
    pub patience: Duration,
    /// Who looks on.
    pub tap: Tap,
}

impl Default for OpenOptions {
    /// WebSocket, with CONNECT, a clock that starts now, and a patience of 20 s.
    fn default() -> OpenOptions {
        OpenOptions {
            transport: Transport::Websocket,
            namespace_connect: true,
            clock: Clock::start(),
            patience: PATIENCE,
            tap: Tap::default(),
        }
    }
}

impl Session {
    /// Opens an Engine.IO session, connects the main namespace, and upgrades, as `options` say; all
    /// of it until `deadline`. The packets of the opening are queued like all others.
    ///
    /// # Errors
    ///
    /// [`OpenError`], with a kind for programs and a sentence for people.
    pub async fn open(
        target: &Target,
        options: OpenOptions,
        deadline: Instant,
    ) -> Result<Session, OpenError> {
        let transport = match options.transport {
            Transport::Websocket => "websocket",
            Transport::Polling | Transport::Upgrade => "polling",
        };
        let attempt = Attempt {
            text: format!("open a session at {}", target.display(transport)),
            started: Instant::now(),
        };
        let opening = Opening {
            target,
            options: &options,
            deadline,
            attempt: &attempt,
        };
        let mut session = match options.transport {
            Transport::Websocket => opening.websocket().await?,
            Transport::Polling | Transport::Upgrade => opening.polling().await?,
        };
        if options.namespace_connect {
            opening.connect(&mut session).await?;
        }
        if options.transport == Transport::Upgrade {
            session
                .upgrade(deadline)
                .await
                .map_err(|error| attempt.upgrade(&error))?;
        }
        Ok(session)
    }
}

struct Opening<'a> {
    target: &'a Target,
    options: &'a OpenOptions,
    deadline: Instant,
    attempt: &'a Attempt,
}

impl Opening<'_> {
    async fn websocket(&self) -> Result<Session, OpenError> {
        let reset = Reset::default();
        let request = Request::get(self.target.engine_path("websocket", None));
        let asked = websocket::open(self.target, request, &reset, self.deadline)
            .await
            .map_err(|fault| self.attempt.fault(fault))?;
        let Some(socket) = asked.socket else {
            return Err(self.attempt.answer(&asked.answer));
        };
        if !asked.proven {
            let found = "the server switched protocols without a valid Sec-WebSocket-Accept";
            return Err(self.attempt.not_socket_io(found.to_owned()));
        }
        let started = Instant::now();
        let (shared, orders) =
            Shared::new(self.options.clock, self.target, self.options.tap.clone());
        let shared = Arc::new(shared);
        let (sink, stream) = socket.split();
        let mut tasks = JoinSet::new();
        tasks.spawn(websocket::write(sink, Arc::clone(&shared), orders));
        tasks.spawn(websocket::read(stream, asked.pending, Arc::clone(&shared)));
        let first = shared
            .inbox
            .find(self.deadline, |received| Some(received.clone()));
        let first = self.found(first.await, "waiting for the Engine.IO open packet")?;
        let handshake = self.handshake(&first, started.elapsed())?;
        Ok(Session {
            target: self.target.clone(),
            shared,
            reset,
            patience: self.options.patience,
            handshake,
            polling: None,
            tasks,
        })
    }

    async fn polling(&self) -> Result<Session, OpenError> {
        let reset = Reset::default();
        let channel = || Channel::new(self.target.clone(), reset.clone(), self.options.patience);
        let fault = |fault| self.attempt.fault(fault);
        let mut getting = channel();
        getting.connect(self.deadline).await.map_err(fault)?;
        let started = Instant::now();
        let request = Request::get(self.target.engine_path("polling", None));
        let stage = "waiting for the Engine.IO open packet";
        let answer = within(self.deadline, stage, getting.exchange(&request)).await;
        let answer = answer.map_err(fault)?;
        if !answer.is_success() || !answer.body.starts_with(b"0") {
            return Err(self.attempt.answer(&answer));
        }
        let round_trip = started.elapsed();
        let (shared, orders) =
            Shared::new(self.options.clock, self.target, self.options.tap.clone());
        let shared = Arc::new(shared);
        let goes_on = shared.receive_body(&answer.body);
        let first = shared
            .inbox
            .find(self.deadline, |received| Some(received.clone()));
        let first = self.found(first.await, stage)?;
        let handshake = self.handshake(&first, round_trip)?;
        let path = self.target.engine_path("polling", Some(&handshake.sid));
        let mut tasks = JoinSet::new();
        let (hold, reading) = polling::get(getting, path.clone(), Arc::clone(&shared));
        if goes_on {
            tasks.spawn(reading);
        }
        tasks.spawn(polling::post(channel(), path, Arc::clone(&shared), orders));
        Ok(Session {
            target: self.target.clone(),
            shared,
            reset,
            patience: self.options.patience,
            handshake,
            polling: Some(hold),
            tasks,
        })
    }

    fn handshake(&self, first: &Received, took: Duration) -> Result<Handshake, OpenError> {
        match &first.packet {
            Packet::EngineOpen { data } => Handshake::parse(data, took)
                .map_err(|why| self.attempt.not_socket_io(format!("the server sent {why}"))),
            _ => {
                let shown = crate::wire::quote(&first.raw, crate::wire::limits::QUOTED_CHARS);
                let found = format!("the server sent {shown} instead of an Engine.IO open packet");
                Err(self.attempt.not_socket_io(found))
            }
        }
    }

    /// Connects the main namespace. Pings and whatever else comes before the answer stay queued.
    async fn connect(&self, session: &mut Session) -> Result<(), OpenError> {
        let stage = "waiting for the answer to the Socket.IO CONNECT";
        let packets = [socket::connect(socket::MAIN, None)];
        let asking = session.send_packets(&packets);
        // Whether sending fails, the queue says why.
        if within(self.deadline, stage, async { Ok(asking.await) })
            .await
            .is_err()
        {
            return Err(self.attempt.timeout(stage));
        }
        let answer = session
            .shared
            .inbox
            .find(self.deadline, |received| match &received.packet {
                Packet::Connect { namespace, .. } if namespace == socket::MAIN => Some(Ok(())),
                Packet::ConnectError { namespace, .. } if namespace == socket::MAIN => {
                    Some(Err(received.raw.clone()))
                }
                _ => None,
            });
        self.found(answer.await, stage)?
            .map_err(|raw| self.attempt.refused(&raw))
    }

    fn found<T>(&self, outcome: Outcome<T>, stage: &str) -> Result<T, OpenError> {
        match outcome {
            Outcome::Found(found) => Ok(found),
            Outcome::Closed(reason) => Err(self.attempt.closed(&reason)),
            Outcome::Deadline => Err(self.attempt.fault(Fault::Timeout(stage.to_owned()))),
        }
    }
}
