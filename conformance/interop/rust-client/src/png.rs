//! Valid PNG images as data URLs.

use base64::{Engine, engine::general_purpose::STANDARD};

const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg==";

/// The smallest PNG, one grey pixel, as a data URL.
pub fn small() -> String {
    format!("data:image/png;base64,{PIXEL}")
}

/// The same pixel with `size` bytes in a private ancillary chunk after its header, which decoders skip.
pub fn large(size: u32) -> String {
    let pixel = STANDARD.decode(PIXEL).expect("a constant that is base64");
    let (header, rest) = pixel.split_at(8 + 25);
    let body = [b"noIs".to_vec(), vec![0; size as usize]].concat();
    let check = !body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    });
    let chunk = [&size.to_be_bytes(), &body[..], &check.to_be_bytes()].concat();
    format!(
        "data:image/png;base64,{}",
        STANDARD.encode([header, &chunk, rest].concat())
    )
}
