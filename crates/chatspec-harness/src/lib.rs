//! The hands: an Engine.IO and Socket.IO client of our own, and the driver of conversations.
//!
//! [`wire`] speaks the protocol and can misspeak it, [`drive`] plays one fixture and records a transcript, [`suite`] plays
//! many, [`load`] puts a server under load, [`proxy`]
//! stands between clients and a server, [`client`] plays a server to a client, [`process`] starts and ends programs. Nothing here decides what is right: that is the referee's.

pub mod client;
pub mod drive;
pub mod load;
pub mod process;
pub mod proxy;
pub mod suite;
pub mod wire;
