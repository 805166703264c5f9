//! `image`, sent by a server to the other members of a room when one has sent an `image`.
//!
//! Rules: `image.room`, `image.unchanged`, `chat.no-echo`, `name.upper`.

use serde::Serialize;

use crate::decode::fields::{Fields, ShapeError};
use crate::image::ImageUrl;
use crate::name::ShownName;

/// Someone else has shown an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ImageMessage {
    /// Name of the sender, upper-cased.
    pub from: ShownName,
    /// The image, unchanged. A client checks that it is a data URL of an image before it shows it.
    #[cfg_attr(feature = "schema", schemars(with = "ImageUrl"))]
    pub bimage: String,
}

impl ImageMessage {
    /// The value of `type`.
    pub const TAG: &str = "image";

    /// The image `bimage` of `from`.
    pub fn new(from: ShownName, bimage: &ImageUrl) -> Self {
        Self {
            from,
            bimage: bimage.as_str().to_owned(),
        }
    }

    pub(crate) fn decode(fields: Fields<'_>) -> Result<Self, ShapeError> {
        Ok(Self {
            from: ShownName::received(fields.required("from")?),
            bimage: fields.required("bimage")?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::decode::decode_server;
    use crate::message::ServerMessage;
    use crate::name::UserName;

    use super::*;

    const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

    #[test]
    fn literal_json() {
        let from = UserName::parse("ada").unwrap().shown();
        let image = ImageUrl::parse(GIF).unwrap();
        let message = ServerMessage::Image(ImageMessage::new(from, &image));
        let json = format!(r#"{{"type":"image","from":"ADA","bimage":"{GIF}"}}"#);
        assert_eq!(message.to_value().to_string(), json);
        assert_eq!(decode_server(&json.parse().unwrap()), Ok(Some(message)));
    }

    #[test]
    fn refused() {
        for (value, path) in [
            (json!({"type": "image", "from": "A"}), "$"),
            (json!({"type": "image", "from": 1, "bimage": GIF}), "$.from"),
            (
                json!({"type": "image", "from": "A", "bimage": null}),
                "$.bimage",
            ),
        ] {
            assert_eq!(decode_server(&value).unwrap_err().path, path, "{value}");
        }
    }
}
