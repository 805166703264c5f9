//! The link to the broker: it is begun, kept, and begun again when it is lost, until the server ends.
//!
//! The library can reconnect by itself. That is not used, because a new connection is more than a way to send: before anything
//! goes out the lease has to be asked for, and before anything is taken in it has to be known whether something is missing. So
//! a connection that fails is given up, and all of that is done again with the next.

mod failure;
mod reader;
mod reply;
mod script;
mod watcher;
mod writer;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, TlsCertificates};
use socketioxide::SocketIo;
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

pub(crate) use failure::Failure;
use reader::Reader;
use script::{Identity, Lease, Scripts};
use writer::Writer;

use super::state::{State, Trouble};
use super::{Cluster, Node, Outbox};
use crate::config::Config;
use crate::hub::Hub;

/// Time before a second try, and before all those after several.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// A node's link to the broker.
pub(crate) struct Link {
    client: Client,
    scripts: Scripts,
    who: Identity,
    times: Times,
    /// Length of the stream, in entries.
    stream: usize,
    state: Arc<State>,
    writer: Writer,
    reader: Reader,
    /// Which data the broker has, since it has been linked to.
    born: Option<String>,
    /// The link that stands at this moment.
    line: Option<Line>,
}

/// How long things take.
#[derive(Debug, Clone, Copy)]
struct Times {
    lease: Duration,
    /// For the broker to answer.
    answer: Duration,
}

/// A link that stands.
#[derive(Clone)]
struct Line {
    broker: MultiplexedConnection,
    /// Reads from the stream wait on the broker, and everything behind them does.
    waits: MultiplexedConnection,
    lease: Lease,
}

impl Link {
    /// A link that has not been begun, and what the hub keeps of the cluster. None if there is none to be.
    ///
    /// # Errors
    ///
    /// If the settings make no client.
    pub(crate) fn new(config: &Config) -> Result<Option<(Self, Cluster)>, Failure> {
        let Some(broker) = &config.cluster else {
            return Ok(None);
        };
        let client = match &config.cluster_ca {
            None => Client::open(broker.as_str())?,
            Some(file) => {
                let pem = std::fs::read(file).map_err(|error| Failure {
                    trouble: Trouble::Unreachable,
                    detail: format!("read {}: {error}", file.display()),
                })?;
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert: Some(pem),
                };
                Client::build_with_tls(broker.as_str(), certificates)?
            }
        };
        let random = random();
        let called = config.cluster_node.clone().unwrap_or_else(random_name);
        let who = Identity {
            node: Node::from(format!("{called}.{random}")),
            called,
        };
        let state = Arc::new(State::default());
        let outbox = Outbox::new(config.cluster_outbox, config.cluster_outbox_bytes);
        let outbox = Arc::new(outbox);
        let cluster = Cluster::new(
            Node::clone(&who.node),
            config.cluster_patience,
            config.cluster_lease,
            Arc::clone(&outbox),
            Arc::clone(&state),
        );
        let link = Self {
            client,
            scripts: Scripts::new(&config.cluster_name),
            times: Times {
                lease: config.cluster_lease,
                answer: config.cluster_timeout,
            },
            stream: config.cluster_stream,
            writer: Writer::new(outbox),
            reader: Reader::new(Node::clone(&who.node)),
            who,
            state,
            born: None,
            line: None,
        };
        Ok(Some((link, cluster)))
    }

    /// Whether there is a broker that will do.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(crate) async fn probe(&self) -> Result<(), Failure> {
        let mut broker = self.open(self.times.answer).await?;
        failure::look(&mut broker, &self.state).await
    }

    /// Begins the link, so that whoever is let in after this can join. A node of the same name may have ended without a word,
    /// so its lease is waited for.
    ///
    /// # Errors
    ///
    /// Why it cannot be begun.
    pub(crate) async fn begin(&mut self, hub: &Hub, io: &SocketIo) -> Result<(), Failure> {
        let until = Instant::now() + self.times.lease + PAUSES.1;
        loop {
            match self.stand(hub, io).await {
                Err(failure) if failure.trouble == Trouble::Name && Instant::now() < until => {
                    sleep(PAUSES.1.min(self.times.lease)).await;
                }
                Err(failure) => {
                    self.line = None;
                    return Err(failure);
                }
                Ok(line) => {
                    self.line = Some(line);
                    return Ok(());
                }
            }
        }
    }

    /// Keeps the link until it is told to leave, which is when what waits has been said and the lease is given back.
    pub(crate) async fn run(mut self, hub: Arc<Hub>, io: SocketIo, leave: oneshot::Receiver<()>) {
        let hurrying = hurry(&hub, &io, self.times.answer);
        tokio::select! {
            () = hurrying => {}
            () = self.keep(&hub, &io) => {}
            _ = leave => {}
        }
        if let Err(failure) = self.leave(&hub, &io).await {
            self.state.fail(failure.trouble, &failure.detail);
        }
        self.state.down();
    }

    async fn keep(&mut self, hub: &Hub, io: &SocketIo) {
        let mut pause = PAUSES.0;
        loop {
            let began = Instant::now();
            let failure = self.once(hub, io).await;
            self.line = None;
            self.state.down();
            self.state.fail(failure.trouble, &failure.detail);
            if began.elapsed() > PAUSES.1 {
                pause = PAUSES.0;
            }
            sleep(pause).await;
            pause = (2 * pause).min(PAUSES.1);
        }
    }

    /// One link, from its beginning to its failure.
    async fn once(&mut self, hub: &Hub, io: &SocketIo) -> Failure {
        if let Some(line) = self.line.clone() {
            return self.work(line, hub, io).await;
        }
        match self.stand(hub, io).await {
            Ok(line) => {
                self.line = Some(line.clone());
                self.work(line, hub, io).await
            }
            Err(failure) => failure,
        }
    }

    /// A new link, on which everything that the broker knows is known.
    async fn stand(&mut self, hub: &Hub, io: &SocketIo) -> Result<Line, Failure> {
        let line = self.connect(hub.progress().1).await?;
        let amnesia = self
            .born
            .as_ref()
            .is_some_and(|born| *born != line.lease.born);
        let first = self.born.is_none();
        let how = match (first, amnesia) {
            (true, _) => reader::From::Now,
            (false, true) => reader::From::Beginning,
            (false, false) => reader::From::There,
        };
        self.reader
            .synchronize(&self.scripts, &line, how, hub, io)
            .await?;
        self.born = Some(line.lease.born.clone());
        self.state.up();
        Ok(line)
    }

    async fn work(&mut self, line: Line, hub: &Hub, io: &SocketIo) -> Failure {
        let (scripts, who, state) = (&self.scripts, &self.who, &self.state);
        tokio::select! {
            failure = self.writer.run(scripts, who, line.clone(), self.stream, state, hub, io) => failure,
            failure = self.reader.run(scripts, line.clone(), state, hub, io) => failure,
            failure = watcher::run(scripts, who, line, self.stream, self.times.lease, state) => failure,
        }
    }

    /// Connects, and gets a lease.
    async fn connect(&self, entered: u64) -> Result<Line, Failure> {
        let answer = self.times.answer;
        let mut broker = self.open(answer).await?;
        let waits = self.open(answer + reader::BLOCK).await?;
        failure::look(&mut broker, &self.state).await?;
        let lease = self
            .scripts
            .register(
                &mut broker,
                &self.who,
                milliseconds(self.times.lease),
                self.writer.written(),
                entered,
                &random(),
            )
            .await?;
        let lease = lease.ok_or_else(|| Failure {
            trouble: Trouble::Name,
            detail: format!("{:?}; choose another as cluster-node", self.who.called),
        })?;
        Ok(Line {
            broker,
            waits,
            lease,
        })
    }

    async fn open(&self, answer: Duration) -> Result<MultiplexedConnection, Failure> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.times.answer))
            .set_response_timeout(Some(answer));
        let open = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        Ok(open.await?)
    }

    /// Says what is left to say, and gives the lease back.
    async fn leave(&mut self, hub: &Hub, io: &SocketIo) -> Result<(), Failure> {
        let Some(mut line) = self.line.take() else {
            return Ok(());
        };
        self.writer
            .flush(
                &self.scripts,
                &self.who,
                &mut line,
                self.stream,
                &self.state,
                hub,
                io,
            )
            .await?;
        loop {
            let left = self
                .scripts
                .farewell(&mut line.broker, &self.who, &line.lease, self.stream)
                .await?;
            if left == 0 {
                return Ok(());
            }
        }
    }
}

/// Sees to it that nobody waits too long.
async fn hurry(hub: &Hub, io: &SocketIo, patience: Duration) {
    let mut ticks = interval((patience / 20).max(Duration::from_millis(10)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        hub.hurry(io);
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Something that nobody else has. It need not be hard to guess: whoever can use it has the broker's password.
fn random() -> String {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    format!("{:016x}", hasher.finish())
}

fn random_name() -> String {
    let name = random();
    format!("node-{}", &name[..8])
}
