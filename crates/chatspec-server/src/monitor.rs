//! What an operator's tools ask: whether the server lives, whether it takes clients, and what it counts.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::hub::Hub;

/// `/healthz` and `/readyz`, for whoever decides where clients go.
pub(crate) fn probes(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(async move || ready(&hub)))
}

/// The same and `/metrics`, for a listener of its own.
pub(crate) fn router(hub: Arc<Hub>) -> Router {
    let metrics = Arc::clone(&hub);
    probes(hub).route("/metrics", get(async move || text(&metrics)))
}

fn ready(hub: &Hub) -> Response {
    match hub.metrics.is_draining() {
        true => (StatusCode::SERVICE_UNAVAILABLE, "draining").into_response(),
        false => condition(hub).into_response(),
    }
}

/// Without the broker a node still serves those whom it has. Were it not ready then, no node would be.
fn condition(hub: &Hub) -> String {
    let Some(link) = hub.link_state() else {
        return "ok".to_owned();
    };
    match (link.is_linked(), link.trouble()) {
        (true, None) => "ok".to_owned(),
        (_, Some(trouble)) => format!("degraded: {trouble}"),
        (false, None) => "degraded: not linked to the cluster yet".to_owned(),
    }
}

fn text(hub: &Hub) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, kind)], hub.metrics.text(hub.levels())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_drains_is_not_ready() {
        let hub = Hub::new(usize::MAX);
        assert_eq!(ready(&hub).status(), StatusCode::OK);
        hub.metrics.drain();
        assert_eq!(ready(&hub).status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
