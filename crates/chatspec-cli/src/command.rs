//! The subcommands, one a file.

pub mod explain;
pub mod explore;
pub mod fixtures;
pub mod judge;
pub mod lint;
pub mod list;
pub mod load;
pub mod manual;
pub mod matrix;
pub mod proxy;
pub mod report;
pub mod schema;
pub mod serve;
pub mod test;
pub mod test_client;
pub mod watch;
