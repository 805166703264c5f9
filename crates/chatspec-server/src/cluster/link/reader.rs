//! From the stream to the hub.

use std::time::Duration;

use redis::Value;
use redis::aio::MultiplexedConnection;
use socketioxide::SocketIo;
use tokio::task::yield_now;

use super::reply::{self, Keyed};
use super::script::Scripts;
use super::{Failure, Line};
use crate::cluster::{Entry, Node, State};
use crate::hub::Hub;

/// How long a read waits for something to come.
pub(super) const BLOCK: Duration = Duration::from_secs(1);

/// Before the first entry.
const FIRST: &str = "0-0";

/// Entries that one read gives at most.
const COUNT: usize = 256;

/// Entries after which others have their turn.
const TURN: usize = 32;

/// What comes in, and how far it has been read.
pub(super) struct Reader {
    node: Node,
    /// Id of the last entry that was read.
    last: String,
}

/// From where the stream is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// From now on: we have just come.
    Now,
    /// From where it was left.
    There,
    /// From the first entry on: the broker has lost those before, and begun anew.
    Beginning,
}

/// Where a run of entries ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// All have been heard.
    Heard,
    /// There is one missing.
    Missing,
    /// The last that was wanted has been heard.
    Reached,
}

impl Reader {
    pub(super) fn new(node: Node) -> Self {
        Self {
            node,
            last: FIRST.to_owned(),
        }
    }

    /// Brings what we know to what the broker knows: first what it has written down, one after the other, and where that is
    /// not there any more, what has become of it.
    pub(super) async fn synchronize(
        &mut self,
        scripts: &Scripts,
        line: &Line,
        from: From,
        hub: &Hub,
        io: &SocketIo,
    ) -> Result<(), Failure> {
        let mut broker = line.broker.clone();
        let (snapshot, last) = scripts.snapshot(&mut broker).await?;
        let amnesia = match from {
            From::Now => {
                hub.resync(snapshot, false, false, io);
                self.last = last;
                return Ok(());
            }
            From::There => snapshot.position < hub.progress().0,
            From::Beginning => true,
        };
        if amnesia {
            hub.rewind(io);
            self.last = FIRST.to_owned();
        }
        let stream = scripts.stream();
        let whole = self
            .catch_up(&mut broker, &stream, snapshot.position, hub, io)
            .await?;
        // With amnesia it has been told already.
        hub.resync(snapshot, !whole && !amnesia, amnesia, io);
        self.last = last;
        Ok(())
    }

    /// Hears everything up to a position, if it is all there.
    async fn catch_up(
        &mut self,
        broker: &mut MultiplexedConnection,
        stream: &str,
        position: u64,
        hub: &Hub,
        io: &SocketIo,
    ) -> Result<bool, Failure> {
        while hub.progress().0 < position {
            let reply: Value = redis::cmd("XREAD")
                .arg("COUNT")
                .arg(COUNT)
                .arg("STREAMS")
                .arg(stream)
                .arg(&self.last)
                .query_async(broker)
                .await?;
            let entries = reply::entries(&reply);
            if entries.is_empty() {
                return Ok(false);
            }
            match self.hear(entries, Some(position), None, hub, io).await {
                End::Heard => {}
                End::Missing => return Ok(false),
                End::Reached => return Ok(true),
            }
        }
        Ok(true)
    }

    /// Hears what comes until that fails.
    pub(super) async fn run(
        &mut self,
        scripts: &Scripts,
        mut line: Line,
        state: &State,
        hub: &Hub,
        io: &SocketIo,
    ) -> Failure {
        let stream = scripts.stream();
        loop {
            let read: Result<Value, _> = redis::cmd("XREAD")
                .arg("COUNT")
                .arg(COUNT)
                .arg("BLOCK")
                .arg(BLOCK.as_millis().to_string())
                .arg("STREAMS")
                .arg(&stream)
                .arg(&self.last)
                .query_async(&mut line.waits)
                .await;
            let reply = match read {
                Ok(reply) => reply,
                Err(error) => return error.into(),
            };
            let end = self
                .hear(reply::entries(&reply), None, Some(state), hub, io)
                .await;
            if end == End::Missing
                && let Err(failure) = self.synchronize(scripts, &line, From::There, hub, io).await
            {
                return failure;
            }
        }
    }

    async fn hear(
        &mut self,
        entries: &[Value],
        until: Option<u64>,
        state: Option<&State>,
        hub: &Hub,
        io: &SocketIo,
    ) -> End {
        for (index, value) in entries.iter().enumerate() {
            if index % TURN == TURN - 1 {
                yield_now().await;
            }
            let Some(Keyed { key, fields }) = Keyed::of(value) else {
                continue;
            };
            let Some(entry) = Entry::read(fields, &self.node) else {
                hub.unreadable();
                self.last = key.to_owned();
                continue;
            };
            let position = entry.position;
            if until.is_some_and(|until| position > until) {
                return End::Reached;
            }
            if let (Some(state), Some(news)) = (state, &entry.news)
                && news.node == self.node
            {
                state.read(news.sequence);
            }
            if hub.hear(entry, io).is_err() {
                return End::Missing;
            }
            self.last = key.to_owned();
            if until == Some(position) {
                return End::Reached;
            }
        }
        End::Heard
    }
}
