//! The referee: a fixture and a transcript go in, findings come out.
//!
//! Everything here is pure: no clock, no socket, no randomness, and no type of the serving wing. The referee reads raw
//! JSON and committed schemas, so that a mistake of ours on the serving side cannot hide on this side too.
//!
//! The way through: [`fixture::Fixture::load`] reads what people write, [`fixture::lint`] says what is wrong with it,
//! a driver plays [`fixture::Case`] and records a [`transcript::Transcript`], [`case::judge`] turns both into
//! [`finding::Finding`]s, and [`report`] merges those into verdicts per rule.

pub mod baseline;
pub mod case;
pub mod check;
pub mod client;
pub mod compat;
pub mod finding;
pub mod fixture;
mod invariant;
pub mod ledger;
pub mod model;
pub mod pattern;
pub mod proxy;
pub mod report;
pub mod rule;
pub mod shape;
pub mod spread;
pub mod transcript;
pub mod value;
pub mod verdict;
pub mod window;
