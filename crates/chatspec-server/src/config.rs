//! What an operator can set: one table, from which come the fields of [`Config`], the flags and environment variables of
//! `chatspec serve`, its file, and what is written about them.

mod error;
mod kind;
mod layer;
mod setting;
mod write;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use chatspec::limits;

pub use self::error::{ConfigError, Place};
use self::kind::{Bytes, Count, File, Kind, List, Maybe, Milliseconds, PerSecond, Switch, Text};
pub use self::layer::PREFIX;
pub use self::setting::Setting;
use self::setting::table;
use crate::cluster::Broker;
use crate::edge::{AllowedOrigin, HostName};
use crate::meter::Rates;
use crate::rate::Rate;

table! {
    "Program" {
        /// Address to listen on, with a port; port 0 takes a free one. Whoever calls `serve` in a program has listened already.
        listen: String as Text = "127.0.0.1:5005".to_owned();
        /// Address on which to answer `/metrics`, `/healthz` and `/readyz`; nothing else is there.
        metrics_listen: Option<String> as Maybe<String> = None;
        /// Log as JSON, one record a line.
        json_logs: bool as Switch = false;
        /// Lift the rates of a connection, the caps on connections and that on members, to measure.
        unlimited: bool as Switch = false;
    }
    "Heartbeat and sessions" {
        /// Time between two pings (rule `transport.heartbeat.bound`).
        ping_interval: Duration as Milliseconds = Duration::from_millis(limits::PING_INTERVAL_MS), 50..=600_000;
        /// Time in which a ping has to be answered (rule `transport.heartbeat.timeout`).
        ping_timeout: Duration as Milliseconds = Duration::from_millis(limits::PING_TIMEOUT_MS), 50..=600_000;
        /// Time in which a new session has to ask for the namespace (rule `robust.handshake.connect-timeout`).
        connect_timeout: Duration as Milliseconds = Duration::from_secs(10), 1..=600_000;
        /// Time in which an upgrade from polling to WebSocket has to be complete.
        upgrade_timeout: Duration as Milliseconds = Duration::from_secs(10), 1..=600_000;
        /// Time that connections have to end after the order to stop; whatever is left then is cut off.
        drain_timeout: Duration as Milliseconds = Duration::from_secs(5), 1..=600_000;
    }
    "Connections" {
        /// Connections that there may be at once, and sessions; a connection more is closed, a session more is refused with 503.
        connections: usize as Count = 50_000, 1..=10_000_000;
        /// As many of one address, or one IPv6 network of 64 bits. This machine is exempt, and so are trusted proxies.
        connections_per_address: usize as Count = 4_096, 1..=10_000_000;
        /// Sessions that have not asked for the namespace yet; one more is refused with 503.
        sessions_unconnected: usize as Count = 5_000, 1..=10_000_000;
        /// New connections of one address.
        connect_rate: Rate as PerSecond = Rate::new(1_000, 2_000);
        /// Address of a proxy that is believed what it says in `X-Forwarded-For`.
        trusted_proxy: Vec<IpAddr> as List<IpAddr> = Vec::new();
    }
    "Origins" {
        /// Origin of pages that may use the server, such as `https://talk.example`; `loopback` for all pages of this machine,
        /// `*` for all pages. The server's own page may in any case (rule `transport.cross-origin.allow-list`).
        allow_origin: Vec<AllowedOrigin> as List<AllowedOrigin> = vec![AllowedOrigin::Loopback];
        /// Name under which the server may be asked, besides those of this machine and the address where it listens; `*` for
        /// any.
        allow_host: Vec<HostName> as List<HostName> = Vec::new();
    }
    "HTTP" {
        /// Time from the first byte of a request, or the beginning of a connection, to the end of the request's header (rule
        /// `robust.http.slow`).
        header_timeout: Duration as Milliseconds = Duration::from_secs(10), 1..=600_000;
        /// Time from the first byte of a request to the end of its body.
        body_timeout: Duration as Milliseconds = Duration::from_secs(15), 1..=600_000;
        /// Time from an answer to the first byte of the next request.
        idle_timeout: Duration as Milliseconds = Duration::from_secs(60), 1..=600_000;
        /// Largest header of a request, all its fields together; what is larger gets status 431.
        header_bytes: usize as Bytes = 16_384, 1_024..=1_000_000;
        /// Fields that the header of a request may have; more get status 431.
        headers: usize as Count = 64, 8..=1_000;
    }
    "Rooms" {
        /// Members that a room may have (rule `limits.bounded`); a join more is refused with code 31.
        room_members: usize as Count = 10_000, 1..=10_000_000;
    }
    "Messages" {
        /// Largest POST body, WebSocket message and WebSocket frame; advertised as `maxPayload` (rule
        /// `transport.max-payload`).
        max_payload: usize as Bytes = limits::PAYLOAD_MAX, 1..=100_000_000;
        /// Packets that one POST may hold (rule `transport.polling-batch.any`).
        payload_packets: usize as Count = limits::PACKETS_PER_POST_MAX, 16..=100_000;
        /// Packets that may wait for one slow receiver; with more it is thrown out (rule `order.no-gap`).
        buffer_packets: usize as Count = 1_024, 4..=1_000_000;
    }
    "Load of one connection" {
        /// Messages `chat` (rule `limits.load`); what is beyond is refused with code 30.
        chat_rate: Rate as PerSecond = Rate::new(20, 256);
        /// Messages `image`.
        image_rate: Rate as PerSecond = Rate::new(1, 8);
        /// Messages `join`.
        join_rate: Rate as PerSecond = Rate::new(5, 64);
        /// Messages `users`.
        users_rate: Rate as PerSecond = Rate::new(20, 256);
        /// Events of any kind, those that are refused included.
        packet_rate: Rate as PerSecond = Rate::new(200, 1_024);
        /// Bytes of events.
        byte_rate: Rate as PerSecond = Rate::new(2 << 20, 8 << 20);
        /// Events beyond these rates, within the window, after which the session is ended and its connection gets no other (rule
        /// `robust.load.persistent`).
        penalty_refusals: usize as Count = 50, 1..=1_000_000;
        /// The window in which they count.
        penalty_window: Duration as Milliseconds = Duration::from_secs(10), 1..=600_000;
    }
    "Access" {
        /// File with a token a line; a client has to give one of them as `token` in its CONNECT.
        auth_token_file: Option<PathBuf> as File = None;
    }
    "Cluster" {
        /// Broker, Redis or Valkey, over which servers are one: `redis://[:password@]host:port[/database]`, or `rediss://` for TLS.
        cluster: Option<Broker> as Maybe<Broker> = None;
        /// Start although the broker cannot be reached; until it can, nobody can join.
        cluster_optional: bool as Switch = false;
        /// Name of the cluster: servers on one broker that have the same are one.
        cluster_name: String as Text = "chatspec".to_owned();
        /// Name of this server in the cluster, which no other may have; made up where it is not set.
        cluster_node: Option<String> as Maybe<String> = None;
        /// Certificates in PEM that vouch for the broker's, instead of those of the system.
        cluster_ca: Option<PathBuf> as File = None;
        /// Time after which a server that is silent is taken for dead. A third of it more, and its members are out.
        cluster_lease: Duration as Milliseconds = Duration::from_secs(9), 300..=600_000;
        /// Time in which the broker has to answer.
        cluster_timeout: Duration as Milliseconds = Duration::from_secs(2), 50..=600_000;
        /// Time that a join waits for the cluster; after it, it is refused with code 31.
        cluster_patience: Duration as Milliseconds = Duration::from_secs(2), 50..=600_000;
        /// Messages that may wait for the broker. What has no place is told to the rooms of other servers as a gap.
        cluster_outbox: usize as Count = 10_000, 1..=10_000_000;
        /// Bytes of them.
        cluster_outbox_bytes: usize as Bytes = 64 << 20, 1_000..=10_000_000_000;
        /// Entries that the broker keeps for a server that is behind; one that is further behind is told of a gap.
        cluster_stream: usize as Count = 10_000, 100..=100_000_000;
    }
    "Encryption" {
        /// Certificate chain in PEM; with it and its key the server speaks TLS alone.
        tls_cert: Option<PathBuf> as File = None;
        /// Private key of the certificate, in PEM.
        tls_key: Option<PathBuf> as File = None;
    }
}

impl Config {
    /// The settings that hold: where it is [`unlimited`](Config::unlimited), without rates of a connection and caps.
    pub(crate) fn effective(mut self) -> Config {
        if !self.unlimited {
            return self;
        }
        self.connections = 10_000_000;
        self.connections_per_address = 10_000_000;
        self.sessions_unconnected = 10_000_000;
        self.room_members = 10_000_000;
        for rate in [
            &mut self.connect_rate,
            &mut self.chat_rate,
            &mut self.image_rate,
            &mut self.join_rate,
            &mut self.users_rate,
            &mut self.packet_rate,
            &mut self.byte_rate,
        ] {
            *rate = Rate::NONE;
        }
        self
    }

    pub(crate) fn rates(&self) -> Rates {
        Rates {
            chat: self.chat_rate,
            image: self.image_rate,
            join: self.join_rate,
            users: self.users_rate,
            packets: self.packet_rate,
            bytes: self.byte_rate,
            penalty: self.penalty_refusals,
            window: self.penalty_window,
        }
    }

    /// Whether the settings make a server: each within its bounds, and those that need another have it.
    ///
    /// # Errors
    ///
    /// The first that does not, by the name of its field.
    pub fn check(&self) -> Result<(), ConfigError> {
        for setting in TABLE {
            let mut again = Config::default();
            let texts = setting.show(self);
            setting
                .set(&mut again, &texts)
                .map_err(|problem| problem.at(Place::Field(setting.name)))?;
        }
        self.pair()?;
        self.unite()
    }

    /// A cluster needs a program that can be a part of one.
    fn unite(&self) -> Result<(), ConfigError> {
        if self.cluster.is_none() || cfg!(feature = "cluster") {
            return Ok(());
        }
        Err(ConfigError {
            place: Place::Field("cluster"),
            problem: "this program was built without it".to_owned(),
            mend: "build it with the feature `cluster`".to_owned(),
        })
    }

    /// A certificate is of no use without its key, nor the other way round.
    fn pair(&self) -> Result<(), ConfigError> {
        let (present, missing) = match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => ("tls_cert", "tls-key"),
            (None, Some(_)) => ("tls_key", "tls-cert"),
            _ => return Ok(()),
        };
        Err(ConfigError {
            place: Place::Field(present),
            problem: "is of no use alone".to_owned(),
            mend: format!("set {missing} as well"),
        })
    }
}
