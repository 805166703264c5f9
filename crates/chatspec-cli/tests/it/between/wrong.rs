//! What is wrong, and whose.

use chatspec_harness::wire::{Transport, socket};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::people::Person;
use super::program::{Between, Words};
use crate::program::chatspec;
use crate::proxy::{listen, reference};

#[tokio::test]
async fn a_wrong_message_of_a_client_is_explained_at_once() {
    let (server, address) = reference().await;
    let mut between = Between::start(&format!("http://{address}"), &[]).await;
    let mut ada = Person::new(&between.url, Transport::Polling).await;
    ada.joins("ada", "den").await;
    ada.says(&json!({"event": "chat", "room": 5, "text": "hi"}))
        .await;
    let found = between.until(|line| line["kind"] == "finding").await;
    assert_eq!(found["whose"], "client");
    assert_eq!(found["name"], "ada");
    assert_eq!(found["path"], "$.room");
    assert_eq!(found["rule"], "message.types.refused");
    assert_eq!(found["why"], "expected a string, found a number");
    assert!(
        found["sentence"]
            .as_str()
            .expect("a sentence")
            .contains("**MUST** refuse")
    );
    assert!(
        found["mend"]
            .as_str()
            .expect("a mend")
            .contains("send a string")
    );
    assert!(
        found["message"]
            .as_str()
            .expect("it")
            .contains("\"room\":5")
    );
    let literal = |packet: &str| packet.to_owned();
    let more = [
        (
            socket::event("/", None, "chat", &[]),
            "message.shape.refused",
        ),
        (
            socket::event("/", None, "talk", &[json!("x")]),
            "message.other-event.refused",
        ),
        (
            literal(r#"2["chat",{"event":"users","room":"a","room":"b"}]"#),
            "message.duplicate-keys.refused",
        ),
        (
            literal(r#"2["ch\u0061t",{"event":"users","room":"a"}]"#),
            "robust.packet.escaped-name",
        ),
        (
            literal(r#"29007199254740993["chat",{"event":"users","room":"a"}]"#),
            "robust.packet.ack-id",
        ),
        (
            literal(r#"2["chat",{"event":"chat","room":"den","text":"x","txt":1}]"#),
            "message.unknown-keys",
        ),
        (
            literal(r#"2["chat",{"event":"chat","room":"den","text":NaN}]"#),
            "message.valid-json.always",
        ),
    ];
    for (packet, rule) in more {
        // Of its own session each, for after some of them the server ends it, sooner or later.
        let mut eve = Person::new(&between.url, Transport::Polling).await;
        let _ = eve.0.send_packets(&[packet]).await;
        let found = between.until(|line| line["kind"] == "finding").await;
        assert_eq!(
            (&found["rule"], &found["whose"]),
            (&json!(rule), &json!("client"))
        );
    }
    let ended = between.interrupt().await.exits(1);
    assert_eq!(
        ended.summary()["client"].as_object().map(|all| all.len()),
        Some(8)
    );
    assert_eq!(ended.summary()["server"], json!({}));
    server.abort();
}

/// A server that answers CONNECT, and then sends these packets; whatever comes.
pub async fn saying(packets: Vec<&'static str>) -> String {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
                continue;
            };
            let open = r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
            socket.send(Message::text(open)).await.expect("a client");
            while let Some(Ok(message)) = socket.next().await {
                if message == Message::text("40") {
                    socket
                        .send(Message::text(r#"40{"sid":"t"}"#))
                        .await
                        .expect("a client");
                    for packet in &packets {
                        socket.send(Message::text(*packet)).await.expect("a client");
                    }
                }
            }
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_wrong_message_of_the_server_is_found_and_fail_fast_ends_it() {
    let url = saying(vec![
        r#"42["chat",{"type":"greeting"}]"#,
        r#"42["chat",{"type":"newuser","message":"\u001b[2J"}]"#,
    ]);
    let between = Between::start(&url.await, &["--fail-fast"]).await;
    let ada = Person::new(&between.url, Transport::Websocket).await;
    let ended = between.ended().await.exits(1);
    let [found] = ended.of("finding")[..] else {
        panic!("{:#?}", ended.told)
    };
    assert_eq!(found["whose"], "server");
    assert_eq!(found["rule"], "join.announce");
    assert_eq!(found["path"], "$.message");
    assert!(!found.to_string().contains('\u{1b}'), "{found}");
    drop(ada);
}

#[tokio::test]
async fn packets_of_a_server_that_are_none_are_its_own() {
    let url = saying(vec!["42[\"chat\",{]", "hello", "5", r#"42["chat"]"#]);
    let mut between = Between::start(&url.await, &[]).await;
    let ada = Person::new(&between.url, Transport::Websocket).await;
    let rules = [
        "message.valid-json",
        "message.schema",
        "message.schema",
        "message.schema",
    ];
    for rule in rules {
        let found = between.until(|line| line["kind"] == "finding").await;
        assert_eq!(
            (&found["rule"], &found["whose"]),
            (&json!(rule), &json!("server"))
        );
    }
    drop(ada);
    let ended = between.interrupt().await.exits(1);
    assert_eq!(ended.summary()["client"], json!({}));
}

#[tokio::test]
async fn what_is_alike_is_told_three_times_and_counted() {
    let wrong = r#"42["chat",{"type":"newuser","message":"\u001b[2J\u202e"}]"#;
    let between = saying(vec![wrong; 500]).await;
    let mut between = Between::start(&between, &[]).await;
    let ada = Person::new(&between.url, Transport::Websocket).await;
    between.until(|line| line["kind"] == "finding").await;
    drop(ada);
    between.until(|line| line["kind"] == "closed").await;
    let ended = between.interrupt().await.exits(1);
    assert_eq!(ended.of("finding").len(), 3);
    let counted: &Value = &ended.summary()["server"]["join.announce"];
    assert_eq!(counted, 500);
}

#[tokio::test]
async fn people_get_words_that_no_terminal_obeys_and_no_flood() {
    let wrong = r#"42["chat",{"type":"newuser","message":"\u001b[2J\u202e"}]"#;
    let upstream = saying(vec![wrong; 500]).await;
    let mut between = Words::start(&upstream).await;
    let ada = Person::new(&between.url, Transport::Websocket).await;
    between.until("WRONG").await;
    drop(ada);
    between.until("the client").await;
    let told = between.interrupt().await;
    assert_eq!(told.matches("WRONG").count(), 3, "{told}");
    assert!(
        told.contains("497 findings more, like those above"),
        "{told}"
    );
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_3_and_usage_2() {
    let (listener, address) = listen().await;
    drop(listener);
    let url = format!("http://{address}");
    chatspec(["proxy", "--upstream", &url])
        .await
        .exits(3)
        .in_one_line();
    chatspec(["proxy", "--upstream", "ftp://x"])
        .await
        .exits(2)
        .in_one_line();
    chatspec(["proxy"])
        .await
        .exits(2)
        .complains(&["--upstream"]);
    let (listener, address) = listen().await;
    let url = format!("http://{address}");
    let taken = [
        "proxy",
        "--upstream",
        &url,
        "--listen",
        &address.to_string(),
    ];
    chatspec(taken)
        .await
        .exits(3)
        .complains(&["another --listen"]);
    drop(listener);
}
