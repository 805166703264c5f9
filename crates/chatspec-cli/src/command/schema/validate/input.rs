//! What messages may come in: one JSON value, JSON lines, or a transcript.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use chatspec_judge::check::Sender;
use chatspec_judge::transcript::{Transcript, What};
use serde_json::Value;

use crate::args::By;
use crate::exit::Failure;

/// Bytes that are read at most.
const MAX: u64 = 256 << 20;

/// A text that was read.
pub(super) struct Read {
    /// For messages.
    pub name: String,
    text: String,
}

/// One message, acknowledgement or refusal.
pub(super) struct Content {
    /// `3` for a line, `entry 3 of ada`; empty where the text has but one.
    pub place: String,
    pub said: Said,
}

/// What it is.
pub(super) enum Said {
    /// A message as text.
    Text(Sender, String),
    /// The arguments of an event `chat`.
    Arguments(Sender, Vec<Value>),
    /// The arguments of an event `message` of the server.
    Refusal(Vec<Value>),
    /// The arguments of an acknowledgement.
    Acknowledgement(Vec<Value>),
}

impl Read {
    /// Reads a file; `-` is stdin.
    pub(super) fn from(path: &Path) -> Result<Read, Failure> {
        let stdin = path == Path::new("-");
        let name = if stdin {
            "stdin".to_owned()
        } else {
            path.display().to_string()
        };
        let failed = |error: std::io::Error| Failure::usage(format!("read {name}: {error}"));
        let mut text = String::new();
        let count = if stdin {
            std::io::stdin().take(MAX + 1).read_to_string(&mut text)
        } else {
            File::open(path).and_then(|file| file.take(MAX + 1).read_to_string(&mut text))
        };
        if count.map_err(failed)? as u64 > MAX {
            return Err(Failure::usage(format!(
                "read {name}: it has more than {MAX} bytes; split it"
            )));
        }
        Ok(Read { name, text })
    }

    /// Its messages. Whose they are has to be said, unless it is a transcript; of that, whose alone to look at.
    pub(super) fn contents(&self, by: Option<By>) -> Result<Vec<Content>, Failure> {
        if let Some(transcript) = self.transcript()? {
            return Ok(entries(transcript, by));
        }
        let Some(by) = by else {
            return Err(Failure::usage(format!(
                "know whose messages {} has: add `--as client` or `--as server`",
                self.name
            )));
        };
        Ok(self.messages(by.into()))
    }

    fn transcript(&self) -> Result<Option<Transcript>, Failure> {
        let Ok(Value::Object(members)) = serde_json::from_str::<Value>(&self.text) else {
            return Ok(None);
        };
        if !(members.contains_key("fixture") && members.contains_key("entries")) {
            return Ok(None);
        }
        let read = serde_json::from_str(&self.text);
        read.map(Some)
            .map_err(|error| Failure::usage(format!("read {} as a transcript: {error}", self.name)))
    }

    /// One message, however many lines it takes, or one a line.
    fn messages(&self, sender: Sender) -> Vec<Content> {
        let lines: Vec<(usize, &str)> = self
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .collect();
        let Some((_, first)) = lines.first() else {
            return Vec::new();
        };
        let json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
        // A line that opens what it does not close begins a message of several lines, broken or not.
        let open = !json(first) && !first.trim_end().ends_with('}');
        if lines.len() == 1 || open || json(&self.text) {
            return vec![Content {
                place: String::new(),
                said: Said::Text(sender, self.text.clone()),
            }];
        }
        lines
            .into_iter()
            .map(|(at, line)| Content {
                place: (at + 1).to_string(),
                said: Said::Text(sender, line.to_owned()),
            })
            .collect()
    }
}

fn entries(transcript: Transcript, by: Option<By>) -> Vec<Content> {
    let wanted = |sender: Sender| by.is_none_or(|by| Sender::from(by) == sender);
    let mut contents = Vec::new();
    for (at, entry) in transcript.entries.into_iter().enumerate() {
        let said = match entry.what {
            What::Sent { event, args, .. } if event == "chat" && wanted(Sender::Client) => {
                Said::Arguments(Sender::Client, args)
            }
            What::Event { name, args } if wanted(Sender::Server) => match name.as_str() {
                "chat" => Said::Arguments(Sender::Server, args),
                "message" => Said::Refusal(args),
                _ => continue,
            },
            What::Acked { args, .. } if wanted(Sender::Server) => Said::Acknowledgement(args),
            _ => continue,
        };
        contents.push(Content {
            place: format!("entry {} of {}", at + 1, entry.who),
            said,
        });
    }
    contents
}

/// Whether what a server sent is a refusal: it has a code, and is no message.
pub(super) fn is_refusal(value: &Value) -> bool {
    value.get("type").is_none() && value.get("code").is_some()
}
