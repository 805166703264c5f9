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

use crate::wire::net;
use program::Program;
use server::Server;

/// How long a step may take.
const STEP: Duration = Duration::from_secs(5);
/// How long the start of a client, and its next try to connect, may take.
const CONNECT: Duration = Duration::from_secs(15);
/// More events than this are a flood.
const EVENTS: usize = 5_000;

/// Starts `command` in a shell, `{url}` replaced by the address of our server, and plays the script to it. Every deadline is
/// multiplied by `scale`.
///
/// # Errors
/// Where no port could be opened, or no shell started. Whatever the client does is an event.
pub async fn play(script: &Script, command: &str, scale: f64) -> io::Result<Vec<Event>> {
    let listener = net::listen().await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (tell, told) = mpsc::channel(64);
    let mut play = Play {
        start: Instant::now(),
        program: Program::start(&command.replace("{url}", &url), tell.clone())?,
        server: Server::new(listener, tell),
        told,
        events: Vec::new(),
    };
    let mut follow = Follow::default();
    for (step, ..) in &script.steps {
        let patience = match step {
            Step::Accept | Step::Refuse(_) => CONNECT,
            _ => STEP,
        };
        let deadline = Instant::now() + patience.mul_f64(scale);
        if !play.step(step, &mut follow, deadline).await {
            break;
        }
    }
    play.program.end().await;
    Ok(play.events)
}

struct Play {
    start: Instant,
    program: Program,
    server: Server,
    told: mpsc::Receiver<What>,
    events: Vec<Event>,
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
                let packet = format!("42{}", serde_json::json!(["chat", message]));
                self.send(packet, deadline).await;
            }
            Step::Raw(packet) => self.send(packet.clone(), deadline).await,
            Step::Close(how) => {
                if *how == Close::Engine {
                    self.send("1".to_owned(), deadline).await;
                }
                self.server.drop_connection();
                self.note(What::Closed("by the script".to_owned()));
            }
            Step::Refuse(times) => {
                for _ in 0..*times {
                    match timeout_at(deadline, self.server.refuse()).await {
                        Ok(what) => self.note(what),
                        Err(_) => break,
                    }
                }
            }
            Step::Accept => match timeout_at(deadline, self.server.accept()).await {
                Ok(what) => {
                    let opened = matches!(what, What::Opened(_));
                    self.note(what);
                    if opened {
                        let open = r#"0{"sid":"script","upgrades":[],"pingInterval":60000,"pingTimeout":60000,"maxPayload":1000000}"#;
                        self.send(open.to_owned(), deadline).await;
                    }
                }
                Err(_) => return false,
            },
            _ => {}
        }
        loop {
            if follow.step(step, &self.events).is_some() {
                return true;
            }
            if matches!(
                self.events.last(),
                Some(Event {
                    what: What::Flood,
                    ..
                })
            ) {
                return false;
            }
            let Ok(Some(what)) = timeout_at(deadline, self.told.recv()).await else {
                return false;
            };
            let answer = match &what {
                What::Packet(text) => answer(text),
                _ => None,
            };
            self.note(what);
            if let Some(answer) = answer {
                self.send(answer, deadline).await;
            }
        }
    }

    async fn send(&mut self, packet: String, deadline: Instant) {
        self.note(What::Sent(packet.clone()));
        // A connection that is gone shows in the events.
        let _ = timeout_at(deadline, self.server.send(packet)).await;
    }

    fn note(&mut self, what: What) {
        let at = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let what = if self.events.len() < EVENTS {
            what
        } else {
            What::Flood
        };
        self.events.push(Event { at, what });
    }
}

/// What any server says to this packet: the namespace is connected, and every event with an id is acknowledged.
fn answer(text: &str) -> Option<String> {
    if text == "40" || text.starts_with("40{") {
        return Some(r#"40{"sid":"scripted"}"#.to_owned());
    }
    let rest = text.strip_prefix("42")?;
    let id: String = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .take(19)
        .collect();
    (!id.is_empty()).then(|| format!("43{id}[]"))
}
