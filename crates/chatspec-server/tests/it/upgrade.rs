//! From polling to WebSocket in the middle of a conversation.

use serde_json::{Value, json};

use crate::client::{Client, chat_frame, new_user};
use crate::polling::Poller;
use crate::server::Server;

// rule: transport.upgrade
// rule: order.upgrade
// rule: order.once
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_doubled_or_overtaken() {
    let server = Server::unlimited().await;
    let mut listener = Client::join(server.address, "listener", "room").await;
    let mut poller = Poller::connect(server.address).await;
    let join = chat_frame(&json!({"event": "join", "user": "walker", "room": "room"}));
    assert_eq!(poller.post(&[&join, &says("before")]).await, 200);
    assert!(poller.packet().await.contains("New User walker"));
    assert_eq!(listener.event().await, new_user("walker", "room"));
    assert_eq!(listener.event().await["message"], "before");

    // Half of what the listener says is on its way while the walker changes transport.
    let talk = tokio::spawn(async move {
        for i in 0..400 {
            listener.send(&[&says(&i.to_string())]).await;
        }
        listener
    });
    let mut heard = Vec::new();
    for _ in 0..50 {
        heard.push(poller.packet().await);
    }
    let mut walker = Client::websocket(server.address, Some(&poller.sid)).await;
    walker.send(&["2probe"]).await;
    // A poll that is under way when the upgrade starts ends with what it has, or with a noop.
    while let Some(packet) = poller.packet_or_noop().await {
        heard.push(packet);
    }
    heard.extend(poller.rest());
    assert_eq!(walker.frame().await.as_deref(), Some("3probe"));
    walker.send(&["5", &says("after")]).await;
    while heard.len() < 400 {
        heard.push(walker.packet().await);
    }
    for (i, packet) in heard.iter().enumerate() {
        let event: Value = serde_json::from_str(&packet[1..]).expect("JSON");
        assert_eq!(event[1]["message"], i.to_string(), "{packet}");
    }
    let mut listener = talk.await.expect("no panic");
    assert_eq!(listener.event().await["message"], "after");
    assert_eq!(
        walker.users("room").await,
        "Users in room: ['LISTENER', 'WALKER']"
    );
}

fn says(text: &str) -> String {
    chat_frame(&json!({"event": "chat", "room": "room", "text": text}))
}
