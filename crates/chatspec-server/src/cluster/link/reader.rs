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

/// Entries that one read gives at most, at first and ever. An entry may be an image, and the broker has to hold all of an answer.
const COUNT: (usize, usize) = (32, 256);

/// Entries after which others have their turn.
const TURN: usize = 32;

/// What comes in, and how far it has been read.
pub(super) struct Reader {
    node: Node,
    /// Id of the last entry that was read.
    last: String,
    /// Entries that the next read gives at most.
    count: usize,
    /// And how many that may become, as long as there is more to read.
    most: usize,
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
            count: COUNT.0,
            most: COUNT.1,
        }
    }

    /// Asks for what comes next. For as long as there is more than that, more is asked for each time; where the broker does not
    /// want to give so much, which it says by ending the connection, half of it, and then a little more each time.
    async fn ask(
        &mut self,
        broker: &mut MultiplexedConnection,
        stream: &str,
        block: Option<Duration>,
    ) -> Result<Value, Failure> {
        let mut read = redis::cmd("XREAD");
        read.arg("COUNT").arg(self.count);
        if let Some(block) = block {
            read.arg("BLOCK").arg(block.as_millis().to_string());
        }
        read.arg("STREAMS").arg(stream).arg(&self.last);
        let asked = read.query_async(broker).await;
        match &asked {
            Ok(reply) if reply::entries(reply).len() < self.count => {
                self.most = COUNT.1;
                self.count = COUNT.0.min(2 * self.count);
            }
            // What the broker once did not give it may give later, and a node that is far behind must not stay slow.
            Ok(_) => {
                self.count = self.most.min(2 * self.count);
                self.most = COUNT.1.min(self.most + 1);
            }
            Err(_) => {
                self.most = 1.max(self.count / 2);
                self.count = self.most;
            }
        }
        Ok(asked?)
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
            let reply = self.ask(broker, stream, None).await?;
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
            let reply = match self.ask(&mut line.waits, &stream, Some(BLOCK)).await {
                Ok(reply) => reply,
                Err(failure) => return failure,
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
