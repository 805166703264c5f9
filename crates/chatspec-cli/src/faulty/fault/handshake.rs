//! Faults of handshakes: what is served that should be turned away, and upgrades that fail.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::polling::Deaf;
use super::{Fault, fault};
use crate::http::{Asked, answer, each_query, intercept, wrap};

pub const FAULTS: &[Fault] = &[
    fault(
        "transport-unknown-as-polling",
        "A transport that there is not is taken for polling.",
        |server| {
            each_query(server, |asked| {
                let named = asked.value("transport")?;
                let unknown = !["", "polling", "websocket"].contains(&named);
                let (old, new) = (format!("transport={named}"), "transport=polling");
                unknown.then(|| asked.query.replace(&old, new))
            });
        },
    ),
    fault(
        "transport-absent-as-polling",
        "A handshake that names no transport is one for polling.",
        |server| {
            each_query(server, |asked| {
                let absent = asked.value("transport").is_none_or(str::is_empty);
                let others = asked
                    .query
                    .split('&')
                    .filter(|p| !p.starts_with("transport"));
                let all = others.chain(["transport=polling"]);
                absent.then(|| all.collect::<Vec<_>>().join("&"))
            });
        },
    ),
    fault(
        "method-any-answered",
        "A request of any other method than GET, POST and OPTIONS is answered with 200.",
        |server| {
            intercept(server, |asked| {
                let known = [Method::GET, Method::POST, Method::OPTIONS].contains(&asked.method);
                (!known).then(|| StatusCode::OK.into_response())
            });
        },
    ),
    fault(
        "websocket-version-any",
        "A WebSocket is opened whatever version the handshake names, or if it names none.",
        |server| wrap(server, thirteen),
    ),
    fault(
        "upgrade-begun-deafens",
        "A session for which a WebSocket was opened is not heard over polling any more, whatever becomes of the WebSocket.",
        |server| {
            let deaf = Deaf::default();
            wrap(server, move |request, next| {
                upgrading(deaf.clone(), request, next)
            });
        },
    ),
    fault(
        "upgraded-session-polled",
        "A poll that is refused, such as one of a session on WebSocket, is answered as if nothing had come.",
        |server| wrap(server, noop),
    ),
];

async fn thirteen(mut request: Request, next: Next) -> Response {
    if Asked::of(&request).is_for("websocket") {
        let version = HeaderValue::from_static("13");
        let headers = request.headers_mut();
        headers.insert(header::SEC_WEBSOCKET_VERSION, version);
    }
    next.run(request).await
}

async fn upgrading(deaf: Deaf, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    if asked.is_for("websocket") {
        let response = next.run(request).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            deaf.add(&asked);
        }
        return response;
    }
    deaf.answer(&asked, next.run(request)).await
}

async fn noop(request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    let refused = response.status().is_client_error() && asked.value("sid").is_some();
    match refused && asked.is_for("polling") {
        true => answer(StatusCode::OK, "6".to_owned()),
        false => response,
    }
}
