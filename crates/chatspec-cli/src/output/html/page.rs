//! A page around a body: one file, which loads nothing and lets nothing run but its own script.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use super::text::text;

/// The style of every page.
const STYLE: &str = include_str!("style.css");

/// The whole page. `body` is markup; `title` is text.
pub fn page(title: &str, body: &str, script: Option<&str>) -> String {
    let (policy, script) = match script {
        Some(script) => (
            format!("script-src '{}'; ", hash(script)),
            format!("<script>{script}</script>"),
        ),
        None => (String::new(), String::new()),
    };
    format!(
        "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n\
         <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src '{}'; {policy}\
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <meta name=color-scheme content=\"light dark\">\n<meta name=referrer content=no-referrer>\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n{script}\n</body>\n</html>\n",
        hash(STYLE),
        text(title)
    )
}

/// As a policy names a source that it lets in.
fn hash(source: &str) -> String {
    format!(
        "sha256-{}",
        STANDARD.encode(digest(&SHA256, source.as_bytes()))
    )
}
