//! The page at `/`, as a browser asks for it. What it does in one is tested in `conformance/browser`.

use crate::polling::{Response, request};
use crate::server::Server;

async fn get(server: &Server, path: &str) -> Response {
    request(server.address, "GET", path, "", "").await
}

#[tokio::test]
async fn every_part_comes_under_the_policy() {
    let server = Server::start().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/web/style.css", "text/css; charset=utf-8"),
        ("/web/main.js", "text/javascript; charset=utf-8"),
        (
            "/web/vendor/socket.io.esm.min.js",
            "text/javascript; charset=utf-8",
        ),
    ] {
        let response = get(&server, path).await;
        assert_eq!(response.status, 200, "{path}");
        assert_eq!(response.header("content-type"), Some(kind), "{path}");
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'),
            "{policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), Some(value), "{path}");
        }
    }
}

#[tokio::test]
async fn there_is_nothing_else() {
    let server = Server::start().await;
    for path in [
        "/index.html",
        "/web/",
        "/web/vendor/README.md",
        "/web/../src/web.rs",
        "/web/..%2fCargo.toml",
    ] {
        assert_eq!(get(&server, path).await.status, 404, "{path}");
    }
}
