//! Refusals: a closed list of codes, and the message that says why.

mod code;

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

pub use code::Code;

use crate::limits::RETRY_MAX_MS;

/// The answer to a message that is not carried out. It goes to the sender alone, as the event `message` with one
/// string, the JSON text of this object (rule `refusal.form`); in an acknowledgement it is the object itself. Keys that are
/// not named here may be there; a receiver ignores them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("{}: {message}", code.number())]
#[non_exhaustive]
pub struct Refusal {
    /// Why, as one of a closed list of numbers.
    pub code: Code,
    /// Why, in words for a person. The wording may change at any time.
    pub message: String,
    /// The kind of message that was refused, as its `event` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<&'static str>,
    /// After code 30: the milliseconds to wait before the next try, at most a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = RETRY_MAX_MS)))]
    pub retry_ms: Option<NonZeroU32>,
}

impl Refusal {
    /// A refusal in the given words.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            event: None,
            retry_ms: None,
        }
    }

    /// A refusal of what stands at `path`, such as `$.user`.
    pub fn at(code: Code, path: &str, why: impl std::fmt::Display) -> Self {
        Self::new(code, format!("{path}: {why}"))
    }

    /// The same, with the time until another try is worth it: in whole milliseconds, rounded up, from 1 to
    /// [`RETRY_MAX_MS`]. Who has to wait longer is told so again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        let ms = wait.as_nanos().div_ceil(1_000_000);
        let ms = u32::try_from(ms).unwrap_or(u32::MAX).min(RETRY_MAX_MS);
        self.retry_ms = Some(NonZeroU32::new(ms).unwrap_or(NonZeroU32::MIN));
        self
    }

    /// The argument of the event `message`: [`to_value`](Self::to_value) as JSON text.
    pub fn to_json_text(&self) -> String {
        self.to_value().to_string()
    }

    /// The argument of an acknowledgement: `{"code": ..., "message": ...}`, and the optional keys that it has.
    pub fn to_value(&self) -> Value {
        let mut value = json!({ "code": self.code.number(), "message": self.message });
        if let Some(event) = self.event {
            value["event"] = event.into();
        }
        if let Some(wait) = self.retry_ms {
            value["retry_ms"] = wait.get().into();
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_literal_json() {
        let refusal = Refusal::at(Code::BadPayload, "$.user", "expected a \"string\"");
        assert_eq!(
            refusal.to_json_text(),
            r#"{"code":99,"message":"$.user: expected a \"string\""}"#
        );
        assert_eq!(serde_json::to_value(&refusal).unwrap(), refusal.to_value());
    }

    #[test]
    fn optional_keys_come_last() {
        let mut refusal =
            Refusal::new(Code::RateLimited, "slow down").retry_after(Duration::from_millis(250));
        refusal.event = Some("chat");
        assert_eq!(
            refusal.to_json_text(),
            r#"{"code":30,"message":"slow down","event":"chat","retry_ms":250}"#
        );
        assert_eq!(serde_json::to_value(&refusal).unwrap(), refusal.to_value());
    }

    #[test]
    fn the_time_to_wait_is_bounded() {
        let wait = |wait| {
            let refusal = Refusal::new(Code::RateLimited, "slow down").retry_after(wait);
            refusal.retry_ms.map(NonZeroU32::get)
        };
        assert_eq!(wait(Duration::ZERO), Some(1));
        assert_eq!(wait(Duration::from_micros(1_001)), Some(2));
        assert_eq!(wait(Duration::from_secs(60)), Some(60_000));
        assert_eq!(wait(Duration::MAX), Some(60_000));
    }
}
