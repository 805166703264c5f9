//! Whoever is gone is out of the room within the heartbeat bound, in whatever way it went.
//!
//! Those that stop answering and those that stop reading are in `closing`.

use std::time::Duration;

use chatspec_server::Config;
use serde_json::json;

use crate::client::{Client, chat_frame, del_user, new_user};
use crate::polling::Poller;
use crate::server::Server;

async fn hasty() -> Server {
    Server::with(Config {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        ..Config::default()
    })
    .await
}

// rule: presence.cleanup
// rule: robust.life.once
#[tokio::test]
async fn a_connection_that_is_closed_or_torn() {
    let server = hasty().await;
    let mut watcher = Client::join(server.address, "watcher", "room").await;
    for torn in [false, true] {
        let ghost = Client::join(server.address, "ghost", "room").await;
        assert_eq!(watcher.event().await, new_user("ghost", "room"));
        match torn {
            true => ghost.tear(),
            false => drop(ghost),
        }
        assert_eq!(watcher.event().await, del_user("ghost", "room"));
    }
    assert_eq!(watcher.users("room").await, "Users in room: ['WATCHER']");
}

// rule: presence.cleanup
// rule: transport.heartbeat.bound
#[tokio::test]
async fn a_polling_client_that_polls_no_more() {
    let server = hasty().await;
    let mut watcher = Client::join(server.address, "watcher", "room").await;
    let mut ghost = Poller::connect(server.address).await;
    let join = json!({"event": "join", "user": "ghost", "room": "room"});
    ghost.post(&[&chat_frame(&join)]).await;
    assert!(ghost.packet().await.contains("New User ghost"));
    assert_eq!(watcher.event().await, new_user("ghost", "room"));
    assert_eq!(watcher.event().await, del_user("ghost", "room"));
    assert_eq!(watcher.users("room").await, "Users in room: ['WATCHER']");
}
