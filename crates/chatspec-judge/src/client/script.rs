//! A script: what the server of a client's test does, step by step.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use crate::fixture::FixtureError;
use crate::rule::Rules;

/// One script, checked.
#[derive(Clone, Debug)]
pub struct Script {
    /// The name of its file, without `.yaml`.
    pub id: String,
    /// What it is about, one sentence.
    pub about: String,
    /// Its steps, in order, each with the rule that it tests and its line in the file.
    pub steps: Vec<(Step, Option<String>, u64)>,
}

/// One step. Those that wait have a deadline, which the driver sets.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ask the client for something: one line of JSON on its standard input.
    Do(Value),
    /// Take a connection in and wait until the namespace is connected.
    Accept {
        /// Whether the server pings when it is asked for the namespace, and connects it when the pong has come: what the client
        /// sends in between comes before the answer, whatever the network does.
        pinged: bool,
    },
    /// Wait for an event `chat` whose object has these keys with these values.
    Receive {
        /// The keys and values.
        pattern: Value,
        /// What must not come before it.
        without: Option<Value>,
        /// It must not come earlier than this many milliseconds after the last event of the server.
        after_ms: u64,
    },
    /// Wait for this very Engine.IO packet.
    Packet(String),
    /// Wait for a line of the client's output that has these keys with these values.
    Shows {
        /// The keys and values.
        pattern: Value,
        /// What must not be shown before it.
        without: Option<Value>,
    },
    /// Send an event `chat` with this argument.
    Send(Value),
    /// Send this Engine.IO packet.
    Raw(String),
    /// End the connection.
    Close(Close),
    /// Answer the next connections with HTTP 503; each comes at least 100 ms after the one before.
    Refuse {
        /// How many, at most 5.
        times: u64,
        /// Whether the last wait between two tries is to be longer than the first, which begins when the connection was lost.
        growing: bool,
    },
    /// Wait until the client has closed its connection or ended.
    Gone,
}

/// How a server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Close {
    /// TCP alone, without a word.
    Drop,
    /// The Engine.IO packet `1`, then TCP.
    Engine,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: String,
    steps: Vec<Spanned<StepFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    #[serde(rename = "do")]
    act: Option<Value>,
    accept: Option<Value>,
    receive: Option<Value>,
    packet: Option<String>,
    shows: Option<Value>,
    send: Option<Value>,
    raw: Option<String>,
    close: Option<Close>,
    refuse: Option<u64>,
    gone: Option<bool>,
    without: Option<Value>,
    after_ms: Option<u64>,
    growing: Option<bool>,
    rule: Option<String>,
}

/// Reads one script, and checks it against the rules.
///
/// # Errors
/// Every mistake, with its place and mend.
pub fn load(path: &str, text: &str, rules: &Rules) -> Result<Script, Vec<FixtureError>> {
    let file: File = crate::fixture::parse(path, text)?;
    let mut errors = Vec::new();
    let mut steps = Vec::new();
    for spanned in file.steps {
        let (line, column) = (spanned.referenced.line(), spanned.referenced.column());
        let mut wrong = |what: String| {
            errors.push(FixtureError {
                path: path.to_owned(),
                line,
                column,
                what,
            });
        };
        let file = spanned.value;
        let rule = file.rule.clone();
        match &rule {
            Some(name) if rules.find(name).is_none() || !name.starts_with("client.") => {
                wrong(format!(
                    "no rule `{name}` binds clients: `chatspec list` has those that begin with `client.`"
                ));
            }
            _ => {}
        }
        match step(file) {
            Ok(step) => {
                let waits = !matches!(
                    step,
                    Step::Do(_) | Step::Send(_) | Step::Raw(_) | Step::Close(_)
                );
                if waits != rule.is_some() {
                    wrong(
                        "a step that waits for the client has a `rule`, and no other has one"
                            .to_owned(),
                    );
                }
                steps.push((step, rule, line));
            }
            Err(what) => wrong(what),
        }
    }
    if !matches!(
        steps.first(),
        Some((Step::Accept { .. } | Step::Refuse { .. } | Step::Do(_), ..))
    ) && errors.is_empty()
    {
        errors.push(FixtureError {
            path: path.to_owned(),
            line: 1,
            column: 1,
            what: "the first step is `accept`, `refuse` or `do`: before a client has connected there is nothing else to do"
                .to_owned(),
        });
    }
    let id = path.rsplit('/').next().unwrap_or(path);
    let id = id.strip_suffix(".yaml").unwrap_or(id).to_owned();
    let about = file.about;
    if errors.is_empty() {
        Ok(Script { id, about, steps })
    } else {
        Err(errors)
    }
}

fn step(file: StepFile) -> Result<Step, String> {
    let without = file.without;
    let extras = [
        ("without", without.is_some()),
        ("after_ms", file.after_ms.is_some()),
        ("growing", file.growing.is_some()),
    ];
    let (after_ms, growing) = (file.after_ms.unwrap_or(0), file.growing.unwrap_or(false));
    let found: Vec<Result<Step, String>> = [
        file.act.map(|act| object(act).map(Step::Do)),
        file.accept.map(|how| match how {
            Value::Bool(true) => Ok(Step::Accept { pinged: false }),
            Value::String(how) if how == "pinged" => Ok(Step::Accept { pinged: true }),
            _ => Err("write `accept: true` or `accept: pinged`".to_owned()),
        }),
        file.packet.map(|text| Ok(Step::Packet(text))),
        file.shows.map(|pattern| {
            let (pattern, without) = (object(pattern)?, without.clone());
            Ok(Step::Shows { pattern, without })
        }),
        file.send.map(|value| Ok(Step::Send(value))),
        file.raw.map(|text| Ok(Step::Raw(text))),
        file.close.map(|how| Ok(Step::Close(how))),
        file.refuse.map(|times| match times {
            1..=5 => Ok(Step::Refuse { times, growing }),
            _ => Err("refuse 1 to 5 connections".to_owned()),
        }),
        file.gone.map(|gone| match gone {
            true => Ok(Step::Gone),
            false => Err("write `gone: true`, or leave the step out".to_owned()),
        }),
        file.receive.map(|pattern| {
            Ok(Step::Receive {
                pattern: object(pattern)?,
                without: without.clone(),
                after_ms,
            })
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    let step = match <[_; 1]>::try_from(found) {
        Ok([step]) => step?,
        Err(found) => {
            return Err(format!(
                "a step does one thing, this one {}: do, accept, receive, packet, shows, send, raw, close, refuse or gone",
                found.len()
            ));
        }
    };
    let allowed: &[&str] = match step {
        Step::Receive { .. } => &["without", "after_ms"],
        Step::Shows { .. } => &["without"],
        Step::Refuse { .. } => &["growing"],
        _ => &[],
    };
    match extras
        .iter()
        .find(|(name, given)| *given && !allowed.contains(name))
    {
        Some((name, _)) => Err(format!(
            "`{name}` belongs to another kind of step: `without` to receive and shows, `after_ms` to receive, `growing` to refuse"
        )),
        None => Ok(step),
    }
}

fn object(value: Value) -> Result<Value, String> {
    match value {
        Value::Object(_) => Ok(value),
        _ => Err("write keys and values here".to_owned()),
    }
}

/// Whether a file is a script: by its folder, or, for a file by itself, by what it holds. What has a key that only other
/// fixtures have is one of those, wherever it lies: as such its mistakes are told in words that fit.
pub fn is_script(path: &str, text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    let another = ["id:", "participants:", "inputs:"].into_iter().any(has);
    !another && (path.contains("fixtures/client/") || has("about:"))
}

impl Script {
    /// The rules that its steps test.
    pub fn rules(&self) -> BTreeSet<&str> {
        self.steps
            .iter()
            .filter_map(|(_, rule, _)| rule.as_deref())
            .collect()
    }
}

#[cfg(test)]
mod tests;
