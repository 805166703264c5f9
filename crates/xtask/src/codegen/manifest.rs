//! What JSON Schema cannot say: events, acknowledgements, codes, limits, and what is known about each message.

use std::path::Path;

use chatspec::catalog::{Direction, MESSAGES, Row};
use chatspec::difference::Difference;
use chatspec::limits::*;
use chatspec::listing;
use chatspec::refusal::Code;
use serde_json::{Value, json};

use super::{Artifact, json_file};

pub(super) fn artifacts(_: &Path) -> Vec<Artifact> {
    vec![Artifact::made(
        "schemas/protocol/v1/manifest.json",
        json_file(&manifest()),
    )]
}

fn manifest() -> Value {
    json!({
        "revision": REVISION,
        "transport": {
            "path": PATH,
            "engine_io": ENGINE_IO_VERSION,
            "socket_io": SOCKET_IO_VERSION,
            "namespace": "/",
            "transports": ["polling", "websocket"],
        },
        "events": [
            {
                "name": CHAT_EVENT,
                "direction": Direction::ClientToServer.name(),
                "arguments": [schema_file("client-to-server")],
                "acknowledgement": { "success": [], "refusal": [schema_file("refusal")] },
            },
            {
                "name": CHAT_EVENT,
                "direction": Direction::ServerToClient.name(),
                "arguments": [schema_file("server-to-client")],
                "acknowledgement": null,
            },
            {
                "name": REFUSAL_EVENT,
                "direction": Direction::ServerToClient.name(),
                "arguments": [{
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": schema_file("refusal"),
                }],
                "acknowledgement": null,
            },
        ],
        "messages": MESSAGES.iter().map(message).collect::<Value>(),
        "texts": {
            "newuser": "New User {user} joined room {room}",
            "deluser": "User {user} left room {room}",
            "users": format!("{}{{names as Python prints a list of strings}}", listing::PREFIX),
        },
        "defaults": { "user": DEFAULT_USER, "room": DEFAULT_ROOM, "text": DEFAULT_TEXT },
        "limits": limits(),
        "refusals": Code::ALL.iter().map(refusal).collect::<Value>(),
        "differences": Difference::ALL.iter().map(difference).collect::<Value>(),
    })
}

fn schema_file(name: &str) -> Value {
    json!({ "$ref": format!("{name}.json") })
}

fn message(row: &Row) -> Value {
    json!({
        "name": row.type_name,
        "direction": row.direction.name(),
        "tag": { row.direction.tag_key(): row.tag },
        "since": row.since,
        "stability": row.stability.name(),
        "rules": row.rules,
    })
}

fn limits() -> Value {
    json!({
        "name_min_code_points": NAME_MIN,
        "name_max_code_points": NAME_MAX,
        "text_max_bytes": TEXT_MAX,
        "image_max_bytes": IMAGE_MAX,
        "image_url_max_characters": IMAGE_URL_MAX,
        "image_side_max_pixels": IMAGE_SIDE_MAX,
        "image_max_pixels": IMAGE_PIXELS_MAX,
        "payload_max_bytes": PAYLOAD_MAX,
        "packets_per_post_core": PACKETS_PER_POST_CORE,
        "packets_per_post_max": PACKETS_PER_POST_MAX,
        "json_depth_max": JSON_DEPTH_MAX,
        "ping_interval_ms": PING_INTERVAL_MS,
        "ping_timeout_ms": PING_TIMEOUT_MS,
        "ping_grace_ms": PING_GRACE_MS,
    })
}

/// Of several codes that apply, the one with the smallest priority is sent.
fn refusal(code: &Code) -> Value {
    json!({
        "code": code.number(),
        "title": code.title(),
        "meaning": code.meaning(),
        "priority": code.rank(),
    })
}

fn difference(difference: &Difference) -> Value {
    json!({ "name": difference.name(), "meaning": difference.meaning() })
}
