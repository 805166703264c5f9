//! What `chatspec proxy` adds to a round trip: the same questions to the reference server, straight and through the proxy, in turn.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Round trips that are measured on each way, after as many hundredths that are not.
const TRIPS: usize = 20_000;
/// Round trips on one way before the other has its turn: a busy moment hits both.
const TURN: usize = 100;
/// What the proxy may add to the median.
const GOAL: Duration = Duration::from_micros(200);
/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures with this program, and says what came of it.
///
/// # Errors
/// What could not be started or asked.
pub fn measure(program: &Path) -> Result<String, String> {
    let server = Running::start(
        program,
        &["serve", "--listen", "127.0.0.1:0", "--unlimited"],
    )?;
    let upstream = format!("http://{}", server.address);
    let proxy = Running::start(program, &["proxy", "--upstream", &upstream])?;
    let mut straight = Line::open(&server.address)?;
    let mut through = Line::open(&proxy.address)?;
    let mut took = [Vec::with_capacity(TRIPS), Vec::with_capacity(TRIPS)];
    for _ in 0..TRIPS / 100 {
        straight.trip()?;
        through.trip()?;
    }
    while took[1].len() < TRIPS {
        for (line, took) in [&mut straight, &mut through].into_iter().zip(&mut took) {
            for _ in 0..TURN {
                took.push(line.trip()?);
            }
        }
    }
    took.iter_mut().for_each(|took| took.sort_unstable());
    let [straight, through] = took;
    let at = |took: &[Duration], share: f64| took[(took.len() as f64 * share) as usize];
    let mut table = "| round trip | p50 | p90 | p99 |\n|---|---|---|---|\n".to_owned();
    let micros = |time: Duration| format!("{} \u{b5}s", time.as_micros());
    for (name, took) in [("straight", &straight), ("through the proxy", &through)] {
        let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|share| micros(at(took, share)));
        table += &format!("| {name} | {p50} | {p90} | {p99} |\n");
    }
    let added = at(&through, 0.5).saturating_sub(at(&straight, 0.5));
    let verdict = if added < GOAL { "within" } else { "NOT within" };
    table += &format!(
        "\nThe proxy adds {} to the median, {verdict} the goal of {}; {TRIPS} round trips each.\n",
        micros(added),
        micros(GOAL)
    );
    Ok(table)
}

/// A program of ours that listens.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(program: &Path, args: &[&str]) -> Result<Running, String> {
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("run {}: {error}", program.display()))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            let mut stdout = BufReader::new(stdout);
            stdout
                .read_line(&mut line)
                .map_err(|error| format!("read where {} listens: {error}", args[0]))?;
            // Its output has to go somewhere.
            std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        }
        let address = line.trim().rsplit("http://").next().unwrap_or_default();
        let address = address.to_owned();
        let running = Running { child, address };
        match running.address.contains(':') {
            true => Ok(running),
            false => Err(format!("start {}: it said {line:?}", args[0])),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where it has ended already, there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One session by WebSocket, on which questions are asked one after the other.
struct Line {
    stream: TcpStream,
    question: Vec<u8>,
}

impl Line {
    fn open(address: &str) -> Result<Line, String> {
        let wrong = |error: std::io::Error| format!("open a session at {address}: {error}");
        let mut stream = TcpStream::connect(address).map_err(wrong)?;
        stream.set_nodelay(true).map_err(wrong)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(wrong)?;
        let ask = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(ask.as_bytes()).map_err(wrong)?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).map_err(wrong)?;
            head.extend(byte);
        }
        if !head.starts_with(b"HTTP/1.1 101") {
            return Err(format!("open a session at {address}: no WebSocket"));
        }
        let mut line = Line {
            stream,
            question: masked("421[\"chat\",{\"event\":\"users\",\"room\":\"A\"}]"),
        };
        line.stream.write_all(&masked("40")).map_err(wrong)?;
        line.until(b"40")?;
        Ok(line)
    }

    /// A question, to its acknowledgement.
    fn trip(&mut self) -> Result<Duration, String> {
        let started = Instant::now();
        let sent = self.stream.write_all(&self.question);
        sent.map_err(|error| format!("ask: {error}"))?;
        self.until(b"431")?;
        Ok(started.elapsed())
    }

    /// Waits for a packet that begins like this.
    fn until(&mut self, start: &[u8]) -> Result<(), String> {
        loop {
            match self.frame()?.as_slice() {
                // A server closes whom it does not hear of.
                b"2" => {
                    let sent = self.stream.write_all(&masked("3"));
                    sent.map_err(|error| format!("answer a ping: {error}"))?;
                }
                packet if packet.starts_with(start) => return Ok(()),
                _ => {}
            }
        }
    }

    fn frame(&mut self) -> Result<Vec<u8>, String> {
        let wrong = |error: std::io::Error| format!("read an answer: {error}");
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).map_err(wrong)?;
        let length = match head[1] {
            126 => {
                let mut length = [0; 2];
                self.stream.read_exact(&mut length).map_err(wrong)?;
                usize::from(u16::from_be_bytes(length))
            }
            length @ 0..126 => usize::from(length),
            _ => return Err("read an answer: it is long, or masked".to_owned()),
        };
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).map_err(wrong)?;
        Ok(payload)
    }
}

/// A text frame under a mask of zeros.
fn masked(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81, 0x80 | text.len() as u8, 0, 0, 0, 0];
    frame.extend(text.as_bytes());
    frame
}
