//! What the first bytes of an image say about it.

use std::fmt;

use imagesize::{ImageType, blob_size, image_type};

use super::ImageError;
use crate::limits::{IMAGE_PIXELS_MAX, IMAGE_SIDE_MAX};

/// What every PNG image begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The four kinds of image that travel. SVG is none of them: it can carry scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/gif`
    Gif,
    /// `image/webp`
    Webp,
}

impl MediaType {
    /// All of them, in the order of the pattern.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp];

    /// The part of the media type after `image/`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    pub(super) fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.label() == label)
    }

    fn of_content(bytes: &[u8]) -> Option<Self> {
        match image_type(bytes).ok()? {
            // The library is content with the first four bytes.
            ImageType::Png if bytes.starts_with(PNG) => Some(Self::Png),
            ImageType::Jpeg => Some(Self::Jpeg),
            ImageType::Gif => Some(Self::Gif),
            ImageType::Webp => Some(Self::Webp),
            _ => None,
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "image/{}", self.label())
    }
}

/// rule: image.content
pub(super) fn check(bytes: &[u8], label: MediaType) -> Result<(), ImageError> {
    let content = MediaType::of_content(bytes).ok_or(ImageError::NoImage)?;
    if content != label {
        return Err(ImageError::WrongLabel { label, content });
    }
    let size = blob_size(bytes).map_err(|_| ImageError::NoImage)?;
    let (width, height) = (size.width, size.height);
    let side_fits = |side: usize| (1..=IMAGE_SIDE_MAX).contains(&side);
    if !side_fits(width) || !side_fits(height) || width * height > IMAGE_PIXELS_MAX {
        return Err(ImageError::Dimensions { width, height });
    }
    Ok(())
}
