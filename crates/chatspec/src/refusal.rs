//! Refusals: a closed list of codes, and the message that says why.

mod code;

use serde::Serialize;
use serde_json::Value;

pub use code::Code;

/// The answer to a message that is not carried out. It goes to the sender alone, as the event `message` with one
/// string, the JSON text of this object (rule `refusal.form`); in an acknowledgement it is the object itself. Further keys
/// may be there; a receiver ignores them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("{}: {message}", code.number())]
#[non_exhaustive]
pub struct Refusal {
    /// Why, as one of a closed list of numbers.
    pub code: Code,
    /// Why, in words for a person. The wording may change at any time.
    pub message: String,
}

impl Refusal {
    /// A refusal in the given words.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// A refusal of what stands at `path`, such as `$.user`.
    pub fn at(code: Code, path: &str, why: impl std::fmt::Display) -> Self {
        Self::new(code, format!("{path}: {why}"))
    }

    /// The argument of the event `message`: `{"code": ..., "message": ...}` as JSON text.
    pub fn to_json_text(&self) -> String {
        self.to_value().to_string()
    }

    /// The argument of an acknowledgement: `{"code": ..., "message": ...}`.
    pub fn to_value(&self) -> Value {
        serde_json::json!({ "code": self.code.number(), "message": self.message })
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
}
