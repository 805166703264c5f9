//! `newuser`, sent by a server to every member of a room, the joiner included, when a join is carried out.
//!
//! Rules: `join.announce`, `join.again.announce`, `join.rename.announce`, `name.shown`.

use serde::Serialize;

use crate::decode::fields::{Fields, ShapeError};
use crate::name::{RoomName, UserName};

/// Someone has joined the room, or changed names in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewUser {
    /// `New User USER joined room ROOM`, both names as their owner wrote them. It is for people: a name may contain any of
    /// these words.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = NewUser::PATTERN)))]
    pub message: String,
}

impl NewUser {
    /// The value of `type`.
    pub const TAG: &str = "newuser";
    /// Pattern of `message`.
    pub const PATTERN: &str = r"^New User [\s\S]* joined room [\s\S]*$";

    /// The news that `user` joined `room`.
    pub fn new(user: &UserName, room: &RoomName) -> Self {
        Self {
            message: format!("New User {user} joined room {room}"),
        }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, ShapeError> {
        let message = fields.required("message")?;
        let is_of_form = message
            .strip_prefix("New User ")
            .is_some_and(|rest| rest.contains(" joined room "));
        if !is_of_form {
            return Err(ShapeError::at(
                "$.message",
                "expected the form \"New User ... joined room ...\"",
            ));
        }
        Ok(Self {
            message: message.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::decode::decode_server;
    use crate::message::ServerMessage;

    use super::*;

    #[test]
    fn literal_json() {
        let user = UserName::parse("ada").unwrap();
        let room = RoomName::parse("The Lobby").unwrap();
        let message = ServerMessage::NewUser(NewUser::new(&user, &room));
        let json = r#"{"type":"newuser","message":"New User ada joined room The Lobby"}"#;
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_server(&json.parse().unwrap()), Ok(Some(message)));
    }

    #[test]
    fn refused() {
        for message in [
            json!("ada joined room lobby"),
            json!("New User ada"),
            json!(7),
            json!(null),
        ] {
            let value = json!({"type": "newuser", "message": message});
            assert_eq!(
                decode_server(&value).unwrap_err().path,
                "$.message",
                "{value}"
            );
        }
    }
}
