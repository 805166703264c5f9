//! Conversations with the hardened server at CHATSPEC_URL, held by an independent Rust client on every transport.
//! The server is to be used by nobody else meanwhile: a broadcast would reach them, and theirs would reach us.

use chat_interop_rust_client::words::*;
use chat_interop_rust_client::{Cast, Failure, Person, play, png};
use rust_socketio::TransportType;
use serde_json::json;
use tokio::{runtime::Runtime, sync::Mutex};

/// One conversation at a time, for the sake of the broadcast.
static STAGE: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn websocket() {
    conversation(TransportType::Websocket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn polling() {
    conversation(TransportType::Polling).await;
}

/// Polling first, then WebSocket before the session begins; an error if the upgrade fails.
#[tokio::test(flavor = "multi_thread")]
async fn upgrade() {
    conversation(TransportType::WebsocketUpgrade).await;
}

/// The library's default: the same, but falling back to polling without a word.
#[tokio::test(flavor = "multi_thread")]
async fn any() {
    conversation(TransportType::Any).await;
}

async fn conversation(transport: TransportType) {
    let _stage = STAGE.lock().await;
    let url = std::env::var("CHATSPEC_URL").expect("CHATSPEC_URL is the address of the server");
    let same = [&transport; 3];
    // Over polling, this client cannot hear a large image, so Bob hears it over WebSocket there.
    let polling = transport == TransportType::Polling;
    let bob = if polling {
        &TransportType::Websocket
    } else {
        &transport
    };
    let back = async |cast: &mut Cast| break_and_return(cast, &url, &transport).await;
    let outcomes = [
        ("talk", play(&url, same, talk).await),
        ("private", play(&url, same, private_and_broadcast).await),
        (
            "images",
            play(&url, [&transport, bob, &transport], images).await,
        ),
        ("quotes", play(&url, same, quotes).await),
        ("refusals", play(&url, same, refusals).await),
        ("order", play(&url, same, order).await),
        ("break", play(&url, same, back).await),
    ];
    let failures: Vec<String> = outcomes
        .into_iter()
        .filter_map(|(title, outcome)| Some(format!("{title}: {}", outcome.err()?)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

async fn talk(cast: &mut Cast) -> Result<(), Failure> {
    cast.meet().await?;
    let words = "<b>hello</b>\n\u{0} 'é' 😀";
    cast.ada().say(text(words)).await?;
    cast.hear([vec![ack()], vec![chat("ADA", words)], vec![]])
        .await?;
    cast.ada()
        .say(json!({"event": "leave", "user": "Ada", "room": "LOBBY"}))
        .await?;
    cast.hear([vec![ack()], vec![deluser("Ada", "LOBBY")], vec![]])
        .await?;
    cast.bob().say(text("gone?")).await?;
    cast.eve().say(who("LOBBY")).await?;
    cast.hear([vec![], vec![ack()], vec![users("['BOB']"), ack()]])
        .await
}

async fn private_and_broadcast(cast: &mut Cast) -> Result<(), Failure> {
    cast.meet().await?;
    cast.ada().say(whisper("bob", "psst")).await?;
    cast.hear([vec![ack()], vec![private("ADA", "psst")], vec![]])
        .await?;
    cast.bob()
        .say(json!({"event": "chat", "text": "who has joined"}))
        .await?;
    cast.hear([vec![chat("BOB", "who has joined")], vec![ack()], vec![]])
        .await?;
    cast.eve().say(join("Eve", "GARDEN")).await?;
    cast.hear([vec![], vec![], vec![newuser("Eve", "GARDEN"), ack()]])
        .await?;
    cast.eve()
        .say(json!({"event": "chat", "text": "all of you"}))
        .await?;
    let all = chat("EVE", "all of you");
    cast.hear([vec![all.clone()], vec![all], vec![ack()]]).await
}

async fn images(cast: &mut Cast) -> Result<(), Failure> {
    cast.meet().await?;
    for bimage in [png::small(), png::large(375_000)] {
        cast.ada().say(image(&bimage)).await?;
        cast.hear([vec![ack()], vec![picture("ADA", &bimage)], vec![]])
            .await?;
    }
    Ok(())
}

async fn quotes(cast: &mut Cast) -> Result<(), Failure> {
    let names = ["O'Brien", "say \"hi\"", "bo'th\"q\\"];
    for (person, name) in cast.0.iter_mut().zip(names) {
        person.say(join(name, "QUOTES")).await?;
    }
    let [a, b, c] = names.map(|user| newuser(user, "QUOTES"));
    let ada = vec![a, ack(), b.clone(), c.clone()];
    cast.hear([ada, vec![b, ack(), c.clone()], vec![c, ack()]])
        .await?;
    cast.bob().say(who("quotes")).await?;
    let listing = users(r#"["O'BRIEN", 'SAY "HI"', 'BO\'TH"Q\\']"#);
    cast.hear([vec![], vec![listing, ack()], vec![]]).await
}

async fn refusals(cast: &mut Cast) -> Result<(), Failure> {
    cast.meet().await?;
    for (message, code) in [
        (whisper("Eve", "anybody?"), 23),
        (whisper("ADA", "myself"), 23),
        (
            json!({"event": "chat", "room": "GARDEN", "text": "not mine"}),
            22,
        ),
        (text(&"x".repeat(8193)), 15),
        (image("data:image/png;base64,AAAA"), 14),
        (
            json!({"event": "leave", "user": "Bob", "room": "LOBBY"}),
            24,
        ),
        (join("BOB", "GARDEN"), 20),
        (json!({"event": "dance"}), 10),
        (json!({"event": "join", "user": 7}), 99),
    ] {
        cast.ada().say(message).await?;
        cast.hear([refused(code), vec![], vec![]]).await?;
    }
    cast.ada().emit("dance", json!({"room": "LOBBY"})).await?;
    cast.eve().say(text("boo")).await?;
    cast.bob().say(who("LOBBY")).await?;
    cast.hear([
        refused(10),
        vec![users("['ADA', 'BOB']"), ack()],
        refused(21),
    ])
    .await
}

async fn order(cast: &mut Cast) -> Result<(), Failure> {
    cast.meet().await?;
    let numbers: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    for n in &numbers {
        cast.ada().toss(text(n)).await?;
    }
    cast.hear([
        vec![],
        numbers.iter().map(|n| chat("ADA", n)).collect(),
        vec![],
    ])
    .await
}

/// Zoe's connection breaks, and she comes back on Eve's. Over polling she hangs up properly instead: nobody would
/// notice before the heartbeat has run out.
async fn break_and_return(
    cast: &mut Cast,
    url: &str,
    transport: &TransportType,
) -> Result<(), Failure> {
    cast.meet().await?;
    // Her sockets belong to a runtime of their own, which takes them along when it ends.
    let device = Runtime::new().expect("threads can be started");
    let (address, on) = (url.to_owned(), transport.clone());
    let connecting = device.spawn(async move { Person::connect(&address, on).await });
    let mut zoe = connecting.await.expect("connecting does not panic")?;
    zoe.say(join("Zoe", "LOBBY")).await?;
    let (came, left) = (newuser("Zoe", "LOBBY"), deluser("Zoe", "LOBBY"));
    cast.hear([vec![came.clone()], vec![came.clone()], vec![]])
        .await?;
    if *transport == TransportType::Polling {
        zoe.hang_up().await?;
    } else {
        drop(zoe);
    }
    device.shutdown_background();
    cast.ada().next("Zoe's leaving").await?;
    cast.hear([vec![left.clone()], vec![left], vec![]]).await?;

    cast.eve().say(join("Zoe", "LOBBY")).await?;
    cast.ada().say(whisper("Zoe", "welcome back")).await?;
    let eve = vec![came.clone(), ack(), private("ADA", "welcome back")];
    cast.hear([vec![came.clone(), ack()], vec![came], eve])
        .await
}
