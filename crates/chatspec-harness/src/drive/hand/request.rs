//! HTTP requests by hand, right or wrong.

use std::collections::BTreeMap;

use chatspec_judge::fixture::hostile::{RequestFile, bytes};
use chatspec_judge::value::{self, Bindings, ValueError};
use serde_json::Value;

use super::Context;

/// The request of a fixture as bytes: what it says as it is, and what it leaves out as it should be.
pub(super) fn build(
    request: &RequestFile,
    context: &Context,
    scope: &Bindings,
) -> Result<Vec<u8>, ValueError> {
    let make = |value: &Value| bytes::make(value, scope);
    let path = match &request.path {
        Some(path) => make(path)?,
        None => context.stage.target.path.clone().into_bytes(),
    };
    let transport = if request.websocket {
        "websocket"
    } else {
        "polling"
    };
    let query = match &request.query {
        Some(query) => make(query)?,
        None => format!("EIO=4&transport={transport}").into_bytes(),
    };
    let body = request.body.as_ref().map(make).transpose()?;
    let headers = request
        .headers
        .iter()
        .map(make)
        .collect::<Result<Vec<_>, _>>()?;
    let (dropped, headers): (Vec<_>, Vec<_>) = headers
        .into_iter()
        .partition(|header| header.starts_with(b"-"));
    let mut ours = vec![("Host".to_owned(), context.stage.target.authority())];
    ours.extend(context.stage.target.headers.clone());
    if let Some(body) = &body {
        ours.push((
            "Content-Type".to_owned(),
            "text/plain;charset=UTF-8".to_owned(),
        ));
        ours.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    if request.websocket {
        ours.extend(handshake());
    }
    let named = |name: &str| {
        let is = |header: &[u8]| {
            let end = header
                .iter()
                .position(|byte| *byte == b':')
                .unwrap_or(header.len());
            header[..end]
                .trim_ascii()
                .eq_ignore_ascii_case(name.as_bytes())
        };
        headers.iter().any(|header| is(header))
            || dropped.iter().any(|header| is(&header[1..]))
            || request
                .without
                .iter()
                .any(|left| left.eq_ignore_ascii_case(name))
    };
    let mut made = request
        .method
        .clone()
        .unwrap_or_else(|| "GET".to_owned())
        .into_bytes();
    made.push(b' ');
    made.extend(path);
    if !query.is_empty() {
        made.push(b'?');
        made.extend(query);
    }
    made.extend(format!(" {}\r\n", request.version.as_deref().unwrap_or("HTTP/1.1")).bytes());
    for (name, value) in ours.iter().filter(|(name, _)| !named(name)) {
        made.extend(format!("{name}: {value}\r\n").bytes());
    }
    for header in headers {
        made.extend(header);
        made.extend(b"\r\n");
    }
    made.extend(b"\r\n");
    made.extend(body.unwrap_or_default());
    Ok(made)
}

/// A POST or GET of the polling session.
pub(super) fn poll(
    context: &Context,
    scope: &Bindings,
    body: Option<&Value>,
    headers: &BTreeMap<String, String>,
    chunked: bool,
    length: Option<u64>,
) -> Result<Vec<u8>, ValueError> {
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.map(|body| bytes::make(body, scope)).transpose()?;
    let sid = scope.get("sid").and_then(Value::as_str).unwrap_or_default();
    let address = context.stage.target.engine_path("polling", Some(sid));
    let mut lines = vec![("Host".to_owned(), context.stage.target.authority())];
    lines.extend(context.stage.target.headers.clone());
    if let Some(body) = &body {
        lines.push((
            "Content-Type".to_owned(),
            "text/plain;charset=UTF-8".to_owned(),
        ));
        lines.push(match chunked {
            true => ("Transfer-Encoding".to_owned(), "chunked".to_owned()),
            false => {
                let length = length.unwrap_or(body.len() as u64);
                ("Content-Length".to_owned(), length.to_string())
            }
        });
    }
    lines.retain(|(name, _)| !headers.keys().any(|own| own.eq_ignore_ascii_case(name)));
    for (name, text) in headers {
        lines.push((name.clone(), value::resolve_text(text, scope)?));
    }
    let mut made = format!("{method} {address} HTTP/1.1\r\n").into_bytes();
    for (name, value) in lines {
        made.extend(format!("{name}: {value}\r\n").bytes());
    }
    made.extend(b"\r\n");
    match body {
        Some(body) if chunked => {
            for chunk in body.chunks(4096) {
                made.extend(format!("{:x}\r\n", chunk.len()).bytes());
                made.extend(chunk);
                made.extend(b"\r\n");
            }
            made.extend(b"0\r\n\r\n");
        }
        Some(body) => made.extend(body),
        None => {}
    }
    Ok(made)
}

/// What opens a WebSocket, as it should be.
pub(super) fn websocket(context: &Context) -> Vec<u8> {
    switch(
        context,
        &context.stage.target.engine_path("websocket", None),
    )
}

/// What begins the upgrade of the session.
pub(super) fn upgrade(context: &Context) -> Vec<u8> {
    let sid = context.bindings.get("sid").and_then(Value::as_str);
    switch(context, &context.stage.target.engine_path("websocket", sid))
}

fn switch(context: &Context, address: &str) -> Vec<u8> {
    let mut text = format!(
        "GET {address} HTTP/1.1\r\nHost: {}\r\n",
        context.stage.target.authority()
    );
    for (name, value) in context
        .stage
        .target
        .headers
        .iter()
        .cloned()
        .chain(handshake())
    {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "\r\n").into_bytes()
}

fn handshake() -> [(String, String); 4] {
    [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
}
