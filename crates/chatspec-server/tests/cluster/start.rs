//! How a node starts, or does not.

use std::net::TcpListener;
use std::time::Duration;

use crate::broker::Broker;
use crate::client::{Client, new_user};
use crate::server::{Node, quick};

fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("redis://{}", listener.local_addr().expect("an address"))
}

#[tokio::test]
async fn without_a_broker_it_does_not_start() {
    let error = Node::unlinked(quick(&nowhere())).await.error().await;
    let text = error.to_string();
    assert!(text.contains("the broker cannot be reached"), "{text}");
}

#[tokio::test]
async fn a_wrong_password_is_named_and_never_shown() {
    let broker = Broker::with(&["--requirepass", "right"]).await;
    for user in ["", ":wrong@"] {
        let url = format!("redis://{user}{}", broker.address);
        let error = Node::unlinked(quick(&url)).await.error().await;
        let text = error.to_string();
        assert!(text.contains("does not accept user and password"), "{text}");
        assert!(!text.contains("wrong@"), "{text}");
    }
    let url = format!("redis://:right@{}", broker.address);
    Node::start(&url).await.stop().await;
}

#[tokio::test]
async fn a_broker_that_speaks_tls_is_spoken_to_and_has_to_be_vouched_for() {
    let tls = |name: &str| format!("{}/tests/it/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    let (cert, key) = (tls("cert.pem"), tls("key.pem"));
    let broker = Broker::with(&[
        "--port",
        "0",
        "--tls-port",
        "{port}",
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &cert,
        "--tls-auth-clients",
        "no",
    ])
    .await;
    let url = format!("rediss://localhost:{}", broker.address.port());
    let mut config = quick(&url);
    config.cluster_ca = Some(cert.into());
    let left = Node::with(config.clone()).await;
    let right = Node::with(config).await;
    let mut ada = Client::join(left.address, "ada", "room").await;
    let _bob = Client::join(right.address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    // Nobody vouches for it otherwise.
    let text = Node::unlinked(quick(&url)).await.error().await.to_string();
    assert!(text.contains("certificate"), "{text}");
}

#[tokio::test]
async fn if_it_may_it_starts_without_a_broker_and_links_later() {
    let mut broker = Broker::start().await;
    broker.kill().await;
    let mut config = quick(&broker.url());
    config.cluster_optional = true;
    let node = Node::unlinked(config).await;
    let mut ada = Client::connect(node.address).await;
    let join = serde_json::json!({"event": "join", "user": "ada", "room": "room"});
    ada.chat(join.clone()).await;
    assert_eq!(ada.refusal().await, 31);
    assert!(node.ready().await.starts_with("degraded: "));
    broker.again().await;
    node.until("chatspec_cluster_linked", |linked| linked == 1.0)
        .await;
    ada.chat(join).await;
    assert_eq!(ada.event().await["type"], "newuser");
}

#[tokio::test]
async fn two_of_one_name_are_not_let_in() {
    let broker = Broker::start().await;
    let named = || {
        let mut config = quick(&broker.url());
        config.cluster_node = Some("one".to_owned());
        config.cluster_lease = Duration::from_millis(600);
        config
    };
    let first = Node::with(named()).await;
    let text = Node::unlinked(named()).await.error().await.to_string();
    assert!(text.contains("another node"), "{text}");
    let _ada = Client::join(first.address, "ada", "room").await;
    // One that has died without a word is waited for.
    first.kill().await;
    let second = Node::with(named()).await;
    let mut bob = Client::connect(second.address).await;
    crate::server::lists(&mut bob, "room", &[]).await;
}

#[tokio::test]
async fn the_first_who_comes_can_join() {
    let broker = Broker::start().await;
    for n in 0..10 {
        // It is not waited for the link.
        let node = Node::unlinked(quick(&broker.url())).await;
        let mut ada = Client::connect(node.address).await;
        let join = serde_json::json!({"event": "join", "user": format!("u{n}"), "room": "room"});
        ada.chat(join).await;
        assert_eq!(ada.event().await["type"], "newuser");
    }
}
