//! The order of events: of one connection, of one sender, of one room, and at the end of a connection.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::client::{Client, chat_frame, del_user, new_user};
use crate::server::Server;

fn says(room: &str, text: &str) -> String {
    chat_frame(&json!({"event": "chat", "room": room, "text": text}))
}

async fn send_all(client: &mut Client, frames: &[String]) {
    let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    client.send(&frames).await;
}

// rule: order.handling
// rule: order.sender
// rule: order.once
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn events_of_one_connection_are_handled_in_order() {
    let server = Server::start().await;
    let address = server.address;
    join_all((0..40).map(|n| async move {
        let (user, room) = (format!("sender {n}"), format!("room {n}"));
        let mut listener = Client::join(address, &format!("listener {n}"), &room).await;
        let mut sender = Client::connect(address).await;
        let mut frames = vec![chat_frame(
            &json!({"event": "join", "user": user, "room": room}),
        )];
        frames.extend((0..100).map(|i| says(&room, &i.to_string())));
        send_all(&mut sender, &frames).await;
        assert_eq!(listener.event().await, new_user(&user, &room));
        for i in 0..100 {
            let expected =
                json!({"type": "chat", "from": user.to_uppercase(), "message": i.to_string()});
            assert_eq!(listener.event().await, expected);
        }
    }))
    .await;
}

// rule: order.room.total
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_receiver_sees_one_order() {
    let server = Server::unlimited().await;
    let mut senders = [
        Client::join(server.address, "left", "room").await,
        Client::join(server.address, "right", "room").await,
    ];
    assert_eq!(senders[0].event().await, new_user("right", "room"));
    let mut receivers = Vec::new();
    for n in 0..4 {
        let user = format!("receiver {n}");
        receivers.push(Client::join(server.address, &user, "room").await);
        for other in senders.iter_mut().chain(&mut receivers[..n]) {
            assert_eq!(other.event().await, new_user(&user, "room"));
        }
    }
    for round in 0..50 {
        let frames: Vec<String> = (0..20)
            .map(|i| says("room", &format!("{round}/{i}")))
            .collect();
        let [left, right] = &mut senders;
        tokio::join!(send_all(left, &frames), send_all(right, &frames));
        let heard = join_all(receivers.iter_mut().map(async |receiver| {
            let mut heard: Vec<Value> = Vec::new();
            for _ in 0..40 {
                heard.push(receiver.event().await);
            }
            heard
        }))
        .await;
        assert!(
            heard.iter().all(|one| *one == heard[0]),
            "round {round}: {heard:#?}"
        );
        // What the senders heard of each other is not looked at, but must not pile up.
        for sender in &mut senders {
            for _ in 0..20 {
                sender.event().await;
            }
        }
    }
}

// rule: presence.cleanup
// rule: presence.namespace-disconnect
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn last_words_are_heard_and_leave_no_ghost() {
    let server = Server::start().await;
    let mut watcher = Client::join(server.address, "watcher", "room").await;
    for n in 0..100 {
        let user = format!("u{n}");
        let mut client = Client::connect(server.address).await;
        let join = chat_frame(&json!({"event": "join", "user": user, "room": "room"}));
        client.send(&[&join, &says("room", "bye"), "41", "1"]).await;
        assert_eq!(watcher.event().await, new_user(&user, "room"));
        assert_eq!(
            watcher.event().await,
            json!({"type": "chat", "from": user.to_uppercase(), "message": "bye"})
        );
        assert_eq!(watcher.event().await, del_user(&user, "room"));
    }
    assert_eq!(watcher.users("room").await, "Users in room: ['WATCHER']");
}

// rule: presence.cleanup
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_connection_that_breaks_at_once_leaves_no_ghost() {
    let server = Server::start().await;
    let mut watcher = Client::join(server.address, "watcher", "room").await;
    for n in 0..50 {
        let user = format!("u{n}");
        let mut client = Client::connect(server.address).await;
        client
            .chat(json!({"event": "join", "user": user, "room": "room"}))
            .await;
        drop(client);
        assert_eq!(watcher.event().await, new_user(&user, "room"));
        assert_eq!(watcher.event().await, del_user(&user, "room"));
    }
    assert_eq!(watcher.users("room").await, "Users in room: ['WATCHER']");
}

// rule: connection.lives
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_quick_client_sends_first_is_answered() {
    let server = Server::start().await;
    let address = server.address;
    join_all((0..300).map(|n| async move {
        let mut client = Client::connect(address).await;
        let join =
            chat_frame(&json!({"event": "join", "user": format!("u{n}"), "room": format!("r{n}")}));
        client
            .send(&[
                "420[\"chat\",{\"event\":\"users\",\"room\":\"nowhere\"}]",
                &join,
            ])
            .await;
        assert_eq!(
            client.event().await,
            json!({"type": "users", "message": "Users in room: []"})
        );
        assert_eq!(client.packet().await, "30[]");
        assert_eq!(
            client.event().await,
            new_user(&format!("u{n}"), &format!("r{n}"))
        );
    }))
    .await;
}

// rule: order.no-gap
#[tokio::test]
async fn a_burst_for_one_reader_arrives_whole() {
    let server = Server::unlimited().await;
    let mut reader = Client::join(server.address, "reader", "room").await;
    let mut sender = Client::join(server.address, "sender", "room").await;
    assert_eq!(reader.event().await, new_user("sender", "room"));
    let frames: Vec<String> = (0..1_000).map(|i| says("room", &i.to_string())).collect();
    send_all(&mut sender, &frames).await;
    for i in 0..1_000 {
        assert_eq!(reader.event().await["message"], i.to_string());
    }
}
