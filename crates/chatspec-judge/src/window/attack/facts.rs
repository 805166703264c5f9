//! What was seen on mallory's connections.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::finding::describe;
use crate::fixture::hostile::Act;
use crate::fixture::{Action, Step};
use crate::transcript::What;
use crate::window::Window;

/// Everything about mallory in the window of a bad input.
#[derive(Debug, Default)]
pub struct Facts<'a> {
    /// Her connection answered after the input, and has not ended since.
    pub alive: bool,
    /// It neither answered nor ended; why we know.
    pub deaf: Option<&'a str>,
    /// Codes of refusals.
    pub refusals: Vec<u64>,
    /// Whether a CONNECT was refused.
    pub connect_error: bool,
    /// Ids that were acknowledged and that she has not given, and the entries that show it.
    pub strange: Vec<(usize, u64)>,
    /// Everything else that she received, on one line each.
    pub heard: Vec<String>,
    /// By connection; 0 is her session.
    pub connections: BTreeMap<u32, Seen<'a>>,
}

/// What was seen on one connection.
#[derive(Debug, Default)]
pub struct Seen<'a> {
    /// HTTP answers, in order.
    pub replies: Vec<Reply<'a>>,
    /// Index of the entry that says that the server ended it, and the close code if there was one.
    pub ended: Option<(usize, Option<u16>)>,
    /// What came beside HTTP answers.
    pub got: Vec<(usize, &'a str)>,
    /// Whether we ended it.
    pub left: bool,
    /// Open and silent at the end.
    pub kept: bool,
}

/// One HTTP answer.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub entry: usize,
    pub status: u16,
    pub headers: &'a [(String, String)],
    pub body: &'a str,
}

impl<'a> Facts<'a> {
    pub fn read(who: &str, window: &'a Window<'_>) -> Facts<'a> {
        let mut facts = Facts::default();
        let mut returned = false;
        let given = given(window.step());
        let mine = window
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.step == window.index && entry.who == who);
        for (index, entry) in mine {
            match &entry.what {
                What::BarrierReturned => returned = true,
                What::BarrierLost { why } => facts.deaf = Some(why),
                What::Event { name, args } => facts.event(name, args),
                What::Acked { id, .. }
                    if given.as_ref().is_some_and(|given| !given.contains(id)) =>
                {
                    facts.strange.push((index, *id));
                }
                What::Malformed { why, .. } => {
                    facts.heard.push(format!("what is no packet: {why}"))
                }
                What::Reply {
                    connection,
                    status,
                    headers,
                    body,
                } => facts.one(*connection).replies.push(Reply {
                    entry: index,
                    status: *status,
                    headers,
                    body,
                }),
                What::Got { connection, text } => {
                    facts.one(*connection).got.push((index, text));
                }
                What::Left { connection } => facts.one(*connection).left = true,
                What::Ended {
                    connection, code, ..
                } => {
                    let one = facts.one(*connection);
                    if one.ended.is_none_or(|(_, known)| known.is_none()) {
                        one.ended = Some((index, *code));
                    }
                }
                What::Closed { .. } => {
                    facts.one(0).ended.get_or_insert((index, None));
                }
                What::Kept { connection } => facts.one(*connection).kept = true,
                _ => {}
            }
        }
        facts.alive = returned && !facts.gone();
        if facts.alive || facts.gone() {
            facts.deaf = None;
        }
        facts
    }

    /// Whether the server has ended any of her connections that matter: on HTTP it may end each after its answer.
    pub fn ended(&self) -> bool {
        self.connections.values().any(|one| one.ended.is_some())
    }

    /// Whether the server has ended her session, or the connection that stands for it.
    pub fn gone(&self) -> bool {
        let session = self.connections.get(&0);
        session.is_some_and(|session| session.ended.is_some())
    }

    pub fn statuses(&self) -> impl Iterator<Item = u16> {
        let replies = self.connections.values().flat_map(|one| &one.replies);
        replies.map(|reply| reply.status)
    }

    fn one(&mut self, connection: u32) -> &mut Seen<'a> {
        self.connections.entry(connection).or_default()
    }

    fn event(&mut self, name: &str, args: &[Value]) {
        let code = match args {
            [Value::String(text)] if name == "message" => serde_json::from_str::<Value>(text)
                .ok()
                .and_then(|value| value.get("code")?.as_u64()),
            _ => None,
        };
        match code {
            Some(code) => self.refusals.push(code),
            None if name == "connect_error" => self.connect_error = true,
            // The answer to the barrier's own request.
            None if is_empty_listing(args) => {}
            None => self.heard.push(describe(name, args)),
        }
    }
}

/// Whether a bad input may have asked for the acknowledgement of this id.
pub fn may_ask(step: &Step, id: u64) -> bool {
    matches!(step.action, Action::Attack(_)) && given(step).is_none_or(|given| given.contains(&id))
}

/// The acknowledgement ids of an input that is literal frames; nothing where they cannot be told.
fn given(step: &Step) -> Option<Vec<u64>> {
    let Action::Attack(attack) = &step.action else {
        return None;
    };
    let mut ids = Vec::new();
    for act in &attack.acts {
        let Act::Literal {
            frames, times: 1, ..
        } = act
        else {
            return None;
        };
        for frame in frames {
            ids.extend(id(frame.as_str()?));
        }
    }
    Some(ids)
}

/// The id in an event as it stands on the wire, unless it is beyond 64 bits: such a one does not come back as an acknowledgement.
fn id(frame: &str) -> Option<u64> {
    let rest = frame.strip_prefix("42")?;
    let (digits, _) = rest.split_at(rest.find('[')?);
    digits.parse().ok()
}

fn is_empty_listing(args: &[Value]) -> bool {
    args.first()
        .and_then(|arg| arg.get("message"))
        .and_then(Value::as_str)
        == Some("Users in room: []")
}
