//! `deluser`, sent by a server to the remaining members of a room when one has left it or dropped.
//!
//! Rules: `leave.announce`, `leave.silent`, `leave.own-silent`, `join.move.leaves`, `presence.cleanup`.

use serde::Serialize;

use crate::decode::fields::{Fields, ShapeError};
use crate::name::{RoomName, UserName};

/// Someone else has left the room, or given up a name in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DelUser {
    /// `User USER left room ROOM`, both names as given at the join. It is for people: a name may contain any of these
    /// words.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = DelUser::PATTERN)))]
    pub message: String,
}

impl DelUser {
    /// The value of `type`.
    pub const TAG: &str = "deluser";
    /// Pattern of `message`.
    pub const PATTERN: &str = r"^User [\s\S]* left room [\s\S]*$";

    /// The news that `user` left `room`.
    pub fn new(user: &UserName, room: &RoomName) -> Self {
        Self {
            message: format!("User {user} left room {room}"),
        }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, ShapeError> {
        let message = fields.required("message")?;
        let is_of_form = message
            .strip_prefix("User ")
            .is_some_and(|rest| rest.contains(" left room "));
        if !is_of_form {
            return Err(ShapeError::at(
                "$.message",
                "expected the form \"User ... left room ...\"",
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
        let room = RoomName::parse("lobby").unwrap();
        let message = ServerMessage::DelUser(DelUser::new(&user, &room));
        let json = r#"{"type":"deluser","message":"User ada left room lobby"}"#;
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_server(&json.parse().unwrap()), Ok(Some(message)));
    }

    #[test]
    fn refused() {
        for message in [
            json!("User left room lobby"),
            json!("New User a left room b"),
            json!(["x"]),
        ] {
            let value = json!({"type": "deluser", "message": message});
            assert_eq!(
                decode_server(&value).unwrap_err().path,
                "$.message",
                "{value}"
            );
        }
    }
}
