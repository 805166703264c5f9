//! A small client, right but for one defect. It is this test program itself, started again by the run under test: no other
//! program has to be there.

use std::io::BufRead;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// The command for `--cmd`.
pub fn command(defect: &str) -> String {
    let program = std::env::current_exe().expect("this program has a path");
    format!(
        "CLIENT_URL={{url}} CLIENT_DEFECT={defect} exec '{}' client::program::plays_a_client --exact --nocapture",
        program.display()
    )
}

/// No test by itself: without the variables there is nothing to do.
#[tokio::test]
async fn plays_a_client() {
    let [Ok(url), Ok(defect)] = ["CLIENT_URL", "CLIENT_DEFECT"].map(std::env::var) else {
        return;
    };
    // The frame of the tests prints the name of a test, and no line break.
    println!();
    let mut client = Client {
        address: url.trim_start_matches("http://").to_owned(),
        defect,
        typed: typed(),
        joined: None,
        may_send: Instant::now(),
        wait: FIRST,
        last: None,
    };
    client.run().await;
    // Whatever was not read any more does not matter.
    std::process::exit(0);
}

/// The first wait between two tries to connect.
const FIRST: Duration = Duration::from_millis(200);

type Socket = WebSocketStream<TcpStream>;

struct Client {
    address: String,
    defect: String,
    typed: mpsc::UnboundedReceiver<Value>,
    joined: Option<(Value, Value)>,
    may_send: Instant,
    wait: Duration,
    /// The room that was left.
    last: Option<(Value, Value)>,
}

/// What the user types.
fn typed() -> mpsc::UnboundedReceiver<Value> {
    let (tell, typed) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let _ = tell.send(serde_json::from_str(&line).expect("acts are JSON"));
        }
    });
    typed
}

impl Client {
    fn is(&self, defect: &str) -> bool {
        self.defect == defect
    }

    async fn run(&mut self) {
        match self.defect.as_str() {
            "idle" => std::future::pending().await,
            "crashes" => {
                eprintln!("no such \u{1b}[31mlibrary");
                std::process::exit(3);
            }
            "prints-on" => loop {
                println!(r#"{{"from":"BOB","text":"spam"}}"#);
            },
            "prints-a-line" => loop {
                print!(
                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                );
            },
            "complains-on" => drop(std::thread::spawn(|| {
                loop {
                    eprintln!("warning: \u{1b}]0;title\u{7}");
                }
            })),
            _ => {}
        }
        loop {
            if let Some(socket) = self.connect().await {
                let quits = self.talk(socket).await;
                if quits || self.is("gives-up") {
                    return;
                }
            }
            // The pause between two tries, which the rules about backoff are about.
            sleep(self.wait).await;
            match self.defect.as_str() {
                "hurries" => self.wait = Duration::ZERO,
                "knocks-faster" => self.wait /= 2,
                _ => self.wait *= 2,
            }
        }
    }

    /// A session with the namespace connected.
    async fn connect(&mut self) -> Option<Socket> {
        let stream = TcpStream::connect(&self.address).await.ok()?;
        let version = if self.is("old") { 3 } else { 4 };
        let path = if self.is("lost-path") {
            ""
        } else {
            "socket.io/"
        };
        let url = format!(
            "ws://{}/{path}?EIO={version}&transport=websocket",
            self.address
        );
        let (mut socket, _) = client_async(url, stream).await.ok()?;
        socket.next().await?.ok()?;
        socket.send(Message::text("40")).await.ok()?;
        if self.is("early") {
            self.emit(
                &mut socket,
                json!({"event": "join", "user": "ada", "room": "LOBBY"}),
            )
            .await;
        }
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(text) if text.starts_with("40") => return Some(socket),
                Message::Text(text) if text == "2" => {
                    socket.send(Message::text("3")).await.ok()?;
                }
                _ => {}
            }
        }
        None
    }

    /// `true` when the user has quit.
    async fn talk(&mut self, mut socket: Socket) -> bool {
        self.wait = if self.is("knocks-faster") {
            FIRST * 4
        } else {
            FIRST
        };
        if let Some((user, room)) = self.joined.clone()
            && !self.is("forgets")
        {
            self.emit(
                &mut socket,
                json!({"event": "join", "user": user, "room": room}),
            )
            .await;
        }
        loop {
            tokio::select! {
                act = self.typed.recv() => match act {
                    Some(act) if act["do"] == "quit" => {
                        if self.is("stays") {
                            std::future::pending().await
                        }
                        let _ = socket.close(None).await;
                        return true;
                    }
                    Some(act) => self.act(&mut socket, &act).await,
                    None => return true,
                },
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        if text == "1" || !self.hear(&mut socket, &text).await {
                            return false;
                        }
                    }
                    Some(Ok(_)) => {}
                    _ => return false,
                },
            }
        }
    }

    async fn act(&mut self, socket: &mut Socket, act: &Value) {
        let mut message = act.clone();
        let kind = act["do"].as_str().unwrap_or_default();
        message.as_object_mut().expect("an object").remove("do");
        message["event"] = json!(if kind == "private" { "chat" } else { kind });
        let (mut user, room) = (act["user"].clone(), act["room"].clone());
        match kind {
            "join" => {
                if self.is("renames") {
                    user = json!("guest");
                    message["user"] = user.clone();
                }
                if self.is("malformed") {
                    message["colour"] = json!("red");
                }
                self.joined = Some((user, room));
            }
            "leave" => {
                self.last = self.joined.take();
                let (user, room) = self.last.clone().unwrap_or_default();
                (message["user"], message["room"]) = (user, room);
                if self.is("leaves-elsewhere") {
                    message["room"] = json!("OTHER");
                }
            }
            "chat" | "private" => {
                let here = self
                    .joined
                    .as_ref()
                    .is_some_and(|(_, joined)| *joined == room);
                if !here && !self.is("talks-on") {
                    return;
                }
                if self.is("trims") {
                    message["text"] = json!(act["text"].as_str().unwrap_or_default().trim());
                }
                if self.is("tells-all") {
                    message.as_object_mut().expect("an object").remove("user");
                }
            }
            "users" if self.is("asks-elsewhere") => message["room"] = json!("OTHER"),
            _ => {}
        }
        if !self.is("impatient") {
            sleep_until(self.may_send).await;
        }
        self.emit(socket, message.clone()).await;
        if self.is("stutters") && message["event"] == "chat" {
            self.emit(socket, message).await;
        }
        match self.defect.as_str() {
            "hangs" => std::future::pending().await,
            "sends-on" => loop {
                self.emit(socket, json!({"event": "users", "room": "LOBBY"}))
                    .await;
            },
            _ => {}
        }
    }

    async fn emit(&mut self, socket: &mut Socket, message: Value) {
        let text = match self.defect.as_str() {
            "two-arguments" => format!("42{}", json!(["chat", message, 1])),
            "garbage" => format!("chat {message}"),
            "attachments" => r#"451-["chat",{"_placeholder":true,"num":0}]"#.to_owned(),
            _ => format!("42{}", json!(["chat", message])),
        };
        let _ = socket.send(Message::text(text)).await;
    }

    /// `false` where it takes that for the end.
    async fn hear(&mut self, socket: &mut Socket, text: &str) -> bool {
        if text == "2" && !self.is("mute-pong") {
            let _ = socket.send(Message::text("3")).await;
        }
        let args: Vec<Value> = match text.strip_prefix("42") {
            Some(rest) => serde_json::from_str(rest).expect("events are JSON"),
            None => return true,
        };
        let [name, first, ..] = args.as_slice() else {
            return true;
        };
        match name.as_str() {
            // What it has sent has come by then: an end at once may take it away again.
            Some("chat") if self.is("ends") => std::process::exit(0),
            Some("chat") => self.heard(socket, first).await,
            Some("message") => {
                let refusal: Value = serde_json::from_str(first.as_str().unwrap_or_default())
                    .expect("refusals are JSON");
                let wait = refusal["retry_ms"].as_u64().unwrap_or(0);
                self.may_send = Instant::now() + Duration::from_millis(wait);
                match self.defect.as_str() {
                    "offended" => return false,
                    "keeps-quiet" => {}
                    "says-refusals" => {
                        println!("{}", json!({"from": "SERVER", "text": refusal["message"]}));
                    }
                    _ => println!("{}", json!({"refused": refusal["code"]})),
                }
            }
            _ if self.is("hears-all") => self.heard(socket, first).await,
            _ if self.is("dies-of-events") => panic!("no such event"),
            _ => {}
        }
        true
    }

    async fn heard(&mut self, socket: &mut Socket, message: &Value) {
        let known = ["type", "from", "message"];
        if self.is("dies-of-keys")
            && message
                .as_object()
                .is_some_and(|it| it.keys().any(|key| !known.contains(&key.as_str())))
        {
            panic!("no such key");
        }
        if message["type"] != "chat" {
            assert!(!self.is("dies-of-types"), "no such type");
            if !self.is("shows-all") {
                return;
            }
        }
        let mut line = json!({"from": message["from"], "text": message["message"]});
        if self.is("escapes") {
            let text = message["message"].as_str().unwrap_or_default();
            line["text"] = json!(text.replace('<', "&lt;"));
        }
        println!("{line}");
        if self.is("shows-twice") {
            println!("{line}");
        }
        if self.is("echoes") {
            let again = json!({"event": "chat", "room": "LOBBY", "text": message["message"]});
            self.emit(socket, again).await;
        }
    }
}
