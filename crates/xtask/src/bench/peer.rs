//! The independent server that ours is measured beside.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
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
    /// Installs it if need be, starts it, and waits until it listens.
    pub(super) fn start() -> Result<Peer, String> {
        let setup = Command::new(script()).arg("--setup").status();
        if !setup.is_ok_and(|status| status.success()) {
            return Err("set up conformance/interop/node; is npm installed?".to_owned());
        }
        let address = free().map_err(|error| format!("find a free port: {error}"))?;
        let child = Command::new(script())
            .arg(address.port().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("start conformance/interop/node: {error}"))?;
        let mut peer = Peer {
            child,
            url: format!("http://{address}"),
        };
        peer.listens(address)?;
        Ok(peer)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Asks again and again, since no event tells that a foreign process listens.
    fn listens(&mut self, address: SocketAddr) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!(
                    "start conformance/interop/node: it ended with {status}"
                ));
            }
            if Instant::now() > deadline {
                return Err("start conformance/interop/node: it does not listen".to_owned());
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

fn script() -> PathBuf {
    root().join("conformance/interop/node/run")
}

fn free() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
