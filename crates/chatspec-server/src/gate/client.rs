//! Whose connection it is: the peer's, or that of whom a trusted proxy names.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::http::HeaderMap;

/// A client, as far as connections are counted by address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client(Option<IpAddr>);

impl Client {
    /// Nobody that could be counted.
    pub(crate) const UNKNOWN: Client = Client(None);

    /// A client that is the peer itself. One on this machine, or a trusted proxy, is not counted by address.
    pub(crate) fn peer(address: IpAddr, trusted: &[IpAddr]) -> Client {
        let address = address.to_canonical();
        match trusted.contains(&address) {
            true => Client(None),
            false => Client::of(address),
        }
    }

    /// The client that a trusted proxy names in `X-Forwarded-For`; none if the peer is no such proxy. Proxies append to the
    /// list, so what stands before the last address that is not one of theirs may be invented.
    pub(crate) fn forwarded(
        peer: IpAddr,
        headers: &HeaderMap,
        trusted: &[IpAddr],
    ) -> Option<Client> {
        if !trusted.contains(&peer.to_canonical()) {
            return None;
        }
        let named = headers.get_all("x-forwarded-for").iter().rev();
        let named = named.flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
        for name in named {
            // What is no address comes from a proxy that cannot be understood: nobody is blamed for it.
            let Some(address) = address(name.trim()) else {
                return Some(Client(None));
            };
            if !trusted.contains(&address) {
                return Some(Client::of(address));
            }
        }
        Some(Client(None))
    }

    /// The address under which it is counted, if it is. All addresses of one IPv6 network are one: a client has as many of
    /// those as it likes.
    pub(super) fn counted(self) -> Option<IpAddr> {
        self.0
    }

    fn of(address: IpAddr) -> Client {
        match address {
            loopback if loopback.is_loopback() => Client(None),
            IpAddr::V4(_) => Client(Some(address)),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Client(Some(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()))
            }
        }
    }
}

/// The proxies of a setting, as they are compared with.
pub(crate) fn proxies(addresses: &[IpAddr]) -> Arc<[IpAddr]> {
    addresses.iter().map(IpAddr::to_canonical).collect()
}

/// The address in a name of `X-Forwarded-For`. Some proxies write a port behind it, and brackets around one of IPv6.
fn address(name: &str) -> Option<IpAddr> {
    let bare = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = match name.parse::<SocketAddr>() {
        Ok(address) => address.ip(),
        Err(_) => bare.unwrap_or(name).parse().ok()?,
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: [u8; 4] = [10, 0, 0, 1];

    fn forwarded(values: &[&str]) -> Option<IpAddr> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        Client::forwarded(PROXY.into(), &headers, &[PROXY.into()])
            .unwrap()
            .counted()
    }

    #[test]
    fn the_last_address_that_is_no_proxy_counts() {
        let client = Some(IpAddr::from([192, 0, 2, 7]));
        for values in [
            &["192.0.2.7"][..],
            &["198.51.100.1, 192.0.2.7"],
            &["198.51.100.1", "192.0.2.7,10.0.0.1"],
            &["nonsense, 192.0.2.7"],
            &["::ffff:192.0.2.7"],
            &["192.0.2.7:4711"],
            &["[::ffff:192.0.2.7]"],
            &["[::ffff:192.0.2.7]:4711, 10.0.0.1:80"],
        ] {
            assert_eq!(forwarded(values), client, "{values:?}");
        }
        for values in [
            &[][..],
            &["10.0.0.1"],
            &["192.0.2.7, unknown"],
            &["192.0.2.7, [192.0.2.7"],
            &["127.0.0.1"],
        ] {
            assert_eq!(forwarded(values), None, "{values:?}");
        }
    }

    #[test]
    fn nobody_else_may_name_a_client() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "192.0.2.7".parse().unwrap());
        let peer = IpAddr::from([198, 51, 100, 1]);
        assert_eq!(Client::forwarded(peer, &headers, &[PROXY.into()]), None);
        assert_eq!(Client::peer(peer, &[]).counted(), Some(peer));
    }

    #[test]
    fn a_proxy_is_known_however_it_is_written() {
        let trusted = proxies(&["::ffff:10.0.0.1".parse().unwrap()]);
        assert_eq!(Client::peer(PROXY.into(), &trusted), Client::UNKNOWN);
        let client = Client::forwarded(PROXY.into(), &HeaderMap::new(), &trusted);
        assert_eq!(client, Some(Client::UNKNOWN));
    }

    #[test]
    fn one_network_is_one_client() {
        let counted = |text: &str| Client::peer(text.parse().unwrap(), &[PROXY.into()]).counted();
        assert_eq!(counted("2001:db8:0:1::7"), counted("2001:db8:0:1:f::9"));
        assert_ne!(counted("2001:db8:0:1::7"), counted("2001:db8:0:2::7"));
        assert_eq!(counted("::1"), None);
        assert_eq!(counted("127.0.0.2"), None);
        assert_eq!(counted("::ffff:10.0.0.1"), None);
    }
}
