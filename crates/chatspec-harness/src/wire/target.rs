//! The server under test, as a place to send requests to.

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderName, HeaderValue, ORIGIN};
use thiserror::Error;
use url::{Host, Url};

use super::account::Budget;
use super::quote::quote;

/// Where the server is, and what every request to it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `http`, `https`, `ws` or `wss`, host and port. Path and query are not used.
    pub url: Url,
    /// The path of the Engine.IO endpoint. A query in it goes into every request.
    pub path: String,
    /// Headers for every request, names in any case. They replace ours of the same name.
    pub headers: Vec<(String, String)>,
    /// The `Origin` header, as a browser would send it.
    pub origin: Option<String>,
    /// What it makes us hold; copies count together.
    pub(crate) budget: Budget,
}

/// A target that cannot be used as it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetError {
    /// No URL at all.
    #[error("read {url} as a URL: {why}; write it as http://host:port")]
    NoUrl {
        /// What was given, quoted.
        url: String,
        /// What the parser says.
        why: String,
    },
    /// A URL of another scheme, or without a host.
    #[error(
        "use {url} as a server: it has to start with http://, https://, ws:// or wss:// and name a host"
    )]
    NoServer {
        /// What was given.
        url: String,
    },
    /// A request line or header that HTTP does not allow.
    #[error("send {name}: HTTP does not allow its {part}")]
    Header {
        /// The header or the request line, quoted.
        name: String,
        /// The part of it: `name`, `value`, `method` or `path`.
        part: &'static str,
    },
}

impl Target {
    /// A server at `url`, with the path `/socket.io/` and no headers of its own.
    ///
    /// # Errors
    ///
    /// [`TargetError`] if `url` is no URL or not one of a server.
    ///
    /// ```
    /// use chatspec_harness::wire::Target;
    ///
    /// assert_eq!(Target::parse("http://[::1]:5005")?.authority(), "[::1]:5005");
    /// assert!(Target::parse("localhost:5005").is_err());
    /// # Ok::<(), chatspec_harness::wire::TargetError>(())
    /// ```
    pub fn parse(url: &str) -> Result<Target, TargetError> {
        let url = Url::parse(url).map_err(|error| TargetError::NoUrl {
            url: quote(url, 200),
            why: error.to_string(),
        })?;
        let target = Target {
            url,
            path: "/socket.io/".to_owned(),
            headers: Vec::new(),
            origin: None,
            budget: Budget::default(),
        };
        target.place()?;
        Ok(target)
    }

    /// Host and port, as in a `Host` header: without the port where the scheme implies it.
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Bytes that the sessions with it, open ones and unfinished messages, hold at present.
    pub fn held(&self) -> usize {
        self.budget.held()
    }

    /// Whether requests go through TLS.
    pub fn is_secure(&self) -> bool {
        matches!(self.url.scheme(), "https" | "wss")
    }

    /// The host and port to connect to.
    pub(crate) fn place(&self) -> Result<(Host<&str>, u16), TargetError> {
        let known = matches!(self.url.scheme(), "http" | "https" | "ws" | "wss");
        match (self.url.host(), self.url.port_or_known_default()) {
            (Some(host), Some(port)) if known => Ok((host, port)),
            _ => Err(TargetError::NoServer {
                url: self.url.to_string(),
            }),
        }
    }

    /// The path and query of an Engine.IO request, and the session id of an open session.
    pub(crate) fn engine_path(&self, transport: &str, sid: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("EIO", &super::engine::VERSION.to_string());
        query.append_pair("transport", transport);
        if let Some(sid) = sid {
            query.append_pair("sid", sid);
        }
        let joint = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{joint}{}", self.path, query.finish())
    }

    /// The whole URL of such a request, for people.
    pub(crate) fn display(&self, transport: &str) -> String {
        let scheme = match (transport, self.is_secure()) {
            ("websocket", false) => "ws",
            ("websocket", true) => "wss",
            (_, false) => "http",
            (_, true) => "https",
        };
        let path = self.engine_path(transport, None);
        format!(
            "{scheme}://{}{}",
            self.authority(),
            super::quote::escape(&path)
        )
    }

    /// The headers of every request. `more` replaces what the target says, and that what we say.
    pub(crate) fn header_map(&self, more: &[(String, String)]) -> Result<HeaderMap, TargetError> {
        let mut map = HeaderMap::new();
        replace(&mut map, &[(HOST.to_string(), self.authority())])?;
        if let Some(origin) = &self.origin {
            replace(&mut map, &[(ORIGIN.to_string(), origin.clone())])?;
        }
        replace(&mut map, &self.headers)?;
        replace(&mut map, more)?;
        Ok(map)
    }
}

fn replace(map: &mut HeaderMap, headers: &[(String, String)]) -> Result<(), TargetError> {
    let bad = |name: &str, part| TargetError::Header {
        name: quote(name, 60),
        part,
    };
    let mut parsed = Vec::new();
    for (name, value) in headers {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(name, "name"))?;
        let value = HeaderValue::from_str(value).map_err(|_| bad(name, "value"))?;
        map.remove(&key);
        parsed.push((key, value));
    }
    // A name that is listed twice is sent twice.
    for (key, value) in parsed {
        map.append(key, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_keep_their_own_query_and_escape_the_id() {
        let mut target = Target::parse("https://example.org").expect("a server");
        assert_eq!(
            target.engine_path("polling", Some("a&b=ü")),
            "/socket.io/?EIO=4&transport=polling&sid=a%26b%3D%C3%BC"
        );
        target.path = "/chat/?token=1".into();
        assert_eq!(
            target.display("websocket"),
            "wss://example.org/chat/?token=1&EIO=4&transport=websocket"
        );
    }

    #[test]
    fn the_later_header_wins() {
        let mut target = Target::parse("http://127.0.0.1:80").expect("a server");
        target.origin = Some("http://one".into());
        target.headers = vec![
            ("X-A".into(), "1".into()),
            ("x-a".into(), "2".into()),
            ("host".into(), "other".into()),
        ];
        let map = target.header_map(&[("ORIGIN".into(), "http://two".into())]);
        let map = map.expect("these headers are allowed");
        assert_eq!(map[ORIGIN], "http://two");
        assert_eq!(map[HOST], "other");
        assert_eq!(map.get_all("x-a").iter().count(), 2);
        target.headers = vec![("X-A".into(), "a\r\nb: c".into())];
        assert!(target.header_map(&[]).is_err());
        assert!(Target::parse("ftp://x").is_err());
    }
}
