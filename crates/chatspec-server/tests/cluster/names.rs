//! A name is held once, in the whole cluster.

use serde_json::json;

use crate::broker::Broker;
use crate::client::{Client, chat_frame, del_user, new_user};
use crate::server::{Node, quick};

// rule: join.unique
#[tokio::test]
async fn of_two_who_want_one_name_at_once_one_gets_it() {
    const ROUNDS: usize = 200;
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let mut pair = [
        Client::connect(left.address).await,
        Client::connect(right.address).await,
    ];
    let mut won = [0; 2];
    for round in 0..ROUNDS {
        let join = json!({"event": "join", "user": format!("n{round}"), "room": "r"});
        let frame = format!("42{round}{}", json!(["chat", join]));
        let frames = [frame.as_str()];
        let [one, other] = &mut pair;
        tokio::join!(one.send(&frames), other.send(&frames));
        let mut winners = Vec::new();
        for (index, client) in pair.iter_mut().enumerate() {
            loop {
                let packet = client.packet().await;
                let Some(ack) = packet.strip_prefix(&format!("3{round}")) else {
                    continue;
                };
                match ack {
                    "[]" => winners.push(index),
                    _ => assert!(ack.starts_with("[{\"code\":20,"), "{ack}"),
                }
                break;
            }
        }
        let [winner] = winners[..] else {
            panic!("round {round}: {winners:?}");
        };
        won[winner] += 1;
    }
    assert_eq!(won[0] + won[1], ROUNDS);
}

// rule: join.unique
// rule: name.confusable
// rule: join.refused-keeps
#[tokio::test]
async fn a_name_is_taken_and_freed_everywhere() {
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "paypal", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    for taken in ["PayPal", "раураl"] {
        bob.chat(json!({"event": "join", "user": taken, "room": "attic"}))
            .await;
        assert_eq!(bob.refusal().await, 20, "{taken}");
    }
    assert_eq!(bob.users("room").await, "Users in room: ['PAYPAL', 'BOB']");
    let leave = json!(["chat", {"event": "leave"}]);
    ada.send(&[&format!("421{leave}")]).await;
    assert_eq!(ada.packet().await, "31[]");
    // Ada's leaving was there before, on the same way.
    let join = |user: &str| json!({"event": "join", "user": user, "room": "room"});
    loop {
        bob.chat(join("раураl")).await;
        let packet = bob.packet().await;
        if packet.contains("New User раураl") {
            break;
        }
    }
    ada.chat(join("paypal")).await;
    assert_eq!(ada.refusal().await, 20);
}

// rule: order.handling
#[tokio::test]
async fn what_follows_a_join_waits_for_its_answer() {
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let _ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::connect(left.address).await;
    let frame = |id: usize, payload| format!("42{id}{}", json!(["chat", payload]));
    let frames = [
        frame(1, json!({"event": "join", "user": "ada", "room": "attic"})),
        frame(2, json!({"event": "chat", "room": "attic", "text": "x"})),
        frame(3, json!({"event": "join", "user": "bob", "room": "attic"})),
        frame(4, json!({"event": "users", "room": "attic"})),
        frame(5, json!({"event": "leave"})),
        frame(6, json!({"event": "users", "room": "attic"})),
    ];
    let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    bob.send(&frames).await;
    assert_eq!(bob.refusal().await, 20);
    assert!(bob.packet().await.starts_with("31[{\"code\":20,"));
    assert_eq!(bob.refusal().await, 21);
    assert!(bob.packet().await.starts_with("32[{\"code\":21,"));
    assert_eq!(bob.event().await, new_user("bob", "attic"));
    assert_eq!(bob.packet().await, "33[]");
    assert_eq!(bob.event().await["message"], "Users in room: ['BOB']");
    assert_eq!(bob.packet().await, "34[]");
    assert_eq!(bob.packet().await, "35[]");
    assert_eq!(bob.event().await["message"], "Users in room: []");
    assert_eq!(bob.packet().await, "36[]");
}

// rule: robust.load.persistent
// rule: message.closure
#[tokio::test]
async fn nothing_is_heard_of_one_who_knows_that_it_is_out() {
    let broker = Broker::start().await;
    let mut config = quick(&broker.url());
    config.unlimited = false;
    let node = Node::with(config).await;
    let mut ada = Client::join(node.address, "ada", "room").await;
    let mut mallory = Client::connect(node.address).await;
    let join = chat_frame(&json!({"event": "join", "user": "mallory", "room": "room"}));
    let frames = [join.as_str(); 300];
    mallory.send(&frames).await;
    while !mallory.packet().await.starts_with('1') {}
    // What ada hears of her comes before the listing that is asked for now.
    ada.chat(json!({"event": "users", "room": "room"})).await;
    let mut heard = Vec::new();
    loop {
        let event = ada.event().await;
        if event["type"] == "users" {
            assert_eq!(event["message"], "Users in room: ['ADA']");
            break;
        }
        heard.push(event);
    }
    assert_eq!(heard.pop(), Some(del_user("mallory", "room")));
    assert_eq!(heard, vec![new_user("mallory", "room"); 64]);
}
