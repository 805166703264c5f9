//! What the Engine.IO layer keeps of the request that opens a connection, for as long as that lives.

use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, SEC_WEBSOCKET_KEY};
use axum::http::{HeaderName, Uri};

/// The headers that the layer reads.
const READ: [HeaderName; 2] = [SEC_WEBSOCKET_KEY, CONTENT_TYPE];

/// The same request with the headers that are read behind it alone, and without a share in the buffer that it was read into.
///
/// Names, values and path of a request are slices of the connection's read buffer, 8 KiB, which lives as long as the last of them.
pub(super) fn lean(mut request: Request) -> Request {
    let headers = request.headers();
    let mut kept = HeaderMap::with_capacity(READ.len());
    for name in READ {
        let values = headers.get_all(&name).iter();
        for value in values.filter_map(|value| HeaderValue::from_bytes(value.as_bytes()).ok()) {
            kept.append(&name, value);
        }
    }
    *request.headers_mut() = kept;
    if let Ok(uri) = request.uri().to_string().parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};

    use super::*;

    /// Where a text is in memory.
    fn place(text: &str) -> *const u8 {
        text.as_ptr()
    }

    #[test]
    fn what_is_read_is_kept_in_memory_of_its_own() {
        let uri = Bytes::from_static(b"/socket.io/?EIO=4&transport=websocket");
        let request = Request::get(Uri::from_maybe_shared(uri).expect("a URI"))
            .header("user-agent", "x")
            .header("cookie", "a=b")
            .header("sec-websocket-key", "AAAA")
            .header("content-type", "text/plain")
            .body(Body::empty())
            .expect("a request");
        let old = place(request.uri().path());
        let request = lean(request);
        assert_eq!(request.uri(), "/socket.io/?EIO=4&transport=websocket");
        assert_ne!(place(request.uri().path()), old);
        let headers: Vec<_> = request.headers().iter().collect();
        assert_eq!(headers.len(), 2, "{headers:?}");
        assert_eq!(request.headers()["sec-websocket-key"], "AAAA");
        assert_eq!(request.headers()["content-type"], "text/plain");
    }

    #[test]
    fn what_stands_twice_stands_twice() {
        let request = Request::get("/")
            .header("sec-websocket-key", "A")
            .header("sec-websocket-key", "B")
            .body(Body::empty())
            .expect("a request");
        let headers = lean(request);
        assert_eq!(
            headers
                .headers()
                .get_all("sec-websocket-key")
                .iter()
                .count(),
            2
        );
    }
}
