//! One message at a time, held against the committed schemas: where it is wrong, by which rule, and the mend.
//!
//! A schema of many messages says of a wrong one only that it fits none of them. So the tag is read first, as every receiver
//! does, and the message is held against the one definition that has this tag.

mod bundle;
mod cite;
mod words;

use serde::Serialize;
use serde_json::Value;

pub use bundle::BundleError;
use bundle::{Bundle, Found};

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Sender {
    /// A client; its messages carry their tag in `event`.
    Client,
    /// A server; its messages carry their tag in `type`.
    Server,
}

impl Sender {
    /// The key that says of what kind a message is.
    pub fn tag_key(self) -> &'static str {
        match self {
            Sender::Client => "event",
            Sender::Server => "type",
        }
    }

    /// One word for people.
    pub fn word(self) -> &'static str {
        match self {
            Sender::Client => "client",
            Sender::Server => "server",
        }
    }
}

/// One thing that is wrong with a message. No text of it repeats the message, but for names of keys, cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// Where, such as `$.user`.
    pub path: String,
    /// The rule that speaks of it.
    pub rule: &'static str,
    /// What is wrong, a fragment.
    pub why: String,
    /// What to do about it, a sentence without its full stop.
    pub mend: String,
}

/// The schemas of both directions, compiled once.
pub struct Checker {
    client: Bundle,
    server: Bundle,
    refusal: jsonschema::Validator,
}

impl Checker {
    /// Compiles the texts of a schema of client messages, one of server messages, and that of the refusal. The first two
    /// are either what a conforming sender may emit or what a conforming receiver has to take.
    ///
    /// # Errors
    /// Where one of them is no schema, or none of messages that have a tag.
    pub fn from_json(client: &str, server: &str, refusal: &str) -> Result<Checker, BundleError> {
        Ok(Checker {
            client: Bundle::from_json(client, Sender::Client)?,
            server: Bundle::from_json(server, Sender::Server)?,
            refusal: bundle::compile(&serde_json::from_str(refusal)?)?,
        })
    }

    /// What is wrong with the one argument of an event `chat`.
    pub fn message(&self, sender: Sender, message: &Value) -> Vec<Complaint> {
        let bundle = match sender {
            Sender::Client => &self.client,
            Sender::Server => &self.server,
        };
        match bundle.find(message) {
            Found::Definition(tag, validator) => {
                let mut complaints: Vec<Complaint> = validator
                    .iter_errors(message)
                    .filter_map(|error| cite::message(sender, tag, message, &error))
                    .collect();
                // Two keywords of a schema may say one thing of one field, such as its pattern and its length.
                complaints.dedup_by(|next, kept| next.path == kept.path && next.rule == kept.rule);
                complaints
            }
            Found::Tolerated => Vec::new(),
            Found::Nothing(complaint) => vec![complaint],
        }
    }

    /// What is wrong with the arguments of an event `chat`.
    pub fn arguments(&self, sender: Sender, args: &[Value]) -> Vec<Complaint> {
        match args {
            [message] => self.message(sender, message),
            _ => vec![cite::arguments(sender, args.len())],
        }
    }

    /// What is wrong with a refusal, as it stands in an acknowledgement.
    pub fn refusal(&self, refusal: &Value) -> Vec<Complaint> {
        self.refusal
            .iter_errors(refusal)
            .map(|error| cite::refusal(refusal, &error))
            .collect()
    }

    /// What is wrong with the arguments of an event `message`: one string, the JSON text of a refusal.
    pub fn refusal_event(&self, args: &[Value]) -> Vec<Complaint> {
        let [Value::String(text)] = args else {
            return vec![cite::refusal_form(
                "expected exactly one argument, a string",
                "send the refusal as one string of JSON text",
            )];
        };
        match serde_json::from_str(text) {
            Ok(refusal) => self.refusal(&refusal),
            Err(_) => vec![cite::refusal_form(
                "the string is no JSON text",
                "send the refusal as one string of JSON text",
            )],
        }
    }

    /// What is wrong with the arguments of an acknowledgement: none, or one refusal.
    pub fn acknowledgement(&self, args: &[Value]) -> Vec<Complaint> {
        match args {
            [] => Vec::new(),
            [refusal] => self.refusal(refusal),
            _ => vec![cite::acknowledgement(args.len())],
        }
    }
}

#[cfg(test)]
mod tests;
