//! The router: the Socket.IO endpoint, the page, the health check, and the headers that let other pages use them.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use socketioxide::extract::SocketRef;
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{ParserConfig, SocketIo};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::config::Config;
use crate::edge::{self, Edge};
use crate::hub::Hub;
use crate::inbound::{self, ConnectData};
use crate::monitor;
use crate::peer;
use crate::web;

/// Bytes of a WebSocket that are read at a time: ten messages as people write them.
const READ_BUFFER: usize = 1024;

/// The service for all paths, and the handle that closes its sessions.
pub(crate) fn router(config: &Config, edge: Edge, hub: Arc<Hub>) -> (Router, SocketIo) {
    let (layer, io) = socket_io(config);
    let probed = Arc::clone(&hub);
    // Handlers are registered in a middleware because it runs before the CONNECT reply: a handler registered after
    // that misses what a quick client sends first. Other namespaces have no handler and get a CONNECT_ERROR.
    // rule: transport.namespace.refused
    let attach = move |socket: SocketRef, io: SocketIo, data: ConnectData| {
        edge::connected(&socket);
        inbound::attach(hub, &socket, io, data)
    };
    io.ns("/", (async || ()).with(attach));
    let cors = cors(&edge);
    // CORS stands before the checks, so that error answers carry its headers too, and behind the check of the origin: to
    // one that is not allowed it says nothing.
    (
        Router::new()
            .merge(monitor::probes(probed))
            .merge(web::routes())
            .layer(layer)
            .layer(from_fn_with_state(config.rates(), peer::bring))
            .layer(from_fn_with_state(edge.clone(), edge::check))
            .layer(cors)
            .layer(from_fn_with_state(edge, edge::admit)),
        io,
    )
}

/// Opens another namespace to clients.
#[cfg(feature = "fault")]
pub(crate) fn open_other_namespace(io: &SocketIo, hub: Arc<Hub>, how: crate::OtherNamespace) {
    use crate::OtherNamespace::{Deaf, Refused, Served};
    match how {
        Refused => {}
        Deaf => {
            io.ns("/other", async || ());
        }
        Served => {
            let attach = move |socket: SocketRef, io: SocketIo, data: ConnectData| {
                inbound::attach(hub, &socket, io, data)
            };
            io.ns("/other", (async || ()).with(attach));
        }
    }
}

fn socket_io(config: &Config) -> (SocketIoLayer, SocketIo) {
    SocketIo::builder()
        .ping_interval(config.ping_interval)
        .ping_timeout(config.ping_timeout)
        .connect_timeout(config.connect_timeout)
        .upgrade_timeout(config.upgrade_timeout)
        // One place more than there may be packets waiting: whoever has filled it has too many.
        .max_buffer_size(config.buffer_packets + 1)
        // `max_payload` alone bounds polling only.
        // rule: transport.max-payload
        .max_payload(config.max_payload as u64)
        .ws_max_message_size(config.max_payload)
        .ws_max_frame_size(config.max_payload)
        // Each connection has this buffer for as long as it lives; what is longer comes in several reads.
        .ws_read_buffer_size(READ_BUFFER)
        // A packet that announces an attachment closes the connection: nothing here is binary.
        // rule: message.binary
        .with_parser(
            ParserConfig::common()
                .max_incoming_binaries(0)
                .max_incoming_binary_buf_size(0),
        )
        .build_layer()
}

fn cors(edge: &Edge) -> CorsLayer {
    // rule: transport.cross-origin
    // rule: transport.cross-origin.no-credentials
    // rule: transport.eio-version.cors
    let origin = match edge.is_open() {
        true => AllowOrigin::any(),
        false => AllowOrigin::mirror_request(),
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(Any)
}
