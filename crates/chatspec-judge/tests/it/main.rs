//! The referee against the committed spec and fixtures, and against transcripts written by hand.

mod baselines;
mod blame;
mod clients;
mod compat;
mod corpus;
mod fixtures;
mod golden;
mod hostile;
mod judging;
mod limited;
mod mistaken;
mod mistakes;
mod model;
mod nodes;
mod proxied;
mod reporting;
mod results;
mod seating;
mod seeds;
mod stage;
mod steps;
mod ways;
mod weighing;
mod windows;
mod words;
