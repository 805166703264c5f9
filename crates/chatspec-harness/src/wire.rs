//! A client for Engine.IO 4 and Socket.IO 5 that can misbehave.
//!
//! It shares no code with any server under test: the protocol is read from its own text, so that a
//! codec bug cannot hide on both ends of a connection. Three layers, from the inside out:
//!
//! - **codec** ([`engine`], [`socket`], [`payload`]): pure functions from text to [`Packet`] and
//!   back. A malformed frame is data ([`Packet::Malformed`]), never an error and never a panic.
//! - **channels**: one HTTP/1.1 connection or WebSocket at a time. One file, `net.rs`, opens
//!   sockets; everything else runs over whatever stream it hands out, plain or TLS.
//! - **[`Session`]**: one Engine.IO session with background tasks that read all the time, answer
//!   heartbeats at once, and queue everything that arrives, in order, until somebody asks.
//!
//! The server is not trusted: what it sends is bounded ([`limits`]), every wait has a deadline, and
//! error texts escape what they quote.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use chatspec_harness::wire::{Instant, OpenOptions, Session, Target, socket};
//! use std::time::Duration;
//!
//! let target = Target::parse("http://127.0.0.1:5005")?;
//! let deadline = Instant::now() + Duration::from_secs(5);
//! let mut session = Session::open(&target, OpenOptions::default(), deadline).await?;
//! let ask = serde_json::json!({"event": "users", "room": "LOBBY"});
//! session.send_packets(&[socket::event("/", Some("1"), "chat", &[ask])]).await?;
//! let next = session.next(deadline).await;
//! # let _ = next;
//! # Ok(())
//! # }
//! ```

mod account;
pub mod answer;
mod clock;
pub mod engine;
mod error;
pub mod frames;
mod http;
mod inbox;
mod json;
mod lean;
pub mod limits;
pub(crate) mod net;
mod packet;
pub mod payload;
mod polling;
mod probe;
mod quote;
mod raw;
mod request;
mod session;
mod shared;
pub mod socket;
mod tap;
mod target;
mod tls;
mod websocket;

pub use clock::Clock;
pub use engine::Handshake;
pub(crate) use lean::{Ended, Lean, append_text};
pub(crate) use net::{Manner as Connecting, Reset, connect_as};

pub use error::{CloseReason, OpenError, OpenErrorKind, SendError, UpgradeError};
pub use packet::{Frame, Malformed, MalformedKind, Packet, Received};
pub use probe::{HttpOutcome, HttpProbe, ProbeError, http};
pub use quote::quote;
pub use raw::Raw;
pub use session::{How, Next, OpenOptions, Session, Transport};
pub use tap::{Tap, Way};
pub use target::{Target, TargetError};
/// The point in time that every deadline here is given as: the clock of the runtime.
pub use tokio::time::Instant;
