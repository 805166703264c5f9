//! The image of an image message: a base64 data URL whose label tells the truth.

mod base64;
mod content;
mod error;
#[cfg(feature = "schema")]
mod schema;

use std::fmt;

use serde::Serialize;

pub use content::MediaType;
pub use error::ImageError;

/// Pattern of an image data URL: one of four media types, and base64 in whole groups. Unused bits of the last group may
/// have any value.
///
/// In a dialect where `$` also matches before a final line feed, that line feed has to be ruled out besides.
pub const PATTERN: &str = "^data:image/(?:png|jpeg|gif|webp);base64,(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

/// An image as a base64 data URL: PNG, JPEG, GIF or WebP, labelled as what it is, at most 700 000 bytes decoded, 4 096
/// pixels a side and 16 000 000 pixels in all (rules `image.content`, `image.too-large`). It is passed on unchanged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ImageUrl(Box<str>);

impl ImageUrl {
    /// Checks the label, the base64, the size, and the header of the image; the picture itself is not decoded.
    ///
    /// # Errors
    ///
    /// [`ImageError`]: a server refuses [`ImageError::TooLarge`] with code 15, the others with 14.
    pub fn parse(input: &str) -> Result<Self, ImageError> {
        let (label, encoded) = split(input)?;
        base64::check_size(encoded)?;
        let bytes = base64::decode(encoded)?;
        content::check(&bytes, label)?;
        Ok(Self(input.into()))
    }

    /// The whole data URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ImageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The media type that a data URL claims, and its base64.
fn split(input: &str) -> Result<(MediaType, &str), ImageError> {
    let rest = input
        .strip_prefix("data:image/")
        .ok_or(ImageError::NoDataUrl)?;
    let (label, encoded) = rest.split_once(";base64,").ok_or(ImageError::NoDataUrl)?;
    let label = MediaType::from_label(label).ok_or(ImageError::NoDataUrl)?;
    Ok((label, encoded))
}

#[cfg(test)]
mod tests;
