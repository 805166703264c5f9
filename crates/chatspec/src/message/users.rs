//! `users`, sent by any client, joined or not, to list a room; the server answers it alone with `users`.
//!
//! Rules: `users.reply`, `users.anyone`, `users.default-room`, `message.event-absent`.

use serde::Serialize;

use crate::decode::fields::Fields;
use crate::decode::values;
use crate::name::RoomName;
use crate::refusal::Refusal;

/// List the users in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UsersRequest {
    /// Room to list; one that nobody is in has an empty list. Absent means `PARKED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
}

impl UsersRequest {
    /// The value of `event`, which may also be absent.
    pub const TAG: &str = "users";

    /// A request for the list of `room`; `None` leaves the field out.
    pub fn new(room: Option<RoomName>) -> Self {
        Self { room }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, Refusal> {
        let room = fields.optional("room")?;
        Ok(Self {
            room: values::room(room)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::decode_client_json;
    use crate::message::ClientMessage;
    use crate::name::RoomName;
    use crate::refusal::Code;

    use super::*;

    #[test]
    fn literal_json() {
        let message = ClientMessage::Users(UsersRequest::new(RoomName::parse("lobby").ok()));
        let json = r#"{"event":"users","room":"lobby"}"#;
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_client_json(json), Ok(message.clone()));
        // The room counts without `event` too; the fields of other messages do not.
        let json = r#"{"room":"lobby","user":5,"text":null,"evt":"join"}"#;
        assert_eq!(decode_client_json(json), Ok(message));
        let bare = ClientMessage::Users(UsersRequest::default());
        assert_eq!(decode_client_json("{}"), Ok(bare));
    }

    #[test]
    fn refused() {
        let refusal = decode_client_json(r#"{"room":["lobby"]}"#).unwrap_err();
        assert_eq!(refusal.code, Code::BadPayload);
        assert_eq!(
            refusal.message,
            "$.room: invalid type: array, expected a string"
        );
    }
}
