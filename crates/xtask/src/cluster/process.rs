//! The broker and the nodes: child processes that end with what holds them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

/// What can be told to a process.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// Stop, in order.
    Terminate,
    /// Hold everything.
    Freeze,
    /// Go on.
    Thaw,
}

/// A running process. Dropping it kills it.
struct Running(Child);

impl Running {
    fn signal(&self, signal: Signal) -> Result<(), String> {
        let word = match signal {
            Signal::Terminate => "-TERM",
            Signal::Freeze => "-STOP",
            Signal::Thaw => "-CONT",
        };
        let told = Command::new("kill")
            .args([word, &self.0.id().to_string()])
            .status();
        match told {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("tell process {} {word}: {other:?}", self.0.id())),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A `redis-server` or `valkey-server` that keeps nothing.
pub struct Broker {
    program: &'static str,
    folder: PathBuf,
    /// Where it listens.
    pub address: SocketAddr,
    running: Option<Running>,
}

impl Broker {
    /// Starts one, and waits until it answers.
    pub fn start(program: &'static str) -> Result<Broker, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let address = listener
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("find a free port: {error}"))?;
        let name = format!("chatspec-cluster-{}-{}", std::process::id(), address.port());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("create {}: {error}", folder.display()))?;
        let mut broker = Broker {
            program,
            folder,
            address,
            running: None,
        };
        broker.again()?;
        Ok(broker)
    }

    /// Ends it without a word.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Starts it where it was, empty.
    pub fn again(&mut self) -> Result<(), String> {
        let mut child = Command::new(self.program)
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &self.address.port().to_string()])
            .arg("--dir")
            .arg(&self.folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("start {}: {error}", self.program))?;
        let output = child.stdout.take();
        let running = Running(child);
        let ready = |line: &str| line.contains("eady to accept connections");
        first_line(output, ready)
            .ok_or_else(|| format!("start {}: it ended at once", self.program))?;
        self.running = Some(running);
        Ok(())
    }

    /// The number of its process; 0 where it is not running.
    pub fn id(&self) -> u32 {
        self.running.as_ref().map_or(0, |running| running.0.id())
    }

    /// What it tells of itself, in lines of `key:value`.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn info(&self, section: &str) -> Result<String, String> {
        let asked = || -> std::io::Result<String> {
            let mut link = TcpStream::connect(self.address)?;
            write!(link, "INFO {section}\r\nQUIT\r\n")?;
            let mut text = String::new();
            link.read_to_string(&mut text)?;
            Ok(text)
        };
        asked().map_err(|error| format!("ask {} about itself: {error}", self.program))
    }

    /// Tells it something.
    pub fn signal(&self, signal: Signal) -> Result<(), String> {
        self.running
            .as_ref()
            .map_or(Ok(()), |running| running.signal(signal))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.running = None;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A node: `chatspec serve`.
pub struct Node {
    running: Running,
    /// Where its clients find it.
    pub address: SocketAddr,
}

impl Node {
    /// Starts one that finds its broker there, and waits until it listens.
    pub fn start(program: &Path, broker: SocketAddr) -> Result<Node, String> {
        Node::with(program, Some(broker))
    }

    /// Starts one that has a broker, or is a server by itself.
    pub fn with(program: &Path, broker: Option<SocketAddr>) -> Result<Node, String> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--unlimited"]);
        if let Some(broker) = broker {
            command.args(["--cluster", &format!("redis://{broker}")]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|error| format!("start {}: {error}", program.display()))?;
        let output = child.stdout.take();
        let running = Running(child);
        let line = first_line(output, |line| line.starts_with("listening on "));
        let address = line
            .as_deref()
            .and_then(|line| line.trim().strip_prefix("listening on http://"))
            .and_then(|address| address.parse().ok())
            .ok_or_else(|| format!("start {}: it said {line:?}", program.display()))?;
        Ok(Node { running, address })
    }

    /// Tells it something.
    pub fn signal(&self, signal: Signal) -> Result<(), String> {
        self.running.signal(signal)
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.running.0.id()
    }

    /// Waits until it has ended by itself.
    pub fn ended(mut self) -> Result<(), String> {
        let status = self.running.0.wait();
        match status {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("stop a node: it ended with {other:?}")),
        }
    }
}

/// The first line of this kind. What follows is read and thrown away, for a full pipe blocks its writer.
fn first_line(
    output: Option<impl Read + Send + 'static>,
    wanted: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut output = BufReader::new(output?);
    let mut line = String::new();
    while let Ok(1..) = output.read_line(&mut line) {
        if wanted(&line) {
            thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
            return Some(line);
        }
        line.clear();
    }
    None
}
