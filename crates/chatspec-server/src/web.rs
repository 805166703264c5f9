//! The page at `/`: a client for people, embedded in the binary, and the headers under which it runs.

use std::future::ready;

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::IntoResponse;
use axum::routing::get;

/// Where it is served, its media type, and what is in it.
type File = (&'static str, &'static str, &'static [u8]);

/// A file of the folder `web`.
macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/", $name))
    };
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [File; 8] = [
    ("/", HTML, file!("index.html")),
    ("/web/style.css", CSS, file!("style.css")),
    ("/web/main.js", SCRIPT, file!("main.js")),
    ("/web/session.js", SCRIPT, file!("session.js")),
    ("/web/log.js", SCRIPT, file!("log.js")),
    ("/web/images.js", SCRIPT, file!("images.js")),
    ("/web/words.js", SCRIPT, file!("words.js")),
    (
        "/web/vendor/socket.io.esm.min.js",
        SCRIPT,
        file!("vendor/socket.io.esm.min.js"),
    ),
];

/// Everything comes from here, and nothing that is received can become script: no inline code, no markup from strings
/// (trusted types), no image but data. `'self'` holds for WebSocket as well.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    // Asked for again after an upgrade of the server, so that no old part meets a new one.
    (CACHE_CONTROL, "no-cache"),
];

/// The routes of the page and of its parts.
pub(crate) fn routes() -> Router {
    FILES
        .iter()
        .fold(Router::new(), |router, (path, kind, body)| {
            let answer = || ready(([(CONTENT_TYPE, *kind)], HEADERS, *body).into_response());
            router.route(path, get(answer))
        })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// The hash that stands beside the file, in hexadecimal.
    #[test]
    fn the_vendored_client_is_what_it_was() {
        let note = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/vendor/README.md"));
        let hash: String = Sha256::digest(file!("vendor/socket.io.esm.min.js"))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(note.contains(&format!("`sha256:{hash}`")), "{hash}");
    }

    /// No third party, and no code outside the modules.
    #[test]
    fn the_page_asks_nobody_else() {
        for (path, _, body) in FILES {
            if path.contains("/vendor/") {
                continue;
            }
            let text = std::str::from_utf8(body).expect("the page is written in UTF-8");
            let text = text.replace("http://www.w3.org/2000/svg", "");
            for banned in [
                "http:",
                "https:",
                "innerHTML",
                "style=",
                " onclick",
                "eval(",
            ] {
                assert!(!text.contains(banned), "{banned} in {path}");
            }
        }
    }
}
