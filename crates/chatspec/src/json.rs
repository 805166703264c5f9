//! JSON as it arrives: kept as a value, with the flaws that a plain value cannot hold.
//!
//! A JSON object with a duplicate key, or one nested too deep, still parses; what is wrong with it is a value of its own
//! ([`Flaw`]), so that a server can refuse it instead of losing it in a parse error.

mod args;
mod flaw;
mod payload;
mod scan;

pub use args::Args;
pub use flaw::Flaw;
pub use payload::Payload;
