//! The arguments of `chatspec explore`.

use std::path::PathBuf;
use std::time::Duration;

use chatspec_judge::rule::Profile;
use clap::Parser;

/// Play random conversations against a server, and shrink what it does wrong to a fixture.
#[derive(Debug, Parser)]
pub struct Explore {
    /// The server, such as http://127.0.0.1:5005
    pub url: Option<String>,
    /// The profile that the server claims [default: core; hardened for the embedded reference server]
    #[arg(long, value_parser = super::profile)]
    pub profile: Option<Profile>,
    /// Seed of the first history; each one after it adds one. Printed by each run
    #[arg(long)]
    pub seed: Option<u64>,
    /// Histories to play [default: 1000, or as many as --minutes takes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub histories: Option<u64>,
    /// End after so many minutes
    #[arg(long, value_name = "M", value_parser = minutes)]
    pub minutes: Option<Duration>,
    /// End after so many different finds
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub finds: u16,
    /// Histories at a time
    #[arg(short = 'j', long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: u16,
    /// Multiply every deadline
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = super::scale)]
    pub timeout_scale: f64,
    /// Start the server under test: a shell command, `{port}` being a free port
    #[arg(long, value_name = "COMMAND", conflicts_with = "url")]
    pub cmd: Option<String>,
    /// Path of the Socket.IO endpoint
    #[arg(long, default_value = "/socket.io/")]
    pub path: String,
    /// A header for every request
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// Folder for the fixtures of what is found
    #[arg(long, value_name = "DIR", default_value = "found")]
    pub out: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Rules and schemas of a checkout, instead of the embedded ones
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

fn minutes(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(minutes) if minutes > 0.0 && minutes <= 100_000.0 => {
            Ok(Duration::from_secs_f64(minutes * 60.0))
        }
        _ => Err("a number of minutes, such as 5 or 0.5".to_owned()),
    }
}
