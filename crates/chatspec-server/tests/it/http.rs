//! Plain HTTP: health, CORS, protocol versions, sessions that do not exist.

use crate::client::Client;
use crate::polling::{Response, request};
use crate::server::Server;

async fn get(server: &Server, path: &str) -> Response {
    request(
        server.address,
        "GET",
        path,
        "Origin: http://localhost:8080\r\n",
        "",
    )
    .await
}

#[tokio::test]
async fn health_is_ok() {
    let server = Server::start().await;
    let response = get(&server, "/healthz").await;
    assert_eq!((response.status, response.body.as_str()), (200, "ok"));
    assert_eq!(get(&server, "/nothing").await.status, 404);
}

// rule: transport.eio-version
// rule: transport.eio-version.cors
// rule: transport.unknown-session.polling
// rule: transport.unknown-session.not-reflected
// rule: transport.cross-origin
// rule: transport.cross-origin.no-credentials
#[tokio::test]
async fn errors_can_be_read_by_a_page_that_is_allowed() {
    let server = Server::start().await;
    for query in [
        "EIO=3&transport=polling",
        "EIO=5&transport=polling",
        "transport=polling",
        "EIO=4&transport=carrier-pigeon",
        "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA",
        "EIO=4&transport=polling&sid=short",
        "",
    ] {
        let response = get(&server, &format!("/socket.io/?{query}")).await;
        assert_eq!(response.status, 400, "{query}");
        assert_eq!(
            response.header("access-control-allow-origin"),
            Some("http://localhost:8080"),
            "{query}"
        );
        assert_eq!(
            response.header("access-control-allow-credentials"),
            None,
            "{query}"
        );
        assert!(
            !response.body.contains("AAAAAAAA") && !response.body.contains("short"),
            "{query}"
        );
    }
    let response = get(&server, "/socket.io/?EIO=4&transport=polling").await;
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("access-control-allow-origin"),
        Some("http://localhost:8080")
    );
}

// rule: transport.cross-origin
#[tokio::test]
async fn a_preflight_is_answered() {
    let server = Server::start().await;
    let headers = "Origin: http://localhost:8080\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n";
    let response = request(
        server.address,
        "OPTIONS",
        "/socket.io/?EIO=4&transport=polling",
        headers,
        "",
    )
    .await;
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("access-control-allow-origin"),
        Some("http://localhost:8080")
    );
    assert!(
        response
            .header("access-control-allow-methods")
            .is_some_and(|methods| methods.contains("POST"))
    );
    assert_eq!(response.header("access-control-allow-credentials"), None);
}

// rule: transport.max-payload
// rule: transport.heartbeat.timeout
#[tokio::test]
async fn limits_are_advertised() {
    let server = Server::start().await;
    let response = get(&server, "/socket.io/?EIO=4&transport=polling").await;
    let open: serde_json::Value =
        serde_json::from_str(&response.body[1..]).expect("an open packet");
    assert_eq!(open["maxPayload"], 1_000_000);
    assert_eq!(open["pingInterval"], 25_000);
    assert_eq!(open["pingTimeout"], 20_000);
    assert_eq!(open["upgrades"], serde_json::json!(["websocket"]));
}

// rule: transport.namespace
// rule: transport.namespace.refused
#[tokio::test]
async fn there_is_one_namespace() {
    let server = Server::start().await;
    let mut client = Client::connect(server.address).await;
    client.send(&["40/admin,"]).await;
    let reply = client.packet().await;
    assert!(reply.starts_with("4/admin,"), "{reply}");
    client
        .send(&[r#"42/admin,["chat",{"event":"users"}]"#])
        .await;
    assert_eq!(client.users("nowhere").await, "Users in room: []");
}

// rule: transport.unknown-session.websocket
#[tokio::test]
async fn a_websocket_cannot_take_up_a_session_that_is_not_there() {
    let server = Server::start().await;
    let headers = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let path = "/socket.io/?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAA";
    // Either an error, or an upgrade that ends at once: `request` reads to the end of the connection.
    let response = request(server.address, "GET", path, headers, "").await;
    assert!(
        response.status == 101 || (400..500).contains(&response.status),
        "{}",
        response.status
    );
    assert_eq!(response.body, "");
}
