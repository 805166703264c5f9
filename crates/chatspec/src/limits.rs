//! Every number and every fixed word of the protocol, once.

/// Revision of the protocol that these types describe.
pub const REVISION: &str = "1.0";

/// Socket.IO event that carries every message, in both directions.
pub const CHAT_EVENT: &str = "chat";
/// Socket.IO event that carries a refusal, to the sender only (rule `refusal.form`).
pub const REFUSAL_EVENT: &str = "message";
/// Path of the Socket.IO endpoint.
pub const PATH: &str = "/socket.io/";
/// Engine.IO revision that a client names in its query (rule `transport.eio-version`).
pub const ENGINE_IO_VERSION: u8 = 4;
/// Socket.IO protocol revision.
pub const SOCKET_IO_VERSION: u8 = 5;

/// User of a join without `user` (rule `join.defaults`).
pub const DEFAULT_USER: &str = "JDOE";
/// Room of a join or a users request without `room` (rules `join.defaults`, `users.default-room`).
pub const DEFAULT_ROOM: &str = "PARKED";
/// Text of a chat without `text` (rule `chat.text-default`).
pub const DEFAULT_TEXT: &str = "Knock! Knock!";

/// Shortest user or room name, in code points after trimming and NFC (rule `name.length`).
pub const NAME_MIN: usize = 1;
/// Longest user or room name, in code points after trimming and NFC (rule `name.length`).
pub const NAME_MAX: usize = 64;
/// Longest upper-cased name, in code points: no code point has an upper case of more than three.
pub const SHOWN_NAME_MAX: usize = 3 * NAME_MAX;
/// Longest chat text, in bytes of UTF-8 (rule `chat.text-size`). The empty text is allowed.
pub const TEXT_MAX: usize = 8_192;

/// Largest image, in bytes after base64 decoding (rule `image.too-large`).
pub const IMAGE_MAX: usize = 700_000;
/// Longest image data URL, in characters: the longest prefix and [`IMAGE_MAX`] bytes in base64.
pub const IMAGE_URL_MAX: usize = "data:image/jpeg;base64,".len() + IMAGE_MAX.div_ceil(3) * 4;
/// Largest width and largest height of an image, in pixels (rule `image.content`).
pub const IMAGE_SIDE_MAX: usize = 4_096;
/// Largest product of width and height, in pixels: sixteen million exactly, not 4 096 x 4 096 (rule `image.content`).
pub const IMAGE_PIXELS_MAX: usize = 16_000_000;

/// Largest POST body, WebSocket message and WebSocket frame, in bytes; advertised as `maxPayload` (rule
/// `transport.max-payload`).
pub const PAYLOAD_MAX: usize = 1_000_000;
/// Most Engine.IO packets in one POST that a hardened server takes (rule `transport.polling-batch.any`).
pub const PACKETS_PER_POST_MAX: usize = 64;
/// Most Engine.IO packets in one POST that every server takes (rule `transport.polling-batch`).
pub const PACKETS_PER_POST_CORE: usize = 16;
/// Deepest nesting of objects and arrays in a payload, the payload itself counted as one. Deeper is refused with 99.
pub const JSON_DEPTH_MAX: usize = 16;

/// Longest time to wait that a refusal asks for, in milliseconds.
pub const RETRY_MAX_MS: u32 = 60_000;

/// Time between two pings of the server, in milliseconds.
pub const PING_INTERVAL_MS: u64 = 25_000;
/// Time in which a ping has to be answered, in milliseconds (rule `transport.heartbeat.timeout`).
pub const PING_TIMEOUT_MS: u64 = 20_000;
/// Time allowed on top of interval and timeout before a silent connection must be closed, in milliseconds (rule
/// `transport.heartbeat.bound`).
pub const PING_GRACE_MS: u64 = 5_000;

/// Most characters of a peer's input that an error message repeats.
pub const QUOTE_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, so that a slip in the arithmetic is seen.
    #[test]
    fn what_is_computed() {
        assert_eq!(SHOWN_NAME_MAX, 192);
        assert_eq!(IMAGE_URL_MAX, 23 + 933_336);
    }
}
