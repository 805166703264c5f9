//! Faults of HTTP, Engine.IO and namespaces.

#![expect(
    clippy::result_large_err,
    reason = "asked once a POST: boxing the answer would only hide the fault"
)]

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chatspec_server::OtherNamespace;

use super::{Fault, fault};
use crate::http::{
    Asked, answer, each_head, each_post, each_query, intercept, set_query, text, wrap,
};
use crate::people::Shared;

pub const FAULTS: &[Fault] = &[
    fault(
        "eio-any-version",
        "A handshake is accepted whatever EIO says, or if it says nothing.",
        |server| {
            each_query(server, |asked| {
                let others = asked.query.split('&').filter(|p| !p.starts_with("EIO="));
                Some(others.chain(["EIO=4"]).collect::<Vec<_>>().join("&"))
            });
        },
    ),
    fault(
        "eio-refusal-without-cors",
        "The refusal of an old EIO has no CORS headers, so a page cannot read it.",
        |server| {
            each_head(server, |asked, status, headers| {
                if status.is_client_error() && asked.value("EIO") != Some("4") {
                    without_cors(headers);
                }
            });
        },
    ),
    fault("cors-missing", "No answer has CORS headers.", |server| {
        each_head(server, |_, _, headers| without_cors(headers))
    }),
    fault(
        "websocket-origin-refused",
        "A WebSocket of a page on any other origin is refused.",
        |server| {
            intercept(server, |asked| {
                let foreign = asked.is_for("websocket") && asked.headers.contains_key("origin");
                foreign.then(|| StatusCode::FORBIDDEN.into_response())
            });
        },
    ),
    fault(
        "unknown-session-reopened",
        "A polling request with an unknown session id opens a new session.",
        |server| wrap(server, reopen),
    ),
    fault(
        "unknown-session-reflected",
        "The refusal of an unknown session id repeats it.",
        |server| wrap(server, reflect),
    ),
    fault(
        "unknown-session-websocket",
        "A WebSocket with a session id that was never issued opens a new session.",
        |server| {
            let issued = Shared::<BTreeSet<String>>::default();
            wrap(server, move |request, next| {
                adopt(issued.clone(), request, next)
            });
        },
    ),
    fault(
        "payload-limit-doubled",
        "The size limit is 2 000 000 bytes.",
        |server| server.config.max_payload = 2_000_000,
    ),
    fault(
        "payload-limit-halved",
        "The size limit is 500 000 bytes.",
        |server| server.config.max_payload = 500_000,
    ),
    fault(
        "heartbeat-timeout-short",
        "A client has 5 seconds to answer a ping.",
        |server| server.config.ping_timeout = Duration::from_secs(5),
    ),
    fault(
        "other-namespace-deaf",
        "Another namespace accepts connections, and ignores what it hears.",
        |server| server.faults.other_namespace = OtherNamespace::Deaf,
    ),
    fault(
        "other-namespace-served",
        "Another namespace is a back door into the same rooms.",
        |server| server.faults.other_namespace = OtherNamespace::Served,
    ),
    fault(
        "polling-post-large-lost",
        "A POST of more than 500 000 bytes is answered like any other, and lost.",
        |server| {
            each_post(server, |body| match body.len() {
                0..=500_000 => Ok(body),
                _ => Err(answer(StatusCode::OK, "ok".to_owned())),
            });
        },
    ),
    fault(
        "polling-batch-cut",
        "Of a POST, the first sixteen packets are handled and the others are lost.",
        |server| {
            each_post(server, |body| {
                let packets: Vec<&str> = body.split('\u{1e}').take(16).collect();
                Ok(packets.join("\u{1e}"))
            });
        },
    ),
    fault(
        "polling-post-limited",
        "A POST of more than 1 500 bytes is refused.",
        |server| {
            each_post(server, |body| {
                (body.len() <= 1_500)
                    .then_some(body)
                    .ok_or_else(|| StatusCode::PAYLOAD_TOO_LARGE.into_response())
            });
        },
    ),
    fault(
        "upgrade-refused",
        "A session that began with polling cannot go over to WebSocket.",
        |server| {
            intercept(server, |asked| {
                let upgrade = asked.is_for("websocket") && asked.value("sid").is_some();
                upgrade.then(|| StatusCode::BAD_REQUEST.into_response())
            });
        },
    ),
];

fn without_cors(headers: &mut HeaderMap) {
    headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    headers.remove(header::ACCESS_CONTROL_ALLOW_METHODS);
    headers.remove(header::ACCESS_CONTROL_ALLOW_HEADERS);
}

fn without_sid(query: &str) -> String {
    let others = query.split('&').filter(|pair| !pair.starts_with("sid="));
    others.collect::<Vec<_>>().join("&")
}

async fn reopen(request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let polls = asked.is_for("polling") && asked.value("sid").is_some();
    let mut again = Request::new(axum::body::Body::empty());
    *again.uri_mut() = request.uri().clone();
    let response = next.clone().run(request).await;
    if !polls || response.status() != StatusCode::BAD_REQUEST {
        return response;
    }
    if asked.method == Method::POST {
        return answer(StatusCode::OK, "ok".to_owned());
    }
    set_query(&mut again, &without_sid(&asked.query));
    next.run(again).await
}

async fn reflect(request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    match asked.value("sid") {
        Some(sid) if response.status() == StatusCode::BAD_REQUEST => {
            answer(response.status(), format!("Invalid session {sid}"))
        }
        _ => response,
    }
}

async fn adopt(issued: Shared<BTreeSet<String>>, mut request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    if asked.is_for("websocket") {
        if let Some(sid) = asked.value("sid")
            && !issued.open().contains(sid)
        {
            set_query(&mut request, &without_sid(&asked.query));
        }
        return next.run(request).await;
    }
    let response = next.run(request).await;
    if asked.value("sid").is_some() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = text(body).await;
    let sid = body
        .split("\"sid\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    issued.open().extend(sid.map(str::to_owned));
    Response::from_parts(parts, body.into())
}
