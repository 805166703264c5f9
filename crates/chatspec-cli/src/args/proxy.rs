//! The arguments of `chatspec proxy`.

use std::path::PathBuf;

use chatspec_judge::rule::Profile;
use clap::{Parser, ValueEnum};

/// Stand between clients and a server: forward every byte as it is, and say of each message at once what is wrong with it.
///
/// Exit codes: 0 nothing wrong, 1 a message is wrong, 2 usage, 3 the server could not be reached, 4 no message passed, 5 something
/// passed that could not be read. Ctrl-C is the way to end it.
#[derive(Debug, Parser)]
pub struct Proxy {
    /// The server, such as http://127.0.0.1:5005
    #[arg(long, value_name = "URL")]
    pub upstream: String,
    /// Where clients connect to
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub listen: String,
    /// The profile that the server claims; clients are held to all rules
    #[arg(long, value_parser = super::profile, default_value = "core")]
    pub profile: Profile,
    /// Others talk to the server past this proxy: say nothing that they could explain
    #[arg(long)]
    pub shared: bool,
    /// Path of the Socket.IO endpoint
    #[arg(long, default_value = "/socket.io/")]
    pub path: String,
    /// Write the session as a fixture, to be reviewed
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// End with the first message that is wrong
    #[arg(long)]
    pub fail_fast: bool,
    /// Print every message as it passes
    #[arg(long)]
    pub trace: bool,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "human")]
    pub format: Lines,
    /// Rules and schemas of a checkout, instead of the embedded ones
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// How what passes is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lines {
    /// For people
    Human,
    /// One JSON object a line, by the schema suite/proxy.json
    Jsonl,
}
