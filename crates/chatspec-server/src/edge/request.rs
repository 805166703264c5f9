//! What is wrong with a request for Engine.IO, as far as its header tells.

use axum::extract::Request;
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use axum::http::{Method, StatusCode};

use super::Refused;

pub(super) fn refused(max_payload: usize, request: &Request) -> Option<Refused> {
    let query = request.uri().query().unwrap_or_default();
    // rule: transport.eio-version
    if values(query, "EIO").count() > 1 {
        return Some(Refused::bad(5, "Unsupported protocol version"));
    }
    if ["sid", "transport"]
        .into_iter()
        .any(|key| !is_plain(query, key))
    {
        return Some(Refused::bad(3, "Bad request: sid and transport, once each"));
    }
    let headers = request.headers();
    if request.method() == Method::POST {
        return body(max_payload, headers);
    }
    let websocket = values(query, "transport").any(|transport| transport == Some("websocket"));
    websocket.then(|| handshake(headers)).flatten()
}

/// The length of a body, as it is announced: what is too long is not waited for, and what is empty holds no packet.
// rule: robust.polling.length
// rule: transport.bad-frames.closed
fn body(max_payload: usize, headers: &HeaderMap) -> Option<Refused> {
    let length = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    match length.parse::<u128>() {
        Ok(0) => Some(Refused::bad(3, "Bad request")),
        Ok(length) if length > max_payload as u128 => Some(Refused {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            code: 3,
            message: "Payload too large",
        }),
        // A length that is none never gets here: it is no HTTP.
        _ => None,
    }
}

/// The opening handshake of a WebSocket, RFC 6455 section 4.2.1.
// rule: robust.handshake.websocket
fn handshake(headers: &HeaderMap) -> Option<Refused> {
    if single(headers, &SEC_WEBSOCKET_VERSION) != Some("13") {
        return Some(Refused {
            status: StatusCode::UPGRADE_REQUIRED,
            code: 3,
            message: "Bad request: WebSocket version 13 alone",
        });
    }
    let key = single(headers, &SEC_WEBSOCKET_KEY).is_some_and(is_key);
    let upgrades = has_token(headers, &CONNECTION, "upgrade");
    let websocket = has_token(headers, &UPGRADE, "websocket");
    (!(key && upgrades && websocket))
        .then(|| Refused::bad(3, "Bad request: not a WebSocket handshake"))
}

/// Sixteen bytes in base64: twenty-two digits, of which the last carries two bits, and the padding.
fn is_key(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    text.strip_suffix("==")
        .is_some_and(|digits| digits.len() == 22 && digits.chars().all(is_digit))
        && text[..22].ends_with(['A', 'Q', 'g', 'w'])
}

/// The value of a header that is there exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok().map(str::trim),
        _ => None,
    }
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// Whether a parameter stands once, with one value, or not at all. Of anything else Engine.IO and this module see different
/// things: a session could open that is not counted, or a handshake pass that is not looked at.
fn is_plain(query: &str, key: &str) -> bool {
    let mut all = values(query, key);
    match (all.next(), all.next()) {
        (None, _) => true,
        (Some(Some(value)), None) => !value.contains('='),
        _ => false,
    }
}

/// The values of a parameter, each none where no `=` stands behind the name.
pub(super) fn values<'a>(query: &'a str, key: &'a str) -> impl Iterator<Item = Option<&'a str>> {
    query
        .split('&')
        .filter_map(move |pair| match pair.split_once('=') {
            Some((name, value)) => (name == key).then_some(Some(value)),
            None => (pair == key).then_some(None),
        })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const MAX_PAYLOAD: usize = 1_000;
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn asked(method: &str, query: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/socket.io/?{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        refused(MAX_PAYLOAD, &request).map(|refused| refused.status.as_u16())
    }

    fn websocket(changed: &str, value: Option<&str>) -> Option<u16> {
        let right = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", KEY),
        ];
        let headers: Vec<(&str, &str)> = right
            .into_iter()
            .filter_map(|(name, is)| match name == changed {
                true => value.map(|value| (name, value)),
                false => Some((name, is)),
            })
            .collect();
        asked("GET", "EIO=4&transport=websocket", &headers)
    }

    #[test]
    fn a_websocket_handshake_is_whole_or_refused() {
        assert_eq!(websocket("", None), None);
        for (name, value, status) in [
            ("sec-websocket-version", Some("8"), 426),
            ("sec-websocket-version", None, 426),
            ("sec-websocket-key", None, 400),
            ("sec-websocket-key", Some("c2hvcnQ="), 400),
            ("sec-websocket-key", Some("dGhlIHNhbXBsZSBub25jZR=="), 400),
            ("connection", Some("close"), 400),
            ("upgrade", None, 400),
        ] {
            assert_eq!(websocket(name, value), Some(status), "{name} {value:?}");
        }
    }

    #[test]
    fn a_body_is_neither_empty_nor_too_long() {
        for (length, status) in [
            ("0", Some(400)),
            ("1", None),
            ("1000", None),
            ("1001", Some(413)),
            ("100000000000", Some(413)),
        ] {
            let seen = asked("POST", "EIO=4", &[("content-length", length)]);
            assert_eq!(seen, status, "{length}");
        }
        assert_eq!(
            asked("POST", "EIO=4", &[("transfer-encoding", "chunked")]),
            None
        );
    }

    #[test]
    fn a_parameter_stands_once_and_has_one_value() {
        for query in [
            "EIO=4&transport=polling&sid",
            "EIO=4&transport=polling&sid&sid=a",
            "EIO=4&transport=polling&sid=a&sid=a",
            "EIO=4&transport=polling&sid=a=b",
            "EIO=4&transport=websocket=x",
            "EIO=4&transport=polling&transport=websocket",
            "EIO=4&transport&transport=websocket",
            "EIO=4&transport",
        ] {
            for method in ["GET", "POST"] {
                assert_eq!(asked(method, query, &[]), Some(400), "{method} {query}");
            }
        }
        for query in [
            "EIO=4&transport=polling&sid=a",
            "EIO=4&transport=polling&t=a=b&t",
        ] {
            assert_eq!(asked("GET", query, &[]), None, "{query}");
        }
    }

    #[test]
    fn one_version_alone() {
        assert_eq!(asked("GET", "EIO=4&transport=polling", &[]), None);
        assert_eq!(
            asked("GET", "EIO=4&EIO=3&transport=polling", &[]),
            Some(400)
        );
    }
}
