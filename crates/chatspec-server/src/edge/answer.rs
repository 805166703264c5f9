//! Errors of Engine.IO, as the server tells them.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_VERSION,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use thiserror::Error;

/// No error of Engine.IO is longer, in bytes.
const ERROR_BYTES: usize = 4_096;

/// A request that is turned away before it reaches Engine.IO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{message}")]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    /// The code of Engine.IO's errors.
    pub(super) code: u8,
    pub(super) message: &'static str,
}

impl Refused {
    pub(super) fn bad(code: u8, message: &'static str) -> Refused {
        Refused {
            status: StatusCode::BAD_REQUEST,
            code,
            message,
        }
    }

    pub(super) fn forbidden(message: &'static str) -> Refused {
        Refused {
            status: StatusCode::FORBIDDEN,
            code: 4,
            message,
        }
    }

    pub(super) fn full(message: &'static str) -> Refused {
        Refused {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: 4,
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
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }
}

/// The same answer, with the error that it is in the form of all others: the library writes its code as a string, and says
/// nothing at all of a payload that holds no packet.
// rule: robust.error-body
pub(super) async fn numbered(response: Response) -> Response {
    if response.status() == StatusCode::BAD_REQUEST && response.body().is_end_stream() {
        return Refused::bad(3, "Bad request").into_response();
    }
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
