//! The client's program: acts go in, a line of JSON each, and what it shows comes out in the same way.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use chatspec_judge::client::What;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

/// The longest line that is read, in bytes.
const LINE_BYTES: u64 = 2_000_000;
/// How long a program may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(1);

/// A running program.
pub(super) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    group: Option<u32>,
}

impl Program {
    /// Runs `line` in a shell, in a process group of its own.
    pub(super) fn start(line: &str, tell: mpsc::Sender<What>) -> io::Result<Program> {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        #[cfg(unix)]
        shell.process_group(0);
        let mut child = shell.spawn()?;
        if let Some(output) = child.stdout.take() {
            tokio::spawn(read(output, tell));
        }
        let (input, group) = (child.stdin.take(), child.id());
        Ok(Program {
            child,
            input,
            group,
        })
    }

    /// Asks for one act. Who does not read, or has ended, is seen by what does not come.
    pub(super) async fn ask(&mut self, act: &Value, deadline: Instant) {
        if let Some(input) = &mut self.input {
            let line = format!("{act}\n");
            let _ = timeout_at(deadline, input.write_all(line.as_bytes())).await;
        }
    }

    /// Ends it and everything that it started.
    pub(super) async fn end(mut self) {
        self.input = None;
        signal("-TERM", self.group);
        let _ = timeout(GRACE, self.child.wait()).await;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        signal("-KILL", self.group);
    }
}

/// By the shell's `kill`: sending a signal from here would need `unsafe` or one more crate.
fn signal(name: &str, group: Option<u32>) {
    let Some(group) = group else { return };
    // Where nobody is left, there is nobody to tell.
    let _ = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("kill {name} -{group}"))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// Tells of each line that the program prints, and of its end.
async fn read(output: impl AsyncRead + Unpin, tell: mpsc::Sender<What>) {
    let mut output = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        let what = match (&mut output)
            .take(LINE_BYTES)
            .read_until(b'\n', &mut line)
            .await
        {
            Ok(0) => break,
            Err(error) => {
                let _ = tell.send(What::Exited(error.to_string())).await;
                return;
            }
            Ok(_) => match serde_json::from_slice::<Value>(&line) {
                Ok(value) if value.is_object() => What::Shown(value),
                _ => What::Noise(String::from_utf8_lossy(&line).chars().take(200).collect()),
            },
        };
        if tell.send(what).await.is_err() {
            return;
        }
    }
    let _ = tell.send(What::Exited("its output ended".to_owned())).await;
}
