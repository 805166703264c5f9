//! The referee against the committed spec and fixtures, and against transcripts written by hand.

mod baselines;
mod compat;
mod corpus;
mod fixtures;
mod judging;
mod mistakes;
mod reporting;
mod results;
mod stage;
mod weighing;
mod windows;
mod words;
