//! The reference server: socketioxide and axum around the room.
//!
//! [`serve`] runs the server on a listener until it is told to stop. What a message leads to is decided in
//! `chatspec-room`; this crate turns frames into commands, keeps the one room behind one lock, and turns deliveries
//! into emits.
//!
//! ```no_run
//! use chatspec_server::{Config, serve};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:5005").await?;
//! serve(listener, Config::default(), std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Log lines have the target `chatspec_server` and carry session numbers, names and refusal codes, never texts,
//! images or payloads. socketioxide and engineioxide log whole payloads at `debug` and `trace`: keep these targets
//! at `info` or above.

mod accept;
mod auth;
mod cluster;
mod config;
mod connection;
mod edge;
#[cfg(feature = "fault")]
mod fault;
mod gate;
mod http;
mod hub;
mod inbound;
mod journal;
mod listener;
mod meter;
mod metrics;
mod monitor;
mod node;
mod outbound;
mod parting;
mod peer;
mod rate;
mod serve;
mod thread;
mod tls;
mod web;

pub use cluster::Broker;
pub use config::{Config, ConfigError, PREFIX, Place, Setting, TABLE};
pub use edge::{AllowedOrigin, HostName, PageOrigin};
#[cfg(feature = "fault")]
pub use fault::{Emission, Faults, OtherNamespace};
pub use listener::Listener;
pub use rate::Rate;
#[cfg(feature = "fault")]
pub use serve::serve_faulty;
pub use serve::{ServeError, check, reach, serve, serve_monitored};
pub use tls::TlsError;
