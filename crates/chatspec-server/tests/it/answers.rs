//! What comes back on the wire, byte for byte: replies, acknowledgements, refusals.

use serde_json::json;

use crate::client::{Client, del_user, new_user};
use crate::server::Server;

// rule: ack.success
// rule: ack.after-effects
#[tokio::test]
async fn success_is_acknowledged_with_nothing() {
    let server = Server::start().await;
    let mut client = Client::connect(server.address).await;
    client
        .send(&[r#"427["chat",{"event":"join","user":"ada","room":"lobby"}]"#])
        .await;
    assert_eq!(
        client.packet().await,
        r#"2["chat",{"type":"newuser","message":"New User ada joined room lobby"}]"#
    );
    assert_eq!(client.packet().await, "37[]");
    client
        .send(&[r#"42123456789["chat",{"event":"users","room":"Lobby"}]"#])
        .await;
    assert_eq!(
        client.packet().await,
        r#"2["chat",{"type":"users","message":"Users in room: ['ADA']"}]"#
    );
    assert_eq!(client.packet().await, "3123456789[]");
    client
        .send(&[r#"420["chat",{"event":"chat","text":"hi"}]"#])
        .await;
    assert_eq!(client.packet().await, "30[]");
    client.send(&[r#"421["chat",{"event":"leave"}]"#]).await;
    assert_eq!(client.packet().await, "31[]");
}

// rule: refusal.form
// rule: ack.always
#[tokio::test]
async fn a_refusal_is_one_string_and_then_an_object() {
    let server = Server::start().await;
    let mut client = Client::connect(server.address).await;
    client.send(&[r#"425["chat",{"event":"leave"}]"#]).await;
    let event = client.packet().await;
    let ack = client.packet().await;
    let body = ack
        .strip_prefix("35[")
        .and_then(|rest| rest.strip_suffix(']'))
        .expect("an ack with one argument");
    assert!(body.starts_with(r#"{"code":21,"message":""#), "{ack}");
    assert_eq!(event, format!("2{}", json!(["message", body])));
}

// rule: message.shape.refused
// rule: message.duplicate-keys.refused
// rule: message.event-unknown.refused
// rule: message.other-event.refused
// rule: connection.lives
#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let server = Server::start().await;
    let mut client = Client::connect(server.address).await;
    for (arguments, code) in [
        (r#""chat",{"event":"users","event":"users"}"#, 99),
        (r#""chat",{"event":"users"},{"event":"users"}"#, 99),
        (r#""chat",{"event":"users"},null"#, 99),
        (r#""chat""#, 99),
        (r#""chat",null"#, 99),
        (r#""chat","users""#, 99),
        (r#""chat",[{"event":"users"}]"#, 99),
        (r#""chat",{"event":7}"#, 99),
        (r#""chat",{"event":"users","room":null}"#, 99),
        (r#""chat",{"_placeholder":true,"num":0}"#, 99),
        (
            r#""chat",{"event":"users","x":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}"#,
            99,
        ),
        (r#""chat",{"event":"Users"}"#, 10),
        (r#""join",{"user":"ada"}"#, 10),
        (r#""message","hello""#, 10),
        (r#""""#, 10),
        (r#""chat",{"event":"users","room":"a\u0000"}"#, 12),
    ] {
        client
            .send(&[&format!("42[{arguments}]"), &format!("423[{arguments}]")])
            .await;
        assert_eq!(client.refusal().await, code, "{arguments}");
        assert_eq!(client.refusal().await, code, "{arguments}");
        let ack = client.packet().await;
        assert!(
            ack.starts_with(&format!("33[{{\"code\":{code},")),
            "{arguments}: {ack}"
        );
    }
    // Text after the packet's array is no JSON either.
    client.send(&[r#"42["chat",{"event":"users"}]xx"#]).await;
    assert_eq!(client.refusal().await, 99);
    assert_eq!(client.users("nowhere").await, "Users in room: []");
}

#[tokio::test]
async fn escapes_in_keys_and_values_make_no_difference() {
    let server = Server::start().await;
    let mut client = Client::connect(server.address).await;
    client
        .send(&[r#"42["chat",{"\u0065vent":"\u0075sers","ro\u006fm":"r"}]"#])
        .await;
    assert_eq!(
        client.event().await,
        json!({"type": "users", "message": "Users in room: []"})
    );
}

// rule: message.binary
#[tokio::test]
async fn an_attachment_ends_the_connection() {
    let server = Server::start().await;
    let mut client = Client::connect(server.address).await;
    client
        .send(&[r#"451-["chat",{"_placeholder":true,"num":0}]"#])
        .await;
    assert!(client.is_closed().await);

    let mut client = Client::connect(server.address).await;
    client.send_binary(&[1, 2, 3]).await;
    assert!(client.is_closed().await);

    // No attachment is announced and none comes: an event like any other.
    let mut client = Client::connect(server.address).await;
    client
        .send(&[r#"450-["chat",{"_placeholder":true,"num":0}]"#])
        .await;
    assert_eq!(client.refusal().await, 99);
    assert_eq!(client.users("nowhere").await, "Users in room: []");
}

// rule: chat.private.only-target
// rule: chat.private.mark
// rule: chat.broadcast
// rule: join.move.leaves
// rule: join.rename.announce
#[tokio::test]
async fn audiences_are_right() {
    let server = Server::start().await;
    let mut ada = Client::join(server.address, "ada", "lobby").await;
    let mut bob = Client::join(server.address, "bob", "lobby").await;
    let mut eve = Client::join(server.address, "eve", "attic").await;
    let mut out = Client::connect(server.address).await;
    assert_eq!(ada.event().await, new_user("bob", "lobby"));

    ada.chat(json!({"event": "chat", "user": "BOB", "text": "psst"}))
        .await;
    assert_eq!(
        bob.event().await,
        json!({"type": "chat", "from": "ADA", "message": "psst", "private": true})
    );
    ada.chat(json!({"event": "chat"})).await;
    for other in [&mut bob, &mut eve] {
        assert_eq!(
            other.event().await,
            json!({"type": "chat", "from": "ADA", "message": "Knock! Knock!"})
        );
    }
    bob.chat(json!({"event": "join", "user": "rob", "room": "LOBBY"}))
        .await;
    assert_eq!(bob.event().await, new_user("rob", "LOBBY"));
    assert_eq!(ada.event().await, del_user("bob", "lobby"));
    assert_eq!(ada.event().await, new_user("rob", "LOBBY"));
    bob.chat(json!({"event": "join", "user": "rob", "room": "attic"}))
        .await;
    assert_eq!(ada.event().await, del_user("rob", "LOBBY"));
    for member in [&mut bob, &mut eve] {
        assert_eq!(member.event().await, new_user("rob", "attic"));
    }
    assert_eq!(eve.users("attic").await, "Users in room: ['EVE', 'ROB']");
    assert_eq!(ada.users("lobby").await, "Users in room: ['ADA']");
    assert_eq!(bob.users("nowhere").await, "Users in room: []");
    assert_eq!(out.users("nowhere").await, "Users in room: []");
}

// rule: name.sid-separate
#[tokio::test]
async fn a_room_may_be_called_like_a_session() {
    let server = Server::start().await;
    let mut victim = Client::join(server.address, "victim", "home").await;
    for room in ["@0", "0", "*", "#home", "#", "@"] {
        let mut spy = Client::join(server.address, "spy", room).await;
        victim.users("nowhere").await;
        victim
            .chat(json!({"event": "chat", "room": "home", "text": "alone"}))
            .await;
        spy.chat(json!({"event": "chat", "room": room, "text": "alone"}))
            .await;
        assert_eq!(spy.users(room).await, "Users in room: ['SPY']");
        spy.chat(json!({"event": "leave"})).await;
        assert_eq!(spy.users(room).await, "Users in room: []");
    }
    assert_eq!(victim.users("home").await, "Users in room: ['VICTIM']");
}
