//! The server over real sockets, on port 0 of the loopback address.

mod answers;
mod caps;
mod client;
mod closing;
mod config;
mod deadlines;
mod encrypted;
#[cfg(feature = "fault")]
mod fault;
mod ghosts;
mod http;
mod load;
mod logs;
mod memory;
mod order;
mod origins;
mod page;
mod polling;
mod server;
mod upgrade;
