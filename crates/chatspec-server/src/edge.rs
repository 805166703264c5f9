//! What is looked at before Engine.IO sees a request: who asks, what its library lets through, and answers that it gives
//! otherwise than the protocol's own text.

mod answer;
mod lean;
mod origin;
mod post;
mod request;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use socketioxide::extract::SocketRef;
use tracing::debug;

use self::answer::{Refused, numbered};
use self::lean::lean;
use self::origin::Origins;
pub use self::origin::{AllowedOrigin, HostName, PageOrigin};
use self::post::Posts;
use self::request::{refused, values};
use crate::config::Config;
use crate::connection::Peer;
use crate::gate::{Client, Full, Gate, Session, proxies};

/// Paths of probes, which ask by whatever name or address they have.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// What the checks need to know.
#[derive(Clone)]
pub(crate) struct Edge(Arc<Inner>);

struct Inner {
    gate: Arc<Gate>,
    max_payload: usize,
    origins: Origins,
    payload_packets: usize,
    posts: Posts,
    trusted: Arc<[IpAddr]>,
}

/// The place that a session takes up, in the extensions of the request that opened it: the library drops those with the
/// session.
#[derive(Clone)]
struct Place(Arc<Session>);

impl Edge {
    /// `address` is where the server listens.
    pub(crate) fn new(config: &Config, address: SocketAddr, gate: Arc<Gate>) -> Edge {
        Edge(Arc::new(Inner {
            gate,
            max_payload: config.max_payload,
            origins: Origins::new(config, address),
            payload_packets: config.payload_packets,
            posts: Posts::default(),
            trusted: proxies(&config.trusted_proxy),
        }))
    }

    /// Whether pages of every origin are served.
    pub(crate) fn is_open(&self) -> bool {
        self.0.origins.is_open()
    }
}

/// A session has asked for the namespace.
pub(crate) fn connected(socket: &SocketRef) {
    if let Some(Place(session)) = socket.req_parts().extensions.get() {
        session.connected();
    }
}

/// Turns away requests under foreign names and of pages that are not allowed, whatever they ask for.
pub(crate) async fn admit(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if PROBES.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    match edge.0.origins.refused(&request) {
        Some(refused) => refused.into_response(),
        None => next.run(request).await,
    }
}

/// Turns away what is malformed or too much for Engine.IO, and passes everything else on.
pub(crate) async fn check(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/socket.io") {
        return next.run(request).await;
    }
    let is_post = request.method() == Method::POST;
    match refused(edge.0.max_payload, &request) {
        Some(refused) if is_post => end(refused, request, next).await,
        Some(refused) => refused.into_response(),
        None if is_post => post(&edge, request, next).await,
        None => numbered(edge.get(request, next).await).await,
    }
}

/// Refuses a POST, and ends the session that it is for, as with any other payload that is none.
// rule: transport.bad-frames.closed
async fn end(refused: Refused, request: Request, next: Next) -> Response {
    next.run(spoilt(request)).await;
    refused.into_response()
}

/// The same request with a body that holds no packet, in place of one that is not read.
fn spoilt(request: Request) -> Request {
    let (mut head, _) = request.into_parts();
    head.headers
        .insert(CONTENT_LENGTH, HeaderValue::from_static("1"));
    Request::from_parts(head, Body::from("x"))
}

async fn post(edge: &Edge, request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let sid = values(query, "sid").next().flatten().unwrap_or_default();
    let turn = match edge.0.posts.begin(sid) {
        Ok(turn) => turn,
        Err(refused) => return end(refused, request, next).await,
    };
    let (request, found) = post::watched(request, turn, edge.0.payload_packets);
    let response = next.run(request).await;
    match found.refused() {
        Some(refused) => refused.into_response(),
        None => numbered(response).await,
    }
}

impl Edge {
    /// A request that may open a session, which then has to have a place.
    async fn get(&self, mut request: Request, next: Next) -> Response {
        let query = request.uri().query().unwrap_or_default();
        if request.method() == Method::GET && values(query, "sid").next().is_none() {
            match self.place(&request) {
                Ok(session) => request.extensions_mut().insert(Place(Arc::new(session))),
                Err(full) => {
                    debug!(%full, "no session");
                    return Refused::full("Forbidden: too many sessions for now").into_response();
                }
            };
        }
        next.run(lean(request)).await
    }

    fn place(&self, request: &Request) -> Result<Session, Full> {
        // Without a listener of ours there is no peer, as in a test of the router.
        let Some(Peer(peer)) = request.extensions().get() else {
            return self.0.gate.open(Client::UNKNOWN, false);
        };
        match Client::forwarded(peer.ip(), request.headers(), &self.0.trusted) {
            Some(client) => self.0.gate.open(client, true),
            None => self
                .0
                .gate
                .open(Client::peer(peer.ip(), &self.0.trusted), false),
        }
    }
}
