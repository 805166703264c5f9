//! Those who do not keep up with what they are sent, and those who send too much.

use chatspec_server::{Config, Rate, serve_monitored};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::client::{Client, chat_frame, del_user, new_user};
use crate::polling::{Poller, request};
use crate::server::Server;

fn says(text: usize) -> Value {
    json!({"event": "chat", "room": "room", "text": text.to_string()})
}

/// A long-polling client in the room, who has polled its own newuser and polls no more.
async fn sleeper(server: &Server, user: &str) -> Poller {
    let mut sleeper = Poller::connect(server.address).await;
    let join = json!({"event": "join", "user": user, "room": "room"});
    sleeper.post(&[&chat_frame(&join)]).await;
    assert!(sleeper.packet().await.contains("New User"));
    sleeper
}

// rule: order.no-gap
// rule: robust.life.once
// rule: presence.cleanup
#[tokio::test]
async fn who_does_not_keep_up_is_out_at_once_and_misses_nothing_unnoticed() {
    let server = Server::with(Config {
        buffer_packets: 8,
        ..Config::default()
    })
    .await;
    let mut slow = sleeper(&server, "slow").await;
    let mut sender = Client::join(server.address, "sender", "room").await;
    let mut other = Client::join(server.address, "other", "room").await;
    assert_eq!(sender.event().await, new_user("other", "room"));

    let mut gone = Vec::new();
    for i in 0..20 {
        sender.chat(says(i)).await;
        let mut heard = other.event().await;
        if heard == del_user("slow", "room") {
            gone.push(i);
            heard = other.event().await;
        }
        assert_eq!(heard["message"], i.to_string());
    }
    // It has the newuser of two others, and a ping perhaps, when the first text comes.
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert_eq!(sender.event().await, del_user("slow", "room"));
    assert_eq!(
        sender.users("room").await,
        "Users in room: ['SENDER', 'OTHER']"
    );
    // The name is free, though the connection is still there.
    let mut again = Client::join(server.address, "slow", "room").await;

    // What it finds when it wakes up is all that was sent until then, and the end.
    let mut heard = Vec::new();
    while let Some(packet) = slow.packet_or_noop().await {
        if packet == "1" {
            break;
        }
        heard.push(packet);
    }
    let texts: Vec<&String> = heard
        .iter()
        .filter(|packet| packet.contains(r#""type":"chat""#))
        .collect();
    for (i, text) in texts.iter().enumerate() {
        assert!(text.contains(&format!(r#""message":"{i}""#)), "{text}");
    }
    assert!((4..8).contains(&texts.len()), "{heard:#?}");
    // And nothing that it says then counts.
    slow.post(&[&chat_frame(&says(99))]).await;
    assert_eq!(
        again.users("room").await,
        "Users in room: ['SENDER', 'OTHER', 'SLOW']"
    );
}

// rule: order.no-gap
#[tokio::test]
async fn many_who_do_not_keep_up_go_one_by_one() {
    let server = Server::with(Config {
        buffer_packets: 64,
        ..Config::default()
    })
    .await;
    let mut sender = Client::join(server.address, "sender", "room").await;
    let mut sleepers = Vec::new();
    for n in 0..20 {
        sleepers.push(sleeper(&server, &format!("slow {n}")).await);
        assert_eq!(sender.event().await, new_user(&format!("slow {n}"), "room"));
    }
    for i in 0..80 {
        sender.chat(says(i)).await;
    }
    let mut gone = Vec::new();
    for _ in 0..20 {
        gone.push(sender.event().await);
    }
    for n in 0..20 {
        assert!(gone.contains(&del_user(&format!("slow {n}"), "room")));
    }
    assert_eq!(sender.users("room").await, "Users in room: ['SENDER']");
}

fn narrow() -> Config {
    Config {
        chat_rate: Rate::new(1, 3),
        ..Config::default()
    }
}

/// The refusal that comes next.
async fn refusal(client: &mut Client) -> Value {
    let packet = client.packet().await;
    let event: Value =
        serde_json::from_str(packet.strip_prefix('2').expect("an event")).expect("JSON");
    assert_eq!(event[0], "message", "{event}");
    serde_json::from_str(event[1].as_str().expect("a text")).expect("JSON in the text")
}

// rule: robust.load.retry
// rule: refusal.no-change
// rule: refusal.only-sender
#[tokio::test]
async fn what_is_too_much_is_refused_and_reaches_nobody() {
    let server = Server::with(narrow()).await;
    let mut loud = Client::join(server.address, "loud", "room").await;
    let mut other = Client::join(server.address, "other", "room").await;
    assert_eq!(loud.event().await, new_user("other", "room"));
    for i in 0..4 {
        loud.chat(says(i)).await;
    }
    let refused = refusal(&mut loud).await;
    assert_eq!(refused["code"], 30);
    assert_eq!(refused["event"], "chat");
    let wait = refused["retry_ms"].as_u64().expect("a number");
    assert!((1..=1_000).contains(&wait), "{refused}");
    // Other kinds, and other connections, have their own.
    assert_eq!(loud.users("room").await, "Users in room: ['LOUD', 'OTHER']");
    other.chat(says(7)).await;
    assert_eq!(loud.event().await["message"], "7");
    for i in 0..3 {
        assert_eq!(other.event().await["message"], i.to_string());
    }
    assert_eq!(
        other.users("room").await,
        "Users in room: ['LOUD', 'OTHER']"
    );
    // A new session on the same connection does not start afresh.
    loud.send(&["41", "40"]).await;
    assert_eq!(other.event().await, del_user("loud", "room"));
    assert!(loud.packet().await.starts_with("0{"));
    loud.chat(json!({"event": "join", "user": "loud", "room": "room"}))
        .await;
    assert_eq!(loud.event().await, new_user("loud", "room"));
    loud.chat(says(8)).await;
    assert_eq!(refusal(&mut loud).await["code"], 30);
}

// rule: robust.load.persistent
// rule: robust.life.once
#[tokio::test]
async fn who_goes_on_is_thrown_out() {
    let server = Server::with(narrow()).await;
    let mut loud = Client::join(server.address, "loud", "room").await;
    let mut other = Client::join(server.address, "other", "room").await;
    assert_eq!(loud.event().await, new_user("other", "room"));
    for i in 0..70 {
        loud.chat(says(i)).await;
    }
    for _ in 0..50 {
        assert_eq!(refusal(&mut loud).await["code"], 30);
    }
    assert_eq!(loud.packet().await, "1");
    for i in 0..3 {
        assert_eq!(other.event().await["message"], i.to_string());
    }
    assert_eq!(other.event().await, del_user("loud", "room"));
    assert_eq!(other.users("room").await, "Users in room: ['OTHER']");
    // More of the same ends the transport, too.
    while let Some(frame) = loud.frame().await {
        assert_eq!(frame, "1");
    }
}

// rule: robust.load.persistent
#[tokio::test]
async fn who_was_thrown_out_stays_out() {
    let server = Server::with(narrow()).await;
    let mut loud = Client::join(server.address, "loud", "room").await;
    for i in 0..53 {
        loud.chat(says(i)).await;
    }
    for _ in 0..50 {
        assert_eq!(refusal(&mut loud).await["code"], 30);
    }
    assert_eq!(loud.packet().await, "1");
    loud.send(&["40"]).await;
    let reply = loud.packet().await;
    assert!(reply.starts_with("4{\"message\":"), "{reply}");
    Client::join(server.address, "loud", "room").await;
}

// rule: limits.load
#[tokio::test]
async fn a_connect_is_a_packet_too() {
    let server = Server::with(Config {
        packet_rate: Rate::new(1, 3),
        ..Config::default()
    })
    .await;
    let mut client = Client::connect(server.address).await;
    for reply in ["0{", "0{", "4{"] {
        client.send(&["41", "40"]).await;
        let packet = client.packet().await;
        assert!(packet.starts_with(reply), "{packet}");
    }
}

// rule: robust.life.once
#[tokio::test]
async fn who_is_out_is_thrown_out_no_more() {
    let config = Config {
        buffer_packets: 8,
        ..narrow()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let monitor = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let metrics = monitor.local_addr().expect("a bound address");
    let running = serve_monitored(listener, monitor, config, std::future::pending());
    let mut serving = JoinSet::new();
    serving.spawn(running);
    // It reads nothing of what it asks for, until there is no place for more.
    let slow = Poller::connect(address).await;
    let users = chat_frame(&json!({"event": "users", "room": "room"}));
    slow.post(&[&*users; 20]).await;
    for _ in 0..2 {
        slow.post(&[&*chat_frame(&says(0)); 60]).await;
    }
    let page = request(metrics, "GET", "/metrics", "", "").await.body;
    for line in ["{reason=\"slow\"} 1", "{reason=\"rates\"} 0"] {
        assert!(page.contains(line), "{page}");
    }
}

#[tokio::test]
async fn without_limits_everything_is_delivered() {
    let server = Server::unlimited().await;
    let mut loud = Client::join(server.address, "loud", "room").await;
    let mut other = Client::join(server.address, "other", "room").await;
    for n in 0..10 {
        let frames: Vec<String> = (0..200).map(|i| chat_frame(&says(n * 200 + i))).collect();
        let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
        loud.send(&frames).await;
        for i in 0..200 {
            assert_eq!(other.event().await["message"], (n * 200 + i).to_string());
        }
    }
}

// rule: robust.bystanders
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_floods_keeps_nobody_waiting() {
    let server = Server::start().await;
    let mut one = Client::join(server.address, "one", "elsewhere").await;
    let mut two = Client::join(server.address, "two", "elsewhere").await;
    assert_eq!(one.event().await, new_user("two", "elsewhere"));
    let mut loud = Client::join(server.address, "loud", "room").await;
    let flood = tokio::spawn(async move {
        let frames: Vec<String> = (0..500).map(|i| chat_frame(&says(i))).collect();
        let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
        loud.send(&frames).await;
        while loud.frame().await.is_some_and(|frame| frame != "41") {}
    });
    for i in 0..100 {
        one.chat(json!({"event": "chat", "room": "elsewhere", "text": i.to_string()}))
            .await;
        assert_eq!(two.event().await["message"], i.to_string());
    }
    flood.await.expect("no panic");
    assert_eq!(one.users("room").await, "Users in room: []");
}
