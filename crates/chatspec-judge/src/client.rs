//! Clients as the ones under test: scripts of a server, what a client did on them, and what the rules say of that.
//!
//! A [`Script`] is played by a driver, which records [`Event`]s; [`judge`] holds them against the script's steps and against
//! what must hold of every client at any time. [`Follow`] is the part that both share: how far a script has come.

mod follow;
mod judge;
mod script;

pub use follow::{Event, Follow, What};
pub use judge::{Finding, judge, rules};
pub use script::{Close, Script, Step, load};
