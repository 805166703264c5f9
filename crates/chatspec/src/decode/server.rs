use serde_json::Value;

use super::fields::{Fields, ShapeError};
use crate::message::{ChatMessage, DelUser, ImageMessage, NewUser, ServerMessage, UserList};

/// Decodes what a server sent, as a client of any conforming server does. `None` is a `type` that this revision does
/// not know: a client ignores it (rule `message.unknown-types`).
///
/// # Errors
///
/// [`ShapeError`] if `value` is no object, has no string `type`, or a field of a known type is missing, of a wrong type,
/// or not of the stated form. Nothing else is checked: a `core` server has other limits than this one.
pub fn decode_server(value: &Value) -> Result<Option<ServerMessage>, ShapeError> {
    let fields = Fields::of(value)?;
    let message = match fields.required("type")? {
        NewUser::TAG => ServerMessage::NewUser(NewUser::decode(fields)?),
        DelUser::TAG => ServerMessage::DelUser(DelUser::decode(fields)?),
        UserList::TAG => ServerMessage::Users(UserList::decode(fields)?),
        ChatMessage::TAG => ServerMessage::Chat(ChatMessage::decode(fields)?),
        ImageMessage::TAG => ServerMessage::Image(ImageMessage::decode(fields)?),
        _ => return Ok(None),
    };
    Ok(Some(message))
}
