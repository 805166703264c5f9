//! What a client did, and how far a script has come with it.

use serde::Serialize;
use serde_json::Value;

use super::script::Step;

/// Two tries to connect are at least so many milliseconds apart.
pub(super) const APART_MS: u64 = 100;

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
#[serde(tag = "what", content = "of", rename_all = "kebab-case")]
pub enum What {
    /// The client opened a WebSocket, with this path and query.
    Opened(String),
    /// The client asked for a WebSocket and was told 503.
    Refused(String),
    /// The client made an HTTP request that opens no session, or none at all.
    Strange(String),
    /// An Engine.IO packet of the client, as text.
    Packet(String),
    /// A binary frame of so many bytes.
    Binary(usize),
    /// An Engine.IO packet of ours.
    Sent(String),
    /// We asked the client for something.
    Asked(Value),
    /// We ended the connection.
    Dropped,
    /// The client ended the connection, or broke it.
    Closed(String),
    /// One line of JSON that the client printed.
    Shown(Value),
    /// A line that it printed and that is no JSON object, cut short.
    Noise(String),
    /// The program ended.
    Exited(String),
    /// More came than any client has to say; nothing more is read.
    Flood,
}

/// How far a script has come. What is on the wire and what the client prints are two streams: neither waits for the other.
#[derive(Clone, Debug, Default)]
pub struct Follow {
    wire: usize,
    shown: usize,
    /// What has been looked through in vain for the present step, so that a flood is not read again for each of its events.
    looked: usize,
}

impl Follow {
    /// Looks for what a step waits for among `events`, from where the last step found its own, and steps over it. `None`
    /// where it has not come yet; an error says what came that must not have come.
    ///
    /// Until it is found, `events` may only grow between two calls.
    pub fn step(&mut self, step: &Step, events: &[Event]) -> Option<Result<(), String>> {
        match step {
            Step::Do(_) | Step::Send(_) | Step::Raw(_) | Step::Close(_) => Some(Ok(())),
            Step::Accept { .. } => {
                let opened = position(events, self.wire, |what| matches!(what, What::Opened(_)))?;
                // What the client says before this is nothing that a server would hear.
                let answered = position(
                    events,
                    opened,
                    |what| matches!(what, What::Sent(text) if text.starts_with("40")),
                )?;
                self.wire = answered + 1;
                Some(Ok(()))
            }
            Step::Receive {
                pattern,
                without,
                after_ms,
            } => self.receive(events, pattern, without.as_ref(), *after_ms),
            Step::Packet(wanted) => {
                let is = |what: &What| matches!(what, What::Packet(text) if text == wanted);
                self.wire = self.find(events, self.wire, is)? + 1;
                Some(Ok(()))
            }
            Step::Shows { pattern, without } => {
                let from = self.shown;
                let found = self.find(
                    events,
                    from,
                    |what| matches!(what, What::Shown(line) if has(line, pattern)),
                )?;
                self.shown = found + 1;
                Some(none_of(
                    &events[from..found],
                    without.as_ref(),
                    |what, without| matches!(what, What::Shown(line) if has(line, without)),
                ))
            }
            Step::Refuse { times, growing } => self.refuse(events, *times, *growing),
            Step::Gone => {
                let is = |what: &What| matches!(what, What::Closed(_) | What::Exited(_));
                self.wire = self.find(events, self.wire, is)? + 1;
                Some(Ok(()))
            }
        }
    }

    fn receive(
        &mut self,
        events: &[Event],
        pattern: &Value,
        without: Option<&Value>,
        after_ms: u64,
    ) -> Option<Result<(), String>> {
        let from = self.wire;
        let is_chat = |what: &What, pattern: &Value| chat(what).is_some_and(|it| has(&it, pattern));
        let found = self.find(events, from, |what| is_chat(what, pattern))?;
        self.wire = found + 1;
        if let Err(wrong) = none_of(&events[from..found], without, is_chat) {
            return Some(Err(wrong));
        }
        let spoken =
            |event: &&Event| matches!(&event.what, What::Sent(text) if text.starts_with("42"));
        let sent = events[..found].iter().rev().find(spoken);
        let waited = sent.map_or(u64::MAX, |sent| events[found].at.saturating_sub(sent.at));
        Some(if waited < after_ms {
            Err(format!("it came {waited} ms after the server's last event"))
        } else {
            Ok(())
        })
    }

    fn refuse(
        &mut self,
        events: &[Event],
        times: u64,
        growing: bool,
    ) -> Option<Result<(), String>> {
        let mut at = self.wire;
        let mut tries = Vec::new();
        for _ in 0..times {
            let found = position(events, at, |what| matches!(what, What::Refused(_)))?;
            tries.push(events[found].at);
            at = found + 1;
        }
        let first = position(events, self.wire, |what| matches!(what, What::Refused(_)))?;
        self.wire = at;
        let waits: Vec<u64> = tries
            .windows(2)
            .map(|pair| pair[1].saturating_sub(pair[0]))
            .collect();
        if let Some(hasty) = waits.iter().find(|wait| **wait < APART_MS) {
            return Some(Err(format!("two tries {hasty} ms apart")));
        }
        if !growing {
            return Some(Ok(()));
        }
        // The first wait is the one between the loss and the first try.
        let lost = events[..first]
            .iter()
            .rev()
            .find(|event| matches!(event.what, What::Dropped | What::Closed(_)));
        let before = lost.map(|lost| events[first].at.saturating_sub(lost.at));
        let waits: Vec<u64> = before.into_iter().chain(waits).collect();
        Some(match (waits.first(), waits.last()) {
            (Some(first), Some(last)) if last > first => Ok(()),
            _ => Err(format!("its waits, in milliseconds: {waits:?}")),
        })
    }

    /// The first event from `from` that is one, where this has not been asked of it before.
    fn find(&mut self, events: &[Event], from: usize, is: impl Fn(&What) -> bool) -> Option<usize> {
        let found = position(events, from.max(self.looked), is);
        self.looked = match found {
            Some(_) => 0,
            None => events.len(),
        };
        found
    }
}

fn position(events: &[Event], from: usize, is: impl Fn(&What) -> bool) -> Option<usize> {
    let found = events.iter().skip(from).position(|event| is(&event.what))?;
    Some(from + found)
}

/// An error with the first event that is what must not come.
fn none_of(
    events: &[Event],
    without: Option<&Value>,
    is: impl Fn(&What, &Value) -> bool,
) -> Result<(), String> {
    let Some(without) = without else {
        return Ok(());
    };
    match events.iter().find(|event| is(&event.what, without)) {
        Some(wrong) => Err(brief(&wrong.what)),
        None => Ok(()),
    }
}

/// The object of an event `chat`, however it is sent.
fn chat(what: &What) -> Option<Value> {
    let What::Packet(text) = what else {
        return None;
    };
    let mut args = arguments(text)?.into_iter();
    (args.next()? == "chat").then(|| args.next().unwrap_or_default())
}

/// Name and arguments of an event.
pub(super) fn arguments(text: &str) -> Option<Vec<Value>> {
    let rest = text.strip_prefix("42")?;
    let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    serde_json::from_str(rest).ok()
}

/// Whether `value` has all keys of the pattern, with their values; `null` in a pattern is a key that is absent.
fn has(value: &Value, pattern: &Value) -> bool {
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
        What::Opened(query) => format!("a session opened with {query}"),
        What::Refused(query) => format!("a try to connect with {query}"),
        What::Strange(what) => format!("a request that opens no session ({what})"),
        What::Binary(bytes) => format!("a binary frame of {bytes} bytes"),
        What::Sent(text) => format!("from the server {text}"),
        What::Asked(act) => format!("from the user {act}"),
        What::Dropped => "the server ended the connection".to_owned(),
        What::Closed(how) => format!("the connection ended ({how})"),
        What::Shown(line) => format!("shown {line}"),
        What::Noise(line) => format!("printed {line:?}"),
        What::Exited(how) => format!("the program ended ({how})"),
        What::Flood => "more than any client has to say".to_owned(),
    };
    crate::pattern::cut_text(&text, 160)
}

#[cfg(test)]
mod tests;
