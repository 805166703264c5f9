//! Mallory's acts on an ordinary session.

use std::time::Duration;

use chatspec_judge::fixture::Drop;
use chatspec_judge::fixture::hostile::{Act, bytes};
use chatspec_judge::transcript::{Stop, What};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::drive::Driver;
use crate::drive::act::literal_frame;
use crate::drive::hand::Hand;
use crate::wire::{Frame, How};

/// Characters of a text or frame that are kept in the transcript.
const KEPT: usize = 200;
/// Entries that one act leaves in the transcript at most: a flood looks the same all along.
const ENTRIES: u64 = 50;
/// How long one send may take before the rest of the act is left out.
const SENDING: Duration = Duration::from_secs(5);

impl Driver<'_> {
    pub(super) async fn session_act(&mut self, act: &Act, mallory: usize) -> Result<(), Stop> {
        match act {
            Act::Events { .. } => self.events(act, mallory).await,
            Act::Literal {
                frames,
                together,
                times,
            } => self.frames(frames, *together, *times, mallory).await,
            Act::Drop(drop) => {
                let how = match drop {
                    Drop::Abrupt => How::Abort,
                    Drop::Close => How::EngineClose,
                    Drop::Namespace => How::Namespace,
                };
                let step = self.step;
                let entry = self.actors[mallory].end(how, step).await;
                self.entries.push(entry);
                Ok(())
            }
            Act::Connect => self.connect(&[mallory]).await,
            Act::Mute | Act::Stall { .. } => {
                if let Some(session) = self.actors[mallory].session.as_mut() {
                    session.answer_pings(matches!(act, Act::Stall { pongs: true }));
                    session.stall(matches!(act, Act::Stall { .. }));
                }
                self.actors[mallory].give_up("it has gone silent");
                Ok(())
            }
            Act::AbandonUpgrade => {
                let mut hand = Hand::new(self.context(), 1);
                hand.begin_upgrade().await;
                self.entries.append(&mut hand.entries);
                let step = self.step;
                let entry = self.actors[mallory].end(How::Abort, step).await;
                self.entries.push(entry);
                Ok(())
            }
            Act::Wait(milliseconds) => {
                self.idle(Duration::from_millis(*milliseconds)).await;
                Ok(())
            }
            // Lint keeps acts of raw connections off sessions.
            _ => Ok(()),
        }
    }

    async fn events(&mut self, act: &Act, mallory: usize) -> Result<(), Stop> {
        let Act::Events {
            event,
            args,
            times,
            ask,
            together,
        } = act
        else {
            return Ok(());
        };
        let step = self.step;
        let mut waiting = Vec::new();
        for round in 1..=*times {
            for one in args {
                let resolved = one
                    .iter()
                    .map(|arg| self.resolve(arg, None, round))
                    .collect::<Result<Vec<Value>, _>>()?;
                let (packet, mut entry) = self.actors[mallory].event(step, event, &resolved, *ask);
                if let What::Sent { args, .. } = &mut entry.what {
                    *args = args
                        .iter()
                        .map(|arg| chatspec_judge::pattern::cut(arg, KEPT))
                        .collect();
                }
                if round <= ENTRIES {
                    self.entries.push(entry);
                }
                waiting.push(packet);
            }
            if waiting.len() < *together && round < *times {
                continue;
            }
            let chunk = std::mem::take(&mut waiting);
            let Some(session) = self.actors[mallory].session.as_mut() else {
                return Ok(());
            };
            // A server may close on it, or never take it: what it comes to tells.
            if !matches!(
                timeout(SENDING, session.send_packets(&chunk)).await,
                Ok(Ok(()))
            ) {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn frames(
        &mut self,
        values: &[Value],
        together: usize,
        times: u64,
        mallory: usize,
    ) -> Result<(), Stop> {
        let mut waiting: Vec<Frame> = Vec::new();
        for round in 1..=times {
            let mut scope = self.bindings.clone();
            scope.insert("i".to_owned(), json!(round));
            for (index, value) in values.iter().enumerate() {
                let made = bytes::make(value, &scope).map_err(|error| self.mistake(error))?;
                if round <= ENTRIES {
                    let text = shown(&made);
                    self.entries
                        .push(self.entry("mallory", What::SentRaw { text }));
                }
                waiting.push(frame(value, made));
                let last = round == times && index + 1 == values.len();
                if waiting.len() < together && !last {
                    continue;
                }
                let chunk = std::mem::take(&mut waiting);
                let Some(session) = self.actors[mallory].session.as_mut() else {
                    return Ok(());
                };
                if !matches!(
                    timeout(SENDING, session.send_frames(&chunk)).await,
                    Ok(Ok(()))
                ) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// `{$hex: ..}` and `b` with base64 are binary frames, everything else is text, in UTF-8 or not.
fn frame(value: &Value, made: Vec<u8>) -> Frame {
    let binary = value.get("$hex").is_some() || value.get("$base64").is_some();
    match String::from_utf8(made) {
        _ if binary => Frame::Binary(bytes::make(value, &Default::default()).unwrap_or_default()),
        Ok(text) => literal_frame(text),
        Err(error) => Frame::RawText(error.into_bytes()),
    }
}

/// The beginning of what is sent, for the transcript.
fn shown(made: &[u8]) -> String {
    let text = String::from_utf8_lossy(&made[..made.len().min(4 * KEPT)]);
    let short: String = text.chars().take(KEPT).collect();
    match made.len() > short.len() {
        true => format!("{short}... ({} bytes)", made.len()),
        false => short,
    }
}
