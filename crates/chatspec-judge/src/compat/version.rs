//! One version of a protocol, as its files say it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::document::{DRAFT, inlined, plain};
use super::schema::{SchemaError, parse};

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Clients send, servers receive.
    ClientToServer,
    /// Servers send, clients receive.
    ServerToClient,
    /// Not known: a schema by itself. Both are looked at.
    Either,
}

impl Direction {
    /// As files and reports have it.
    pub fn word(self) -> &'static str {
        match self {
            Direction::ClientToServer => "client-to-server",
            Direction::ServerToClient => "server-to-client",
            Direction::Either => "either",
        }
    }
}

/// One version.
#[derive(Clone, Debug)]
pub struct Version {
    /// What people call it: a revision, or where it was read from.
    pub label: String,
    /// What is sent, by file.
    pub channels: Vec<Channel>,
    /// `manifest.json`.
    pub manifest: Option<Value>,
}

/// One kind of traffic: what may be sent, and what has to be taken.
#[derive(Clone, Debug)]
pub struct Channel {
    /// `client-to-server`, `server-to-client`, `refusal`, or the name of a file by itself.
    pub name: String,
    /// Who sends.
    pub direction: Direction,
    /// What a conforming sender may send.
    pub sent: Bundle,
    /// What a conforming receiver has to take.
    pub received: Bundle,
}

/// One schema file, taken apart into messages.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The file's name.
    pub file: String,
    /// The file as it is.
    pub document: Value,
    /// `oneOf` or `anyOf`, where the root is a choice between messages.
    pub union: Option<&'static str>,
    /// The root's other keywords, plain.
    pub rest: Map<String, Value>,
    /// The messages.
    pub messages: Vec<Message>,
}

/// One message of a bundle.
#[derive(Clone, Debug)]
pub struct Message {
    /// The name of its definition.
    pub name: String,
    /// The one value of its tag, where it has one.
    pub tag: Option<String>,
    /// Its schema, references written out, plain.
    pub body: Value,
    /// Its schema as it is in the file.
    pub raw: Value,
}

/// Why a version cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// A file of the protocol is missing.
    #[error("{0}: is not there; a protocol has {PROTOCOL}")]
    Missing(String),
    /// A file is no JSON.
    #[error("{0}: is no JSON: {1}")]
    Json(String, String),
    /// A file is no schema that can be compared.
    #[error("{0} {1}")]
    Schema(String, SchemaError),
    /// The manifest is none.
    #[error("{0}: {1}")]
    Manifest(String, String),
}

const PROTOCOL: &str = "client-to-server.json, client-to-server.receive.json, server-to-client.json, \
     server-to-client.receive.json, refusal.json and manifest.json";

impl Version {
    /// Reads the files of a protocol, by their name.
    ///
    /// # Errors
    /// One is missing, or is no schema that can be compared.
    pub fn read(label: &str, files: &BTreeMap<String, String>) -> Result<Version, VersionError> {
        let file = |name: &str| {
            let text = files
                .get(name)
                .ok_or_else(|| VersionError::Missing(name.to_owned()))?;
            serde_json::from_str::<Value>(text)
                .map_err(|error| VersionError::Json(name.to_owned(), error.to_string()))
        };
        let mut channels = Vec::new();
        for direction in [Direction::ClientToServer, Direction::ServerToClient] {
            let name = direction.word();
            let [sent, received] = [format!("{name}.json"), format!("{name}.receive.json")];
            channels.push(Channel {
                name: name.to_owned(),
                direction,
                sent: Bundle::read(&sent, file(&sent)?)?,
                received: Bundle::read(&received, file(&received)?)?,
            });
        }
        channels.push(Channel::alone(
            "refusal.json",
            file("refusal.json")?,
            Direction::ServerToClient,
        )?);
        let manifest = file("manifest.json")?;
        if !manifest.is_object() {
            return Err(VersionError::Manifest(
                "manifest.json".to_owned(),
                "has to hold an object".to_owned(),
            ));
        }
        Ok(Version {
            label: label.to_owned(),
            channels,
            manifest: Some(manifest),
        })
    }

    /// Reads one schema by itself: what is sent is that schema, closed.
    ///
    /// # Errors
    /// It is no schema that can be compared.
    pub fn alone(label: &str, name: &str, text: &str) -> Result<Version, VersionError> {
        let document = serde_json::from_str(text)
            .map_err(|error| VersionError::Json(label.to_owned(), error.to_string()))?;
        let direction = [Direction::ClientToServer, Direction::ServerToClient]
            .into_iter()
            .find(|direction| name.starts_with(direction.word()))
            .unwrap_or(Direction::Either);
        let channel = Channel::alone(name, document, direction);
        let channel = channel.map_err(|error| match error {
            VersionError::Schema(_, error) => VersionError::Schema(label.to_owned(), error),
            other => other,
        })?;
        Ok(Version {
            label: label.to_owned(),
            channels: vec![channel],
            manifest: None,
        })
    }
}

impl Channel {
    /// A schema without a twin: nobody sends keys that it does not name, and receivers take what it takes.
    fn alone(file: &str, document: Value, direction: Direction) -> Result<Channel, VersionError> {
        let received = Bundle::read(file, document)?;
        let mut sent = received.clone();
        for message in &mut sent.messages {
            close(&mut message.body);
        }
        Ok(Channel {
            name: file.trim_end_matches(".json").to_owned(),
            direction,
            sent,
            received,
        })
    }
}

fn close(body: &mut Value) {
    if let Value::Object(map) = body
        && map.contains_key("properties")
        && !map.contains_key("additionalProperties")
    {
        map.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

impl Bundle {
    fn read(file: &str, document: Value) -> Result<Bundle, VersionError> {
        parse(&document).map_err(|error| VersionError::Schema(file.to_owned(), error))?;
        let root = document.as_object().cloned().unwrap_or_default();
        let union = ["oneOf", "anyOf"]
            .into_iter()
            .find(|key| root.contains_key(*key));
        let mut rest = root.clone();
        rest.retain(|key, _| {
            !["$schema", "$id", "$defs"].contains(&key.as_str()) && Some(key.as_str()) != union
        });
        let rest = plain(&inlined(&Value::Object(rest), &document));
        let rest = rest.as_object().cloned().unwrap_or_default();
        let title = root
            .get("title")
            .and_then(Value::as_str)
            .unwrap_or("(message)");
        let message = |name: &str, raw: &Value| {
            let body = plain(&inlined(raw, &document));
            Message {
                name: name.to_owned(),
                tag: tag(&body),
                body,
                raw: raw.clone(),
            }
        };
        let messages = match union {
            None => vec![Message {
                body: Value::Object(rest.clone()),
                ..message(title, &json!({}))
            }],
            Some(key) => root[key]
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .map(|(index, branch)| {
                    let target = branch.get("$ref").and_then(Value::as_str);
                    match target.and_then(|target| target.strip_prefix("#/$defs/")) {
                        Some(name) => message(name, &document["$defs"][name]),
                        None => {
                            let title = branch
                                .get("title")
                                .and_then(Value::as_str)
                                .map(str::to_owned);
                            message(&title.unwrap_or_else(|| format!("{key}[{index}]")), branch)
                        }
                    }
                })
                .collect(),
        };
        Ok(Bundle {
            file: file.to_owned(),
            rest: if union.is_some() { rest } else { Map::new() },
            document,
            union,
            messages,
        })
    }

    /// A document of these messages alone.
    pub fn of<'a>(&self, bodies: impl IntoIterator<Item = &'a Value>) -> Value {
        let mut root = Map::new();
        root.insert("$schema".to_owned(), DRAFT.into());
        root.extend(self.rest.clone());
        let bodies: Vec<Value> = bodies.into_iter().cloned().collect();
        match (self.union, bodies.as_slice()) {
            (None, [Value::Object(body)]) => root.extend(body.clone()),
            // Nobody sends what is not there.
            (_, []) => _ = root.insert("not".to_owned(), json!({})),
            (union, _) => {
                _ = root.insert(union.unwrap_or("oneOf").to_owned(), Value::Array(bodies))
            }
        }
        Value::Object(root)
    }

    /// The document of all messages.
    pub fn whole(&self) -> Value {
        self.of(self.messages.iter().map(|message| &message.body))
    }

    /// The message with this tag, or, where it has none, with this name.
    pub fn find(&self, key: &Message) -> Option<&Message> {
        let tagged = self
            .messages
            .iter()
            .find(|message| key.tag.is_some() && message.tag == key.tag);
        tagged.or_else(|| {
            self.messages.iter().find(|message| {
                message.tag.is_none() == key.tag.is_none() && message.name == key.name
            })
        })
    }
}

/// The one value of the first required field that has just one.
fn tag(body: &Value) -> Option<String> {
    let required = body.get("required")?.as_array()?;
    body.get("properties")?
        .as_object()?
        .iter()
        .find_map(|(name, field)| {
            let only = match field
                .get("enum")
                .and_then(Value::as_array)
                .map(Vec::as_slice)
            {
                Some([only]) => Some(only),
                _ => field.get("const"),
            };
            let only = only.and_then(Value::as_str)?;
            required
                .iter()
                .any(|other| other == name)
                .then(|| only.to_owned())
        })
}
