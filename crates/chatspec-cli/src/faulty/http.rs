//! Middleware around the service: what a request asks, and what comes back.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};

use crate::fault::Server;

/// Bodies are read whole up to here, which is above the server's own limit.
const BODY_MAX: usize = 4_000_000;

/// What is asked, without the body.
pub struct Asked {
    /// The query, with its leading `?` taken off.
    pub query: String,
    /// The method.
    pub method: Method,
    /// The headers.
    pub headers: HeaderMap,
}

impl Asked {
    /// What a request asks.
    pub fn of(request: &Request) -> Self {
        Self {
            query: request.uri().query().unwrap_or_default().to_owned(),
            method: request.method().clone(),
            headers: request.headers().clone(),
        }
    }

    /// The value of a query key.
    pub fn value(&self, key: &str) -> Option<&str> {
        let mut pairs = self.query.split('&').filter_map(|p| p.split_once('='));
        pairs.find(|(k, _)| *k == key).map(|(_, value)| value)
    }

    /// Whether it asks for the transport.
    pub fn is_for(&self, transport: &str) -> bool {
        self.value("transport") == Some(transport)
    }
}

/// Changes the query of every request.
pub fn each_query(server: &mut Server, change: fn(&Asked) -> Option<String>) {
    wrap(server, move |mut request, next| async move {
        if let Some(query) = change(&Asked::of(&request)) {
            set_query(&mut request, &query);
        }
        next.run(request).await
    });
}

/// Answers some requests right away.
pub fn intercept(server: &mut Server, answer: fn(&Asked) -> Option<Response>) {
    wrap(server, move |request, next| async move {
        match answer(&Asked::of(&request)) {
            Some(response) => response,
            None => next.run(request).await,
        }
    });
}

/// Changes the headers of every answer.
pub fn each_head(server: &mut Server, change: fn(&Asked, StatusCode, &mut HeaderMap)) {
    wrap(server, move |request, next| async move {
        let asked = Asked::of(&request);
        let mut response = next.run(request).await;
        let status = response.status();
        change(&asked, status, response.headers_mut());
        response
    });
}

/// Changes the body of every POST, or answers it right away.
pub fn each_post(server: &mut Server, change: fn(String) -> Result<String, Response>) {
    wrap(server, move |request, next| async move {
        if request.method() != Method::POST {
            return next.run(request).await;
        }
        let (mut parts, body) = request.into_parts();
        match change(text(body).await) {
            Ok(body) => {
                parts.headers.remove(header::CONTENT_LENGTH);
                next.run(Request::from_parts(parts, Body::from(body))).await
            }
            Err(response) => response,
        }
    });
}

/// Puts middleware around the service.
pub fn wrap<F, Answer>(server: &mut Server, middleware: F)
where
    F: Fn(Request, Next) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Response> + Send + 'static,
{
    let middleware = Arc::new(middleware);
    server.faults.router = Box::new(move |router: Router| {
        router.layer(from_fn(move |request: Request, next: Next| {
            let middleware = Arc::clone(&middleware);
            async move { middleware(request, next).await }
        }))
    });
}

/// Replaces the query of a request.
pub fn set_query(request: &mut Request, query: &str) {
    let path = request.uri().path();
    if let Ok(uri) = format!("{path}?{query}").parse::<Uri>() {
        *request.uri_mut() = uri;
    }
}

/// A body as text; what is none, or too long, is lost.
pub async fn text(body: Body) -> String {
    let bytes: Bytes = to_bytes(body, BODY_MAX).await.unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An answer without special headers.
pub fn answer(status: StatusCode, body: String) -> Response {
    (status, body).into_response()
}
