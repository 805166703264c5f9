//! Faults of requests that are not what HTTP or this protocol has in mind, in front of everything else.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::frames::relay;
use super::{Fault, fault};
use crate::http::{answer, each_head, intercept, wrap};
use crate::relay::Hooks;

pub const FAULTS: &[Fault] = &[
    fault(
        "large-header-breaks",
        "A request with a header field of more than 8 192 bytes is answered with 500.",
        |server| {
            intercept(server, |asked| {
                let large = asked.headers.values().any(|value| value.len() > 8_192);
                large.then(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
            });
        },
    ),
    fault(
        "path-prefix-served",
        "Every path that begins like that of the endpoint is served.",
        |server| wrap(server, endpoint),
    ),
    fault(
        "header-blank-mended",
        "A blank before the colon of a header field is overlooked.",
        |server| {
            relay(server, || Hooks {
                request: Box::new(|bytes| Some(without_blanks(bytes))),
                ..Hooks::default()
            });
        },
    ),
    fault(
        "origin-any-credentials",
        "A page of any origin may read answers, and send cookies along.",
        |server| {
            each_head(server, |asked, _, headers| {
                if asked.headers.contains_key(header::ORIGIN) {
                    let yes = HeaderValue::from_static("true");
                    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
                }
            });
        },
    ),
    fault(
        "error-body-plain",
        "The body of a refused request is a line of text.",
        |server| {
            wrap(server, |request: Request, next: Next| async move {
                let response = next.run(request).await;
                match response.status().is_client_error() {
                    true => answer(response.status(), "Bad request".to_owned()),
                    false => response,
                }
            });
        },
    ),
    fault(
        "query-line-break-breaks",
        "A line break in percent signs, in the query of a request, is answered with 500.",
        |server| {
            intercept(server, |asked| {
                let broken = asked.query.to_ascii_lowercase().contains("%0d%0a");
                broken.then(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
            });
        },
    ),
];

/// Takes a path for that of the endpoint if it begins so.
async fn endpoint(mut request: Request, next: Next) -> Response {
    let uri = request.uri();
    let query = uri.query().unwrap_or_default();
    if uri.path().starts_with("/socket.io")
        && let Ok(uri) = format!("/socket.io/?{query}").parse::<Uri>()
    {
        *request.uri_mut() = uri;
    }
    next.run(request).await
}

/// The header in front, without blanks before colons. What comes after it stays.
fn without_blanks(bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, rest) = bytes.split_at(end.unwrap_or(0));
    let mut mended = Vec::with_capacity(bytes.len());
    for (index, byte) in head.iter().enumerate() {
        if !(*byte == b' ' && head.get(index + 1) == Some(&b':')) {
            mended.push(*byte);
        }
    }
    mended.extend(rest);
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_alone_is_mended() {
        let mended = without_blanks(b"GET / HTTP/1.1\r\nA : b\r\n\r\nC : d".to_vec());
        assert_eq!(mended, b"GET / HTTP/1.1\r\nA: b\r\n\r\nC : d");
    }
}
