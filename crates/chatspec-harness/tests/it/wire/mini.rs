//! A small Socket.IO server, right enough to prove a client: both transports and the upgrade.
//!
//! It sends a ping before the CONNECT reply, acknowledges every event, and knows three:
//! `echo` comes back, `stream` sends as many `item` events as it is told, one at a time, and `pongs`
//! tells how many pongs have arrived.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chatspec_harness::wire::{Packet, Target, socket};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout_at;
use tokio_tungstenite::tungstenite::Message;

use super::scripted::{Request, response, serve};
use super::soon;

const OPEN: &str = r#"0{"sid":"mini","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// One session for the whole server: each test starts its own.
#[derive(Default)]
pub struct Mini {
    state: Mutex<State>,
    changed: Notify,
    noted: Notify,
    /// The head of every request, and every packet that came in.
    pub seen: Mutex<Vec<String>>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<String>,
    pongs: u64,
    /// A WebSocket was probed: GETs end with a noop.
    probed: bool,
}

pub async fn start() -> (Target, Arc<Mini>) {
    let mini = Arc::new(Mini::default());
    let shared = Arc::clone(&mini);
    let target = serve(move |stream| Arc::clone(&shared).connection(stream)).await;
    (target, mini)
}

impl Mini {
    pub fn send(&self, packet: impl Into<String>) {
        self.state
            .lock()
            .expect("whole")
            .queue
            .push_back(packet.into());
        self.changed.notify_one();
    }

    /// Waits until something that contains `text` has come in.
    pub async fn until_seen(&self, text: &str) {
        loop {
            // Made before looking, so that nothing can come in between.
            let noted = self.noted.notified();
            if self
                .seen
                .lock()
                .expect("whole")
                .iter()
                .any(|line| line.contains(text))
            {
                return;
            }
            if timeout_at(soon(), noted).await.is_err() {
                panic!("no {text:?} in {:#?}", self.seen.lock().expect("whole"));
            }
        }
    }

    async fn connection(self: Arc<Mini>, mut stream: TcpStream) {
        let mut first = [0; 2048];
        let Ok(length) = stream.peek(&mut first).await else {
            return;
        };
        let head = String::from_utf8_lossy(&first[..length]).into_owned();
        if head.to_lowercase().contains("upgrade: websocket") {
            self.note(&head);
            return self.websocket(stream, head.contains("sid=mini")).await;
        }
        while let Some(request) = Request::read(&mut stream).await {
            self.note(&request.head);
            let body = if request.is_post() {
                request
                    .body
                    .split('\u{1e}')
                    .for_each(|packet| Arc::clone(&self).receive(packet));
                "ok".to_owned()
            } else if request.head.contains("sid=mini") {
                self.queued().await.join("\u{1e}")
            } else {
                OPEN.to_owned()
            };
            if stream.write_all(&response("200 OK", &body)).await.is_err() {
                return;
            }
        }
    }

    async fn websocket(self: Arc<Mini>, stream: TcpStream, upgrading: bool) {
        let Ok(socket) = tokio_tungstenite::accept_async(stream).await else {
            return;
        };
        let (mut sink, mut stream) = socket.split();
        if upgrading {
            let probe = stream.next().await;
            assert!(
                matches!(&probe, Some(Ok(Message::Text(text))) if *text == "2probe"),
                "{probe:?}"
            );
            self.state.lock().expect("whole").probed = true;
            self.changed.notify_one();
            sink.send(Message::text("3probe"))
                .await
                .expect("the client reads");
            let done = stream.next().await;
            assert!(
                matches!(&done, Some(Ok(Message::Text(text))) if *text == "5"),
                "{done:?}"
            );
            self.state.lock().expect("whole").probed = false;
        } else {
            sink.send(Message::text(OPEN))
                .await
                .expect("the client reads");
        }
        let reading = async {
            loop {
                match stream.next().await {
                    Some(Ok(Message::Text(text))) => Arc::clone(&self).receive(&text),
                    Some(Ok(Message::Close(_))) => self.note("close frame"),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return self.note(&format!("websocket error: {error}")),
                    None => return,
                }
            }
        };
        let writing = async {
            loop {
                for packet in self.queued().await {
                    if sink.send(Message::text(packet)).await.is_err() {
                        return;
                    }
                }
            }
        };
        tokio::select! { () = reading => {}, () = writing => {} }
    }

    /// What is to be sent, once there is something.
    async fn queued(&self) -> Vec<String> {
        loop {
            {
                let mut state = self.state.lock().expect("whole");
                if !state.queue.is_empty() {
                    // Few at a time, so that a stream takes many GETs.
                    let few = state.queue.len().min(3);
                    return state.queue.drain(..few).collect();
                }
                if state.probed {
                    return vec!["6".to_owned()];
                }
            }
            self.changed.notified().await;
        }
    }

    fn receive(self: Arc<Mini>, text: &str) {
        self.note(text);
        if text == "3" {
            self.state.lock().expect("whole").pongs += 1;
        }
        if text == "40" {
            self.send("2");
            self.send(r#"40{"sid":"socket"}"#);
        }
        if let Packet::Event {
            ack, name, args, ..
        } = Packet::from_text(text)
        {
            self.event(&name, args);
            if let Some(id) = ack {
                self.send(format!("4{}", socket::ack("/", &id, &[])));
            }
        }
    }

    fn event(self: &Arc<Mini>, name: &str, args: Vec<Value>) {
        match name {
            "echo" => self.send(format!("4{}", socket::event("/", None, "echo", &args))),
            "pongs" => {
                let pongs = json!(self.state.lock().expect("whole").pongs);
                self.send(format!("4{}", socket::event("/", None, "pongs", &[pongs])));
            }
            "stream" => {
                let mini = Arc::clone(self);
                let items = args[0].as_u64().expect("a number of items");
                tokio::spawn(async move {
                    for item in 0..items {
                        mini.send(format!(
                            "4{}",
                            socket::event("/", None, "item", &[item.into()])
                        ));
                        tokio::task::yield_now().await;
                    }
                });
            }
            _ => {}
        }
    }

    fn note(&self, line: &str) {
        self.seen.lock().expect("whole").push(line.to_owned());
        self.noted.notify_waiters();
    }
}
