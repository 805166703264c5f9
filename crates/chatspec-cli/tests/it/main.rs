//! The program as people and CI meet it: its exit codes, its reports, and that nothing passes by accident.

mod baseline;
mod between;
mod client;
mod cluster;
mod diff;
mod dummies;
mod exit_codes;
mod explore;
mod hostile_servers;
mod inner_loop;
mod judge;
mod lint;
mod listing;
mod load;
mod network;
mod operation;
mod program;
mod proxy;
mod reports;
mod revisions;
mod serve;
mod suite;
mod validate;
