//! A member of a room on one node, over a WebSocket of its own.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// A message longer than this is none of ours.
const LONGEST: u64 = 1 << 20;

/// Time before the next try of who was refused and not told how long to wait.
const AGAIN: Duration = Duration::from_millis(50);

/// A connection. Dropping it ends it.
pub struct Client {
    socket: Arc<Mutex<TcpStream>>,
    events: Receiver<(Instant, Value)>,
    /// What has come so far, with the moment at which it did.
    pub heard: Vec<(Instant, Value)>,
    /// Whether the connection has ended.
    pub ended: bool,
}

impl Client {
    /// Connects to the namespace.
    pub fn connect(address: SocketAddr) -> Result<Client, String> {
        Client::open(address).map_err(|error| format!("connect to {address}: {error}"))
    }

    fn open(address: SocketAddr) -> io::Result<Client> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if !line.starts_with("HTTP/1.1 101") {
            return Err(io::Error::other(line));
        }
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let socket = Arc::new(Mutex::new(stream));
        write(&socket, "40")?;
        loop {
            match &*read(&mut reader)? {
                "2" => write(&socket, "3")?,
                reply if reply.starts_with("40{") => break,
                open if open.starts_with("0{") => {}
                other => return Err(io::Error::other(other.to_owned())),
            }
        }
        held(&socket).set_read_timeout(None)?;
        let (tell, events) = channel();
        let answering = socket.clone();
        thread::spawn(move || {
            while let Ok(packet) = read(&mut reader) {
                let told = match packet.split_at_checked(1) {
                    // The session is over, whether the transport lives on or not.
                    Some(("1", "") | ("4", "1")) => return,
                    Some(("2", "")) => write(&answering, "3").is_ok(),
                    Some(("4", packet)) => tell.send((Instant::now(), event(packet))).is_ok(),
                    _ => true,
                };
                if !told {
                    return;
                }
            }
        });
        Ok(Client {
            socket,
            events,
            heard: Vec::new(),
            ended: false,
        })
    }

    /// Connects, joins, and waits for the own announcement. Refused for the time being, it asks again until the deadline.
    pub fn join(
        address: SocketAddr,
        user: &str,
        room: &str,
        within: Duration,
    ) -> Result<Client, String> {
        let mut client = Client::connect(address)?;
        let end = Instant::now() + within;
        while Instant::now() < end {
            let from = client.heard.len();
            client.say(&json!({"event": "join", "user": user, "room": room}));
            let answer = client.hear(from, end, |event| {
                kind(event) == "newuser" || event.get("code").is_some()
            });
            match answer {
                Some((_, event)) if kind(&event) == "newuser" => return Ok(client),
                Some((at, event)) => {
                    let again = (at + retry(&event)).min(end);
                    while client.wait(again) {}
                }
                None => break,
            }
        }
        Err(format!(
            "join as {user} on {address}: {:?}",
            client.heard.last()
        ))
    }

    /// Sends a `chat` event. What cannot be sent is not heard by anybody, which shows.
    pub fn say(&self, payload: &Value) {
        let _ = write(&self.socket, &format!("42{}", json!(["chat", payload])));
    }

    /// Says something in a room.
    pub fn chat(&self, room: &str, text: &str) {
        self.say(&json!({"event": "chat", "room": room, "text": text}));
    }

    /// The first event of a kind from this place of what was heard on, and when it came.
    pub fn hear(
        &mut self,
        from: usize,
        end: Instant,
        wanted: impl Fn(&Value) -> bool,
    ) -> Option<(Instant, Value)> {
        let mut next = from;
        loop {
            while let Some(event) = self.heard.get(next) {
                if wanted(&event.1) {
                    return Some(event.clone());
                }
                next += 1;
            }
            if !self.wait(end) {
                return None;
            }
        }
    }

    /// Waits for the next event. False where none has come by the deadline, or the connection has ended.
    pub fn wait(&mut self, end: Instant) -> bool {
        let left = end.saturating_duration_since(Instant::now());
        match self.events.recv_timeout(left) {
            Ok(event) => {
                self.heard.push(event);
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                self.ended = true;
                false
            }
        }
    }

    /// How often something was heard.
    pub fn count(&self, wanted: impl Fn(&Value) -> bool) -> usize {
        self.heard.iter().filter(|(_, event)| wanted(event)).count()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = held(&self.socket).shutdown(Shutdown::Both);
    }
}

/// The type of what was heard.
pub fn kind(event: &Value) -> &str {
    event
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Its text.
pub fn text(event: &Value) -> &str {
    event
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// How long who was refused is told to wait, a minute at most.
fn retry(event: &Value) -> Duration {
    let told = event.get("retry_ms").and_then(Value::as_u64);
    told.map_or(AGAIN, |ms| Duration::from_millis(ms.min(60_000)))
}

/// What an event carries; of a refusal the JSON in its text.
fn event(packet: &str) -> Value {
    let event: Value = packet
        .strip_prefix('2')
        .and_then(|event| serde_json::from_str(event).ok())
        .unwrap_or_default();
    match event.get(1) {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(payload) => payload.clone(),
        None => Value::Null,
    }
}

fn write(socket: &Mutex<TcpStream>, text: &str) -> io::Result<()> {
    // A masked text frame; a mask of zeros leaves the text as it is.
    let mut frame = vec![0x81];
    match text.len() {
        short @ ..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            let length = u16::try_from(long).map_err(io::Error::other)?;
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.bytes());
    held(socket).write_all(&frame)
}

/// The next text frame.
fn read(reader: &mut impl Read) -> io::Result<String> {
    loop {
        let mut head = [0; 2];
        reader.read_exact(&mut head)?;
        let length = match head[1] & 0x7f {
            126 => {
                let mut length = [0; 2];
                reader.read_exact(&mut length)?;
                u64::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                reader.read_exact(&mut length)?;
                u64::from_be_bytes(length)
            }
            short => u64::from(short),
        };
        if length > LONGEST {
            return Err(io::Error::other("a frame that is too long"));
        }
        let mut body = vec![0; length as usize];
        reader.read_exact(&mut body)?;
        match head[0] & 0x0f {
            1 => return String::from_utf8(body).map_err(io::Error::other),
            8 => return Err(io::ErrorKind::UnexpectedEof.into()),
            _ => {}
        }
    }
}

fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
