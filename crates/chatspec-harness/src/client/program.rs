//! The client's program: acts go in, a line of JSON each, and what it shows comes out in the same way.

use std::collections::VecDeque;
use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chatspec_judge::client::What;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::Told;
use crate::process::{Group, shell};

/// The longest line that is read in one piece, in bytes.
const LINE_BYTES: u64 = 64 * 1024;
/// How much of a line that nobody asked for is kept, in characters.
const KEPT: usize = 200;
/// How many lines of what it says on standard error are kept.
const LAST: usize = 12;
/// How long a program may take to end after SIGTERM, and what it has printed to come after its end.
const GRACE: Duration = Duration::from_secs(1);

/// A running program.
pub(super) struct Program {
    input: Option<ChildStdin>,
    /// Whoever is left of it is killed when this ends.
    group: Group,
    /// Waits for the end of the shell.
    watch: JoinHandle<()>,
    errors: JoinHandle<()>,
    complaints: Arc<Mutex<VecDeque<String>>>,
}

impl Program {
    /// Runs `line` in a shell, in a process group of its own.
    pub(super) fn start(line: &str, tell: mpsc::Sender<Told>) -> io::Result<Program> {
        let mut child = shell(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (input, group) = (child.stdin.take(), Group::of(&child));
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let complaints = Arc::default();
        let errors = tokio::spawn(remember(errors, Arc::clone(&complaints)));
        let watch = tokio::spawn(watch(child, output, tell));
        Ok(Program {
            input,
            group,
            watch,
            errors,
            complaints,
        })
    }

    /// Asks for one act. Who does not read, or has ended, is seen by what does not come.
    pub(super) async fn ask(&mut self, act: &Value, deadline: Instant) {
        if let Some(input) = &mut self.input {
            let line = format!("{act}\n");
            let _ = timeout_at(deadline, input.write_all(line.as_bytes())).await;
        }
    }

    /// Ends it and everything that it started; its last words on standard error, as they are.
    pub(super) async fn end(mut self) -> Vec<String> {
        self.input = None;
        self.group.terminate().await;
        if timeout(GRACE, &mut self.watch).await.is_err() {
            self.group.kill().await;
        }
        let _ = timeout(GRACE, &mut self.errors).await;
        match self.complaints.lock() {
            Ok(mut lines) => lines.drain(..).collect(),
            Err(_) => Vec::new(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.watch.abort();
        self.errors.abort();
    }
}

/// Tells of each line that the program prints, and of its end.
async fn watch(mut child: Child, output: Option<impl AsyncRead + Unpin>, tell: mpsc::Sender<Told>) {
    let printed = async {
        if let Some(output) = output {
            read(output, &tell).await;
        }
    };
    tokio::pin!(printed);
    let status = tokio::select! {
        status = child.wait() => {
            // What it has started may hold its output open for ever; what it has printed itself is there.
            let _ = timeout(GRACE, printed).await;
            status
        }
        () = &mut printed => child.wait().await,
    };
    let how = status.map_or_else(|error| error.to_string(), |status| status.to_string());
    let _ = tell.send((Instant::now(), What::Exited(how))).await;
}

async fn read(output: impl AsyncRead + Unpin, tell: &mpsc::Sender<Told>) {
    let mut output = BufReader::new(output);
    while let Some(line) = line(&mut output).await {
        let what = match serde_json::from_slice::<Value>(&line) {
            Ok(value) if value.is_object() => What::Shown(value),
            _ => What::Noise(start(&line)),
        };
        if tell.send((Instant::now(), what)).await.is_err() {
            return;
        }
    }
}

/// Keeps the last lines, however many come.
async fn remember(errors: Option<impl AsyncRead + Unpin>, kept: Arc<Mutex<VecDeque<String>>>) {
    let Some(errors) = errors else { return };
    let mut errors = BufReader::new(errors);
    while let Some(line) = line(&mut errors).await {
        let Ok(mut kept) = kept.lock() else { return };
        if kept.len() == LAST {
            kept.pop_front();
        }
        kept.push_back(start(&line));
    }
}

/// The next line, or as much of it as is read in one piece.
async fn line(from: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    match from.take(LINE_BYTES).read_until(b'\n', &mut line).await {
        Ok(1..) => Some(line),
        _ => None,
    }
}

fn start(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.trim_end().chars().take(KEPT).collect()
}
