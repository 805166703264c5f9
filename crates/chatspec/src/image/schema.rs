//! The data URL as JSON Schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ImageUrl, PATTERN};
use crate::limits::{IMAGE_MAX, IMAGE_PIXELS_MAX, IMAGE_SIDE_MAX, IMAGE_URL_MAX};

impl JsonSchema for ImageUrl {
    fn schema_name() -> Cow<'static, str> {
        "ImageUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": format!(
                "An image as a base64 data URL: PNG, JPEG, GIF or WebP, labelled as what it is, at most {IMAGE_MAX} bytes decoded, {IMAGE_SIDE_MAX} pixels a side and {IMAGE_PIXELS_MAX} pixels in all."
            ),
            "type": "string",
            "maxLength": IMAGE_URL_MAX,
            "pattern": PATTERN,
            "examples": ["data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="],
        })
    }
}
