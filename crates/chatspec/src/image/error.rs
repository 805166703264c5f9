use thiserror::Error;

use super::MediaType;
use crate::limits::{IMAGE_MAX, IMAGE_PIXELS_MAX, IMAGE_SIDE_MAX};
use crate::refusal::Code;

/// Why a string is no image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It does not start with `data:image/`, one of the four labels, and `;base64,`.
    #[error("expected a data URL that starts with data:image/(png, jpeg, gif or webp);base64,")]
    NoDataUrl,
    /// What follows is not base64 in whole groups with padding.
    #[error("the image is not base64 in whole groups of four")]
    NoBase64,
    /// Too many bytes (rule `image.too-large`).
    #[error("an image has at most {IMAGE_MAX} bytes decoded, found {length}")]
    TooLarge {
        /// Length in bytes after decoding.
        length: usize,
    },
    /// The content is not of one of the four types, or its header is broken off.
    #[error("the content is no PNG, JPEG, GIF or WebP image")]
    NoImage,
    /// The label says one type, the content another.
    #[error("the label says {label}, the content is {content}")]
    WrongLabel {
        /// What the data URL says.
        label: MediaType,
        /// What the first bytes say.
        content: MediaType,
    },
    /// A side is zero or too long, or there are too many pixels.
    #[error(
        "an image has 1 to {IMAGE_SIDE_MAX} pixels a side and at most {IMAGE_PIXELS_MAX} in all, found {width} x {height}"
    )]
    Dimensions {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
}

impl ImageError {
    /// The code that a server refuses this with: 15 for an image of too many bytes, else 14.
    pub fn code(&self) -> Code {
        match self {
            Self::TooLarge { .. } => Code::TooLarge,
            _ => Code::BadImage,
        }
    }
}
