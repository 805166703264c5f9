//! What the server's process takes: time of processors, and memory.

use std::fs;
use std::io;
use std::time::Duration;

use crate::suite::{ProcessError, memory};

/// Ticks of a second in `/proc`. The kernel gives them to programs at this rate on every architecture.
const TICKS: u64 = 100;

/// At one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage {
    /// Time of processors since it was started.
    pub(super) cpu: Duration,
    /// Resident bytes.
    pub(super) rss: u64,
}

/// Looks at a process on this machine, under Linux.
pub(super) fn usage(pid: u32) -> Result<Usage, ProcessError> {
    look(&pid.to_string()).map_err(|source| ProcessError::new(pid, source))
}

/// The same of ourselves, where that is possible.
pub(super) fn own() -> Option<Usage> {
    look("self").ok()
}

fn look(process: &str) -> io::Result<Usage> {
    let wrong = || io::Error::from(io::ErrorKind::InvalidData);
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    Ok(Usage {
        cpu: cpu(&stat).ok_or_else(wrong)?,
        rss: memory(&status).ok_or_else(wrong)?,
    })
}

/// Fields 14 and 15: what it took itself, and what the kernel took for it.
fn cpu(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let all = ticks()? + ticks()?;
    Some(Duration::from_millis(all * 1_000 / TICKS))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::cpu;

    #[test]
    fn both_kinds_of_time_count() {
        let stat = "7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14";
        assert_eq!(cpu(stat), Some(Duration::from_secs(3)));
        assert_eq!(cpu("7 (x) S 1"), None);
    }
}
