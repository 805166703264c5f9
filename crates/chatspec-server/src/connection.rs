//! One connection: TLS if it is offered, then HTTP/1.1, each part of it with a deadline, until it ends or becomes a
//! WebSocket.

mod body;
mod phase;
mod stream;

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tracing::debug;

use self::body::{Answer, Arriving};
use self::phase::{Limits, Phase};
use self::stream::Stream;
use crate::config::Config;
use crate::gate::{Connection, Gate, proxies};

/// The address of the other end, in the extensions of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// What every connection is served with.
#[derive(Clone)]
pub(crate) struct Setup {
    /// How long a peer may take nothing.
    pub(crate) silence: Duration,
    /// Changes when the server stops.
    pub(crate) stopped: watch::Receiver<()>,
    pub(crate) gate: Arc<Gate>,
    /// Proxies whose connections are not counted by address.
    pub(crate) trusted: Arc<[IpAddr]>,
    http: http1::Builder,
    limits: Limits,
    router: Router,
    tls: Option<TlsAcceptor>,
}

impl Setup {
    pub(crate) fn new(
        config: &Config,
        gate: Arc<Gate>,
        router: Router,
        tls: Option<TlsAcceptor>,
        stopped: watch::Receiver<()>,
    ) -> Setup {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            // Its deadline holds for idle connections as well, which may take longer: `Phase` tells them apart.
            .header_read_timeout(None)
            .max_headers(config.headers)
            .max_header_size(config.header_bytes);
        Setup {
            silence: config.ping_interval + config.ping_timeout,
            stopped,
            gate,
            trusted: proxies(&config.trusted_proxy),
            http,
            limits: Limits {
                header: config.header_timeout,
                body: config.body_timeout,
                idle: config.idle_timeout,
            },
            router,
            tls,
        }
    }
}

/// Serves one connection to its end, or until it is a WebSocket.
pub(crate) async fn serve<Io>(io: Io, peer: SocketAddr, place: Connection, setup: Setup)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some(tls) = &setup.tls else {
        return http(io, peer, place, setup).await;
    };
    match timeout(setup.limits.header, tls.accept(io)).await {
        Ok(Ok(io)) => http(io, peer, place, setup).await,
        Ok(Err(error)) => debug!(%peer, %error, "no TLS"),
        Err(_) => debug!(%peer, "TLS took too long"),
    }
}

async fn http<Io>(io: Io, peer: SocketAddr, place: Connection, setup: Setup)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let phase = Arc::new(Phase::new(setup.limits));
    let stream = TokioIo::new(Stream::new(io, place, Arc::clone(&phase), setup.silence));
    let service = service(setup.router, peer, Arc::clone(&phase));
    let serving = setup.http.serve_connection(stream, service).with_upgrades();
    let mut serving = pin!(serving);
    let mut stopped = setup.stopped;
    let mut stopping = pin!(stopped.changed());
    let mut is_stopping = false;
    let mut deadline = None;
    let mut overdue = pin!(sleep_until(Instant::now()));
    // By hand, since the deadline moves whenever the connection has been looked at.
    poll_fn(|cx| {
        if !is_stopping && stopping.as_mut().poll(cx).is_ready() {
            is_stopping = true;
            serving.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = serving.as_mut().poll(cx) {
            if let Err(error) = ended {
                debug!(%peer, %error, "connection ended");
            }
            return Poll::Ready(());
        }
        let due = phase.deadline();
        if due != deadline
            && let Some(due) = due
        {
            overdue.as_mut().reset(due);
        }
        deadline = due;
        match due {
            Some(_) if overdue.as_mut().poll(cx).is_ready() => {
                debug!(%peer, "connection took too long");
                Poll::Ready(())
            }
            _ => Poll::Pending,
        }
    })
    .await;
}

fn service(
    router: Router,
    peer: SocketAddr,
    phase: Arc<Phase>,
) -> impl Service<
    Request<Incoming>,
    Response = Response<Answer>,
    Error = Infallible,
    Future = impl Future<Output = Result<Response<Answer>, Infallible>> + Send,
> {
    let router = TowerToHyperService::new(router);
    service_fn(move |request: Request<Incoming>| {
        let arriving = |body| Body::new(Arriving::new(body, Arc::clone(&phase)));
        let mut request = request.map(arriving);
        request.extensions_mut().insert(Peer(peer));
        let answering = phase.answering();
        let answer = router.call(request);
        async move { Ok(answer.await?.map(|body| Answer::new(body, answering))) }
    })
}
