//! `users`, sent by a server to the one client that asked for a listing.
//!
//! Rules: `users.reply`, `users.only-requester`, `users.quoting`, `users.quoting.unicode`, `users.order`.

use serde::Serialize;

use crate::decode::fields::{Fields, ShapeError};
use crate::listing::listing;

/// The users in the room that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UserList {
    /// `Users in room: ` and the upper-cased names in the order of joining, as Python prints a list of strings. It is for
    /// people: a name may contain quotes and commas.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = UserList::PATTERN)))]
    pub message: String,
}

impl UserList {
    /// The value of `type`.
    pub const TAG: &str = "users";
    /// Pattern of `message`.
    pub const PATTERN: &str = r"^Users in room: \[[\s\S]*\]$";

    /// The list of `names`, which are upper-cased already.
    pub fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self {
            message: listing(names),
        }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, ShapeError> {
        let message = fields.required("message")?;
        let is_of_form = message
            .strip_prefix("Users in room: [")
            .is_some_and(|rest| rest.ends_with(']'));
        if !is_of_form {
            return Err(ShapeError::at(
                "$.message",
                "expected the form \"Users in room: [...]\"",
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
        let message = ServerMessage::Users(UserList::new(["ADA", "O'BRIEN"].into_iter()));
        let json = r#"{"type":"users","message":"Users in room: ['ADA', \"O'BRIEN\"]"}"#;
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_server(&json.parse().unwrap()), Ok(Some(message)));
    }

    #[test]
    fn refused() {
        for message in [
            json!("Users in room: "),
            json!("Users in room: ["),
            json!(["ADA"]),
        ] {
            let value = json!({"type": "users", "message": message});
            assert_eq!(
                decode_server(&value).unwrap_err().path,
                "$.message",
                "{value}"
            );
        }
    }
}
