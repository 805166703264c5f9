//! From which pages, and under which names, the server may be used.
//!
//! A browser lets any page open a WebSocket to any server, and lets a page of its own name reach whatever address that name
//! has at the moment. So the server itself looks at `Origin` and at `Host`.

mod host;
mod list;

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Version};

use self::host::Authority;
pub use self::host::HostName;
pub use self::list::{AllowedOrigin, PageOrigin};
use super::Refused;
use crate::config::Config;

/// What is allowed.
#[derive(Debug, Clone)]
pub(super) struct Origins {
    origins: Vec<AllowedOrigin>,
    hosts: Vec<HostName>,
    /// Where the server listens.
    address: IpAddr,
}

impl Origins {
    pub(super) fn new(config: &Config, address: SocketAddr) -> Origins {
        Origins {
            origins: config.allow_origin.clone(),
            hosts: config.allow_host.clone(),
            address: address.ip().to_canonical(),
        }
    }

    /// Whether every page is allowed.
    pub(super) fn is_open(&self) -> bool {
        self.origins.contains(&AllowedOrigin::Any)
    }

    /// Turns away a request under a name that is not the server's, or of a page that is not allowed.
    // rule: robust.origin.unlisted
    // rule: transport.cross-origin.allow-list
    pub(super) fn refused(&self, request: &Request) -> Option<Refused> {
        let host = match host(request) {
            Ok(host) => host,
            Err(refused) => return Some(refused),
        };
        if host.as_ref().is_some_and(|host| !self.is_own(host)) {
            return Some(Refused::forbidden(
                "Forbidden: not a name of this server; see --allow-host",
            ));
        }
        let origin = match only(request.headers(), &ORIGIN) {
            Only::None => return None,
            Only::One(origin) => origin,
            Only::Unusable => return Some(Refused::forbidden("Forbidden: no origin")),
        };
        (!self.allows(origin, host.as_ref()))
            .then(|| Refused::forbidden("Forbidden: origin not allowed; see --allow-origin"))
    }

    /// Whether the server may be asked under this name. An address is never subject to a change of names.
    fn is_own(&self, host: &Authority) -> bool {
        host.is_loopback()
            || host
                .ip()
                .is_some_and(|ip| self.address.is_unspecified() || self.address == ip)
            || self.hosts.iter().any(|allowed| allowed.is(host))
    }

    fn allows(&self, origin: &str, host: Option<&Authority>) -> bool {
        let parsed = list::parse(origin);
        self.origins.iter().any(|allowed| match allowed {
            AllowedOrigin::Any => true,
            AllowedOrigin::Loopback => parsed
                .as_ref()
                .is_some_and(|origin| origin.authority.is_loopback()),
            AllowedOrigin::One(allowed) => parsed.as_ref() == Some(allowed),
        }) || parsed.is_some_and(|origin| {
            // The page of this very server. A proxy may have taken TLS off, so the scheme says nothing.
            host.is_some_and(|host| origin.authority.is_same(host, origin.default_port()))
        })
    }
}

/// The authority that a request is for. None for HTTP/1.0, which need not name one.
fn host(request: &Request) -> Result<Option<Authority>, Refused> {
    let bad = || Refused::bad(3, "Bad request: no Host");
    let text = match (request.uri().authority(), only(request.headers(), &HOST)) {
        (_, Only::Unusable) => return Err(bad()),
        // In an absolute form, Host is ignored.
        (Some(authority), _) => authority.as_str(),
        (None, Only::One(text)) => text,
        (None, Only::None) if request.version() == Version::HTTP_10 => return Ok(None),
        (None, Only::None) => return Err(bad()),
    };
    Authority::parse(text).map(Some).ok_or_else(bad)
}

enum Only<'a> {
    None,
    One(&'a str),
    /// More than one, or no text.
    Unusable,
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Only<'a> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Only::None,
        (Some(one), None) => one
            .to_str()
            .map_or(Only::Unusable, |text| Only::One(text.trim())),
        (Some(_), Some(_)) => Only::Unusable,
    }
}
