//! Makes images of a wanted size, so that fixtures need not store them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// A data URL of a valid PNG. `chars` is its wished length, in characters; it is met to within three (base64 comes in
/// fours). `width` and `height` in pixels, default 1; only the header says so: pixel data is for one pixel.
///
/// # Errors
/// What is missing from the argument, or too small.
pub fn generate(argument: &Value) -> Result<String, String> {
    let number = |key: &str| argument.get(key).and_then(Value::as_u64);
    let side =
        |key| u32::try_from(number(key).unwrap_or(1)).map_err(|_| format!("`{key}` is too large"));
    let media = argument
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("png");
    let prefix = format!("data:image/{media};base64,");
    let (width, height) = (side("width")?, side("height")?);
    let bytes = match (number("bytes"), number("chars")) {
        (Some(bytes), None) => usize::try_from(bytes).ok(),
        (None, Some(chars)) => usize::try_from(chars)
            .ok()
            .map(|chars| chars.saturating_sub(prefix.len()) / 4 * 3),
        (None, None) => Some(0),
        (Some(_), Some(_)) => return Err("takes `chars` or `bytes`, not both".to_owned()),
    };
    let bytes = bytes
        .filter(|bytes| *bytes <= super::GENERATED_MAX)
        .ok_or("makes more than 10 MB")?;
    Ok(prefix + &STANDARD.encode(png(width, height, bytes)))
}

/// A PNG of exactly `size` bytes, or of its least size where that is larger.
fn png(width: u32, height: u32, size: usize) -> Vec<u8> {
    let mut header = Vec::from(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    // Eight bits, greyscale, deflate, no filter, no interlace.
    header.extend([8, 0, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, *b"IHDR", &header);
    // One black pixel: a zlib stream with one stored block of two bytes.
    let pixel = [
        0x78, 0x01, 0x01, 0x02, 0x00, 0xfd, 0xff, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01,
    ];
    const CHUNK: usize = 12;
    let least = out.len() + CHUNK + pixel.len() + CHUNK;
    if let Some(filler) = size.checked_sub(least + CHUNK) {
        // A private ancillary chunk that every decoder skips.
        chunk(&mut out, *b"fiLl", &vec![b'.'; filler]);
    }
    chunk(&mut out, *b"IDAT", &pixel);
    chunk(&mut out, *b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = out.len();
    out.extend(kind);
    out.extend(data);
    let sum = crc32(&out[start..]);
    out.extend(sum.to_be_bytes());
}

/// CRC-32 of ISO 3309, as PNG wants it.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |sum: u32, byte| {
        (sum >> 8) ^ CRC[usize::from(sum.to_le_bytes()[0] ^ byte)]
    })
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut sum = index as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            };
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn crc_is_the_well_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn the_length_is_met() {
        let url = generate(&json!({"chars": 500_000})).expect("an image");
        assert!(url.len() <= 500_000 && url.len() > 499_990, "{}", url.len());
        let url = generate(&json!({"bytes": 700_000})).expect("an image");
        let data = url
            .strip_prefix("data:image/png;base64,")
            .expect("a prefix");
        assert_eq!(STANDARD.decode(data).map(|bytes| bytes.len()), Ok(700_000));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(generate(&json!({"chars": 1, "bytes": 1})).is_err());
        assert!(generate(&json!({"bytes": 99_999_999})).is_err());
    }
}
