//! `join`, sent by a client to enter a room under a name; the server answers with `newuser` to every member.
//!
//! Rules: `join.announce`, `join.defaults`, `join.again`, `join.rename`, `join.move.listed`, `join.unique`.

use serde::Serialize;

use crate::decode::fields::Fields;
use crate::decode::values;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Enter a room under a name. A session is in one room at a time: joining another leaves the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Join {
    /// Name to be known by. Absent means `JDOE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    /// Room to enter; it exists by being entered. Absent means `PARKED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
}

impl Join {
    /// The value of `event`.
    pub const TAG: &str = "join";

    /// A join of `room` as `user`; `None` leaves the field out.
    pub fn new(user: Option<UserName>, room: Option<RoomName>) -> Self {
        Self { user, room }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, Refusal> {
        let user = fields.optional("user")?;
        let room = fields.optional("room")?;
        Ok(Self {
            user: values::user(user)?,
            room: values::room(room)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::decode_client_json;
    use crate::message::ClientMessage;
    use crate::name::{RoomName, UserName};
    use crate::refusal::Code;

    use super::*;

    #[test]
    fn literal_json() {
        let join = Join::new(
            UserName::parse("ada").ok(),
            RoomName::parse("The Lobby").ok(),
        );
        let message = ClientMessage::Join(join);
        let json = r#"{"event":"join","user":"ada","room":"The Lobby"}"#;
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_client_json(json), Ok(message));
    }

    #[test]
    fn both_fields_may_be_absent() {
        let message = ClientMessage::Join(Join::default());
        assert_eq!(message.to_value().to_string(), r#"{"event":"join"}"#);
        assert_eq!(
            decode_client_json(r#"{"event":"join","age":7}"#),
            Ok(message)
        );
    }

    #[test]
    fn refused() {
        let refusal = decode_client_json(r#"{"event":"join","user":5}"#).unwrap_err();
        assert_eq!(refusal.code, Code::BadPayload);
        assert_eq!(
            refusal.message,
            "$.user: invalid type: integer 5, expected a string"
        );
    }
}
