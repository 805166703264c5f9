//! The broker and the nodes: child processes that end with what holds them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// What a broker may take to answer, and to come to know what another knows.
const FOLLOWING: Duration = Duration::from_secs(10);
/// Until a node that nobody wants has ended. It waits for the lease of one that may be dead.
const REFUSING: Duration = Duration::from_secs(30);

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
    dropped: Arc<AtomicU64>,
}

impl Broker {
    /// Starts one, and waits until it answers.
    pub fn start(program: &'static str) -> Result<Broker, String> {
        let mut broker = Broker::placed(program)?;
        broker.again()?;
        Ok(broker)
    }

    /// A place for one.
    fn placed(program: &'static str) -> Result<Broker, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let address = listener
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("find a free port: {error}"))?;
        let name = format!("chatspec-cluster-{}-{}", std::process::id(), address.port());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("create {}: {error}", folder.display()))?;
        Ok(Broker {
            program,
            folder,
            address,
            running: None,
            dropped: Arc::default(),
        })
    }

    /// Another that follows this one, and has what it has.
    ///
    /// # Errors
    /// It cannot be started, or does not come to know everything.
    pub fn replica(&self) -> Result<Broker, String> {
        let replica = Broker::start(self.program)?;
        let (host, port) = (self.address.ip(), self.address.port());
        replica.command(&["REPLICAOF", &host.to_string(), &port.to_string()])?;
        let end = Instant::now() + FOLLOWING;
        // It is asked again each time that the other has waited for it.
        while Instant::now() < end {
            let follows = replica.info("replication")?;
            if follows.contains("master_link_status:up") {
                return Ok(replica);
            }
            self.command(&["WAIT", "1", "200"])?;
        }
        Err(format!("follow {}: it does not come to it", self.program))
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
        let dropped = Arc::clone(&self.dropped);
        let rest = move |line: &str| {
            if line.contains("overcoming of output buffer limits") {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        };
        first_line(output, ready, rest)
            .ok_or_else(|| format!("start {}: it ended at once", self.program))?;
        self.running = Some(running);
        Ok(())
    }

    /// How many it says it has dropped, because they did not read what it had for them.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
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
        self.command(&["INFO", section])
    }

    /// Has it do something, and tells what it answers, as it comes over the wire.
    ///
    /// # Errors
    /// It cannot be asked, or does not want to.
    pub fn command(&self, words: &[&str]) -> Result<String, String> {
        let asked = || -> std::io::Result<String> {
            let mut link = TcpStream::connect(self.address)?;
            link.set_read_timeout(Some(FOLLOWING))?;
            let mut command = format!("*{}\r\n", words.len());
            for word in words {
                command += &format!("${}\r\n{word}\r\n", word.len());
            }
            // It answers one after the other, and goes.
            write!(link, "{command}*1\r\n$4\r\nQUIT\r\n")?;
            let mut text = String::new();
            link.read_to_string(&mut text)?;
            Ok(text.strip_suffix("+OK\r\n").unwrap_or(&text).to_owned())
        };
        let (program, verb) = (self.program, words.first().unwrap_or(&""));
        let answer = asked().map_err(|error| format!("tell {program} {verb}: {error}"))?;
        match answer.strip_prefix('-') {
            Some(why) => Err(format!("tell {program} {verb}: {}", why.trim())),
            None => Ok(answer),
        }
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

/// How a node is started.
#[derive(Clone, Copy, Default)]
pub struct Way<'w> {
    /// Where it finds its broker.
    pub broker: Option<SocketAddr>,
    /// What it is called.
    pub called: Option<&'w str>,
    /// How wrong its clock is.
    pub skew: Option<&'w str>,
    /// It has its limits, as an operator's has, and not as few as can be.
    pub limited: bool,
}

impl Way<'_> {
    fn spawn(&self, program: &Path) -> Result<Child, String> {
        let mut command = Command::new(program);
        if let Some(skew) = self.skew {
            command.env("LD_PRELOAD", other_time()?);
            // The time that passes is not another: a clock that is set wrong goes as fast as a right one.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            command.env("FAKETIME", skew);
        }
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        if !self.limited {
            command.arg("--unlimited");
        }
        if let Some(broker) = self.broker {
            command.args(["--cluster", &format!("redis://{broker}")]);
        }
        if let Some(called) = self.called {
            command.args(["--cluster-node", called]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
            .spawn()
            .map_err(|error| format!("start {}: {error}", program.display()))
    }
}

/// What has a program see another time, once it is loaded before all else; where Debian puts it.
fn other_time() -> Result<PathBuf, String> {
    let folders = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    let files = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    files
        .into_iter()
        .find(|file| file.is_file())
        .ok_or_else(|| "find libfaketime, which is needed: apt-get install faketime".to_owned())
}

/// A node: `chatspec serve`.
pub struct Node {
    running: Running,
    /// Where its clients find it.
    pub address: SocketAddr,
}

impl Node {
    /// Starts one that has a broker, or is a server by itself.
    pub fn with(program: &Path, broker: Option<SocketAddr>) -> Result<Node, String> {
        let way = Way {
            broker,
            ..Way::default()
        };
        Node::start(program, &way)
    }

    /// Starts one, and waits until it listens.
    pub fn start(program: &Path, way: &Way) -> Result<Node, String> {
        let mut child = way.spawn(program)?;
        let output = child.stdout.take();
        let errors = child.stderr.take();
        let running = Running(child);
        let line = first_line(output, |line| line.starts_with("listening on "), |_| ());
        let Some(line) = line else {
            return Err(format!(
                "start {}: it ended with {:?}",
                program.display(),
                all_of(errors)
            ));
        };
        // A full pipe blocks its writer.
        thread::spawn(move || {
            errors.map(|mut from| std::io::copy(&mut from, &mut std::io::sink()))
        });
        let address = line.trim().strip_prefix("listening on http://");
        let address = address
            .and_then(|address| address.parse().ok())
            .ok_or_else(|| format!("start {}: it said {line:?}", program.display()))?;
        Ok(Node { running, address })
    }

    /// Starts one that ends by itself, for nobody wants it, and tells what it says about that.
    ///
    /// # Errors
    /// It goes on.
    pub fn refused(program: &Path, way: &Way) -> Result<String, String> {
        let mut child = way.spawn(program)?;
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let mut running = Running(child);
        let (tell, told) = channel();
        thread::spawn(move || tell.send(all_of(errors)));
        thread::spawn(move || all_of(output));
        let said = told
            .recv_timeout(REFUSING)
            .map_err(|_| "see a node end that nobody wants: it goes on".to_owned())?;
        match running.0.wait() {
            Ok(status) if !status.success() => Ok(said),
            other => Err(format!("start a node that nobody wants: {other:?}")),
        }
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

/// The first line of this kind. Those that follow are given to `rest` as they come: a full pipe blocks its writer.
fn first_line(
    output: Option<impl Read + Send + 'static>,
    wanted: impl Fn(&str) -> bool,
    rest: impl Fn(&str) + Send + 'static,
) -> Option<String> {
    let mut lines = BufReader::new(output?).lines().map_while(Result::ok);
    let found = lines.find(|line| wanted(line))?;
    thread::spawn(move || lines.for_each(|line| rest(&line)));
    Some(found)
}

/// Everything that there is to be read, as far as it is text.
fn all_of(from: Option<impl Read>) -> String {
    let mut text = Vec::new();
    if let Some(mut from) = from {
        // What cannot be read is not there.
        let _ = from.read_to_end(&mut text);
    }
    String::from_utf8_lossy(&text).trim().to_owned()
}
