//! Starts the server under test, and ends it with all of its children.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use chatspec_harness::process::{Group, shell};
use chatspec_harness::wire::{OpenOptions, Session, Target, Transport};
use tokio::process::Child;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::data::plural;
use crate::exit::Failure;

/// A running child and the file that its output goes to.
pub struct Spawned {
    child: Child,
    /// Its process group, which its children share. In whatever way a run ends, nothing of it goes on.
    group: Group,
    log: std::path::PathBuf,
}

impl Spawned {
    /// Runs `command` in a shell, `{port}` replaced, and waits until it opens a session.
    pub async fn start(
        command: &str,
        port: u16,
        target: &Target,
        wait: Duration,
    ) -> Result<Spawned, Failure> {
        let line = command.replace("{port}", &port.to_string());
        let log = std::env::temp_dir().join(format!("chatspec-{}-{port}.log", std::process::id()));
        let wrong =
            |what: &str, error: std::io::Error| Failure::unreachable(format!("{what}: {error}"));
        let file =
            fs::File::create(&log).map_err(|error| wrong("create the log of the server", error))?;
        let errors = file
            .try_clone()
            .map_err(|error| wrong("create the log of the server", error))?;
        let child = shell(&line)
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .map_err(|error| wrong(&format!("start {line:?}"), error))?;
        let group = Group::of(&child);
        let mut spawned = Spawned { child, group, log };
        match spawned.ready(target, wait).await {
            Ok(()) => Ok(spawned),
            Err(why) => {
                let tail = spawned.tail();
                spawned.stop().await;
                Err(Failure::unreachable(format!("start {line:?}: {why}{tail}")))
            }
        }
    }

    /// Asks again and again, since no event tells that a foreign process listens.
    async fn ready(&mut self, target: &Target, wait: Duration) -> Result<(), String> {
        let deadline = Instant::now() + wait;
        let mut again = interval(Duration::from_millis(50));
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = "nothing was tried".to_owned();
        while Instant::now() < deadline {
            tokio::select! {
                ended = self.child.wait() => {
                    let status = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
                    return Err(format!("it ended before it answered ({status})"));
                }
                _ = again.tick() => {}
            }
            let options = OpenOptions {
                transport: Transport::Polling,
                ..OpenOptions::default()
            };
            let patience = deadline.min(Instant::now() + Duration::from_secs(3));
            match Session::open(target, options, patience).await {
                Ok(_) => return Ok(()),
                Err(error) => last = error.to_string(),
            }
        }
        Err(format!(
            "it did not answer within {} s (--wait); the last try: {last}",
            wait.as_secs_f64()
        ))
    }

    fn tail(&self) -> String {
        let text = fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(8);
        if lines.is_empty() {
            return "\nit printed nothing".to_owned();
        }
        format!(
            "\nits last {}:\n  {}",
            plural(lines.len() - from, "line"),
            lines[from..].join("\n  ")
        )
    }

    /// SIGTERM to the group, then, after a grace, SIGKILL for whoever is left of it: the shell may have ended before
    /// what it started.
    pub async fn stop(mut self) {
        self.group.terminate().await;
        let _ = timeout(Duration::from_secs(3), self.child.wait()).await;
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.log);
    }
}
