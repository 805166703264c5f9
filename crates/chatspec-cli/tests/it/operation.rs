//! `chatspec serve` as an operator meets it: its log, its health, its metrics, its tokens and its end.

use std::process::Stdio;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::program::chatspec;

const DEADLINE: Duration = Duration::from_secs(30);

/// A running `chatspec serve` that logs as JSON.
struct Served {
    child: Child,
    address: String,
    log: Lines<BufReader<ChildStderr>>,
    /// Held open: a program that writes into a closed pipe ends.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Served {
    async fn start(args: &[&str]) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatspec"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json-logs"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut stdout = BufReader::new(stdout).lines();
        let line = due(stdout.next_line()).await.expect("a pipe");
        let line = line.expect("a first line");
        let address = line.strip_prefix("listening on http://");
        Served {
            address: address.expect("an address").to_owned(),
            log: BufReader::new(child.stderr.take().expect("a pipe")).lines(),
            child,
            _stdout: stdout,
        }
    }

    /// The next record with this message. Every record before it is JSON, too.
    async fn record(&mut self, message: &str) -> Value {
        loop {
            let line = due(self.log.next_line()).await.expect("a pipe");
            let record = record(&line.expect("another record"));
            if record["fields"]["message"] == message {
                return record;
            }
        }
    }

    #[cfg(unix)]
    async fn terminate(&self) {
        let pid = self.child.id().expect("it runs").to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(status.expect("kill").success());
    }
}

fn record(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
}

async fn due<F: Future>(future: F) -> F::Output {
    timeout(DEADLINE, future)
        .await
        .expect("it comes before the deadline")
}

/// Status and body of a GET on a connection of its own.
async fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = due(TcpStream::connect(address))
        .await
        .expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a writable connection");
    let mut answer = String::new();
    due(stream.read_to_string(&mut answer))
        .await
        .expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a status"), body.to_owned())
}

/// Opens a WebSocket, sends these packets, and returns the Socket.IO packets until one starts with `until`, or until the
/// end.
async fn talk(address: &str, packets: &[String], until: &str) -> Vec<String> {
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let stream = due(TcpStream::connect(address))
        .await
        .expect("a connection");
    let (mut socket, _) = due(tokio_tungstenite::client_async(url, stream))
        .await
        .expect("an upgrade");
    let mut packets = packets.iter();
    let mut seen = Vec::new();
    while let Some(Ok(Message::Text(text))) = due(socket.next()).await {
        let packet = text.strip_prefix('4');
        seen.extend(packet.map(str::to_owned));
        if packet.is_some_and(|packet| packet.starts_with(until)) {
            break;
        }
        // Each waits for an answer to the one before: what comes with a CONNECT ends the connection.
        if (text.starts_with('0') || packet.is_some())
            && let Some(packet) = packets.next()
        {
            due(socket.send(Message::text(format!("4{packet}"))))
                .await
                .expect("a writable connection");
        }
    }
    seen
}

#[cfg(unix)]
#[tokio::test]
async fn it_is_watched_and_drains_when_told_to() {
    let args = ["--metrics-listen", "127.0.0.1:0", "--drain-timeout", "3000"];
    let mut served = Served::start(&args).await;
    let monitored = served.record("monitored").await;
    let monitor = monitored["fields"]["address"].as_str().expect("an address");
    let monitor = monitor
        .trim_start_matches("Some(")
        .trim_end_matches(')')
        .to_owned();
    let address = served.address.clone();

    let join = json!(["chat", {"event": "join", "user": "ada", "room": "lobby"}]);
    let alien = json!(["chat", {"event": "chat", "room": "attic", "text": "a \u{1b}secret"}]);
    let packets = ["0".to_owned(), format!("2{join}"), format!("2{alien}")];
    let seen = talk(&address, &packets, "2[\"message\"").await;
    assert!(
        seen.last().is_some_and(|packet| packet.contains("22")),
        "{seen:?}"
    );

    let (status, metrics) = get(&monitor, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "chatspec_sessions_total 1",
        "chatspec_events_total{event=\"join\"} 1",
        "chatspec_refusals_total{code=\"22\"} 1",
        "chatspec_drops_total{reason=\"slow\"} 0",
        "chatspec_handling_seconds_count 2",
    ] {
        assert!(
            metrics.lines().any(|other| other == line),
            "{line} in\n{metrics}"
        );
    }
    assert_eq!(get(&address, "/metrics").await.0, 404);
    for who in [&address, &monitor] {
        assert_eq!(get(who, "/healthz").await, (200, "ok".to_owned()));
        assert_eq!(get(who, "/readyz").await, (200, "ok".to_owned()));
    }

    served.terminate().await;
    let stopping = served.record("stopping").await;
    assert_eq!(stopping["level"], "INFO");
    let status = due(served.child.wait()).await.expect("it ends");
    assert_eq!(status.code(), Some(0));
    while let Ok(Some(line)) = served.log.next_line().await {
        let record = record(&line);
        assert!(!record.to_string().contains("secret"), "{record}");
    }
}

#[tokio::test]
async fn where_there_are_tokens_one_of_them_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tokens");
    std::fs::write(&path, "# bots\nopen-sesame\n").expect("a file");
    let file = path.to_str().expect("UTF-8");
    let mut served = Served::start(&["--auth-token-file", file]).await;
    for wrong in ["0", "0{}", "0{\"token\":\"open\"}", "0{\"token\":7}"] {
        let seen = talk(&served.address, &[wrong.to_owned()], "4").await;
        assert_eq!(seen, ["4{\"message\":\"not authorized\"}"], "{wrong}");
    }
    let right = "0{\"token\":\"open-sesame\"}".to_owned();
    let seen = talk(&served.address, &[right], "0").await;
    assert!(seen[0].starts_with("0{\"sid\":"), "{seen:?}");
    let connected = served.record("connect").await;
    assert!(!connected.to_string().contains("sesame"), "{connected}");

    std::fs::write(&path, "# nobody\n").expect("a file");
    chatspec([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--auth-token-file",
        file,
    ])
    .await
    .exits(2)
    .complains(&["no token"]);
}

/// A server with narrow limits is not found wrong for refusing the suite, nor found right.
#[tokio::test]
async fn who_refuses_the_suite_for_load_is_neither_right_nor_wrong() {
    let served = Served::start(&["--users-rate", "1/2"]).await;
    let url = format!("http://{}", served.address);
    let play = [
        "--profile",
        "hardened",
        "--transport",
        "websocket",
        "--case",
    ];
    let args = ["test", &url].into_iter().chain(play);
    chatspec(args.clone().chain(["chat/room"]))
        .await
        .exits(5)
        .says(&["inconclusive", "load", "--pace"]);
    // Of what is about load, the refusals are the answer.
    let served = Served::start(&["--chat-rate", "1/20"]).await;
    let url = format!("http://{}", served.address);
    let args = ["test", &url].into_iter().chain(play);
    chatspec(args.chain(["hostile/abuse/rates#A-01", "--suite", "hostile"]))
        .await
        .exits(0);
}

/// A history that has met a refusal for load shows nothing, and is no error.
#[tokio::test]
async fn who_refuses_an_exploration_for_load_is_neither_right_nor_wrong() {
    let served = Served::start(&["--chat-rate", "1/1", "--join-rate", "1/1"]).await;
    let url = format!("http://{}", served.address);
    let out = tempfile::tempdir().expect("a folder");
    let out = out.path().display().to_string();
    let explore = ["explore", &url, "--profile", "hardened", "--seed", "1"];
    chatspec(
        explore
            .into_iter()
            .chain(["--histories", "8", "--out", &out]),
    )
    .await
    .exits(5)
    .says(&["could not be judged in full", "nothing found"]);
}
