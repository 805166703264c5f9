//! People on two nodes.

use serde_json::json;

use crate::broker::Broker;
use crate::client::{Client, chat_frame, del_user, new_user};
use crate::server::{Node, lists, said, says};

async fn two(broker: &Broker) -> [Node; 2] {
    [
        Node::start(&broker.url()).await,
        Node::start(&broker.url()).await,
    ]
}

// rule: chat.room
// rule: chat.no-echo
// rule: join.announce
// rule: users.order
#[tokio::test]
async fn a_room_is_one_on_two_nodes() {
    let broker = Broker::start().await;
    let [left, right] = two(&broker).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    let mut cora = Client::join(left.address, "cora", "room").await;
    assert_eq!(ada.event().await, new_user("cora", "room"));
    assert_eq!(bob.event().await, new_user("cora", "room"));
    for client in [&mut ada, &mut bob, &mut cora] {
        assert_eq!(
            client.users("room").await,
            "Users in room: ['ADA', 'BOB', 'CORA']"
        );
    }
    ada.chat(says("room", "hello")).await;
    assert_eq!(bob.event().await, said("ADA", "hello"));
    assert_eq!(cora.event().await, said("ADA", "hello"));
    bob.chat(says("room", "hi")).await;
    assert_eq!(ada.event().await, said("BOB", "hi"));
    assert_eq!(cora.event().await, said("BOB", "hi"));
    // Nothing has come back to those who said it.
    ada.chat(says("room", "bye")).await;
    assert_eq!(bob.event().await, said("ADA", "bye"));
}

// rule: chat.broadcast
// rule: chat.broadcast.joined-only
#[tokio::test]
async fn a_broadcast_reaches_all_who_have_joined_on_both_nodes() {
    let broker = Broker::start().await;
    let [left, right] = two(&broker).await;
    let mut ada = Client::join(left.address, "ada", "attic").await;
    let mut bob = Client::join(right.address, "bob", "lobby").await;
    let mut eve = Client::connect(right.address).await;
    lists(&mut ada, "lobby", &["BOB"]).await;
    ada.chat(json!({"event": "chat", "text": "all"})).await;
    assert_eq!(bob.event().await, said("ADA", "all"));
    // Who has not joined hears nothing before what she asks for.
    assert_eq!(eve.users("lobby").await, "Users in room: ['BOB']");
}

// rule: chat.private.only-target
// rule: chat.private.members
#[tokio::test]
async fn a_private_message_finds_one_person_on_another_node() {
    let broker = Broker::start().await;
    let [left, right] = two(&broker).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    let mut cora = Client::join(right.address, "cora", "room").await;
    let mut dan = Client::join(right.address, "dan", "attic").await;
    for user in ["bob", "cora"] {
        assert_eq!(ada.event().await, new_user(user, "room"));
    }
    assert_eq!(bob.event().await, new_user("cora", "room"));
    let private = |user: &str| json!({"event": "chat", "user": user, "room": "room", "text": "s"});
    ada.chat(private("Bob")).await;
    let mut whisper = said("ADA", "s");
    whisper["private"] = true.into();
    assert_eq!(bob.event().await, whisper);
    lists(&mut ada, "attic", &["DAN"]).await;
    ada.chat(private("dan")).await;
    assert_eq!(ada.refusal().await, 23);
    ada.chat(says("room", "loud")).await;
    assert_eq!(bob.event().await, said("ADA", "loud"));
    assert_eq!(cora.event().await, said("ADA", "loud"));
    dan.chat(says("attic", "alone")).await;
    assert_eq!(dan.users("attic").await, "Users in room: ['DAN']");
}

// rule: leave.announce
// rule: presence.cleanup
// rule: join.rename.announce
#[tokio::test]
async fn who_goes_moves_or_is_renamed_is_told_once() {
    let broker = Broker::start().await;
    let [left, right] = two(&broker).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    bob.chat(json!({"event": "leave"})).await;
    assert_eq!(ada.event().await, del_user("bob", "room"));
    bob.chat(json!({"event": "join", "user": "bob", "room": "room"}))
        .await;
    assert_eq!(bob.event().await, new_user("bob", "room"));
    assert_eq!(ada.event().await, new_user("bob", "room"));
    // He keeps his place under another name.
    let mut cora = Client::join(left.address, "cora", "room").await;
    assert_eq!(ada.event().await, new_user("cora", "room"));
    assert_eq!(bob.event().await, new_user("cora", "room"));
    bob.chat(json!({"event": "join", "user": "rob", "room": "room"}))
        .await;
    for client in [&mut ada, &mut cora] {
        assert_eq!(client.event().await, del_user("bob", "room"));
        assert_eq!(client.event().await, new_user("rob", "room"));
    }
    assert_eq!(
        ada.users("room").await,
        "Users in room: ['ADA', 'ROB', 'CORA']"
    );
    assert_eq!(bob.event().await, new_user("rob", "room"));
    bob.chat(json!({"event": "join", "user": "rob", "room": "attic"}))
        .await;
    assert_eq!(ada.event().await, del_user("rob", "room"));
    assert_eq!(bob.event().await, new_user("rob", "attic"));
    bob.tear();
    lists(&mut ada, "attic", &[]).await;
    drop(cora);
    assert_eq!(ada.event().await, del_user("cora", "room"));
    assert_eq!(ada.users("room").await, "Users in room: ['ADA']");
}

// rule: order.handling
// rule: order.sender
// rule: order.once
#[tokio::test]
async fn what_one_sends_arrives_in_order_on_both_nodes() {
    let broker = Broker::start().await;
    let [left, right] = two(&broker).await;
    let mut near = Client::join(left.address, "near", "room").await;
    let mut far = Client::join(right.address, "far", "room").await;
    assert_eq!(near.event().await, new_user("far", "room"));
    let mut sender = Client::connect(left.address).await;
    let mut frames = vec![chat_frame(
        &json!({"event": "join", "user": "ada", "room": "room"}),
    )];
    frames.extend((0..600).map(|i| chat_frame(&says("room", i))));
    frames.push(chat_frame(&json!({"event": "leave"})));
    let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    sender.send(&frames).await;
    for client in [&mut near, &mut far] {
        assert_eq!(client.event().await, new_user("ada", "room"));
        for i in 0..600 {
            assert_eq!(client.event().await, said("ADA", i));
        }
        assert_eq!(client.event().await, del_user("ada", "room"));
    }
}

// rule: presence.cleanup
#[tokio::test]
async fn last_words_leave_no_ghost() {
    let broker = Broker::start().await;
    let [left, right] = two(&broker).await;
    let mut watcher = Client::join(right.address, "watcher", "room").await;
    for n in 0..50 {
        let user = format!("u{n}");
        let mut client = Client::connect(left.address).await;
        let join = chat_frame(&json!({"event": "join", "user": user, "room": "room"}));
        let bye = chat_frame(&says("room", "bye"));
        client.send(&[&join, &bye, "41", "1"]).await;
        assert_eq!(watcher.event().await, new_user(&user, "room"));
        assert_eq!(watcher.event().await, said(&user.to_uppercase(), "bye"));
        assert_eq!(watcher.event().await, del_user(&user, "room"));
    }
    assert_eq!(watcher.users("room").await, "Users in room: ['WATCHER']");
}

#[tokio::test]
async fn who_comes_later_knows_who_is_there() {
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(left.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    let right = Node::start(&broker.url()).await;
    let mut eve = Client::connect(right.address).await;
    assert_eq!(eve.users("room").await, "Users in room: ['ADA', 'BOB']");
    // A node that stops takes its people along, and the others hear of each once.
    let mut cora = Client::join(right.address, "cora", "room").await;
    assert_eq!(ada.event().await, new_user("cora", "room"));
    assert_eq!(bob.event().await, new_user("cora", "room"));
    right.stop().await;
    assert!(cora.is_closed().await);
    assert_eq!(ada.event().await, del_user("cora", "room"));
    assert_eq!(bob.event().await, del_user("cora", "room"));
    assert_eq!(ada.users("room").await, "Users in room: ['ADA', 'BOB']");
    left.until("chatspec_cluster_nodes", |nodes| nodes == 1.0)
        .await;
}

// rule: chat.room
#[tokio::test]
async fn what_is_said_among_ourselves_does_not_trouble_the_broker() {
    let broker = Broker::start().await;
    let [left, right] = two(&broker).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(left.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    for i in 0..50 {
        ada.chat(says("room", i)).await;
        assert_eq!(bob.event().await, said("ADA", i));
    }
    let sent = left.metric("chatspec_cluster_frames_out_total").await;
    assert_eq!(sent, Some(2.0));
    // From the moment on that they hear of her, she hears them.
    let mut cora = Client::join(right.address, "cora", "room").await;
    for client in [&mut ada, &mut bob] {
        assert_eq!(client.event().await, new_user("cora", "room"));
    }
    ada.chat(says("room", "welcome")).await;
    assert_eq!(bob.event().await, said("ADA", "welcome"));
    assert_eq!(cora.event().await, said("ADA", "welcome"));
    cora.chat(json!({"event": "leave"})).await;
    for client in [&mut ada, &mut bob] {
        assert_eq!(client.event().await, del_user("cora", "room"));
    }
    let sent = left.metric("chatspec_cluster_frames_out_total").await;
    ada.chat(says("room", "alone again")).await;
    assert_eq!(bob.event().await, said("ADA", "alone again"));
    assert_eq!(left.metric("chatspec_cluster_frames_out_total").await, sent);
}
