//! `chat`, sent by a server to those whom a client's `chat` is for, never to its sender.
//!
//! Rules: `chat.room`, `chat.no-echo`, `chat.text-unchanged`, `chat.private.mark`, `name.upper`.

use std::ops::Not;

use serde::Serialize;

use crate::decode::fields::{Fields, ShapeError};
use crate::name::ShownName;
use crate::text::MessageText;

/// Someone else has said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ChatMessage {
    /// Name of the sender, upper-cased.
    pub from: ShownName,
    /// The text, unchanged: at most 8 192 bytes of UTF-8, possibly none. A client shows it as text, never as markup.
    #[cfg_attr(feature = "schema", schemars(with = "MessageText"))]
    pub message: String,
    /// `true` if nobody else gets it; absent otherwise.
    #[serde(skip_serializing_if = "Not::not")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [true])))]
    pub private: bool,
}

impl ChatMessage {
    /// The value of `type`.
    pub const TAG: &str = "chat";

    /// The text `message` of `from`, for one receiver or for many.
    pub fn new(from: ShownName, message: &MessageText, private: bool) -> Self {
        Self {
            from,
            message: message.as_str().to_owned(),
            private,
        }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, ShapeError> {
        Ok(Self {
            from: ShownName::received(fields.required("from")?),
            message: fields.required("message")?.to_owned(),
            // A server that does not know the mark may use the key as it likes.
            private: fields.any("private").is_some_and(|field| field.is_true()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::decode::decode_server;
    use crate::message::ServerMessage;
    use crate::name::UserName;

    use super::*;

    fn message(private: bool) -> ServerMessage {
        let from = UserName::parse("straße").unwrap().shown();
        let text = MessageText::parse("<b>hi</b>").unwrap();
        ServerMessage::Chat(ChatMessage::new(from, &text, private))
    }

    #[test]
    fn literal_json() {
        let json = r#"{"type":"chat","from":"STRASSE","message":"<b>hi</b>"}"#;
        assert_eq!(message(false).to_value().to_string(), json);
        assert_eq!(
            decode_server(&json.parse().unwrap()),
            Ok(Some(message(false)))
        );
        let json = r#"{"type":"chat","from":"STRASSE","message":"<b>hi</b>","private":true}"#;
        assert_eq!(message(true).to_value().to_string(), json);
        assert_eq!(
            decode_server(&json.parse().unwrap()),
            Ok(Some(message(true)))
        );
    }

    #[test]
    fn refused() {
        for (value, path) in [
            (json!({"type": "chat", "from": "A"}), "$"),
            (json!({"type": "chat", "message": "hi"}), "$"),
            (
                json!({"type": "chat", "from": null, "message": "hi"}),
                "$.from",
            ),
            (
                json!({"type": "chat", "from": "A", "message": 7}),
                "$.message",
            ),
        ] {
            assert_eq!(decode_server(&value).unwrap_err().path, path, "{value}");
        }
    }
}
