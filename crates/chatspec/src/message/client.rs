use serde::Serialize;
use serde_json::Value;

use super::{Chat, Image, Join, Leave, UsersRequest};

/// Every message that a client may send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum ClientMessage {
    /// `join`
    Join(Join),
    /// `leave`
    Leave(Leave),
    /// `users`, or no `event` at all
    Users(UsersRequest),
    /// `chat`
    Chat(Chat),
    /// `image`
    Image(Image),
}

impl ClientMessage {
    /// The value of `event`.
    pub fn tag(&self) -> &'static str {
        match self {
            Self::Join(_) => Join::TAG,
            Self::Leave(_) => Leave::TAG,
            Self::Users(_) => UsersRequest::TAG,
            Self::Chat(_) => Chat::TAG,
            Self::Image(_) => Image::TAG,
        }
    }

    /// The object on the wire, `event` first.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("strings and objects of strings serialize")
    }
}
