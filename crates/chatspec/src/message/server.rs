use serde::Serialize;
use serde_json::Value;

use super::{ChatMessage, DelUser, ImageMessage, NewUser, UserList};

/// Every message that a server may send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ServerMessage {
    /// `newuser`
    NewUser(NewUser),
    /// `deluser`
    DelUser(DelUser),
    /// `users`
    Users(UserList),
    /// `chat`
    Chat(ChatMessage),
    /// `image`
    Image(ImageMessage),
}

impl ServerMessage {
    /// The value of `type`.
    pub fn tag(&self) -> &'static str {
        match self {
            Self::NewUser(_) => NewUser::TAG,
            Self::DelUser(_) => DelUser::TAG,
            Self::Users(_) => UserList::TAG,
            Self::Chat(_) => ChatMessage::TAG,
            Self::Image(_) => ImageMessage::TAG,
        }
    }

    /// The object on the wire, `type` first.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("strings, booleans and objects of them serialize")
    }
}
