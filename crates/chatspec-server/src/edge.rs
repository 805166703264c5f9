//! What is looked at before Engine.IO sees a request: what its library lets through, and answers that it gives otherwise
//! than the protocol's own text.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// No error of Engine.IO is longer, in bytes.
const ERROR_BYTES: usize = 4_096;

/// What the checks need to know of the configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    /// Most bytes of a POST body.
    pub(crate) max_payload: usize,
}

/// A request that is turned away before it reaches Engine.IO.
#[derive(Debug, PartialEq, Eq)]
struct Refused {
    status: StatusCode,
    /// The code of Engine.IO's errors.
    code: u8,
    message: &'static str,
}

/// Turns away what is malformed, and passes everything else on.
pub(crate) async fn check(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/socket.io") {
        return next.run(request).await;
    }
    match refused(edge, &request) {
        Some(refused) if request.method() == Method::POST => {
            // The session that it is for ends, as with any other payload that is none.
            // rule: transport.bad-frames.closed
            next.run(spoilt(request)).await;
            refused.into_response()
        }
        Some(refused) => refused.into_response(),
        None => numbered(next.run(request).await).await,
    }
}

/// The same request with a body that holds no packet, in place of one that is not read.
fn spoilt(request: Request) -> Request {
    let (mut head, _) = request.into_parts();
    head.headers
        .insert(CONTENT_LENGTH, HeaderValue::from_static("1"));
    Request::from_parts(head, Body::from("x"))
}

fn refused(edge: Edge, request: &Request) -> Option<Refused> {
    let query = request.uri().query().unwrap_or_default();
    // rule: transport.eio-version
    if values(query, "EIO").count() > 1 {
        return Some(Refused::bad(5, "Unsupported protocol version"));
    }
    let headers = request.headers();
    if request.method() == Method::POST {
        return body(edge, headers);
    }
    let websocket = values(query, "transport").any(|transport| transport == "websocket");
    websocket.then(|| handshake(headers)).flatten()
}

/// The length of a body, as it is announced: what is too long is not waited for, and what is empty holds no packet.
// rule: robust.polling.length
// rule: transport.bad-frames.closed
fn body(edge: Edge, headers: &HeaderMap) -> Option<Refused> {
    let length = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    match length.parse::<u128>() {
        Ok(0) => Some(Refused::bad(3, "Bad request")),
        Ok(length) if length > edge.max_payload as u128 => Some(Refused {
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

fn values<'a>(query: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    query
        .split('&')
        .filter_map(move |pair| match pair.split_once('=') {
            Some((name, value)) => (name == key).then_some(value),
            None => (pair == key).then_some(""),
        })
}

/// The same answer, with the code of an error as the number that it is: the library writes it as a string.
// rule: robust.error-body
async fn numbered(response: Response) -> Response {
    let json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !(response.status().is_client_error() && json) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ERROR_BYTES).await else {
        return head.status.into_response();
    };
    let body = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut error) => {
            let code = error["code"]
                .as_str()
                .and_then(|code| code.parse::<u8>().ok());
            if let Some(code) = code {
                error["code"] = json!(code);
            }
            Body::from(error.to_string())
        }
        Err(_) => Body::from(bytes),
    };
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, body)
}

impl Refused {
    fn bad(code: u8, message: &'static str) -> Refused {
        Refused {
            status: StatusCode::BAD_REQUEST,
            code,
            message,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({"code": self.code, "message": self.message}).to_string();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // The rest of the request is not read, so the connection cannot go on.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        if self.status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGE: Edge = Edge { max_payload: 1_000 };
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn asked(method: &str, query: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/socket.io/?{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        refused(EDGE, &request).map(|refused| refused.status.as_u16())
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
    fn one_version_alone() {
        assert_eq!(asked("GET", "EIO=4&transport=polling", &[]), None);
        assert_eq!(
            asked("GET", "EIO=4&EIO=3&transport=polling", &[]),
            Some(400)
        );
    }
}
