//! `leave`, sent by a client to leave its room; the server tells the remaining members with `deluser`.
//!
//! Rules: `leave.announce`, `leave.silent`, `leave.defaults`, `leave.own-record`, `leave.not-joined`.

use serde::Serialize;

use crate::decode::fields::Fields;
use crate::decode::values;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Leave the room of one's newest join.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Leave {
    /// Name given at the join; another one is refused. It may be left out if the join left it out, and a hardened server
    /// takes its absence for the name that it knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    /// Room given at the join; another one is refused. It may be left out as `user` may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
}

impl Leave {
    /// The value of `event`.
    pub const TAG: &str = "leave";

    /// A leave of `room` as `user`; `None` leaves the field out.
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
        let leave = Leave::new(UserName::parse("ada").ok(), RoomName::parse("lobby").ok());
        let message = ClientMessage::Leave(leave);
        let json = r#"{"event":"leave","user":"ada","room":"lobby"}"#;
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_client_json(json), Ok(message));
        let bare = ClientMessage::Leave(Leave::default());
        assert_eq!(decode_client_json(r#"{"event":"leave"}"#), Ok(bare));
    }

    #[test]
    fn refused() {
        // rule: leave.bad-room
        for (json, code) in [
            (r#"{"event":"leave","room":""}"#, Code::BadRoomName),
            (r#"{"event":"leave","room":0}"#, Code::BadPayload),
            (r#"{"event":"leave","room":false}"#, Code::BadPayload),
            (r#"{"event":"leave","room":null}"#, Code::BadPayload),
        ] {
            assert_eq!(decode_client_json(json).unwrap_err().code, code, "{json}");
        }
    }
}
