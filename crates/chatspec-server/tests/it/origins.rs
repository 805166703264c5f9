//! From which pages, and under which names, the server may be used.

use chatspec_server::Config;
use serde_json::{Value, json};

use crate::polling::{Response, request};
use crate::server::Server;

const OPEN: &str = "/socket.io/?EIO=4&transport=polling";
const UPGRADE: &str = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

fn config(origins: &[&str], hosts: &[&str]) -> Config {
    Config {
        allow_origin: origins
            .iter()
            .map(|text| text.parse().expect("an origin"))
            .collect(),
        allow_host: hosts
            .iter()
            .map(|text| text.parse().expect("a name"))
            .collect(),
        ..Config::default()
    }
}

async fn from(server: &Server, origin: &str) -> Response {
    request(
        server.address,
        "GET",
        OPEN,
        &format!("Origin: {origin}\r\n"),
        "",
    )
    .await
}

fn assert_forbidden(response: &Response) {
    assert_eq!(response.status, 403, "{}", response.body);
    let body: Value = serde_json::from_str(&response.body).expect("JSON");
    assert_eq!(body["code"], json!(4));
    assert!(body["message"].is_string());
    assert_eq!(response.header("access-control-allow-origin"), None);
    assert_eq!(response.header("access-control-allow-credentials"), None);
}

// rule: transport.cross-origin
// rule: robust.origin.unlisted
#[tokio::test]
async fn by_default_pages_of_this_machine_and_of_the_server_may() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    for origin in [
        own.as_str(),
        "http://localhost:8080",
        "https://127.0.0.1",
        "http://[::1]:3000",
        "http://talk.localhost",
    ] {
        let response = from(&server, origin).await;
        assert_eq!(response.status, 200, "{origin}");
        assert_eq!(response.header("access-control-allow-origin"), Some(origin));
        assert_eq!(response.header("access-control-allow-credentials"), None);
        assert!(
            response
                .header("vary")
                .is_some_and(|vary| vary.contains("origin"))
        );
    }
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://localhost:8080.evil.example",
        "http://evil.example:80@localhost",
        "file://",
        "localhost",
    ] {
        assert_forbidden(&from(&server, origin).await);
    }
    let none = request(server.address, "GET", OPEN, "", "").await;
    assert_eq!(
        (none.status, none.header("access-control-allow-origin")),
        (200, None)
    );
}

// rule: transport.cross-origin.allow-list
#[tokio::test]
async fn a_list_holds_on_every_transport_and_for_preflights() {
    let server = Server::with(config(
        &["https://talk.example", "http://other.example:8080"],
        &[],
    ))
    .await;
    let evil = "Origin: https://evil.example\r\n";
    let good = "Origin: https://talk.example:443\r\n";
    assert_forbidden(&request(server.address, "GET", OPEN, evil, "").await);
    let websocket = OPEN.replace("polling", "websocket");
    let response = request(
        server.address,
        "GET",
        &websocket,
        &format!("{evil}{UPGRADE}"),
        "",
    )
    .await;
    assert_forbidden(&response);
    let asking = "Access-Control-Request-Method: POST\r\n";
    assert_forbidden(
        &request(
            server.address,
            "OPTIONS",
            OPEN,
            &format!("{evil}{asking}"),
            "",
        )
        .await,
    );
    assert_forbidden(
        &request(
            server.address,
            "POST",
            &format!("{OPEN}&sid=AAAAAAAAAAAAAAAA"),
            evil,
            "3",
        )
        .await,
    );
    // Two, of which one is good.
    assert_forbidden(&request(server.address, "GET", OPEN, &format!("{good}{evil}"), "").await);
    // This machine is not on the list.
    assert_forbidden(&from(&server, "http://localhost:8080").await);
    assert_forbidden(&from(&server, "http://talk.example").await);
    for headers in [good, "Origin: http://other.example:8080\r\n"] {
        assert_eq!(
            request(server.address, "GET", OPEN, headers, "")
                .await
                .status,
            200
        );
        let response = request(
            server.address,
            "OPTIONS",
            OPEN,
            &format!("{headers}{asking}"),
            "",
        )
        .await;
        assert_eq!(response.status, 200);
        assert!(response.header("access-control-allow-origin").is_some());
        assert!(
            response
                .header("access-control-allow-methods")
                .is_some_and(|methods| methods.contains("POST"))
        );
    }
    // Its own page, and whoever is no page.
    assert_eq!(
        from(&server, &format!("http://{}", server.address))
            .await
            .status,
        200
    );
    assert_eq!(
        request(server.address, "GET", OPEN, "", "").await.status,
        200
    );
}

// rule: transport.cross-origin.no-credentials
#[tokio::test]
async fn any_origin_goes_without_credentials() {
    let server = Server::with(config(&["*"], &[])).await;
    for origin in ["https://evil.example", "null"] {
        let response = from(&server, origin).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        assert_eq!(response.header("access-control-allow-credentials"), None);
    }
}

/// Under a name that has been bound to this address for the moment, a page of that name would be of the same origin.
#[tokio::test]
async fn a_foreign_name_is_no_name_of_the_server() {
    let get = async |server: &Server, host: &str, headers: &str| {
        // The path is absolute: that stands above the Host that `request` sends.
        let path = format!("http://{host}{OPEN}");
        request(server.address, "GET", &path, headers, "").await
    };
    let server = Server::start().await;
    for host in [
        "evil.example",
        "evil.example:5005",
        "192.0.2.7",
        "localhost.evil.example",
    ] {
        assert_forbidden(&get(&server, host, "").await);
        assert_forbidden(&get(&server, host, &format!("Origin: http://{host}\r\n")).await);
    }
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1:80", "[::1]:5005"] {
        assert_eq!(get(&server, host, "").await.status, 200, "{host}");
    }
    let server = Server::with(config(&["loopback"], &["talk.example"])).await;
    assert_eq!(get(&server, "talk.example", "").await.status, 200);
    assert_eq!(
        get(
            &server,
            "Talk.Example.:8443",
            "Origin: https://talk.example:8443\r\n"
        )
        .await
        .status,
        200
    );
    assert_forbidden(&get(&server, "evil.example", "").await);
    let server = Server::with(config(&["loopback"], &["*"])).await;
    assert_eq!(get(&server, "anything.example", "").await.status, 200);
}
