//! Plays a script to a client: a server that does what the script says, and the client's program beside it.
//!
//! The client is trusted as little as a server is: every wait has a deadline, what it sends and prints is bounded, and its
//! whole process group is ended when its script is over.

mod program;
mod server;

use std::io;
use std::time::Duration;

use chatspec_judge::client::{Close, Event, Follow, Script, Step, What};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::wire::{net, socket};
use program::Program;
use server::{Order, Server};

/// How long a step may take.
const STEP: Duration = Duration::from_secs(5);
/// How long the start of a client, and each of its next tries to connect, may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How long a client that has connected may take to ask for a WebSocket.
const HANDSHAKE: Duration = Duration::from_secs(1);
/// More events than this are a flood.
const EVENTS: usize = 2_000;
/// So are more bytes than this, sent and printed.
const BYTES: usize = 8_000_000;
/// What opens a session. Nothing here waits for a heartbeat.
const OPEN: &str = r#"0{"sid":"script","upgrades":[],"pingInterval":60000,"pingTimeout":60000,"maxPayload":1000000}"#;
/// What connects the default namespace.
const CONNECTED: &str = r#"40{"sid":"scripted"}"#;

/// What happened, and when.
type Told = (Instant, What);

/// What came of a script.
#[derive(Debug)]
pub struct Played {
    /// What happened, in order, to where the driver gave up waiting.
    pub events: Vec<Event>,
    /// The last lines that the client wrote on standard error, each cut after 200 characters, and otherwise as they are.
    pub complaints: Vec<String>,
}

/// Starts `command` in a shell, `{url}` replaced by the address of our server, and plays the script to it. Every deadline is
/// multiplied by `scale`.
///
/// # Errors
/// Where no port could be opened, or no shell started. Whatever the client does is an event.
pub async fn play(script: &Script, command: &str, scale: f64) -> io::Result<Played> {
    let listener = net::listen().await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (tell, told) = mpsc::channel(16);
    let mut play = Play {
        start: Instant::now(),
        program: Program::start(&command.replace("{url}", &url), tell.clone())?,
        server: Server::new(listener, tell, HANDSHAKE.mul_f64(scale)),
        told,
        events: Vec::new(),
        bytes: 0,
        connect: Connect::Closed,
    };
    let mut follow = Follow::default();
    for (step, ..) in &script.steps {
        let patience = match step {
            Step::Accept { .. } => CONNECT,
            Step::Refuse { times, .. } => CONNECT * u32::try_from(*times).unwrap_or(1),
            _ => STEP,
        };
        let deadline = Instant::now() + patience.mul_f64(scale);
        if !play.step(step, &mut follow, deadline).await {
            break;
        }
    }
    let complaints = play.program.end().await;
    Ok(Played {
        events: play.events,
        complaints,
    })
}

/// How the server answers who asks for the default namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connect {
    /// Not at all: there is no connection that a step has accepted.
    Closed,
    /// At once.
    AtOnce,
    /// When a ping has been answered.
    Pinged,
    /// The ping is out.
    Pinging,
}

struct Play {
    start: Instant,
    program: Program,
    server: Server,
    told: mpsc::Receiver<Told>,
    events: Vec<Event>,
    bytes: usize,
    connect: Connect,
}

impl Play {
    /// Does the step, or waits for what it waits for. `false` ends the script.
    async fn step(&mut self, step: &Step, follow: &mut Follow, deadline: Instant) -> bool {
        match step {
            Step::Do(act) => {
                self.note(What::Asked(act.clone()));
                self.program.ask(act, deadline).await;
            }
            Step::Send(message) => {
                let event =
                    socket::event(socket::MAIN, None, "chat", std::slice::from_ref(message));
                self.send(format!("4{event}"), deadline).await;
            }
            Step::Raw(packet) => self.send(packet.clone(), deadline).await,
            Step::Close(how) => {
                if *how == Close::Engine {
                    self.send("1".to_owned(), deadline).await;
                }
                self.server.drop_connection();
                self.note(What::Dropped);
            }
            Step::Refuse { times, .. } => {
                for _ in 0..*times {
                    self.server.order(Order::Refuse);
                }
            }
            Step::Accept { pinged } => {
                self.connect = match pinged {
                    true => Connect::Pinged,
                    false => Connect::AtOnce,
                };
                self.server.order(Order::Accept);
            }
            _ => {}
        }
        loop {
            if follow.step(step, &self.events).is_some() {
                return true;
            }
            // Nobody is there any more to do what the step waits for.
            let over = |event: &Event| matches!(event.what, What::Flood | What::Exited(_));
            if self.events.last().is_some_and(over) {
                return false;
            }
            let Ok(Some((at, what))) = timeout_at(deadline, self.told.recv()).await else {
                return false;
            };
            self.hear(at, what, deadline).await;
        }
    }

    /// Notes what the client did, and answers as any server does.
    async fn hear(&mut self, at: Instant, what: What, deadline: Instant) {
        let answer = match &what {
            What::Opened(_) => {
                self.server.take();
                Some(OPEN.to_owned())
            }
            What::Packet(text) if text == "40" || text.starts_with("40{") => match self.connect {
                Connect::AtOnce => Some(CONNECTED.to_owned()),
                Connect::Pinged => {
                    self.connect = Connect::Pinging;
                    Some("2".to_owned())
                }
                Connect::Pinging | Connect::Closed => None,
            },
            What::Packet(text) if text == "3" && self.connect == Connect::Pinging => {
                self.connect = Connect::Closed;
                Some(CONNECTED.to_owned())
            }
            What::Packet(text) => acknowledgement(text),
            _ => None,
        };
        self.note_at(at, what);
        if let Some(answer) = answer {
            self.send(answer, deadline).await;
        }
    }

    async fn send(&mut self, packet: String, deadline: Instant) {
        self.note(What::Sent(packet.clone()));
        // A connection that is gone shows in the events.
        let _ = timeout_at(deadline, self.server.send(packet)).await;
    }

    fn note(&mut self, what: What) {
        self.note_at(Instant::now(), what);
    }

    fn note_at(&mut self, at: Instant, what: What) {
        let at = at.saturating_duration_since(self.start).as_millis();
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(match &what {
            What::Packet(text) => text.len(),
            What::Shown(line) => line.to_string().len(),
            _ => 0,
        });
        let what = match self.events.len() < EVENTS && self.bytes < BYTES {
            true => what,
            false => What::Flood,
        };
        self.events.push(Event { at, what });
    }
}

/// Every event with an id is acknowledged.
fn acknowledgement(text: &str) -> Option<String> {
    let rest = text.strip_prefix("42")?;
    let id: String = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .take(19)
        .collect();
    (!id.is_empty()).then(|| format!("43{id}[]"))
}
