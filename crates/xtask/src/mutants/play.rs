//! Runs tests with one mutant active, and no longer than they may.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Memory that tests may take, in KiB: a mutant may grow a list for ever.
const MEMORY: &str = "4000000";
/// Bytes of the stack of a test. A function with many copies has a large frame, even where it calls itself.
const STACK: &str = "134217728";
/// Tests that use no processor time either are ended all the same.
const WALL: Duration = Duration::from_secs(900);
/// So much processor time is due to tests of no time at all, in seconds.
const LEAST: u64 = 3;
/// And so many times what they use without a mutant, besides.
const TIMES: u32 = 10;
/// What runs into its limit is run again, with so many times that limit.
const AGAIN: u64 = 3;

/// Where a test notes the functions that it comes to, and then its time.
pub const NOTES: &str = "MUTANT_NOTES";
/// The mutant that is active.
pub const ACTIVE: &str = "MUTANT_ACTIVE";

/// Laws are tried on so many random histories, which are the same on every run, and no failure is kept for the next one.
const PROPTEST: [(&str, &str); 3] = [
    ("PROPTEST_CASES", "32"),
    ("PROPTEST_RNG_SEED", "1"),
    ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1"),
];

/// Runs what it is given within limits of processor time and memory.
const LIMITED: &str = r#"ulimit -S -t "$1"; ulimit -S -v "$2"; shift 2; exec "$@""#;
/// The same, and writes what it has used behind the notes of the functions that it came to.
const TIMED: &str =
    r#"ulimit -S -t "$1"; ulimit -S -v "$2"; shift 2; "$@" && times >> "$MUTANT_NOTES""#;

/// How tests ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All passed.
    Passed,
    /// One failed, or the program died.
    Failed,
    /// They used more processor time than they may.
    Late,
}

/// What to run.
pub struct Run<'r> {
    /// The program.
    pub program: &'r Path,
    /// The names of its tests; all, where there are none.
    pub tests: Vec<&'r str>,
    /// The processor time that they use without a mutant.
    pub usual: Duration,
    /// Variables of the environment.
    pub env: Vec<(&'static str, String)>,
}

impl Run<'_> {
    /// Runs the tests; twice, with a longer limit, where they run into it.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn end(&self, folder: &Path) -> Result<End, String> {
        let limit = LEAST + (self.usual * TIMES).as_secs();
        let mut args = vec!["--exact", "--test-threads", "1"];
        args.extend(&self.tests);
        match self.once(folder, &args, limit)? {
            End::Late => self.once(folder, &args, limit * AGAIN),
            end => Ok(end),
        }
    }

    /// The limit is one of processor time: on a machine that has much else to do, tests take long and are no less right.
    pub(super) fn once(&self, folder: &Path, args: &[&str], seconds: u64) -> Result<End, String> {
        let failed = |error: io::Error| format!("run {}: {error}", self.program.display());
        let timed = self.env.iter().any(|(name, _)| *name == NOTES);
        let mut command = Command::new("sh");
        command
            .args(["-c", if timed { TIMED } else { LIMITED }, "sh"])
            .args([&seconds.to_string(), MEMORY])
            .arg(self.program)
            .args(args)
            .current_dir(folder)
            .env("CARGO_MANIFEST_DIR", folder)
            .env("RUST_MIN_STACK", STACK)
            .env_remove("RUST_BACKTRACE")
            .envs(PROPTEST)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        let said = child.stdout.take();
        let (send, silent) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(said?).lines().map_while(Result::ok);
            // One that fails is enough; what it leaves unread is not waited for.
            send.send(lines.any(|line| is_failure(&line))).ok()
        });
        let failed_early = silent.recv_timeout(WALL);
        if !matches!(failed_early, Ok(false)) {
            child.kill().map_err(failed)?;
        }
        let status = child.wait().map_err(failed)?;
        Ok(match (failed_early, status.success()) {
            (Ok(true), _) => End::Failed,
            (Ok(false), true) => End::Passed,
            (Ok(false), false) if !out_of_time(status) => End::Failed,
            _ => End::Late,
        })
    }
}

/// Whether a line says that a test has failed.
fn is_failure(line: &str) -> bool {
    line.starts_with("test ") && line.ends_with(" FAILED")
}

/// Whether the system has ended it for the processor time that it used.
#[cfg(unix)]
fn out_of_time(status: std::process::ExitStatus) -> bool {
    const SIGXCPU: i32 = 24;
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGXCPU)
}

#[cfg(not(unix))]
fn out_of_time(_: std::process::ExitStatus) -> bool {
    false
}

/// The names of all tests of a program.
///
/// # Errors
/// It cannot be run.
pub fn names(program: &Path) -> Result<Vec<String>, String> {
    let output = Command::new(program)
        .args(["--list", "--format", "terse"])
        .output()
        .map_err(|error| format!("run {}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .map(str::to_owned)
        .collect())
}
