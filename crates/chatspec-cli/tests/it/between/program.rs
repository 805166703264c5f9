//! The program, between a client and a server.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// No wait here takes longer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running proxy that tells in JSON lines; ended when it is dropped.
pub struct Between {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// All lines so far.
    pub told: Vec<Value>,
    pub url: String,
}

/// What it came to.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub told: Vec<Value>,
}

impl Between {
    /// Starts it, and waits until clients can connect.
    pub async fn start(upstream: &str, more: &[&str]) -> Between {
        Between::with(upstream, more, &[]).await
    }

    /// The same, with variables of the environment.
    pub async fn with(upstream: &str, more: &[&str], variables: &[(&str, &str)]) -> Between {
        let args = ["--format", "jsonl"].iter().chain(more);
        let (child, lines) = proxy(upstream, args, variables);
        let mut between = Between {
            child,
            lines,
            told: Vec::new(),
            url: String::new(),
        };
        let first = between.until(|line| line["kind"] == "listening").await;
        between.url = first["url"].as_str().expect("a URL").to_owned();
        between
    }

    /// Host and port where clients connect to.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    async fn next(&mut self) -> Option<Value> {
        let line = timeout(PATIENCE, self.lines.next_line());
        let line = line.await.expect("a line in time").expect("UTF-8")?;
        let line: Value = serde_json::from_str(&line).expect("a line of JSON");
        self.told.push(line.clone());
        Some(line)
    }

    /// Reads on to the first line for which this holds.
    pub async fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.next().await;
            let line = line.unwrap_or_else(|| panic!("it ended after {:#?}", self.told));
            if holds(&line) {
                return line;
            }
        }
    }

    /// Ends it as Ctrl-C does.
    pub async fn interrupt(self) -> Ended {
        interrupt(&self.child).await;
        self.ended().await
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> Ended {
        while self.next().await.is_some() {}
        let status = timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("it ends in time").expect("a status");
        Ended {
            code: status.code().expect("no signal ended it"),
            told: self.told,
        }
    }
}

impl Ended {
    /// The last line.
    pub fn summary(&self) -> &Value {
        let last = self.told.last().expect("a line");
        assert_eq!(last["kind"], "summary", "{:#?}", self.told);
        last
    }

    /// Asserts the exit code, and shows everything where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ended {
        assert_eq!(self.code, code, "{:#?}", self.told);
        self
    }

    /// Lines of a kind.
    pub fn of(&self, kind: &str) -> Vec<&Value> {
        self.told
            .iter()
            .filter(|line| line["kind"] == kind)
            .collect()
    }
}

async fn interrupt(child: &Child) {
    let pid = child.id().expect("it runs").to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().await;
    assert!(sent.expect("kill").success());
}

/// The same program, as it tells people.
pub struct Words {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    told: String,
    pub url: String,
}

impl Words {
    /// Starts it, and waits until clients can connect.
    pub async fn start(upstream: &str) -> Words {
        let (child, lines) = proxy(upstream, &[], &[]);
        let mut words = Words {
            child,
            lines,
            told: String::new(),
            url: String::new(),
        };
        words.until("listening on ").await;
        let (_, url) = words.told.trim_end().rsplit_once(' ').expect("an address");
        words.url = url.to_owned();
        words
    }

    /// Reads on to the first line that has this in it.
    pub async fn until(&mut self, part: &str) {
        while let Some(line) = self.next().await {
            if line.contains(part) {
                return;
            }
        }
        panic!("it ended after {}", self.told);
    }

    /// Ends it as Ctrl-C does; all that it has said.
    pub async fn interrupt(mut self) -> String {
        interrupt(&self.child).await;
        while self.next().await.is_some() {}
        self.told
    }

    async fn next(&mut self) -> Option<String> {
        let line = timeout(PATIENCE, self.lines.next_line());
        let line = line.await.expect("a line in time").expect("UTF-8")?;
        self.told += &format!("{line}\n");
        Some(line)
    }
}

/// Starts `chatspec proxy`, and what it prints.
fn proxy<'a>(
    upstream: &str,
    args: impl IntoIterator<Item = &'a &'a str>,
    variables: &[(&str, &str)],
) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chatspec"))
        .args(["proxy", "--upstream", upstream])
        .args(args)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let stdout = child.stdout.take().expect("a pipe");
    (child, BufReader::new(stdout).lines())
}
