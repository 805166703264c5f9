//! The seam for deliberate defects, and what a panic does.

use chatspec::message::ClientMessage;
use chatspec::name::NameKey;
use chatspec_room::{Action, Audience, Delivery};
use chatspec_server::{Config, Emission, Faults, serve_faulty};
use serde_json::json;
use tokio::net::TcpListener;

use crate::client::{Client, del_user, new_user};
use crate::logs;

async fn start(faults: Faults) -> std::net::SocketAddr {
    logs::keep();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    tokio::spawn(serve_faulty(
        listener,
        Config::default(),
        faults,
        std::future::pending(),
    ));
    address
}

#[tokio::test]
async fn no_faults_make_no_difference() {
    let address = start(Faults::default()).await;
    let mut ada = Client::join(address, "ada", "room").await;
    let mut bob = Client::join(address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    ada.send(&[r#"421["chat",{"event":"chat","room":"room","text":"hi"}]"#])
        .await;
    assert_eq!(ada.packet().await, "31[]");
    assert_eq!(
        bob.packet().await,
        r#"2["chat",{"type":"chat","from":"ADA","message":"hi"}]"#
    );
    ada.send(&[r#"422["chat",{"event":"leave","user":"bob"}]"#])
        .await;
    assert_eq!(ada.refusal().await, 24);
    assert!(ada.packet().await.starts_with(r#"32[{"code":24,"#));
}

// rule: connection.lives
#[tokio::test]
async fn a_panic_ends_the_session_that_caused_it_and_no_other() {
    let mut faults = Faults::default();
    faults.command = Box::new(|command| {
        let boom = match &command.action {
            Action::Message(ClientMessage::Chat(chat)) => chat
                .text
                .as_ref()
                .is_some_and(|text| text.as_str() == "boom"),
            _ => false,
        };
        assert!(!boom, "a deliberate panic");
        vec![command]
    });
    let address = start(faults).await;
    let mut ada = Client::join(address, "ada", "room").await;
    let mut bob = Client::join(address, "bob", "room").await;
    assert_eq!(ada.event().await, new_user("bob", "room"));
    bob.chat(json!({"event": "chat", "text": "boom"})).await;
    assert_eq!(bob.packet().await, "1");
    assert_eq!(ada.event().await, del_user("bob", "room"));
    assert_eq!(ada.users("room").await, "Users in room: ['ADA']");
}

#[tokio::test]
async fn every_hook_is_in_place() {
    let mut faults = Faults::default();
    faults.delivery = Box::new(|mut deliveries| {
        if let Some(Delivery::Message { message, .. }) = deliveries.get(1) {
            let audience = Audience::Room {
                room: NameKey::of("room"),
                except: None,
            };
            let message = message.clone();
            deliveries.insert(1, Delivery::Message { audience, message });
        }
        deliveries
    });
    faults.emission = Box::new(|emission| {
        let audience = Audience::Joined { except: None };
        let event = format!("{}?", emission.event);
        let arguments = vec![emission.arguments[0].clone(), json!(2)];
        vec![Emission {
            audience,
            event,
            arguments,
        }]
    });
    faults.acknowledgement = Box::new(|_| Some(vec![json!("never")]));
    let address = start(faults).await;
    let mut client = Client::connect(address).await;
    client
        .send(&[r#"420["chat",{"event":"join","user":"ada","room":"room"}]"#])
        .await;
    for _ in 0..2 {
        assert_eq!(
            client.packet().await,
            r#"2["chat?",{"type":"newuser","message":"New User ada joined room room"},2]"#
        );
    }
    assert_eq!(client.packet().await, r#"30["never"]"#);
}

#[tokio::test]
async fn what_comes_in_can_be_changed() {
    let mut faults = Faults::default();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    faults.connection = Box::new(move |session, sid| {
        tell.send((session, sid.len())).expect("the test listens");
    });
    faults.router = Box::new(|router| router.route("/fault", axum::routing::get(async || "here")));
    faults.packet = Box::new(|_, text| text.replace("bob", "eve").replace("shout", "chat"));
    faults.decision = Box::new(|rooms, command| {
        let mut deliveries = rooms.apply(command);
        deliveries.retain(|delivery| !matches!(delivery, Delivery::Refuse { .. }));
        deliveries
    });
    let address = start(faults).await;
    let mut client = Client::connect(address).await;
    client
        .chat(json!({"event": "join", "user": "bob", "room": "room"}))
        .await;
    assert_eq!(client.event().await, new_user("eve", "room"));
    let (_, length) = told.recv().await.expect("a session was opened");
    assert!(length > 0);
    // Another event is read as what it is changed into, and its refusal is left out.
    client
        .send(&[r#"427["shout",{"event":"leave","user":"ada"}]"#])
        .await;
    assert!(client.packet().await.starts_with(r#"37[{"code":24,"#));
    assert_eq!(client.users("room").await, "Users in room: ['EVE']");
}
