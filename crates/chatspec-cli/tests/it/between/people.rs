//! People who talk through the proxy, with the reference server behind it.

use std::time::Duration;

use chatspec_harness::wire::{
    Instant, Next, OpenOptions, Packet, Session, Target, Transport, socket,
};
use serde_json::{Value, json};

use super::program::{Between, PATIENCE};
use crate::proxy::reference;
use crate::suite;

/// Somebody who is connected.
pub struct Person(pub Session);

impl Person {
    /// Connects.
    pub async fn new(url: &str, transport: Transport) -> Person {
        let target = Target::parse(url).expect("a URL");
        let options = OpenOptions {
            transport,
            ..OpenOptions::default()
        };
        let opened = Session::open(&target, options, Instant::now() + PATIENCE).await;
        Person(opened.expect("a session"))
    }

    /// Emits `chat`, and waits for its acknowledgement; what came before it.
    pub async fn says(&mut self, message: &Value) -> Vec<Packet> {
        let packet = socket::event("/", Some("7"), "chat", std::slice::from_ref(message));
        self.0.send_packets(&[packet]).await.expect("it is sent");
        self.hears(|packet| matches!(packet, Packet::Ack { .. }))
            .await
    }

    /// Waits for a packet; those before it, and it.
    pub async fn hears(&mut self, is_it: impl Fn(&Packet) -> bool) -> Vec<Packet> {
        let mut before = Vec::new();
        loop {
            match self.0.next(Instant::now() + PATIENCE).await {
                Next::Received(received) => {
                    let found = is_it(&received.packet);
                    before.push(received.packet);
                    if found {
                        return before;
                    }
                }
                other => panic!("{other:?} after {before:?}"),
            }
        }
    }

    /// Joins a room.
    pub async fn joins(&mut self, user: &str, room: &str) {
        self.says(&json!({"event": "join", "user": user, "room": room}))
            .await;
    }
}

/// A chat message with this text.
pub fn said(text: &str) -> impl Fn(&Packet) -> bool {
    move |packet| matches!(packet, Packet::Event { args, .. } if args[0]["message"] == text)
}

#[tokio::test]
async fn right_conversations_are_right_on_every_transport() {
    let (server, address) = reference().await;
    let mut between =
        Between::start(&format!("http://{address}"), &["--profile", "hardened"]).await;
    let mut ada = Person::new(&between.url, Transport::Websocket).await;
    let mut bob = Person::new(&between.url, Transport::Polling).await;
    let mut cora = Person::new(&between.url, Transport::Upgrade).await;
    ada.joins("ada", "den").await;
    bob.joins("bob", "den").await;
    cora.joins("cora", "den").await;
    for (number, text) in ["one", "ü two", "three"].into_iter().enumerate() {
        let message = json!({"event": "chat", "room": "den", "text": text});
        let (speaker, hearers) = match number {
            0 => (&mut ada, [&mut bob, &mut cora]),
            1 => (&mut bob, [&mut ada, &mut cora]),
            _ => (&mut cora, [&mut ada, &mut bob]),
        };
        speaker.says(&message).await;
        for hearer in hearers {
            hearer.hears(said(text)).await;
        }
    }
    ada.says(&json!({"event": "users", "room": "den"})).await;
    bob.says(&json!({"event": "leave"})).await;
    ada.0.close(chatspec_harness::wire::How::EngineClose).await;
    between.until(|line| line["kind"] == "closed").await;
    let ended = between.interrupt().await.exits(0);
    let opened: Vec<&Value> = ended
        .of("opened")
        .into_iter()
        .map(|line| &line["transport"])
        .collect();
    assert_eq!(opened, ["websocket", "polling", "polling"]);
    assert_eq!(ended.of("upgraded").len(), 1);
    let summary = ended.summary();
    assert_eq!(summary["from_clients"], 8, "{summary:#}");
    assert!(summary["from_server"].as_u64() > Some(20), "{summary:#}");
    assert_eq!(summary["client"], json!({}));
    assert_eq!(summary["server"], json!({}));
    server.abort();
}

#[tokio::test]
async fn every_line_has_the_shape_that_the_schema_says() {
    let (server, address) = reference().await;
    let mut between = Between::start(&format!("http://{address}"), &["--trace"]).await;
    let mut ada = Person::new(&between.url, Transport::Upgrade).await;
    ada.says(&json!({"event": "join", "user": 7})).await;
    between.until(|line| line["kind"] == "finding").await;
    drop(ada);
    let ended = between.interrupt().await.exits(1);
    let schema: Value =
        serde_json::from_str(&suite::text("schemas/suite/proxy.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for line in &ended.told {
        assert!(schema.is_valid(line), "{line:#}");
    }
    assert!(ended.of("message").len() >= 3, "{:#?}", ended.told);
    server.abort();
}

#[tokio::test]
async fn a_server_behind_tls_is_reached_through_it() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chatspec-server/tests/it/tls");
    let config = chatspec_server::Config {
        tls_cert: Some(folder.join("cert.pem")),
        tls_key: Some(folder.join("key.pem")),
        ..chatspec_server::Config::default()
    };
    let (listener, address) = crate::proxy::listen().await;
    let server = tokio::spawn(chatspec_server::serve(
        listener,
        config,
        std::future::pending(),
    ));
    let certificate = folder.join("cert.pem").display().to_string();
    let upstream = format!("https://localhost:{}", address.port());
    let between = Between::with(&upstream, &[], &[("SSL_CERT_FILE", &certificate)]).await;
    let mut ada = Person::new(&between.url, Transport::Upgrade).await;
    ada.joins("ada", "den").await;
    let ended = between.interrupt().await.exits(0);
    assert_eq!(ended.summary()["from_clients"], 1);
    server.abort();
    // Nobody waits for what is left of it.
    let _ = tokio::time::timeout(Duration::from_secs(5), server).await;
}
