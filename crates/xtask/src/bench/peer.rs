//! A server that is measured: started, waited for, and ended.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::root;

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, ended when dropped.
pub(super) struct Peer {
    child: Child,
    url: String,
}

impl Peer {
    /// The independent server on Node: installed if need be, and started.
    pub(super) fn node() -> Result<Peer, String> {
        let script = root().join("conformance/interop/node/run");
        set_up(&script)?;
        let script = script.display().to_string();
        Peer::start(|port| vec![script.clone(), port.to_string()])
    }

    /// Starts a program, given the port that it shall listen on, and waits until it does.
    pub(super) fn start(line: impl Fn(u16) -> Vec<String>) -> Result<Peer, String> {
        let address = free().map_err(|error| format!("find a free port: {error}"))?;
        let line = line(address.port());
        let (program, arguments) = line.split_first().ok_or("start no program at all")?;
        let child = Command::new(program)
            .args(arguments)
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // A log of every connection is no part of what is measured.
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("start {program}: {error}"))?;
        let mut peer = Peer {
            child,
            url: format!("http://{address}"),
        };
        peer.listens(address, program)?;
        Ok(peer)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The process that serves: whatever started it has become it.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks again and again, since no event tells that a foreign process listens.
    fn listens(&mut self, address: SocketAddr, program: &str) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("start {program}: it ended with {status}"));
            }
            if Instant::now() > deadline {
                return Err(format!("start {program}: it does not listen"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has a server's own script prepare what it needs.
pub(super) fn set_up(script: &Path) -> Result<(), String> {
    let ready = Command::new(script).arg("--setup").status();
    match ready {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!(
            "set up {}; are npm and python3 installed?",
            shown(script).display()
        )),
    }
}

fn shown(script: &Path) -> PathBuf {
    script
        .strip_prefix(root())
        .map_or_else(|_| script.to_owned(), Path::to_owned)
}

fn free() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
