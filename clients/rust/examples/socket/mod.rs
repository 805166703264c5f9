//! As much of a Socket.IO client as an example needs, over WebSocket. What does not come within five seconds is an error.

// Each example needs another part of it.
#![allow(dead_code)]

use std::collections::VecDeque;
use std::error::Error;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

const PATIENCE: Duration = Duration::from_secs(5);

/// One connection.
pub struct Socket {
    stream: WebSocket<MaybeTlsStream<TcpStream>>,
    calls: u64,
    events: VecDeque<Value>,
}

impl Socket {
    /// Connects to the default namespace of the server at an address such as `http://127.0.0.1:5005`.
    pub fn connect(url: &str) -> Result<Self, Box<dyn Error>> {
        let host = url
            .strip_prefix("http://")
            .ok_or("the address begins with http://")?;
        let host = host.trim_end_matches('/');
        let (mut stream, _) =
            tungstenite::connect(format!("ws://{host}/socket.io/?EIO=4&transport=websocket"))?;
        if let MaybeTlsStream::Plain(plain) = stream.get_mut() {
            plain.set_read_timeout(Some(PATIENCE))?;
        }
        stream.send(Message::text("40"))?;
        let mut socket = Self {
            stream,
            calls: 0,
            events: VecDeque::new(),
        };
        socket.until("40")?;
        Ok(socket)
    }

    /// Sends a message as the event `chat`, and waits for its acknowledgement: the refusal in it, if there is one.
    pub fn call(&mut self, message: &Value) -> Result<Option<Value>, Box<dyn Error>> {
        self.calls += 1;
        let id = self.calls;
        self.stream
            .send(Message::text(format!(r#"42{id}["chat",{message}]"#)))?;
        let args: Vec<Value> = serde_json::from_str(&self.until(&format!("43{id}"))?)?;
        Ok(args.into_iter().next())
    }

    /// Waits for the argument of the next event `chat`.
    pub fn receive(&mut self) -> Result<Value, Box<dyn Error>> {
        if let Some(event) = self.events.pop_front() {
            return Ok(event);
        }
        Ok(argument(&self.until(r#"42["chat","#)?)?)
    }

    /// Sends a message as the event `chat`, and waits for nothing.
    pub fn emit(&mut self, message: &Value) -> Result<(), Box<dyn Error>> {
        let packet = format!("42{}", json!(["chat", message]));
        Ok(self.stream.send(Message::text(packet))?)
    }

    /// Name and first argument of the next event, if one comes within that time.
    pub fn next(&mut self, within: Duration) -> Result<Option<(String, Value)>, Box<dyn Error>> {
        if let MaybeTlsStream::Plain(plain) = self.stream.get_mut() {
            plain.set_read_timeout(Some(within))?;
        }
        let packet = match self.stream.read() {
            Ok(Message::Text(packet)) => packet,
            Ok(_) => return Ok(None),
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        match packet.as_str() {
            "1" => return Err("the server has ended the session".into()),
            "2" => self.stream.send(Message::text("3"))?,
            _ => {}
        }
        let Some(event) = packet.strip_prefix("42") else {
            return Ok(None);
        };
        let event = event.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let mut args = serde_json::from_str::<Vec<Value>>(event)?.into_iter();
        let name = args
            .next()
            .and_then(|name| name.as_str().map(str::to_owned));
        Ok(name.map(|name| (name, args.next().unwrap_or_default())))
    }

    /// Waits for a packet that begins so, and is the rest of it. Events `chat` that come before it are kept.
    fn until(&mut self, prefix: &str) -> Result<String, Box<dyn Error>> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let Message::Text(packet) = self.stream.read()? else {
                continue;
            };
            if let Some(rest) = packet.strip_prefix(prefix) {
                return Ok(rest.to_owned());
            }
            if packet.as_str() == "2" {
                self.stream.send(Message::text("3"))?;
            } else if let Some(rest) = packet.strip_prefix(r#"42["chat","#) {
                self.events.push_back(argument(rest)?);
            }
        }
        Err(format!("no {prefix} within five seconds").into())
    }
}

/// The one argument of an event, without what stands before it.
fn argument(rest: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(rest.strip_suffix(']').unwrap_or(rest))
}
