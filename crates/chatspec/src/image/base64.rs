//! Base64 in whole groups, the same language as [`super::PATTERN`].

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::ImageError;
use crate::limits::IMAGE_MAX;

/// The pattern cannot see unused bits of the last group, so the decoder does not look at them either.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Refuses what decodes to too many bytes before anything is decoded. Only a well-formed string has a decoded size.
pub(super) fn check_size(encoded: &str) -> Result<(), ImageError> {
    if !is_well_formed(encoded) {
        return Err(ImageError::NoBase64);
    }
    let padding = encoded.bytes().rev().take_while(|&b| b == b'=').count();
    let length = encoded.len() / 4 * 3 - padding;
    // rule: image.too-large
    if length > IMAGE_MAX {
        return Err(ImageError::TooLarge { length });
    }
    Ok(())
}

pub(super) fn decode(encoded: &str) -> Result<Vec<u8>, ImageError> {
    ENGINE.decode(encoded).map_err(|_| ImageError::NoBase64)
}

fn is_well_formed(encoded: &str) -> bool {
    let digits = encoded
        .strip_suffix("==")
        .or_else(|| encoded.strip_suffix('='))
        .unwrap_or(encoded);
    encoded.len().is_multiple_of(4)
        && digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}
