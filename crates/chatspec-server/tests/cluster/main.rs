//! Several servers over a real broker: `redis-server`, which each test starts for itself.

mod broker;
#[allow(dead_code, reason = "some of it is for the tests of one server")]
#[path = "../it/client.rs"]
mod client;
mod faults;
mod meeting;
mod names;
mod outage;
mod proxy;
mod server;
mod start;
