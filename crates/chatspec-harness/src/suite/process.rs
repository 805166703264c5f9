//! Looks at the server's process, where the user says which it is: is it the same, and do memory and descriptors come back?
//!
//! What is read is in `/proc`, so that this works on Linux alone, and on the server's own machine.

use std::fs;
use std::io;
use std::time::Duration;

use chatspec_judge::case::Judgement;
use chatspec_judge::finding::{Finding, Outcome};
use chatspec_judge::fixture::TransportName;
use chatspec_judge::report::CaseReport;
use chatspec_judge::rule::names;
use chatspec_judge::transcript::{Entry, Transcript, What};
use chatspec_judge::verdict::Verdict;
use tokio::time::{Instant, sleep};

/// Beyond a twentieth of what it was, so much may stay: allocators give nothing small back.
const SLACK_BYTES: u64 = 16 << 20;
/// The same for descriptors: connections of the suite itself may still be closing.
const SLACK_DESCRIPTORS: u64 = 8;
/// How long a server may take to let go of everything.
const RELEASE: Duration = Duration::from_secs(60);
/// The pause between two looks. Nothing tells when a process gives memory back.
const PAUSE: Duration = Duration::from_millis(250);

/// The case that the last look is reported as.
const CASE: &str = "hostile/server#V-04";

/// What a process has, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// When it was started, in ticks since the machine was.
    started: u64,
    /// Resident bytes.
    memory: u64,
    /// Open descriptors.
    descriptors: u64,
}

/// A process that is watched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    pid: u32,
    before: Look,
}

/// A process that cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[error(
    "look at process {pid} in /proc: {source}; `--pid` is for a server on this machine, under Linux"
)]
pub struct ProcessError {
    pid: u32,
    source: io::Error,
}

impl ProcessError {
    pub(crate) fn new(pid: u32, source: io::Error) -> ProcessError {
        ProcessError { pid, source }
    }
}

impl Process {
    /// Remembers what the process has now.
    pub fn watch(pid: u32) -> Result<Process, ProcessError> {
        match look(pid) {
            Ok(before) => Ok(Process { pid, before }),
            Err(source) => Err(ProcessError { pid, source }),
        }
    }

    /// Whether the process is still the one that it was.
    pub fn same(&self) -> What {
        let (same, why) = match look(self.pid) {
            Ok(now) if now.started == self.before.started => {
                (true, "it is the same one".to_owned())
            }
            Ok(_) => (
                false,
                format!("another process has the id {} now", self.pid),
            ),
            Err(_) => (false, format!("there is no process {} any more", self.pid)),
        };
        What::Process { same, why }
    }

    /// Waits until memory and descriptors are back, at most a minute, and reports it like a case.
    pub async fn released(&self, scale: f64) -> CaseReport {
        let deadline = Instant::now() + RELEASE.mul_f64(scale);
        let finding = loop {
            match look(self.pid) {
                Ok(now) => match excess(self.before, now) {
                    None => break None,
                    Some(seen) if Instant::now() >= deadline => break Some(seen),
                    Some(_) => sleep(PAUSE).await,
                },
                Err(_) => break Some(format!("there is no process {} any more", self.pid)),
            }
        };
        report(self.before, finding)
    }
}

/// What is too much, in one line.
fn excess(before: Look, now: Look) -> Option<String> {
    let most = |before: u64, slack: u64| before + before / 20 + slack;
    let memory = most(before.memory, SLACK_BYTES);
    let descriptors = most(before.descriptors, SLACK_DESCRIPTORS);
    (now.memory > memory || now.descriptors > descriptors).then(|| {
        format!(
            "{} MiB and {} descriptors, a minute after the last input",
            now.memory >> 20,
            now.descriptors
        )
    })
}

fn report(before: Look, seen: Option<String>) -> CaseReport {
    let expected = format!(
        "{} MiB and {} descriptors as before, a twentieth more, and 16 MiB",
        before.memory >> 20,
        before.descriptors
    );
    let verdict = if seen.is_some() {
        Verdict::Fail
    } else {
        Verdict::Pass
    };
    let findings = seen.map(|seen| {
        let (rule, outcome) = (names::RESOURCES, Outcome::Different);
        Finding::new(rule, outcome, 0, "", expected, seen, Some(0))
    });
    let judged = Judgement {
        verdict,
        rules: [(names::RESOURCES.to_owned(), verdict)].into(),
        findings: findings.into_iter().collect(),
        blocked_by: None,
        error: None,
        limited: false,
    };
    let transcript = Transcript {
        fixture: CASE.to_owned(),
        transport: TransportName::Websocket,
        bindings: Default::default(),
        entries: vec![Entry {
            at: 0,
            step: 0,
            who: String::new(),
            what: What::Process {
                same: true,
                why: "the last look, after all bad inputs".to_owned(),
            },
        }],
        stopped: None,
        in_order: None,
        network: None,
        nodes: Default::default(),
    };
    let title = "Memory and descriptors are back after all bad inputs";
    CaseReport::new(CASE, title, transcript.transport, judged, &transcript)
}

fn look(pid: u32) -> io::Result<Look> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd"))?.count() as u64;
    let wrong = || io::Error::from(io::ErrorKind::InvalidData);
    Ok(Look {
        started: started(&stat).ok_or_else(wrong)?,
        memory: memory(&status).ok_or_else(wrong)?,
        descriptors,
    })
}

/// Field 22. The name, in parentheses, may hold blanks and parentheses itself.
fn started(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(19)?.parse().ok()
}

/// Resident memory in bytes.
pub(crate) fn memory(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_process_are_read() {
        let stat = "7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 20 21";
        assert_eq!(started(stat), Some(12345));
        assert_eq!(started("7 (x) S 1"), None);
        assert_eq!(memory("Name:\tx\nVmRSS:\t  2048 kB\n"), Some(2 << 20));
        assert_eq!(memory("Name:\tx\n"), None);
    }

    #[test]
    fn more_than_the_slack_is_too_much() {
        let before = Look {
            started: 1,
            memory: 100 << 20,
            descriptors: 20,
        };
        let with = |memory: u64, descriptors: u64| Look {
            started: 1,
            memory: memory << 20,
            descriptors,
        };
        assert_eq!(excess(before, with(121, 29)), None);
        assert!(excess(before, with(122, 20)).is_some());
        assert!(excess(before, with(100, 30)).is_some());
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error_before_and_a_finding_after() {
        // No process has this id: the highest that Linux gives is a quarter of it.
        let missing = 1 << 24;
        let error = Process::watch(missing)
            .expect_err("it is not there")
            .to_string();
        assert!(error.contains("--pid"), "{error}");
        let before = Look {
            started: 1,
            memory: 1,
            descriptors: 1,
        };
        let process = Process {
            pid: missing,
            before,
        };
        assert!(matches!(process.same(), What::Process { same: false, .. }));
    }

    #[tokio::test]
    async fn what_has_come_back_passes_and_what_has_not_fails() {
        let before = Look {
            started: 1,
            memory: 1 << 20,
            descriptors: 1,
        };
        let passed = report(before, None);
        assert_eq!((passed.verdict, passed.findings.len()), (Verdict::Pass, 0));
        let gone = Process {
            pid: 1 << 24,
            before,
        }
        .released(1.0)
        .await;
        assert_eq!(gone.verdict, Verdict::Fail);
        assert_eq!(gone.findings[0].rule, names::RESOURCES);
    }
}
