//! The data of the open packet.

use std::time::Duration;

use serde_json::Value;

use crate::wire::json;
use crate::wire::limits::{QUOTED_CHARS, SID_BYTES};
use crate::wire::quote::quote;

/// What the server said when it opened the session.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Handshake {
    /// The Engine.IO session id. Not the Socket.IO one, although some servers use one for both.
    pub sid: String,
    /// The time between two heartbeats.
    pub ping_interval: Duration,
    /// How long the server waits for the answer to one.
    pub ping_timeout: Duration,
    /// The most bytes that the server takes in one POST or message, where it says so.
    pub max_payload: Option<u64>,
    /// The transports that it offers to upgrade to.
    pub upgrades: Vec<String>,
    /// All of it, with keys that we do not know.
    pub json: Value,
    /// How long the handshake took from request to answer, once the connection stood.
    pub round_trip: Duration,
}

impl Handshake {
    /// Reads the JSON text after the `0`. A wrong type is an error, a missing `upgrades` or
    /// `maxPayload` is not: old servers know no `maxPayload`.
    pub(crate) fn parse(data: &str, round_trip: Duration) -> Result<Handshake, String> {
        let json = json::parse(data).map_err(|malformed| {
            let shown = quote(data, QUOTED_CHARS);
            format!(
                "an open packet with {shown}, which is not JSON that we can read: {}",
                malformed.why
            )
        })?;
        let sid = match json.get("sid") {
            Some(Value::String(sid)) if (1..=SID_BYTES).contains(&sid.len()) => sid.clone(),
            _ => return Err(wrong(data, "a `sid` that is a string of 1 to 1024 bytes")),
        };
        let ping_interval = milliseconds(&json, "pingInterval")
            .ok_or_else(|| wrong(data, "a `pingInterval` in milliseconds"))?;
        let ping_timeout = milliseconds(&json, "pingTimeout")
            .ok_or_else(|| wrong(data, "a `pingTimeout` in milliseconds"))?;
        let max_payload = match json.get("maxPayload") {
            None => None,
            Some(bytes) => {
                Some(integer(bytes).ok_or_else(|| wrong(data, "a `maxPayload` in bytes"))?)
            }
        };
        let upgrades = match json.get("upgrades") {
            None => Vec::new(),
            Some(list) => {
                strings(list).ok_or_else(|| wrong(data, "`upgrades` that are a list of strings"))?
            }
        };
        Ok(Handshake {
            sid,
            ping_interval,
            ping_timeout,
            max_payload,
            upgrades,
            json,
            round_trip,
        })
    }
}

fn wrong(data: &str, wanted: &str) -> String {
    format!(
        "an open packet without {wanted}: {}",
        quote(data, QUOTED_CHARS)
    )
}

fn milliseconds(json: &Value, key: &str) -> Option<Duration> {
    // A year is far beyond any heartbeat, and leaves room for sums.
    const YEAR: u64 = 366 * 24 * 3600 * 1000;
    let number = integer(json.get(key)?)?;
    (1..=YEAR)
        .contains(&number)
        .then(|| Duration::from_millis(number))
}

/// JSON has one kind of number: `25000.0` is an integer, too.
fn integer(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        // Up to 2^53 every integer is exact.
        (float.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&float))
            .then_some(float as u64)
    })
}

fn strings(value: &Value) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items.map(|item| item.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(3);

    #[test]
    fn the_example_of_the_protocol() {
        let data = r#"{"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
        let handshake = Handshake::parse(data, RTT).expect("the example is right");
        assert_eq!(handshake.sid, "lv_VI97HAXpY6yYWAAAB");
        assert_eq!(handshake.upgrades, ["websocket"]);
        assert_eq!(handshake.ping_interval, Duration::from_secs(25));
        assert_eq!(handshake.ping_timeout, Duration::from_secs(20));
        assert_eq!(handshake.max_payload, Some(1_000_000));
        assert_eq!(handshake.round_trip, RTT);
    }

    #[test]
    fn what_old_servers_leave_out() {
        let data = r#"{"sid":"a","pingInterval":25000.0,"pingTimeout":5000,"more":[]}"#;
        let handshake = Handshake::parse(data, RTT).expect("nothing required is missing");
        assert_eq!(handshake.max_payload, None);
        assert!(handshake.upgrades.is_empty());
    }

    #[test]
    fn wrong_types_name_the_key() {
        let cases = [
            (r#"{"sid":7,"pingInterval":1,"pingTimeout":1}"#, "sid"),
            (r#"{"sid":"","pingInterval":1,"pingTimeout":1}"#, "sid"),
            (
                r#"{"sid":"a","pingInterval":"1","pingTimeout":1}"#,
                "pingInterval",
            ),
            (
                r#"{"sid":"a","pingInterval":1e300,"pingTimeout":1}"#,
                "pingInterval",
            ),
            (
                r#"{"sid":"a","pingInterval":0,"pingTimeout":1}"#,
                "pingInterval",
            ),
            (
                r#"{"sid":"a","pingInterval":1,"pingTimeout":-1}"#,
                "pingTimeout",
            ),
            (
                r#"{"sid":"a","pingInterval":1,"pingTimeout":1,"maxPayload":1.5}"#,
                "maxPayload",
            ),
            (
                r#"{"sid":"a","pingInterval":1,"pingTimeout":1,"upgrades":[1]}"#,
                "upgrades",
            ),
            ("[]", "sid"),
            ("{\"sid\":\"\\ud800\"}", "JSON"),
            ("{\"sid\":NaN}", "JSON"),
            ("", "JSON"),
        ];
        for (data, key) in cases {
            let why = Handshake::parse(data, RTT).expect_err(data);
            assert!(why.contains(key), "{why}");
        }
    }
}
