//! The scripts that run on the broker: whatever has to be decided for all nodes at once.

use redis::aio::MultiplexedConnection;
use redis::{RedisError, Script, ScriptInvocation, Value};

use super::reply::{self, Keyed};
use crate::cluster::Node;
use crate::cluster::entry::{Member, Snapshot};
use crate::cluster::op::{Op, Rooms, To};

/// Every script, and where its keys are.
pub(super) struct Scripts {
    prefix: String,
    register: Script,
    refresh: Script,
    append: Script,
    snapshot: Script,
    reap: Script,
    farewell: Script,
}

/// A node, as the broker knows it.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) node: Node,
    /// What its operator calls it.
    pub(super) called: String,
}

/// What a lease is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) epoch: String,
    /// The same as long as the broker has not lost its data.
    pub(super) born: String,
}

/// What the broker says to a batch.
pub(super) enum Appended {
    /// Written. These joins, by session and request, are denied.
    Done(Vec<(u64, u64)>),
    /// The lease is gone, and nothing was written.
    Lost,
}

/// Who is there.
pub(super) struct Watch {
    /// Nodes that have a lease.
    pub(super) living: u64,
    /// Nodes that have none, and may have members.
    pub(super) dead: Vec<String>,
}

impl Scripts {
    pub(super) fn new(name: &str) -> Self {
        let script = |own: &str| {
            let common = include_str!("script/common.lua");
            Script::new(&format!("{common}\n{own}"))
        };
        Self {
            // One slot, should it be a Redis Cluster.
            prefix: format!("{{{name}}}"),
            register: script(include_str!("script/register.lua")),
            refresh: script(include_str!("script/refresh.lua")),
            append: script(include_str!("script/append.lua")),
            snapshot: script(include_str!("script/snapshot.lua")),
            reap: script(include_str!("script/reap.lua")),
            farewell: script(include_str!("script/farewell.lua")),
        }
    }

    /// The key of the stream.
    pub(super) fn stream(&self) -> String {
        format!("{}:stream", self.prefix)
    }

    /// Begins a lease. None if another node goes by the same name.
    pub(super) async fn register(
        &self,
        broker: &mut MultiplexedConnection,
        who: &Identity,
        ttl: u64,
        sequence: u64,
        entered: u64,
        candidate: &str,
    ) -> Result<Option<Lease>, RedisError> {
        let mut call = self.call(&self.register);
        call.arg(&*who.node).arg(&who.called).arg(ttl);
        call.arg(sequence).arg(entered).arg(candidate);
        let reply: Vec<String> = call.invoke_async(broker).await?;
        Ok(match reply.as_slice() {
            [ok, epoch, born] if ok == "ok" => Some(Lease {
                epoch: epoch.clone(),
                born: born.clone(),
            }),
            _ => None,
        })
    }

    /// Keeps a lease. None if it is lost.
    pub(super) async fn refresh(
        &self,
        broker: &mut MultiplexedConnection,
        who: &Identity,
        lease: &Lease,
        ttl: u64,
    ) -> Result<Option<Watch>, RedisError> {
        let mut call = self.call(&self.refresh);
        call.arg(&*who.node).arg(&who.called);
        call.arg(&lease.epoch).arg(ttl);
        let reply: Vec<String> = call.invoke_async(broker).await?;
        Ok(match reply.as_slice() {
            [ok, nodes, dead @ ..] if ok == "ok" => Some(Watch {
                living: nodes
                    .parse::<u64>()
                    .unwrap_or_default()
                    .saturating_sub(dead.len() as u64),
                dead: dead.to_vec(),
            }),
            _ => None,
        })
    }

    /// Writes a batch, of which the first has the number `first`.
    pub(super) async fn append(
        &self,
        broker: &mut MultiplexedConnection,
        who: &Identity,
        lease: &Lease,
        first: u64,
        most: usize,
        batch: &[Op],
    ) -> Result<Appended, RedisError> {
        let mut call = self.call(&self.append);
        call.arg(&*who.node).arg(&lease.epoch).arg(first);
        call.arg(most).arg(batch.len());
        for op in batch {
            let (kind, fields) = fields(op);
            call.arg(kind).arg(fields.len());
            for field in fields {
                call.arg(field);
            }
        }
        let reply: Vec<String> = call.invoke_async(broker).await?;
        Ok(match reply.split_first() {
            Some((ok, denied)) if ok == "ok" => Appended::Done(
                denied
                    .chunks_exact(2)
                    .filter_map(|pair| Some((pair[0].parse().ok()?, pair[1].parse().ok()?)))
                    .collect(),
            ),
            _ => Appended::Lost,
        })
    }

    /// Who is where, and the id of the last entry that this knows of.
    pub(super) async fn snapshot(
        &self,
        broker: &mut MultiplexedConnection,
    ) -> Result<(Snapshot, String), RedisError> {
        let reply: Value = self.call(&self.snapshot).invoke_async(broker).await?;
        let mut parts = reply::list(&reply).iter();
        let position = parts.next().and_then(reply::number).unwrap_or_default();
        let last = parts.next().and_then(reply::text).unwrap_or("0-0");
        let members = parts
            .filter_map(Keyed::of)
            .flat_map(|Keyed { key, fields }| {
                let node = Node::from(key);
                let read = move |(session, kept)| Member::read(&node, session, kept);
                fields.filter_map(read)
            });
        let snapshot = Snapshot {
            position,
            members: members.collect(),
        };
        Ok((snapshot, last.to_owned()))
    }

    /// Takes members of a dead node out. Says how many are left, or none if it lives.
    pub(super) async fn reap(
        &self,
        broker: &mut MultiplexedConnection,
        node: &str,
        most: usize,
    ) -> Result<Option<u64>, RedisError> {
        let mut call = self.call(&self.reap);
        let left: i64 = call.arg(node).arg(most).invoke_async(broker).await?;
        Ok(u64::try_from(left).ok())
    }

    /// Ends a lease. Says how many members are left.
    pub(super) async fn farewell(
        &self,
        broker: &mut MultiplexedConnection,
        who: &Identity,
        lease: &Lease,
        most: usize,
    ) -> Result<u64, RedisError> {
        let mut call = self.call(&self.farewell);
        call.arg(&*who.node).arg(&who.called);
        call.arg(&lease.epoch).arg(most);
        let left: i64 = call.invoke_async(broker).await?;
        Ok(u64::try_from(left).unwrap_or_default())
    }

    fn call<'a>(&'a self, script: &'a Script) -> ScriptInvocation<'a> {
        script.key(&self.prefix)
    }
}

/// Kind and fields of what is appended, as the script takes them.
fn fields(op: &Op) -> (&'static str, Vec<String>) {
    match op {
        Op::Join {
            session,
            request,
            user,
            room,
            entered,
        } => {
            let fields = vec![
                session.to_string(),
                request.to_string(),
                user.as_str().to_owned(),
                room.as_str().to_owned(),
                room.key().as_str().to_owned(),
                user.key().as_str().to_owned(),
                user.skeleton().as_str().to_owned(),
                u8::from(user.is_ascii()).to_string(),
                entered
                    .map(|entered| entered.to_string())
                    .unwrap_or_default(),
            ];
            ("join", fields)
        }
        Op::Leave { session } => ("leave", vec![session.to_string()]),
        Op::Say {
            session,
            to,
            message,
        } => {
            let pairs = |pairs: &[(&str, &str)]| -> Vec<String> {
                let texts = pairs.iter().flat_map(|(name, value)| [*name, *value]);
                texts.map(str::to_owned).collect()
            };
            let mut fields = match to {
                To::Room(room) => pairs(&[("a", "room"), ("m", room.as_str())]),
                To::Joined => pairs(&[("a", "all")]),
                To::Session {
                    node,
                    session,
                    room,
                } => {
                    let target = format!("{node} {session}");
                    pairs(&[("a", "one"), ("t", &target), ("m", room.as_str())])
                }
            };
            fields.extend(pairs(&[("s", &session.to_string()), ("d", message)]));
            ("say", fields)
        }
        Op::Gap(rooms) => {
            let rooms = match rooms {
                Rooms::All => "*".to_owned(),
                Rooms::These(rooms) => serde_json::Value::from(rooms.clone()).to_string(),
            };
            ("gap", vec!["d".to_owned(), rooms])
        }
    }
}
