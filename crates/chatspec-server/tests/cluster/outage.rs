//! Nodes that die, and a broker that does.

use serde_json::json;

use crate::broker::Broker;
use crate::client::{Client, del_user, new_user};
use crate::proxy::Proxy;
use crate::server::{Node, lists, said, says};

fn gap() -> serde_json::Value {
    json!({"type": "gap", "message": "Messages of others may be missing here"})
}

// rule: presence.cleanup
#[tokio::test]
async fn a_dead_nodes_people_are_gone_once_each() {
    let broker = Broker::start().await;
    let nodes = [
        Node::start(&broker.url()).await,
        Node::start(&broker.url()).await,
    ];
    let dying = Node::start(&broker.url()).await;
    let mut ada = Client::join(nodes[0].address, "ada", "room").await;
    let mut bob = Client::join(nodes[1].address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    let mut dead = Vec::new();
    for n in 0..5 {
        let user = format!("u{n}");
        dead.push(Client::join(dying.address, &user, "room").await);
        assert_eq!(ada.event().await, new_user(&user, "room"));
        assert_eq!(bob.event().await, new_user(&user, "room"));
    }
    dying.kill().await;
    let everyone: Vec<_> = (0..5).map(|n| del_user(&format!("u{n}"), "room")).collect();
    for client in [&mut ada, &mut bob] {
        let mut gone = Vec::new();
        for _ in 0..5 {
            gone.push(client.event().await);
        }
        gone.sort_by_key(ToString::to_string);
        assert_eq!(gone, everyone);
        assert_eq!(client.users("room").await, "Users in room: ['ADA', 'BOB']");
    }
    // The names are free.
    let _again = Client::join(nodes[1].address, "u3", "room").await;
    assert_eq!(ada.event().await, new_user("u3", "room"));
}

// rule: order.no-gap
#[tokio::test]
async fn without_a_broker_each_node_goes_on_and_says_what_it_does_not_know() {
    let mut broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut near = Client::join(left.address, "near", "room").await;
    let mut far = Client::join(right.address, "far", "room").await;
    assert_eq!(ada.event().await, new_user("near", "room"));
    for client in [&mut ada, &mut near] {
        assert_eq!(client.event().await, new_user("far", "room"));
    }
    broker.kill().await;
    left.until("chatspec_cluster_linked", |linked| linked == 0.0)
        .await;
    for i in 0..100 {
        ada.chat(says("room", i)).await;
        assert_eq!(near.event().await, said("ADA", i));
    }
    assert!(left.ready().await.starts_with("degraded: "));
    ada.chat(json!({"event": "users", "room": "room"})).await;
    let listing = ada.event().await;
    assert_eq!(listing["partial"], true, "{listing}");
    assert_eq!(listing["message"], "Users in room: ['ADA', 'NEAR', 'FAR']");
    // Whether a name is free nobody can say.
    ada.chat(json!({"event": "join", "user": "eve", "room": "room"}))
        .await;
    let packet = ada.packet().await;
    assert!(packet.contains("\\\"code\\\":31"), "{packet}");
    assert!(packet.contains("\\\"retry_ms\\\":1000"), "{packet}");
    // It comes back, and has forgotten everything.
    broker.again().await;
    for node in [&left, &right] {
        node.until("chatspec_cluster_linked", |linked| linked == 1.0)
            .await;
    }
    for client in [&mut ada, &mut near, &mut far] {
        assert_eq!(client.event().await, gap());
    }
    // What waited meanwhile has a place on the new stream, and is not lost.
    for i in 0..100 {
        assert_eq!(far.event().await, said("ADA", i));
    }
    lists(&mut far, "room", &["ADA", "NEAR", "FAR"]).await;
    assert_eq!(left.ready().await, "ok");
    far.chat(says("room", "well?")).await;
    for client in [&mut ada, &mut near] {
        assert_eq!(client.event().await, said("FAR", "well?"));
    }
    let mut eve = Client::join(right.address, "eve", "room").await;
    for client in [&mut ada, &mut near, &mut far] {
        assert_eq!(client.event().await, new_user("eve", "room"));
    }
    eve.chat(json!({"event": "join", "user": "NEAR", "room": "attic"}))
        .await;
    assert_eq!(eve.refusal().await, 20);
}

// rule: order.once
// rule: order.sender
#[tokio::test]
async fn a_line_that_breaks_again_and_again_loses_and_doubles_nothing() {
    let broker = Broker::start().await;
    let lines = [
        Proxy::to(broker.address).await,
        Proxy::to(broker.address).await,
    ];
    let left = Node::start(&lines[0].url()).await;
    let right = Node::start(&lines[1].url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    for round in 0..10 {
        for i in 0..100 {
            ada.chat(says("room", round * 100 + i)).await;
            if i % 20 == 10 {
                lines[(i / 20) % 2].tear();
            }
        }
        for i in 0..100 {
            assert_eq!(bob.event().await, said("ADA", round * 100 + i));
        }
    }
    let links = left.metric("chatspec_cluster_links_total").await;
    assert!(links.is_some_and(|links| links > 3.0), "{links:?}");
}

// rule: order.no-gap
#[tokio::test]
async fn who_is_too_far_behind_is_told() {
    let broker = Broker::start().await;
    let line = Proxy::to(broker.address).await;
    let short = |url: &str| {
        let mut config = crate::server::quick(url);
        config.cluster_stream = 100;
        // The node that is cut off is not to be taken for dead.
        config.cluster_lease = std::time::Duration::from_secs(60);
        config
    };
    let left = Node::with(short(&broker.url())).await;
    let right = Node::with(short(&line.url())).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    line.cut();
    right
        .until("chatspec_cluster_linked", |linked| linked == 0.0)
        .await;
    for i in 0..3_000 {
        ada.chat(says("room", i)).await;
    }
    left.until("chatspec_cluster_outbox_messages", |waiting| waiting == 0.0)
        .await;
    line.heal();
    assert_eq!(bob.event().await, gap());
    ada.chat(says("room", "here")).await;
    assert_eq!(bob.event().await, said("ADA", "here"));
    assert_eq!(bob.users("room").await, "Users in room: ['ADA', 'BOB']");
}

// rule: order.no-gap
#[tokio::test]
async fn what_has_no_place_to_wait_is_told() {
    let broker = Broker::start().await;
    let line = Proxy::to(broker.address).await;
    let mut narrow = crate::server::quick(&line.url());
    narrow.cluster_outbox = 10;
    let left = Node::with(narrow).await;
    let right = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut near = Client::join(left.address, "near", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    let mut dan = Client::join(right.address, "dan", "attic").await;
    assert_eq!(ada.event().await, new_user("near", "room"));
    for client in [&mut ada, &mut near] {
        assert_eq!(client.event().await, new_user("bob", "room"));
    }
    line.cut();
    left.until("chatspec_cluster_linked", |linked| linked == 0.0)
        .await;
    for i in 0..30 {
        ada.chat(says("room", i)).await;
        assert_eq!(near.event().await, said("ADA", i));
    }
    line.heal();
    for i in 0..10 {
        assert_eq!(bob.event().await, said("ADA", i));
    }
    assert_eq!(bob.event().await, gap());
    ada.chat(json!({"event": "chat", "text": "all"})).await;
    assert_eq!(bob.event().await, said("ADA", "all"));
    // The other room has lost nothing, and is told of nothing.
    assert_eq!(dan.event().await, said("ADA", "all"));
}

// rule: presence.cleanup
#[tokio::test]
async fn who_was_given_up_while_cut_off_is_told_so() {
    let broker = Broker::start().await;
    let line = Proxy::to(broker.address).await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&line.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    line.cut();
    assert_eq!(ada.event().await, del_user("bob", "room"));
    ada.chat(says("room", "who hears?")).await;
    let _other = Client::join(left.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    line.heal();
    // Bob is told that he is out, and hears nothing that was said after that.
    assert_eq!(bob.packet().await, "1");
    right
        .until("chatspec_cluster_linked", |linked| linked == 1.0)
        .await;
    let mut again = Client::join(right.address, "robert", "room").await;
    assert_eq!(ada.event().await, new_user("robert", "room"));
    assert_eq!(
        again.users("room").await,
        "Users in room: ['ADA', 'BOB', 'ROBERT']"
    );
}

// rule: presence.cleanup
#[tokio::test]
async fn who_dies_while_the_broker_is_away_is_gone_once() {
    let mut broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let dying = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    let _eve = Client::join(dying.address, "eve", "room").await;
    for client in [&mut ada, &mut bob] {
        assert_eq!(client.event().await, new_user("eve", "room"));
    }
    broker.kill().await;
    dying.kill().await;
    broker.again().await;
    // Nobody knows anything of her any more but those who have seen her, and bob has never been away.
    for client in [&mut ada, &mut bob] {
        assert_eq!(client.event().await, gap());
        assert_eq!(client.event().await, del_user("eve", "room"));
        lists(client, "room", &["ADA", "BOB"]).await;
    }
    let _again = Client::join(left.address, "eve", "room").await;
    for client in [&mut ada, &mut bob] {
        assert_eq!(client.event().await, new_user("eve", "room"));
    }
}

// rule: order.once
// rule: order.sender
#[tokio::test]
async fn a_broker_that_sleeps_delays_and_doubles_nothing() {
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut near = Client::join(left.address, "near", "room").await;
    let mut far = Client::join(right.address, "far", "room").await;
    assert_eq!(ada.event().await, new_user("near", "room"));
    for client in [&mut ada, &mut near] {
        assert_eq!(client.event().await, new_user("far", "room"));
    }
    broker.signal("-STOP").await;
    for i in 0..100 {
        ada.chat(says("room", i)).await;
        assert_eq!(near.event().await, said("ADA", i));
    }
    // Its system answers for it, and it does not.
    let slow = "chatspec_cluster_troubles_total{trouble=\"slow\"}";
    for node in [&left, &right] {
        node.until(slow, |count| count >= 1.0).await;
        node.until("chatspec_cluster_linked", |linked| linked == 0.0)
            .await;
    }
    broker.signal("-CONT").await;
    for i in 0..100 {
        assert_eq!(far.event().await, said("ADA", i));
    }
    for node in [&left, &right] {
        node.until("chatspec_cluster_linked", |linked| linked == 1.0)
            .await;
    }
    lists(&mut far, "room", &["ADA", "NEAR", "FAR"]).await;
    far.chat(says("room", "awake")).await;
    for client in [&mut ada, &mut near] {
        assert_eq!(client.event().await, said("FAR", "awake"));
    }
}
