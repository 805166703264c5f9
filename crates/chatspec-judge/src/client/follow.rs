//! What a client did, and how far a script has come with it.

use serde::Serialize;
use serde_json::Value;

use super::script::Step;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Milliseconds since the client was started.
    pub at: u64,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The client opened a WebSocket, with this path and query.
    Opened(String),
    /// The client asked for a WebSocket and was told 503.
    Refused(String),
    /// The client made an HTTP request that is no WebSocket's, or none at all.
    Strange(String),
    /// An Engine.IO packet of the client, as text.
    Packet(String),
    /// A binary frame of so many bytes.
    Binary(usize),
    /// An Engine.IO packet of ours.
    Sent(String),
    /// We asked the client for something.
    Asked(Value),
    /// The connection is over.
    Closed(String),
    /// One line of JSON that the client printed.
    Shown(Value),
    /// A line that it printed and that is no JSON object, cut short.
    Noise(String),
    /// The program ended.
    Exited(String),
    /// More came than a client may send; nothing more is read.
    Flood,
}

/// How far a script has come. What is on the wire and what the client prints are two streams: neither waits for the other.
#[derive(Clone, Debug, Default)]
pub struct Follow {
    wire: usize,
    shown: usize,
}

impl Follow {
    /// Looks for what a step waits for among `events`, from where the last step found its own, and steps over it. `None`
    /// where it has not come yet; an error says what came that must not have come.
    pub fn step(&mut self, step: &Step, events: &[Event]) -> Option<Result<(), String>> {
        match step {
            Step::Do(_) | Step::Send(_) | Step::Raw(_) | Step::Close(_) => Some(Ok(())),
            Step::Accept => {
                let opened = self.wire(events, |what| matches!(what, What::Opened(_)))?;
                let connected = position(events, opened, |what| match what {
                    What::Packet(text) => text.starts_with("40") || text.starts_with("42"),
                    _ => false,
                })?;
                // An event stays to be found by the step that waits for it.
                let event =
                    matches!(&events[connected].what, What::Packet(text) if text.starts_with("42"));
                self.wire = if event { connected } else { connected + 1 };
                Some(Ok(()))
            }
            Step::Receive {
                pattern,
                without,
                after_ms,
            } => {
                let from = self.wire;
                let found = self.wire(events, |what| {
                    chat(what).is_some_and(|chat| has(chat, pattern))
                })?;
                self.wire = found + 1;
                let wrong = without.as_ref().and_then(|without| {
                    position(&events[..found], from, |what| {
                        chat(what).is_some_and(|chat| has(chat, without))
                    })
                });
                if let Some(wrong) = wrong {
                    return Some(Err(brief(&events[wrong].what)));
                }
                let sent = events[..found].iter().rev().find(
                    |event| matches!(&event.what, What::Sent(text) if text.starts_with("42")),
                );
                let waited = sent.map_or(u64::MAX, |sent| events[found].at.saturating_sub(sent.at));
                Some(if waited < *after_ms {
                    Err(format!("it came {waited} ms after the server's last event"))
                } else {
                    Ok(())
                })
            }
            Step::Packet(wanted) => {
                let found = self.wire(
                    events,
                    |what| matches!(what, What::Packet(text) if text == wanted),
                )?;
                self.wire = found + 1;
                Some(Ok(()))
            }
            Step::Shows(pattern) => {
                let found = position(
                    events,
                    self.shown,
                    |what| matches!(what, What::Shown(line) if has(line, pattern)),
                )?;
                self.shown = found + 1;
                Some(Ok(()))
            }
            Step::Refuse(times) => {
                let mut last: Option<u64> = None;
                let mut hasty = None;
                for _ in 0..*times {
                    let found = self.wire(events, |what| matches!(what, What::Refused(_)))?;
                    let at = events[found].at;
                    if let Some(gap) = last
                        .map(|last| at.saturating_sub(last))
                        .filter(|gap| *gap < 100)
                    {
                        hasty = Some(gap);
                    }
                    last = Some(at);
                    self.wire = found + 1;
                }
                Some(hasty.map_or(Ok(()), |gap| Err(format!("two tries {gap} ms apart"))))
            }
            Step::Gone => {
                let found = self.wire(events, |what| {
                    matches!(what, What::Closed(_) | What::Exited(_))
                })?;
                self.wire = found + 1;
                Some(Ok(()))
            }
        }
    }

    fn wire(&self, events: &[Event], is: impl Fn(&What) -> bool) -> Option<usize> {
        position(events, self.wire, is)
    }
}

fn position(events: &[Event], from: usize, is: impl Fn(&What) -> bool) -> Option<usize> {
    let found = events.iter().skip(from).position(|event| is(&event.what))?;
    Some(from + found)
}

/// The object of an event `chat`, however it is sent.
fn chat(what: &What) -> Option<Value> {
    let What::Packet(text) = what else {
        return None;
    };
    let args = arguments(text)?;
    (args.first()? == "chat").then(|| args.get(1).cloned().unwrap_or_default())
}

/// Name and arguments of an event.
pub(super) fn arguments(text: &str) -> Option<Vec<Value>> {
    let rest = text.strip_prefix("42")?;
    let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    serde_json::from_str(rest).ok()
}

/// Whether `value` has all keys of the pattern, with their values; `null` in a pattern is a key that is absent.
fn has(value: impl std::borrow::Borrow<Value>, pattern: &Value) -> bool {
    let value = value.borrow();
    pattern.as_object().is_some_and(|pattern| {
        pattern.iter().all(|(key, wanted)| match wanted {
            Value::Null => value.is_object() && value.get(key).is_none(),
            _ => value.get(key) == Some(wanted),
        })
    })
}

/// One event in one short line.
pub(super) fn brief(what: &What) -> String {
    let text = match what {
        What::Packet(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    };
    crate::pattern::cut_text(&text, 160)
}
