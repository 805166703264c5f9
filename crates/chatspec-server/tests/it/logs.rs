//! What an operator reads.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use chatspec_server::Config;
use serde_json::json;

use crate::client::{Client, chat_frame, del_user};
use crate::polling::Poller;
use crate::server::Server;

thread_local! {
    /// What this thread has logged, and so a server that runs on it alone.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Has every log line kept by the thread that writes it. To be called before any server starts: a log statement that
/// runs while nobody listens may be taken for one that nobody wants.
pub fn keep() {
    static START: Once = Once::new();
    START.call_once(|| {
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_env_filter("chatspec_server=debug,socketioxide=info,engineioxide=info")
            .with_writer(|| Keeper)
            .init();
    });
}

struct Keeper;

impl io::Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lines_with(part: &str) -> Vec<String> {
    let text = LOG.with_borrow(|log| String::from_utf8(log.clone()).expect("UTF-8"));
    text.lines()
        .filter(|line| line.contains(part))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn names_and_codes_are_logged_and_what_is_said_is_not() {
    let server = Server::start().await;
    let mut watcher = Client::join(server.address, "watcher", "room").await;
    let mut client = Client::join(server.address, "\"ada\" code=0", "room").await;
    watcher.event().await;
    client
        .chat(json!({"event": "chat", "text": "a secret"}))
        .await;
    client
        .chat(json!({"event": "chat", "room": "elsewhere", "text": "a secret"}))
        .await;
    assert_eq!(client.refusal().await, 22);
    client
        .send(&[r#"42["chat",{"event":"a secret\u001b[2J"}]"#])
        .await;
    assert_eq!(client.refusal().await, 10);
    client.chat(json!({"event": "leave"})).await;
    client.send(&["41"]).await;
    watcher.event().await;
    watcher.event().await;
    assert_eq!(watcher.users("room").await, "Users in room: ['WATCHER']");

    assert_eq!(lines_with(": connect session=1").len(), 1);
    assert_eq!(
        lines_with(r#"join session=1 user=Some("\"ada\" code=0") room=Some("room")"#).len(),
        1
    );
    assert_eq!(
        lines_with(r#"refused session=1 act="chat" code=22"#).len(),
        1
    );
    assert_eq!(lines_with("refused session=1").len(), 2);
    assert_eq!(lines_with(": leave session=1").len(), 1);
    assert_eq!(lines_with(": disconnect session=1").len(), 1);
    assert_eq!(lines_with("secret"), Vec::<String>::new());
    assert_eq!(lines_with("\u{1b}"), Vec::<String>::new());
}

#[tokio::test]
async fn who_does_not_keep_up_is_named() {
    let server = Server::with(Config {
        buffer_packets: 8,
        ..Config::default()
    })
    .await;
    let mut slow = Poller::connect(server.address).await;
    slow.post(&[&chat_frame(
        &json!({"event": "join", "user": "slow", "room": "room"}),
    )])
    .await;
    assert!(slow.packet().await.contains("New User slow"));
    let mut sender = Client::join(server.address, "sender", "room").await;
    for i in 0..9 {
        sender
            .chat(json!({"event": "chat", "room": "room", "text": i.to_string()}))
            .await;
    }
    assert_eq!(sender.event().await, del_user("slow", "room"));
    assert_eq!(sender.users("room").await, "Users in room: ['SENDER']");
    let warnings = lines_with("thrown out");
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(
        warnings[0].contains("WARN") && warnings[0].ends_with("session=0 why=slow"),
        "{warnings:#?}"
    );
}
