//! Runs the program and measures how much memory it takes.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::{interval, timeout};

use crate::program::Ran;

/// KiB that a run against a right server takes at its peak; measured by `an_idle_run_is_the_measure`.
pub const IDLE: u64 = 48 << 10;

/// KiB that a hostile server may make us take beyond that.
pub const MORE: u64 = 64 << 10;

/// No run here takes longer, however busy the machine is: each ends by itself.
const PATIENCE: Duration = Duration::from_secs(150);

/// A run, and its peak of resident memory in KiB; 0 where the system does not tell.
#[derive(Debug)]
pub struct Measured {
    pub ran: Ran,
    pub peak: u64,
}

/// Runs `chatspec` to its end.
pub async fn measure<I, S>(args: I) -> Measured
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_chatspec"))
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let id = child.id().expect("it runs");
    let (mut stdout, mut stderr) = (String::new(), String::new());
    let mut out = child.stdout.take().expect("piped");
    let mut err = child.stderr.take().expect("piped");
    let mut peak = 0;
    let ended = timeout(PATIENCE, async {
        let watching = async {
            // The peak goes with the process, and no event tells that it grows.
            let mut again = interval(Duration::from_millis(10));
            loop {
                tokio::select! {
                    ended = child.wait() => return ended,
                    _ = again.tick() => peak = peak.max(resident(id).unwrap_or(0)),
                }
            }
        };
        let (ended, read, complained) = tokio::join!(
            watching,
            out.read_to_string(&mut stdout),
            err.read_to_string(&mut stderr)
        );
        read.expect("UTF-8 on stdout");
        complained.expect("UTF-8 on stderr");
        ended.expect("it can be waited for")
    });
    let status = ended.await.expect("the run ends by itself");
    let ran = Ran {
        code: status.code().expect("no signal ended it"),
        stdout,
        stderr,
        took: started.elapsed(),
    };
    assert!(!ran.stderr.contains("panicked"), "{ran:#?}");
    Measured { ran, peak }
}

/// The peak so far, in KiB. Linux tells it; elsewhere memory is not measured.
fn resident(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What the bound is measured against is itself measured.
#[tokio::test]
async fn an_idle_run_is_the_measure() {
    let server = super::front::honest().await;
    let run = super::run_by(16, &server.url, &super::BY_WEBSOCKET).await;
    let Measured { ran, peak } = &run.measured;
    assert_eq!(ran.code, 0, "{ran:#?}");
    println!("{peak} KiB");
    assert!(*peak <= IDLE, "{peak} KiB");
}
