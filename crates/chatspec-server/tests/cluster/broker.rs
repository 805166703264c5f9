//! A broker of a test's own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::server::due;

/// A running `redis-server`. Dropping it kills it.
pub struct Broker {
    pub address: SocketAddr,
    arguments: Vec<String>,
    folder: PathBuf,
    child: Option<Child>,
}

impl Broker {
    /// One that keeps nothing on disk.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same, with more arguments. `{port}` in one of them is its port.
    pub async fn with(arguments: &[&str]) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "chatspec-broker-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut broker = Self {
            address: free(),
            arguments: arguments.iter().copied().map(str::to_owned).collect(),
            folder,
            child: None,
        };
        // Another may take the port in between.
        for _ in 0..5 {
            if broker.run().await {
                return broker;
            }
            broker.address = free();
        }
        panic!("redis-server does not start");
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Runs it, and waits until it answers.
    async fn run(&mut self) -> bool {
        let mut child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &self.address.port().to_string()])
            .arg("--dir")
            .arg(path(&self.folder))
            .args(
                self.arguments
                    .iter()
                    .map(|argument| argument.replace("{port}", &self.address.port().to_string())),
            )
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("redis-server, which these tests need: apt-get install -y redis-server");
        let stdout = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        loop {
            match due(lines.next_line()).await.expect("text") {
                Some(line) if line.contains("eady to accept connections") => break,
                Some(_) => {}
                None => return false,
            }
        }
        // Else it would block on a full pipe one day.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.child = Some(child);
        true
    }

    /// Ends it at once. It has kept nothing.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            due(child.kill()).await.expect("it dies");
        }
    }

    /// Has it sleep, or wake up: it keeps its connections, and answers nothing.
    pub async fn signal(&self, signal: &str) {
        let child = self.child.as_ref().and_then(Child::id).expect("it runs");
        let sent = Command::new("kill")
            .args([signal, &child.to_string()])
            .status();
        assert!(due(sent).await.expect("kill").success());
    }

    /// Starts it again, where it was.
    pub async fn again(&mut self) {
        assert!(self.run().await, "redis-server does not start again");
    }

    /// Has it do something, and gives the first line of what it answers.
    pub async fn command(&self, parts: &[&str]) -> String {
        self.raw(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>())
            .await
    }

    pub async fn raw(&self, parts: &[&[u8]]) -> String {
        let mut stream = due(TcpStream::connect(self.address))
            .await
            .expect("a broker");
        let mut text = format!("*{}\r\n", parts.len()).into_bytes();
        for part in parts {
            text.extend(format!("${}\r\n", part.len()).bytes());
            text.extend(*part);
            text.extend(b"\r\n");
        }
        due(stream.write_all(&text)).await.expect("it listens");
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        due(reader.read_line(&mut line)).await.expect("an answer");
        if let Some(length) = line.strip_prefix('$') {
            let length: usize = length.trim().parse().unwrap_or_default();
            let mut body = vec![0; length];
            due(reader.read_exact(&mut body)).await.expect("an answer");
            return String::from_utf8_lossy(&body).into_owned();
        }
        line.trim().to_owned()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // What is left of it is of no use, and no harm.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}
