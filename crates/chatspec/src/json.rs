//! JSON as it arrives: kept as a value, with the flaws that a plain value cannot hold.
//!
//! A JSON object with a duplicate key, or one nested too deep, still parses; what is wrong with it is a value of its own
//! ([`Flaw`]), so that a server can refuse it instead of losing it in a parse error. The ordinary message is flat and is
//! read without a value at all.

mod args;
mod flat;
mod flaw;
mod packet;
mod payload;
mod scan;

pub use args::Args;
pub(crate) use flat::{Flat, Scalar};
pub use flaw::Flaw;
pub(crate) use packet::{FlatPacket, Packet};
pub use payload::Payload;
