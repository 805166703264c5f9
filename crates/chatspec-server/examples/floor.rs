//! What a chat server costs at the least: `floor PORT`.
//!
//! It copies bytes that are framed already from one connection to others, and does nothing else: no JSON is parsed, no name
//! is checked, nobody is pinged, nothing is limited. No server of the protocol can be faster on the same kernel; ours is
//! measured as a part of this.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

const OPEN: &str = r#"0{"sid":"floor","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

type Peers = Arc<Mutex<HashMap<String, Vec<Arc<Peer>>>>>;

struct Peer {
    stream: TcpStream,
    /// What the kernel has not taken yet.
    out: Mutex<Vec<u8>>,
    more: Notify,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "5005".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let rooms = Peers::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, Arc::clone(&rooms)));
    }
}

async fn serve(stream: TcpStream, rooms: Peers) {
    let peer = Arc::new(Peer {
        stream,
        out: Mutex::default(),
        more: Notify::new(),
    });
    let mut me = Member {
        peer: Arc::clone(&peer),
        rooms,
        joined: None,
    };
    // Whatever goes wrong, the connection is over.
    let _ = me.read().await;
    if let Some((_, room)) = &me.joined {
        let mut rooms = me.rooms.lock().expect("nothing panics");
        if let Some(members) = rooms.get_mut(room) {
            members.retain(|member| !Arc::ptr_eq(member, &peer));
        }
    }
}

impl Peer {
    fn queue(&self, frame: &[u8]) {
        self.out
            .lock()
            .expect("nothing panics")
            .extend_from_slice(frame);
    }

    /// Writes what the kernel takes. The rest waits until it takes more.
    fn flush(&self) {
        let mut out = self.out.lock().expect("nothing panics");
        while !out.is_empty() {
            match self.stream.try_write(&out) {
                Ok(bytes) => drop(out.drain(..bytes)),
                Err(_) => return self.more.notify_one(),
            }
        }
    }
}

struct Member {
    peer: Arc<Peer>,
    rooms: Peers,
    /// Name and room.
    joined: Option<(String, String)>,
}

impl Member {
    async fn read(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        let mut held = 0;
        let mut shaken = false;
        loop {
            tokio::select! {
                ready = self.peer.stream.readable() => ready?,
                () = self.peer.more.notified() => {
                    self.peer.stream.writable().await?;
                    self.peer.flush();
                    continue;
                }
            }
            match self.peer.stream.try_read(&mut buffer[held..]) {
                Ok(0) => return Ok(()),
                Ok(bytes) => held += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            let mut taken = 0;
            if !shaken {
                let Some(end) = buffer[..held]
                    .windows(4)
                    .position(|four| four == b"\r\n\r\n")
                else {
                    continue;
                };
                self.shake(&String::from_utf8_lossy(&buffer[..end]));
                (shaken, taken) = (true, end + 4);
            }
            let mut touched = Vec::new();
            while let Some(length) = self.frame(&mut buffer[taken..held], &mut touched) {
                taken += length;
            }
            for peer in touched {
                peer.flush();
            }
            self.peer.flush();
            buffer.copy_within(taken..held, 0);
            held -= taken;
        }
    }

    fn shake(&self, head: &str) {
        let key = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("sec-websocket-key")
                .then(|| value.trim())
        });
        let accept = derive_accept_key(key.unwrap_or_default().as_bytes());
        self.peer.queue(
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            )
            .as_bytes(),
        );
        self.peer.queue(&framed(OPEN));
    }

    /// Handles one frame, if it is whole; gives its length.
    fn frame(&mut self, bytes: &mut [u8], touched: &mut Vec<Arc<Peer>>) -> Option<usize> {
        let (start, length) = match *bytes.get(1)? & 0x7f {
            126 => (
                4,
                usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
            ),
            length => (2, usize::from(length)),
        };
        let mask: [u8; 4] = bytes.get(start..start + 4)?.try_into().ok()?;
        let payload = bytes.get_mut(start + 4..start + 4 + length)?;
        for (at, byte) in payload.iter_mut().enumerate() {
            *byte ^= mask[at % 4];
        }
        if let Ok(text) = std::str::from_utf8(payload) {
            self.text(text, touched);
        }
        Some(start + 4 + length)
    }

    fn text(&mut self, text: &str, touched: &mut Vec<Arc<Peer>>) {
        if text == "40" {
            return self.peer.queue(&framed(r#"40{"sid":"floor"}"#));
        }
        let event = value(text, "event");
        match (event, &self.joined) {
            (Some("join"), _) => {
                let (user, room) = (
                    value(text, "user").unwrap_or(""),
                    value(text, "room").unwrap_or(""),
                );
                let news = format!(
                    r#"42["chat",{{"type":"newuser","message":"New User {user} joined room {room}"}}]"#
                );
                let mut rooms = self.rooms.lock().expect("nothing panics");
                let members = rooms.entry(room.to_owned()).or_default();
                members.push(Arc::clone(&self.peer));
                self.joined = Some((user.to_owned(), room.to_owned()));
                tell(members, &framed(&news), None, touched);
            }
            (Some("users"), _) => {
                self.peer.queue(&framed(
                    r#"42["chat",{"type":"users","message":"Users in room: []"}]"#,
                ));
            }
            (Some("chat"), Some((user, room))) => {
                let said = value(text, "text").unwrap_or("");
                let told =
                    format!(r#"42["chat",{{"type":"chat","from":"{user}","message":"{said}"}}]"#);
                let rooms = self.rooms.lock().expect("nothing panics");
                tell(&rooms[room], &framed(&told), Some(&self.peer), touched);
            }
            _ => {}
        }
    }
}

fn tell(
    members: &[Arc<Peer>],
    frame: &[u8],
    but: Option<&Arc<Peer>>,
    touched: &mut Vec<Arc<Peer>>,
) {
    let first = touched.is_empty();
    for member in members
        .iter()
        .filter(|member| but.is_none_or(|but| !Arc::ptr_eq(member, but)))
    {
        member.queue(frame);
        // One room a connection: the first message names all whom the others go to as well.
        if first {
            touched.push(Arc::clone(member));
        }
    }
}

/// The string behind a key, wherever it stands.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let at = text.find(&format!("\"{key}\":\""))? + key.len() + 4;
    text[at..].split('"').next()
}

fn framed(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u8::try_from(text.len()) {
        Ok(length) if length < 126 => frame.push(length),
        _ => {
            frame.push(126);
            frame.extend_from_slice(&(text.len() as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(text.as_bytes());
    frame
}
