//! rust.rs URL: a client on the types of the crate `chatspec`, for `chatspec test-client`.

use std::collections::VecDeque;
use std::error::Error;
use std::io::BufRead;
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use chatspec::decode::decode_server;
use chatspec::message::{Chat, ClientMessage, Join, Leave, ServerMessage, UsersRequest};
use chatspec::name::{RoomName, UserName};
use chatspec::text::MessageText;
use serde_json::{Value, json};

#[path = "../../clients/rust/examples/socket/mod.rs"]
mod socket;
use socket::Socket;

type Done<T> = Result<T, Box<dyn Error>>;

/// The waits between two tries to connect.
const WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(8)];
/// How often the socket is left for what the user wants.
const LOOK: Duration = Duration::from_millis(20);

struct Client {
    typed: Receiver<Value>,
    joined: Option<(UserName, RoomName)>,
    /// What is to be sent, in order, once it may be.
    waiting: VecDeque<ClientMessage>,
    may_send: Instant,
}

fn main() -> Done<()> {
    let url = std::env::args().nth(1).ok_or("usage: adapter URL")?;
    let (tell, typed) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let _ = tell.send(serde_json::from_str(&line).unwrap_or_default());
        }
    });
    let mut client = Client {
        typed,
        joined: None,
        waiting: VecDeque::new(),
        may_send: Instant::now(),
    };
    let [first, longest] = WAITS;
    let mut wait = first;
    loop {
        if let Ok(mut socket) = Socket::connect(&url) {
            wait = first;
            // An error is a connection that is lost.
            if client.talk(&mut socket).is_ok() {
                return Ok(());
            }
        }
        // The pause between two tries: there is no event to wait for, the server is away.
        sleep(wait);
        wait = longest.min(wait * 2);
    }
}

impl Client {
    /// Ends well when the user quits.
    fn talk(&mut self, socket: &mut Socket) -> Done<()> {
        self.waiting.clear();
        if let Some((user, room)) = self.joined.clone() {
            let join = Join::new(Some(user), Some(room));
            self.waiting.push_back(ClientMessage::Join(join));
        }
        loop {
            while let Ok(act) = self.typed.try_recv() {
                if act["do"] == "quit" {
                    return Ok(());
                }
                let message = self.message(&act)?;
                self.waiting.extend(message);
            }
            // A refusal with `retry_ms` says how long to wait. What comes meanwhile is heard, and pings are answered.
            while Instant::now() >= self.may_send
                && let Some(message) = self.waiting.pop_front()
            {
                socket.emit(&message.to_value())?;
            }
            if let Some((name, argument)) = socket.next(LOOK)? {
                self.hear(&name, &argument);
            }
        }
    }

    fn message(&mut self, act: &Value) -> Done<Option<ClientMessage>> {
        let word = |key: &str| act[key].as_str();
        let user = word("user").map(UserName::parse).transpose()?;
        let room = word("room").map(RoomName::parse).transpose()?;
        Ok(match word("do") {
            Some("join") => {
                self.joined = user.clone().zip(room.clone());
                Some(ClientMessage::Join(Join::new(user, room)))
            }
            Some("leave") => self
                .joined
                .take()
                .map(|(user, room)| ClientMessage::Leave(Leave::new(Some(user), Some(room)))),
            Some("users") => Some(ClientMessage::Users(UsersRequest::new(room))),
            _ if self.joined.as_ref().map(|(_, here)| here) == room.as_ref() => {
                let text = word("text").map(MessageText::parse).transpose()?;
                Some(ClientMessage::Chat(Chat::new(user, room, text)))
            }
            _ => None,
        })
    }

    fn hear(&mut self, name: &str, argument: &Value) {
        match name {
            "chat" => {
                if let Ok(Some(ServerMessage::Chat(said))) = decode_server(argument) {
                    println!(
                        "{}",
                        json!({"from": said.from.as_str(), "text": said.message})
                    );
                }
            }
            "message" => {
                let refusal: Value =
                    serde_json::from_str(argument.as_str().unwrap_or_default()).unwrap_or_default();
                let wait = refusal["retry_ms"].as_u64().unwrap_or(0);
                self.may_send = Instant::now() + Duration::from_millis(wait);
                println!("{}", json!({"refused": refusal["code"]}));
            }
            _ => {}
        }
    }
}
