//! Carries out the act of a step.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chatspec_judge::fixture::file::Request;
use chatspec_judge::fixture::{AckMode, Action, Drop, Step};
use chatspec_judge::transcript::{Entry, Stop, What};
use chatspec_judge::value;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

use super::{Driver, Trouble};
use crate::wire::{self, Frame, How, HttpProbe, Session, UpgradeError};

/// Packets in one POST: what every server of the protocol takes.
const PACKETS_A_POST: usize = 16;
/// Messages of one racer that may be on their way.
const LEAD: u64 = 4;
/// How long a racer waits for the others before it runs on alone: where they are not heard at all, the judge says so.
const HEARING: Duration = Duration::from_millis(500);

impl Driver<'_> {
    pub(super) async fn act(&mut self, step: &Step, acting: &[usize]) -> Result<(), Stop> {
        let ask = step.ack != AckMode::None;
        match &step.action {
            Action::Send(payload) => {
                let payload = self.resolve(payload, None, 1)?;
                self.send(acting[0], "chat", vec![vec![payload]], ask, 1)
                    .await;
            }
            Action::Emit { event, args } => {
                let args = args
                    .iter()
                    .map(|arg| self.resolve(arg, None, 1))
                    .collect::<Result<Vec<_>, _>>()?;
                self.send(acting[0], event, vec![args], ask, 1).await;
            }
            Action::Batch(payloads) => {
                let all = payloads
                    .iter()
                    .map(|payload| Ok(vec![self.resolve(payload, None, 1)?]));
                let all = all.collect::<Result<Vec<_>, _>>()?;
                let together = all.len().max(1);
                self.send(acting[0], "chat", all, false, together).await;
            }
            Action::Packets(packets) => self.literal(acting[0], packets, false).await?,
            Action::Frames(frames) => self.literal(acting[0], frames, true).await?,
            Action::Burst {
                count,
                send,
                upgrade,
            } => {
                let all = (1..=*count).map(|i| Ok(vec![self.resolve(send, None, i)?]));
                let mut all = all.collect::<Result<Vec<_>, _>>()?;
                if *upgrade {
                    let rest = all.split_off(all.len() / 2);
                    self.send(acting[0], "chat", all, false, PACKETS_A_POST)
                        .await;
                    self.upgrade(acting[0]).await;
                    all = rest;
                }
                self.send(acting[0], "chat", all, false, PACKETS_A_POST)
                    .await;
            }
            Action::Race { by, count, send } => {
                let mut queues = Vec::new();
                for name in by {
                    let payloads =
                        (1..=*count).map(|i| Ok(vec![self.resolve(send, Some(name), i)?]));
                    queues.push((name.clone(), payloads.collect::<Result<Vec<_>, Stop>>()?));
                }
                self.race(acting, queues).await;
            }
            Action::Together(each) => {
                let queues = each.iter().map(|(name, payload)| {
                    let payload = self.resolve(payload, Some(name), 1)?;
                    Ok((name.clone(), vec![vec![payload]]))
                });
                let queues = queues.collect::<Result<Vec<_>, Stop>>()?;
                self.race(acting, queues).await;
            }
            Action::Drop(drop) => {
                let how = match drop {
                    Drop::Abrupt => How::Abort,
                    Drop::Close => How::EngineClose,
                    Drop::Namespace => How::Namespace,
                };
                let step = self.step;
                let entry = self.actors[acting[0]].end(how, step).await;
                self.entries.push(entry);
            }
            Action::Upgrade => self.upgrade(acting[0]).await,
            Action::Mute => {
                if let Some(session) = self.actors[acting[0]].session.as_mut() {
                    session.answer_pings(false);
                }
            }
            Action::Request { request, .. } => self.request(request).await?,
            Action::Connect | Action::Attack(_) => {}
        }
        Ok(())
    }

    /// Sends events, so many of them at a time.
    async fn send(
        &mut self,
        index: usize,
        event: &str,
        all: Vec<Vec<Value>>,
        ask: bool,
        together: usize,
    ) {
        let step = self.step;
        let sent = events(&mut self.actors[index], step, event, all, ask);
        let (packets, entries): (Vec<String>, Vec<Entry>) = sent.into_iter().unzip();
        self.entries.extend(entries);
        for chunk in packets.chunks(together) {
            if let Some(session) = self.actors[index].session.as_mut()
                && session.send_packets(chunk).await.is_err()
            {
                break;
            }
        }
    }

    /// Several send what they have to say at the same time. Each waits for what the others have said: otherwise a server that
    /// is behind finds all of one sender's messages in a row, and nobody has raced.
    async fn race(&mut self, acting: &[usize], mut queues: Vec<(String, Vec<Vec<Value>>)>) {
        let step = self.step;
        let hearing = HEARING.mul_f64(self.stage.timeout_scale);
        let mut recorded = Vec::new();
        let racers = self
            .actors
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| acting.contains(index));
        let others = queues.len().saturating_sub(1) as u64;
        let mut sending = Vec::new();
        for (_, actor) in racers {
            let Some(position) = queues.iter().position(|(name, _)| *name == actor.name) else {
                continue;
            };
            let (_, payloads) = queues.swap_remove(position);
            let (packets, entries): (Vec<String>, Vec<Entry>) =
                events(actor, step, "chat", payloads, false)
                    .into_iter()
                    .unzip();
            recorded.extend(entries);
            if let Some(session) = actor.session.as_mut() {
                sending.push(run(session, packets, others, hearing));
            }
        }
        self.entries.extend(recorded);
        join_all(sending).await;
    }

    async fn literal(&mut self, index: usize, texts: &[String], frames: bool) -> Result<(), Stop> {
        let resolved: Vec<String> = texts
            .iter()
            .map(|text| {
                value::resolve_text(text, &self.bindings).map_err(|error| self.mistake(error))
            })
            .collect::<Result<_, _>>()?;
        for text in &resolved {
            let entry = self.entry(
                &self.actors[index].name,
                What::SentRaw { text: text.clone() },
            );
            self.entries.push(entry);
        }
        let wire: Vec<Frame> = resolved.into_iter().map(literal_frame).collect();
        // Packets go out together, frames one by one.
        let together = if frames { 1 } else { wire.len().max(1) };
        for chunk in wire.chunks(together) {
            let Some(session) = self.actors[index].session.as_mut() else {
                break;
            };
            // A server may close on it, or never answer the POST: the barrier tells. What is sent stays sent.
            let sending = timeout(self.stage.courtesy(), session.send_frames(chunk));
            if !matches!(sending.await, Ok(Ok(()))) {
                break;
            }
        }
        Ok(())
    }

    async fn upgrade(&mut self, index: usize) {
        let deadline = Instant::now() + self.stage.opening();
        let Some(session) = self.actors[index].session.as_mut() else {
            return;
        };
        let what = match session.upgrade(deadline).await {
            Ok(()) => What::Upgraded,
            Err(error) => {
                let why = format!("the upgrade failed: {error}");
                let actor = &mut self.actors[index];
                let name = actor.name.clone();
                if error.is_lost() {
                    actor.note(Trouble::lost(&name, &why));
                } else if matches!(error, UpgradeError::Timeout(_)) {
                    actor.note(Trouble::silent(&name, &why));
                }
                What::Closed { why }
            }
        };
        let entry = self.entry(&self.actors[index].name, what);
        self.entries.push(entry);
    }

    async fn request(&mut self, request: &Request) -> Result<(), Stop> {
        let resolve = |text: &str| {
            value::resolve_text(text, &self.bindings).map_err(|error| self.mistake(error))
        };
        let query = resolve(&request.query)?;
        let body = request
            .body
            .as_deref()
            .map(resolve)
            .transpose()?
            .unwrap_or_default();
        let mut probe = HttpProbe::get(format!("{}?{query}", self.stage.target.path));
        if let Some(method) = &request.method {
            probe.method.clone_from(method);
        }
        probe.body = body.into_bytes();
        probe.upgrade = request.websocket;
        if request.cross_origin {
            probe
                .headers
                .push(("origin".to_owned(), self.stage.cross_origin.clone()));
        }
        let text = format!("{} {}", probe.method, probe.path_and_query);
        self.entries.push(self.entry("", What::SentRaw { text }));
        let deadline = Instant::now() + self.stage.opening();
        let what = match wire::http(&self.stage.target, probe, deadline).await {
            Ok(outcome) => What::Answered {
                status: outcome.status,
                headers: outcome.headers.into_iter().map(short).collect(),
                body: String::from_utf8_lossy(&outcome.body)
                    .chars()
                    .take(2_000)
                    .collect(),
                closed: outcome.upgraded && outcome.closed_after_upgrade,
            },
            Err(error) => {
                let why = error.to_string();
                let trouble = if error.timed_out {
                    Trouble::silent("", &why)
                } else {
                    Trouble::lost("", &why)
                };
                self.trouble.get_or_insert(trouble);
                What::Answered {
                    status: 0,
                    headers: vec![],
                    body: why,
                    closed: !error.timed_out,
                }
            }
        };
        self.entries.push(self.entry("", what));
        Ok(())
    }
}

/// Sends one packet after the other, a few ahead of what is heard of so many others who each send as many.
async fn run(session: &mut Session, packets: Vec<String>, others: u64, hearing: Duration) {
    let before = session.count();
    let mut hears = true;
    for (sent, packet) in (0..).zip(packets) {
        if hears && let Some(rounds) = (sent + 1_u64).checked_sub(LEAD) {
            let due = before + rounds * others;
            hears = session.reach(due, Instant::now() + hearing).await;
        }
        // One at a time, so that the senders really interleave.
        if session.send_packets(&[packet]).await.is_err() {
            break;
        }
        // A connection that takes it at once would have all of one sender's go first.
        yield_now().await;
    }
}

fn events(
    actor: &mut super::Actor,
    step: usize,
    event: &str,
    all: Vec<Vec<Value>>,
    ask: bool,
) -> Vec<(String, Entry)> {
    all.into_iter()
        .map(|args| actor.event(step, event, &args, ask))
        .collect()
}

/// A header with a value that can be looked at. No value that means anything is longer.
fn short((name, value): (String, String)) -> (String, String) {
    (
        name.chars().take(200).collect(),
        value.chars().take(2_000).collect(),
    )
}

/// A literal frame: text as it is, or, as Engine.IO writes it in polling payloads, `b` and base64 for a binary one.
pub(super) fn literal_frame(text: String) -> Frame {
    match text.strip_prefix('b').map(|base64| STANDARD.decode(base64)) {
        Some(Ok(bytes)) => Frame::Binary(bytes),
        _ => Frame::Text(text),
    }
}
