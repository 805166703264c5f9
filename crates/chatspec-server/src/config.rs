//! What an operator can set.

use std::time::Duration;

use chatspec::limits;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Settings of a server. The defaults are those of the protocol's `hardened` profile.
///
/// In a file, durations are whole milliseconds, and an unknown key is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Time between two pings (rule `transport.heartbeat.bound`). More than zero.
    #[serde(with = "millis")]
    pub ping_interval: Duration,
    /// Time in which a ping has to be answered (rule `transport.heartbeat.timeout`). More than zero.
    #[serde(with = "millis")]
    pub ping_timeout: Duration,
    /// Time in which a new connection has to ask for the namespace.
    #[serde(with = "millis")]
    pub connect_timeout: Duration,
    /// Time in which an upgrade from polling to WebSocket has to be complete.
    #[serde(with = "millis")]
    pub upgrade_timeout: Duration,
    /// Largest POST body, WebSocket message and WebSocket frame, in bytes; advertised as `maxPayload` (rule
    /// `transport.max-payload`). At least one.
    pub max_payload: usize,
    /// Packets that wait for one slow receiver before messages for it are lost. At least one.
    pub buffer_packets: usize,
    /// Time that connections have to end after the order to stop; whatever is left then is abandoned.
    #[serde(with = "millis")]
    pub drain_timeout: Duration,
}

/// A setting that no server can run with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A setting is zero that has to be more.
    #[error("{setting} is zero")]
    Zero {
        /// Its name.
        setting: &'static str,
    },
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let settings = [
            ("ping_interval", self.ping_interval.is_zero()),
            ("ping_timeout", self.ping_timeout.is_zero()),
            ("connect_timeout", self.connect_timeout.is_zero()),
            ("upgrade_timeout", self.upgrade_timeout.is_zero()),
            ("max_payload", self.max_payload == 0),
            ("buffer_packets", self.buffer_packets == 0),
        ];
        match settings.into_iter().find(|(_, zero)| *zero) {
            Some((setting, _)) => Err(ConfigError::Zero { setting }),
            None => Ok(()),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_millis(limits::PING_INTERVAL_MS),
            ping_timeout: Duration::from_millis(limits::PING_TIMEOUT_MS),
            connect_timeout: Duration::from_secs(10),
            upgrade_timeout: Duration::from_secs(10),
            max_payload: limits::PAYLOAD_MAX,
            buffer_packets: 4_096,
            drain_timeout: Duration::from_secs(5),
        }
    }
}

/// A duration as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        u64::try_from(duration.as_millis())
            .unwrap_or(u64::MAX)
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_leave_everything_out() {
        assert_eq!(
            serde_json::from_str::<Config>("{}").unwrap(),
            Config::default()
        );
        let config: Config = serde_json::from_str(r#"{"ping_interval": 300}"#).unwrap();
        assert_eq!(config.ping_interval, Duration::from_millis(300));
        assert_eq!(config.max_payload, 1_000_000);
        assert!(serde_json::from_str::<Config>(r#"{"ping": 300}"#).is_err());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let config = Config {
            drain_timeout: Duration::from_millis(1_234),
            ..Config::default()
        };
        let text = serde_json::to_string(&config).unwrap();
        assert!(text.contains(r#""drain_timeout":1234"#), "{text}");
        assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
    }

    #[test]
    fn zero_is_named() {
        assert_eq!(Config::default().check(), Ok(()));
        let config = Config {
            buffer_packets: 0,
            ..Config::default()
        };
        assert_eq!(
            config.check(),
            Err(ConfigError::Zero {
                setting: "buffer_packets"
            })
        );
        assert_eq!(
            ConfigError::Zero {
                setting: "buffer_packets"
            }
            .to_string(),
            "buffer_packets is zero"
        );
    }
}
