//! What a broker can do beside dying.

use crate::broker::Broker;
use crate::client::{Client, new_user};
use crate::server::{Node, lists, said, says};

#[tokio::test]
async fn what_is_none_of_ours_on_the_stream_is_counted_and_dropped() {
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    let stream = "{chatspec}:stream";
    let garbage: [&[&[u8]]; 5] = [
        &[b"data", b"\x80\x04\x95pickle"],
        &[b"v", b"1"],
        &[b"\xff\xfe", b"\x00", b"p", b"x"],
        &[b"v", b"1", b"p", b"-1", b"k", b"join"],
        &[b"p", b"99999999999999999999999999"],
    ];
    for fields in garbage {
        let mut parts: Vec<&[u8]> = vec![b"XADD", stream.as_bytes(), b"*"];
        parts.extend(fields);
        broker.raw(&parts).await;
    }
    // A later version, in its place.
    let position = broker.command(&["INCR", "{chatspec}:position"]).await;
    let position = position.trim_start_matches(':');
    broker
        .command(&["XADD", stream, "*", "v", "2", "p", position, "z", "new"])
        .await;
    // An old entry again.
    broker
        .command(&["XADD", stream, "*", "v", "1", "p", "1", "n", "x", "q", "1"])
        .await;
    ada.chat(says("room", "still here")).await;
    assert_eq!(bob.event().await, said("ADA", "still here"));
    let metric = async |name| right.metric(name).await;
    let unread = metric("chatspec_cluster_frames_undecodable_total").await;
    assert_eq!(unread, Some(6.0));
    let again = metric("chatspec_cluster_frames_duplicate_total").await;
    assert_eq!(again, Some(1.0));
    assert_eq!(metric("chatspec_cluster_gaps_total").await, Some(0.0));
}

#[tokio::test]
async fn a_broker_that_forgets_all_while_linked_is_told_again() {
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    assert_eq!(broker.command(&["FLUSHALL"]).await, "+OK");
    for client in [&mut ada, &mut bob] {
        assert_eq!(client.event().await["type"], "gap");
    }
    for client in [&mut ada, &mut bob] {
        lists(client, "room", &["ADA", "BOB"]).await;
    }
    left.until("chatspec_cluster_nodes", |nodes| nodes == 2.0)
        .await;
    ada.chat(says("room", "again")).await;
    assert_eq!(bob.event().await, said("ADA", "again"));
}

#[tokio::test]
async fn a_broker_without_memory_is_named_and_nothing_is_lost() {
    let broker = Broker::start().await;
    let left = Node::start(&broker.url()).await;
    let right = Node::start(&broker.url()).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let mut bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    broker.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    for i in 0..20 {
        ada.chat(says("room", i)).await;
    }
    let memory = "chatspec_cluster_troubles_total{trouble=\"memory\"}";
    left.until(memory, |count| count > 0.0).await;
    assert_eq!(
        left.ready().await,
        "degraded: the broker has no memory left"
    );
    broker.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    for i in 0..20 {
        assert_eq!(bob.event().await, said("ADA", i));
    }
    left.until("chatspec_cluster_degraded", |degraded| degraded == 0.0)
        .await;
    assert_eq!(left.ready().await, "ok");
}

#[tokio::test]
async fn a_broker_that_throws_things_away_is_named() {
    let broker = Broker::with(&["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"]).await;
    let node = Node::start(&broker.url()).await;
    assert_eq!(node.metric("chatspec_cluster_evicting").await, Some(1.0));
}
