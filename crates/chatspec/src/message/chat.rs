//! `chat`, sent by a member of a room: to the room, to one member of it, or to everyone who has joined.
//!
//! Rules: `chat.room`, `chat.private.only-target`, `chat.private.no-room`, `chat.broadcast`, `chat.text-key`,
//! `chat.text-default`, `chat.text-message`, `chat.text-size`.

use serde::Serialize;

use crate::decode::fields::{Field, Fields, ShapeError};
use crate::decode::values;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;
use crate::text::MessageText;

/// Say something: to a room, to one user in it, or, with neither, to every joined client. It never comes back to the
/// sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Chat {
    /// The one user to reach, whatever the case of the name. Absent means all. A receiver takes `null` for absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    /// Room that the sender is in. Absent with `user` means the sender's room, without it every room. A receiver takes
    /// `null` for absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// The text, at most 8 192 bytes of UTF-8 (`maxLength` counts code points, which is less strict). It may be empty.
    /// Absent means `Knock! Knock!`; a receiver may take a string `message` instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<MessageText>,
}

impl Chat {
    /// The value of `event`.
    pub const TAG: &str = "chat";

    /// A text to `user` in `room`, to all of `room`, or to everyone; `None` leaves the field out.
    pub fn new(user: Option<UserName>, room: Option<RoomName>, text: Option<MessageText>) -> Self {
        Self { user, room, text }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, Refusal> {
        let user = fields.nullable("user")?;
        let room = fields.nullable("room")?;
        let text = text(fields)?;
        Ok(Self {
            user: values::user(user)?,
            room: values::room(room)?,
            text: text
                .map(|(path, text)| values::text(path, text))
                .transpose()?,
        })
    }
}

/// The text and where it stands.
fn text(fields: Fields<'_>) -> Result<Option<(&'static str, &str)>, ShapeError> {
    if let Some(text) = fields.optional("text")? {
        return Ok(Some(("$.text", text)));
    }
    // rule: chat.text-message. One that is no string is an unknown key like any other.
    let message = fields.any("message").and_then(Field::text);
    Ok(message.map(|text| ("$.message", text)))
}

#[cfg(test)]
mod tests {
    use crate::decode::decode_client_json;
    use crate::message::ClientMessage;
    use crate::refusal::Code;

    use super::*;

    fn chat(user: Option<&str>, room: Option<&str>, text: Option<&str>) -> ClientMessage {
        ClientMessage::Chat(Chat::new(
            user.map(|n| UserName::parse(n).unwrap()),
            room.map(|n| RoomName::parse(n).unwrap()),
            text.map(|t| MessageText::parse(t).unwrap()),
        ))
    }

    #[test]
    fn literal_json() {
        let message = chat(Some("bob"), Some("lobby"), Some(" <b>\n"));
        let json = r#"{"event":"chat","user":"bob","room":"lobby","text":" <b>\n"}"#;
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_client_json(json), Ok(message));
        let json = r#"{"event":"chat","user":null,"room":null}"#;
        assert_eq!(decode_client_json(json), Ok(chat(None, None, None)));
    }

    #[test]
    fn a_string_message_stands_in_for_the_text() {
        for (json, text) in [
            (r#"{"event":"chat","message":"hi"}"#, Some("hi")),
            (r#"{"event":"chat","message":"hi","text":""}"#, Some("")),
            (r#"{"event":"chat","message":7}"#, None),
        ] {
            assert_eq!(
                decode_client_json(json),
                Ok(chat(None, None, text)),
                "{json}"
            );
        }
    }

    #[test]
    fn refused() {
        let long = "é".repeat(4_097);
        for (json, code) in [
            (
                r#"{"event":"chat","text":null}"#.to_owned(),
                Code::BadPayload,
            ),
            (
                r#"{"event":"chat","room":""}"#.to_owned(),
                Code::BadRoomName,
            ),
            (
                r#"{"event":"chat","user":""}"#.to_owned(),
                Code::BadUserName,
            ),
            (
                format!(r#"{{"event":"chat","text":"{long}"}}"#),
                Code::TooLarge,
            ),
            (
                format!(r#"{{"event":"chat","message":"{long}"}}"#),
                Code::TooLarge,
            ),
        ] {
            assert_eq!(decode_client_json(&json).unwrap_err().code, code, "{json}");
        }
    }
}
