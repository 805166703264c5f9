//! `image`, sent by a member to its room. An image is never private: `user` is no field of it.
//!
//! Rules: `image.room`, `image.never-private`, `image.fields`, `image.content`, `image.too-large`.

use serde::Serialize;

use crate::decode::fields::Fields;
use crate::decode::values;
use crate::image::ImageUrl;
use crate::name::RoomName;
use crate::refusal::Refusal;

/// Show an image to all other members of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Image {
    /// Room that the sender is in. Required.
    pub room: RoomName,
    /// The image. Required.
    pub bimage: ImageUrl,
}

impl Image {
    /// The value of `event`.
    pub const TAG: &str = "image";

    /// The image `bimage` for `room`.
    pub fn new(room: RoomName, bimage: ImageUrl) -> Self {
        Self { room, bimage }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, Refusal> {
        let room = fields.required("room")?;
        let bimage = fields.required("bimage")?;
        Ok(Self {
            room: values::required_room(room)?,
            bimage: values::image(bimage)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::decode_client_json;
    use crate::message::ClientMessage;
    use crate::refusal::Code;

    use super::*;

    const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

    #[test]
    fn literal_json() {
        let room = RoomName::parse("lobby").unwrap();
        let message = ClientMessage::Image(Image::new(room, ImageUrl::parse(GIF).unwrap()));
        let json = format!(r#"{{"event":"image","room":"lobby","bimage":"{GIF}"}}"#);
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_client_json(&json), Ok(message.clone()));
        let addressed = json.replace(r#","bimage""#, r#","user":7,"bimage""#);
        assert_eq!(decode_client_json(&addressed), Ok(message));
    }

    #[test]
    fn refused() {
        for (json, code, message) in [
            (
                r#"{"event":"image","room":"r"}"#,
                Code::BadPayload,
                r#"$: missing field "bimage""#,
            ),
            (
                r#"{"event":"image","room":null,"bimage":"x"}"#,
                Code::BadPayload,
                "$.room: invalid type: null, expected a string",
            ),
            (
                r#"{"event":"image","room":"r","bimage":"javascript:alert(1)"}"#,
                Code::BadImage,
                "$.bimage: expected a data URL that starts with data:image/(png, jpeg, gif or webp);base64,",
            ),
        ] {
            let refusal = decode_client_json(json).unwrap_err();
            assert_eq!(
                (refusal.code, refusal.message.as_str()),
                (code, message),
                "{json}"
            );
        }
    }
}
