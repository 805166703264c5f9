//! A Socket.IO server in small: both transports, the upgrade, and a function that says what an event leads to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_tungstenite::tungstenite::Message;

use super::http::{self, Request};
use super::session::Session;

/// How a server meets its clients.
pub enum Door {
    /// It accepts TCP and never says a word.
    Silent,
    /// It answers every request with one status and body.
    Answers(&'static str, String),
    /// It opens a session and ends it at once.
    Closing,
    /// It opens sessions, connects the main namespace, and handles each event so.
    Open(Box<dyn Fn(&Asked<'_>) + Send + Sync>),
}

/// One event that came in.
pub struct Asked<'a> {
    hub: &'a Hub,
    session: &'a Session,
    pub name: &'a str,
    pub args: &'a [Value],
    ack: Option<u64>,
}

impl Asked<'_> {
    /// Sends an event to whoever asked.
    pub fn reply(&self, name: &str, args: &[Value]) {
        self.session.emit(name, args);
    }

    /// Sends an event to every connection.
    pub fn announce(&self, name: &str, args: &[Value]) {
        for session in self.hub.sessions.lock().expect("no holder panics").values() {
            session.emit(name, args);
        }
    }

    /// The id of whoever asked.
    pub fn sid(&self) -> &str {
        &self.session.sid
    }

    /// Sends an event to one connection, if it stands.
    pub fn tell(&self, sid: &str, name: &str, args: &[Value]) {
        if let Some(session) = self.hub.find(sid) {
            session.emit(name, args);
        }
    }

    /// Acknowledges, if that was asked for.
    pub fn acknowledge(&self, args: &Value) {
        if let Some(id) = self.ack {
            self.session.send(format!("43{id}{args}"));
        }
    }

    /// Sends a frame, right or wrong.
    pub fn frame(&self, frame: String) {
        self.session.send(frame);
    }

    /// Ends the connection of whoever asked.
    pub fn close(&self) {
        self.session.close();
    }
}

/// A running server. It ends when this is dropped.
pub struct Server {
    pub url: String,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(door: Door) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port");
        let hub = Arc::new(Hub {
            door,
            sessions: Mutex::default(),
            opened: Mutex::new(0),
        });
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                // Small writes; nothing shall wait for them.
                let _ = stream.set_nodelay(true);
                connections.spawn(Arc::clone(&hub).connection(stream));
                while connections.try_join_next().is_some() {}
            }
        });
        Server {
            url: format!("http://{address}"),
            task,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A port on which nothing listens, and nobody else can while this lives.
pub struct Dead {
    pub url: String,
    _socket: TcpSocket,
}

impl Dead {
    pub fn new() -> Dead {
        let socket = TcpSocket::new_v4().expect("a socket");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(any).expect("a free port");
        Dead {
            url: format!("http://{}", socket.local_addr().expect("the port")),
            _socket: socket,
        }
    }
}

struct Hub {
    door: Door,
    sessions: Mutex<BTreeMap<String, Arc<Session>>>,
    opened: Mutex<u64>,
}

impl Hub {
    async fn connection(self: Arc<Hub>, mut stream: TcpStream) {
        match &self.door {
            Door::Silent => http::read_to_end(&mut stream).await,
            Door::Answers(status, body) => {
                while Request::read(&mut stream).await.is_some() {
                    if http::answer(&mut stream, status, body).await.is_err() {
                        return;
                    }
                }
            }
            Door::Closing | Door::Open(_) => self.engine(stream).await,
        }
    }

    async fn engine(&self, mut stream: TcpStream) {
        let Some(head) = http::peek_head(&stream).await else {
            return;
        };
        let upgrade = head.to_ascii_lowercase().contains("upgrade: websocket");
        let known = http::parameter(&head, "EIO") == Some("4");
        match http::parameter(&head, "sid") {
            None if upgrade && known => self.websocket(stream, self.open(), false).await,
            Some(sid) if upgrade && known => {
                if let Some(session) = self.find(sid) {
                    return self.websocket(stream, session, true).await;
                }
                self.polling(&mut stream).await;
            }
            _ => self.polling(&mut stream).await,
        }
    }

    fn open(&self) -> Arc<Session> {
        let mut opened = self.opened.lock().expect("no holder panics");
        *opened += 1;
        let session = Arc::new(Session::new(format!("session{opened}")));
        if matches!(self.door, Door::Closing) {
            session.close();
        }
        let mut sessions = self.sessions.lock().expect("no holder panics");
        sessions.insert(session.sid.clone(), Arc::clone(&session));
        session
    }

    fn find(&self, sid: &str) -> Option<Arc<Session>> {
        let sessions = self.sessions.lock().expect("no holder panics");
        sessions.get(sid).cloned()
    }

    fn forget(&self, session: &Session) {
        session.close();
        let mut sessions = self.sessions.lock().expect("no holder panics");
        sessions.remove(&session.sid);
    }

    /// Requests outside of a WebSocket, one after another.
    async fn polling(&self, stream: &mut TcpStream) {
        while let Some(request) = Request::read(stream).await {
            let body = match http::parameter(&request.head, "sid").map(|sid| self.find(sid)) {
                _ if http::parameter(&request.head, "EIO") != Some("4") => None,
                None if request.is_post() => None,
                None => Some(self.open().open_packet()),
                Some(None) => None,
                Some(Some(session)) if request.is_post() => {
                    for frame in request.body.split('\u{1e}') {
                        self.receive(&session, frame);
                    }
                    Some("ok".to_owned())
                }
                Some(Some(session)) => match session.frames().await {
                    Some(frames) => Some(frames.join("\u{1e}")),
                    None => {
                        self.forget(&session);
                        Some("1".to_owned())
                    }
                },
            };
            let (status, body) = match &body {
                Some(body) => ("200 OK", body.as_str()),
                None => (
                    "400 Bad Request",
                    r#"{"code":1,"message":"Session ID unknown"}"#,
                ),
            };
            if http::answer(stream, status, body).await.is_err() {
                return;
            }
        }
    }

    async fn websocket(&self, stream: TcpStream, session: Arc<Session>, upgrading: bool) {
        let Ok(socket) = tokio_tungstenite::accept_async(stream).await else {
            return;
        };
        let (mut sink, mut stream) = socket.split();
        if upgrading {
            // The client's probe, then its word that polling has come to rest.
            let Some(Ok(_)) = stream.next().await else {
                return;
            };
            session.probed(true);
            if sink.send(Message::text("3probe")).await.is_err() {
                return;
            }
            let Some(Ok(_)) = stream.next().await else {
                return;
            };
            session.probed(false);
        } else if sink
            .send(Message::text(session.open_packet()))
            .await
            .is_err()
        {
            return;
        }
        let reading = async {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message {
                    self.receive(&session, &text);
                }
            }
        };
        let writing = async {
            while let Some(frames) = session.frames().await {
                for frame in frames {
                    if sink.feed(Message::text(frame)).await.is_err() {
                        return;
                    }
                }
                if sink.flush().await.is_err() {
                    return;
                }
            }
            let _ = sink.send(Message::Close(None)).await;
        };
        tokio::select! { () = reading => {}, () = writing => {} }
        self.forget(&session);
    }

    /// Handles one Engine.IO frame. What is no event of the main namespace is ignored.
    fn receive(&self, session: &Session, frame: &str) {
        match frame {
            "1" => return self.forget(session),
            "41" => return session.disconnect_namespace(),
            _ if session.is_closed() => return,
            _ => {}
        }
        if frame == "40" || frame.starts_with("40{") {
            return session.connect_namespace();
        }
        let Some(rest) = frame.strip_prefix("42") else {
            return;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(Value::Array(all)) = serde_json::from_str(&rest[digits..]) else {
            return;
        };
        let Some((Value::String(name), args)) = all.split_first() else {
            return;
        };
        if let Door::Open(answer) = &self.door {
            answer(&Asked {
                hub: self,
                session,
                name,
                args,
                ack: rest[..digits].parse().ok(),
            });
        }
    }
}
