//! The subcommands, one a file.

pub mod explain;
pub mod judge;
pub mod lint;
pub mod list;
pub mod matrix;
pub mod report;
pub mod schema;
pub mod serve;
pub mod test;
