//! One HTTP request and its answer, before any socket.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::HeaderMap;
use hyper::{Method, Uri};

use super::error::Fault;
use super::quote::quote;
use super::target::{Target, TargetError};

/// A request that is not yet bound to a server.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path_and_query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// The answer, whole.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn get(path_and_query: String) -> Request {
        Request {
            method: "GET".to_owned(),
            path_and_query,
            headers: vec![("accept".to_owned(), "*/*".to_owned())],
            body: Bytes::new(),
        }
    }

    pub(crate) fn post(path_and_query: String, body: Vec<u8>) -> Request {
        let text = "text/plain;charset=UTF-8".to_owned();
        Request {
            method: "POST".to_owned(),
            path_and_query,
            headers: vec![
                ("accept".to_owned(), "*/*".to_owned()),
                ("content-type".to_owned(), text),
            ],
            body: body.into(),
        }
    }

    /// The same with the headers that ask for a WebSocket.
    pub(crate) fn asking_for_websocket(mut self, key: &str) -> Request {
        for (name, value) in [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", key),
        ] {
            // What the caller sets stays: a wrong version is a legitimate probe.
            let set = self
                .headers
                .iter()
                .any(|(n, _)| n.eq_ignore_ascii_case(name));
            if !set {
                self.headers.push((name.to_owned(), value.to_owned()));
            }
        }
        self
    }

    pub(crate) fn bind(&self, target: &Target) -> Result<hyper::Request<Full<Bytes>>, Fault> {
        let bad = |part| TargetError::Header {
            name: quote(&format!("{} {}", self.method, self.path_and_query), 200),
            part,
        };
        let method = Method::from_bytes(self.method.as_bytes()).map_err(|_| bad("method"))?;
        let uri: Uri = self.path_and_query.parse().map_err(|_| bad("path"))?;
        let mut request = hyper::Request::new(Full::new(self.body.clone()));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = target.header_map(&self.headers)?;
        Ok(request)
    }
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of that name.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }
}
