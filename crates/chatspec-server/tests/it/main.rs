//! The server over real sockets, on port 0 of the loopback address.

mod answers;
mod client;
mod closing;
mod config;
#[cfg(feature = "fault")]
mod fault;
mod http;
mod logs;
mod order;
mod page;
mod polling;
mod server;
mod upgrade;
