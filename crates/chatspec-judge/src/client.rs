//! Clients as the ones under test: scripts of a server, what a client did on them, and what the rules say of that.
//!
//! A [`Script`] is played by a driver, which records [`Event`]s; [`judge`] holds them against the script's steps and against
//! what must hold of every client at any time, and [`merge`] takes several scripts together. [`Follow`] is the part that
//! driver and judge share: how far a script has come.

mod always;
mod follow;
mod judge;
mod merge;
mod script;

pub use always::rules;
pub use follow::{Event, Follow, What};
pub use judge::{Finding, judge};
pub use merge::{Held, merge};
pub use script::{Close, Script, Step, is_script, load};
