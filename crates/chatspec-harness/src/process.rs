//! Programs that a person names: each runs in a shell, and ends with everything that it has started.

use std::process::Stdio;

use tokio::process::{Child, Command};

/// A shell that runs `line`, in a process group of its own. The shell is killed when its child is dropped; the rest of its
/// group ends by a [`Group`].
pub fn shell(line: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(line).kill_on_drop(true);
    #[cfg(unix)]
    shell.process_group(0);
    shell
}

/// The process group of a shell: the shell, and what it has started. Dropped, it is killed, in whatever way a run ends.
#[derive(Debug)]
pub struct Group(Option<u32>);

impl Group {
    /// That of a child of [`shell`].
    pub fn of(child: &Child) -> Group {
        Group(child.id())
    }

    /// Asks all of it to end (SIGTERM).
    pub async fn terminate(&self) {
        self.signal("-TERM").await;
    }

    /// Ends all of it (SIGKILL).
    pub async fn kill(&self) {
        self.signal("-KILL").await;
    }

    async fn signal(&self, name: &str) {
        if let Some(kill) = self.command(name) {
            // Where nobody is left, there is nobody to tell.
            let _ = Command::from(kill).status().await;
        }
    }

    /// By the shell's `kill`: sending a signal from here would need `unsafe` or one more crate.
    fn command(&self, signal: &str) -> Option<std::process::Command> {
        let group = self.0?;
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(format!("kill {signal} -{group}"));
        shell.stdin(Stdio::null()).stderr(Stdio::null());
        Some(shell)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(mut kill) = self.command("-KILL") {
            let _ = kill.status();
        }
    }
}
