//! The arguments. Names are API.

pub mod diff;
pub mod explore;
pub mod load;
pub mod proxy;
pub mod serve;

use std::path::PathBuf;
use std::time::Duration;

use chatspec_judge::fixture::TransportName;
use chatspec_judge::rule::{Level, Profile};
use clap::{Parser, Subcommand, ValueEnum};

use crate::output::wanted::Wanted;

use self::serve::Serve;

/// Tests servers of the chat-room protocol, rule by rule.
///
/// Exit codes: 0 conforms, 1 a scored rule is violated, 2 usage or a broken fixture, 3 the server could not be reached or
/// started (or a fault of ours), 4 nothing ran, 5 something scored could not be verified,
/// 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "chatspec", version, max_term_width = 110)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Test a server. Without URL and --cmd: the reference server, embedded, profile hardened
    Test(Box<Test>),
    /// Test a client: a scripted server plays with it and judges what it sends and shows
    TestClient(TestClient),
    /// Run the reference server, with a page to talk with at /
    Serve(Serve),
    /// Put a server under load, with every delivery checked
    Load(Box<load::Load>),
    /// Play random conversations against a server, and shrink what it does wrong to a fixture
    Explore(Box<explore::Explore>),
    /// Stand between clients and a server, and say of each message at once what is wrong with it
    Proxy(Box<proxy::Proxy>),
    /// List rules and conversations
    List(List),
    /// Print a rule with its clause and its conversations, or a conversation with its rules
    Explain(Explain),
    /// Check fixtures
    Lint(Lint),
    /// Judge a recorded transcript again
    Judge(Judge),
    /// Print schemas
    Schema(Schema),
    /// Write a saved JSON report in other formats
    Report(Convert),
    /// Set the reports of several servers side by side
    Matrix(Matrix),
    /// Take the embedded fixtures out, to read, change or add to
    Fixtures(Fixtures),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page of the program, or of one command
    Man(Man),
}

#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 every MUST was seen to hold, 1 one is violated (with --strict, or a SHOULD), 2 usage or a broken \
                  script, 3 the client could not be started, 4 no script matches, 5 some place that tests a MUST (with \
                  --strict, or a SHOULD) was not come to, 130 interrupted"
)]
pub struct TestClient {
    /// The client: a shell command, `{url}` being the server. It reads acts on its standard input, a line of JSON each, and
    /// prints what it shows its user in the same way; see `fixtures/client/README.md`
    #[arg(long, value_name = "COMMAND")]
    pub cmd: String,
    /// Only scripts whose name matches
    #[arg(long, value_name = "GLOB")]
    pub case: Vec<String>,
    /// A SHOULD counts like a MUST
    #[arg(long)]
    pub strict: bool,
    /// Print one JSON object instead of lines for people
    #[arg(long)]
    pub json: bool,
    /// Multiply every deadline
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = scale)]
    pub timeout_scale: f64,
    /// Rules, schemas and scripts from a checkout instead of the embedded ones
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub struct Test {
    /// The server, such as http://127.0.0.1:5005. Of several nodes of one server all: who takes part in a conversation is then spread over
    /// them
    pub url: Vec<String>,
    /// The profile that the server claims [default: core; hardened for the embedded reference server]
    #[arg(long, value_parser = profile)]
    pub profile: Option<Profile>,
    /// The revision of the spec whose rules are scored [default: the newest released]
    #[arg(long, value_name = "MAJOR.MINOR")]
    pub revision: Option<String>,
    /// What to play: conversations, bad inputs, or both
    #[arg(long, value_enum, default_value = "conversations")]
    pub suite: Suite,
    /// Process id of the server, on this machine: see after bad inputs that it is the same process, and that memory and
    /// descriptors come back
    #[arg(long, value_name = "PID")]
    pub pid: Option<u32>,
    /// Transports to test
    #[arg(long, value_delimiter = ',', value_parser = transport, default_value = "websocket,polling,upgrade")]
    pub transport: Vec<TransportName>,
    /// Only conversations whose id (`chat/room` or `chat/room@polling`) matches
    #[arg(long, value_name = "GLOB")]
    pub case: Vec<String>,
    /// Only conversations that are scored for a matching rule
    #[arg(long, value_name = "GLOB")]
    pub rule: Vec<String>,
    /// No conversations whose id or rule matches
    #[arg(long, value_name = "GLOB")]
    pub skip: Vec<String>,
    /// Only conversations that are scored for a rule of this level or a stricter one
    #[arg(long, value_parser = level)]
    pub level: Option<Level>,
    /// A SHOULD counts like a MUST
    #[arg(long)]
    pub strict: bool,
    /// Start the server under test: a shell command, `{port}` being a free port
    #[arg(long, value_name = "COMMAND", conflicts_with = "url")]
    pub cmd: Option<String>,
    /// How long the started server may take until it answers, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub wait: Duration,
    /// Conversations at a time
    #[arg(short = 'j', long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub jobs: u16,
    /// Seed of names and rooms; printed by each run
    #[arg(long)]
    pub seed: Option<u64>,
    /// Play everything so many times; verdicts only worsen
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat: u32,
    /// Multiply every deadline
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = scale)]
    pub timeout_scale: f64,
    /// Stop after the first conversation that fails
    #[arg(long)]
    pub fail_fast: bool,
    /// Score the rules that need a heartbeat to run out, too
    #[arg(long)]
    pub slow: bool,
    /// Path of the Socket.IO endpoint
    #[arg(long, default_value = "/socket.io/")]
    pub path: String,
    /// A header for every request
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// The origin that "a page on another origin" claims [default: a loopback origin on another port]
    #[arg(long, value_name = "URL")]
    pub origin: Option<String>,
    /// Write a report: json, junit, tap, html, markdown or github. `-` is stdout; github needs no path in GitHub Actions
    #[arg(long, value_name = "FORMAT=PATH", value_parser = Wanted::parse)]
    pub report: Vec<Wanted>,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Known failures, each with its reason (YAML); an entry that no longer fails is as wrong as a new failure
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the baseline anew from what this run shows; refused where the run is filtered or flaky
    #[arg(long, requires = "baseline")]
    pub fix: bool,
    /// The reason of the entries that --fix adds
    #[arg(long, value_name = "TEXT", requires = "fix", value_parser = reason)]
    pub reason: Option<String>,
    /// Print every frame on stderr as it passes, and in the end the transcript of every conversation
    #[arg(long)]
    pub trace: bool,
    /// Wait so many milliseconds before each step, for people who look on
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub pace: u64,
    /// Play the fixtures of this file or folder, and again those that change, until Ctrl-C
    #[arg(long, value_name = "PATH", conflicts_with_all = ["baseline", "transcripts", "report", "snapshots", "dry_run"])]
    pub watch: Vec<PathBuf>,
    /// Play the fixtures of this file or folder instead of the suite
    #[arg(long, value_name = "PATH", conflicts_with_all = ["baseline", "snapshots", "watch"])]
    pub fixtures: Vec<PathBuf>,
    /// Compare what was said with what was blessed in this folder: "did it change?", never a verdict
    #[arg(long, value_name = "DIR")]
    pub snapshots: Option<PathBuf>,
    /// Write the snapshots anew; refused where the run is filtered or a MUST is violated
    #[arg(long, requires = "snapshots")]
    pub bless: bool,
    /// Write every transcript, whole, as JSON into this folder
    #[arg(long, value_name = "DIR")]
    pub transcripts: Option<PathBuf>,
    /// List what would run, and end
    #[arg(long)]
    pub dry_run: bool,
    /// Rules, schemas and fixtures of a checkout, instead of the embedded ones
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub struct List {
    /// What to list
    #[arg(value_enum, default_value = "all")]
    pub what: Listed,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    All,
    Rules,
    Cases,
    /// Bad inputs, and their number by layer
    Inputs,
}

#[derive(Debug, Parser)]
pub struct Explain {
    /// A rule (`chat.room`) or a conversation (`chat/room`)
    pub name: String,
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub struct Lint {
    /// Fixtures, or folders of fixtures
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub struct Judge {
    /// A transcript, as written by `test --transcripts DIR`, or such a folder
    pub transcript: PathBuf,
    /// The profile that the server claims
    #[arg(long, value_parser = profile, default_value = "core")]
    pub profile: Profile,
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub struct Convert {
    /// A report, as written by `test --report json=PATH`
    pub file: PathBuf,
    /// Reports to write, as in `test --report`
    #[arg(required = true, value_name = "FORMAT=PATH", value_parser = Wanted::parse)]
    pub report: Vec<Wanted>,
}

#[derive(Debug, Parser)]
pub struct Matrix {
    /// Reports, as written by `test --report json=PATH`. Several of one name, profile and revision merge
    #[arg(required = true, value_name = "[NAME=]PATH")]
    pub reports: Vec<String>,
    /// Write the table as a page
    #[arg(long, value_name = "PATH")]
    pub html: Option<PathBuf>,
    /// Write the table as Markdown; `-`, where nothing else is asked for, is stdout
    #[arg(long, value_name = "PATH")]
    pub markdown: Option<PathBuf>,
    /// Write a badge; of one server alone
    #[arg(long, value_name = "PATH")]
    pub badge_svg: Option<PathBuf>,
    /// Write what shields.io makes a badge from; of one server alone
    #[arg(long, value_name = "PATH")]
    pub badge_json: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub struct Schema {
    #[command(subcommand)]
    pub command: SchemaCommand,
}

#[derive(Debug, Subcommand)]
pub enum SchemaCommand {
    /// Print one schema, or the names of all
    Print {
        /// Such as protocol/v1/client-to-server.json
        name: Option<String>,
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Say of messages where they are wrong, by which rule, and how to mend them
    Validate(Validate),
    /// Compare two versions of a protocol: what differs, whom it breaks, and by which message
    Diff(diff::Diff),
    /// Send a witness of a comparison to a server, and say what becomes of it
    Replay(diff::Replay),
    /// Compare versions whose verdicts are known, and say whether they are found
    Corpus(diff::Corpus),
}

#[derive(Debug, Parser)]
pub struct Validate {
    /// JSON, JSON lines, or a transcript [default: stdin]
    pub file: Option<PathBuf>,
    /// Who sent the messages; of a transcript: whose to look at [default there: all]
    #[arg(long = "as", value_name = "SIDE", value_enum)]
    pub by: Option<By>,
    /// By what a receiver has to take, in place of what a sender may emit
    #[arg(long)]
    pub receive: bool,
    /// What stdout gets
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Schemas of a checkout, in place of the embedded ones
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Whose message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// A client's
    Client,
    /// A server's
    Server,
}

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// Scripted conversations
    Conversations,
    /// Bad inputs, each with a check that nobody else has suffered
    Hostile,
    /// Both
    All,
}

impl Suite {
    /// Whether bad inputs are played.
    pub fn has_hostile(self) -> bool {
        self != Suite::Conversations
    }

    /// Whether conversations are played.
    pub fn has_conversations(self) -> bool {
        self != Suite::Hostile
    }
}

#[derive(Debug, Parser)]
pub struct Fixtures {
    #[command(subcommand)]
    pub command: FixturesCommand,
}

#[derive(Debug, Subcommand)]
pub enum FixturesCommand {
    /// Write rules, schemas and fixtures into a folder, for `--data DIR`
    Export {
        /// The folder; it is created
        folder: PathBuf,
        /// Write over files that differ
        #[arg(long)]
        force: bool,
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

#[derive(Debug, Parser)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Parser)]
pub struct Man {
    /// A command, such as test
    pub command: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Topics, failures, a summary
    Human,
    /// The JSON report
    Json,
}

fn profile(text: &str) -> Result<Profile, String> {
    match text {
        "core" => Ok(Profile::Core),
        "hardened" => Ok(Profile::Hardened),
        other => Err(format!(
            "`{other}` is no profile; there are core and hardened"
        )),
    }
}

fn transport(text: &str) -> Result<TransportName, String> {
    TransportName::ALL
        .into_iter()
        .find(|transport| transport.word() == text)
        .ok_or_else(|| {
            format!("`{text}` is no transport; there are websocket, polling and upgrade")
        })
}

fn level(text: &str) -> Result<Level, String> {
    match text {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        "may" => Ok(Level::May),
        other => Err(format!(
            "`{other}` is no level; there are must, should and may"
        )),
    }
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a reason says something".to_owned()),
        text => Ok(text.to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text);
    match number.parse::<f64>() {
        Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("expected seconds, 0 to 3600, such as 30 or 30s".to_owned()),
    }
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if (0.01..=100.0).contains(&scale) => Ok(scale),
        _ => Err("expected a factor from 0.01 to 100".to_owned()),
    }
}
