use ::base64::Engine;
use ::base64::prelude::BASE64_STANDARD;

use super::*;
use crate::limits::{IMAGE_MAX, IMAGE_URL_MAX};

/// The first bytes of a PNG of this size, filled up to `length` bytes.
fn png(width: u32, height: u32, length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.resize(length.max(24), 0);
    bytes
}

fn url(label: &str, bytes: &[u8]) -> String {
    format!(
        "data:image/{label};base64,{}",
        BASE64_STANDARD.encode(bytes)
    )
}

const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

#[test]
fn an_image_passes_unchanged() {
    assert_eq!(ImageUrl::parse(GIF).unwrap().as_str(), GIF);
    // The same picture, with unused bits of the last group set.
    let odd = GIF.replace("Ds=", "Dt=");
    assert_eq!(ImageUrl::parse(&odd).unwrap().as_str(), odd);
}

#[test]
fn no_data_url() {
    for input in [
        "",
        "javascript:alert(1)",
        "data:text/html;base64,AAAA",
        "data:image/svg+xml;base64,AAAA",
        "data:image/PNG;base64,AAAA",
        "data:image/png,AAAA",
        " data:image/png;base64,AAAA",
    ] {
        assert_eq!(
            ImageUrl::parse(input),
            Err(ImageError::NoDataUrl),
            "{input:?}"
        );
    }
}

#[test]
fn no_base64() {
    for encoded in [
        "A", "AA", "AAA", "AAA=AAAA", "A===", "====", "AAAA\n", "AA-_", "AA A", "AAA==",
    ] {
        let input = format!("data:image/png;base64,{encoded}");
        assert_eq!(
            ImageUrl::parse(&input),
            Err(ImageError::NoBase64),
            "{encoded:?}"
        );
    }
}

#[test]
fn the_bound_is_in_decoded_bytes() {
    let largest = url("png", &png(1, 1, IMAGE_MAX));
    assert!(ImageUrl::parse(&largest).is_ok());
    assert!(largest.len() <= IMAGE_URL_MAX);
    let error = ImageUrl::parse(&url("png", &png(1, 1, IMAGE_MAX + 1))).unwrap_err();
    assert_eq!(
        error,
        ImageError::TooLarge {
            length: IMAGE_MAX + 1
        }
    );
    assert_eq!(error.code(), Code::TooLarge);
}

#[test]
fn the_label_tells_the_truth() {
    let error = ImageUrl::parse(&url("jpeg", &png(1, 1, 24))).unwrap_err();
    assert_eq!(
        error,
        ImageError::WrongLabel {
            label: MediaType::Jpeg,
            content: MediaType::Png
        }
    );
    assert_eq!(error.code(), Code::BadImage);
    for bytes in [
        &b""[..],
        b"hello, world, this is text",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    ] {
        assert_eq!(
            ImageUrl::parse(&url("png", bytes)),
            Err(ImageError::NoImage)
        );
    }
}

/// The first bytes of each type, of a picture that is 2 wide and 3 high.
fn of_each_type() -> [(MediaType, Vec<u8>); 4] {
    let jpeg = b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\0\x03\0\x02\x03";
    let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x01\0\0\x02\0\0";
    [
        (MediaType::Png, png(2, 3, 24)),
        (MediaType::Jpeg, [&jpeg[..], &[0; 16]].concat()),
        (
            MediaType::Gif,
            [&b"GIF89a\x02\0\x03\0"[..], &[0; 6]].concat(),
        ),
        (MediaType::Webp, webp.to_vec()),
    ]
}

#[test]
fn each_type_is_told_by_its_content() {
    for (content, bytes) in of_each_type() {
        for label in MediaType::ALL {
            let found = ImageUrl::parse(&url(label.label(), &bytes)).map(|_| ());
            let wrong = Err(ImageError::WrongLabel { label, content });
            assert_eq!(found, if label == content { Ok(()) } else { wrong });
        }
        assert_eq!(content.to_string(), format!("image/{}", content.label()));
    }
}

#[test]
fn dimensions_are_bounded() {
    for (width, height, fits) in [
        (4_000, 4_000, true),
        (4_096, 3_906, true),
        (4_096, 3_907, false),
        (4_096, 1, true),
        (4_097, 1, false),
        (1, 4_097, false),
        (0, 1, false),
        (u32::MAX, u32::MAX, false),
    ] {
        let found = ImageUrl::parse(&url("png", &png(width, height, 24)));
        assert_eq!(found.is_ok(), fits, "{width} x {height}");
    }
}

use crate::refusal::Code;

/// Found by fuzzing: four bytes of the signature are not the signature.
#[test]
fn a_png_has_its_whole_signature() {
    let mut bytes = png(16, 16, 40);
    assert!(ImageUrl::parse(&url("png", &bytes)).is_ok());
    for at in 4..8 {
        bytes[at] ^= 1;
        let parsed = ImageUrl::parse(&url("png", &bytes));
        assert_eq!(parsed, Err(ImageError::NoImage), "byte {at}");
        bytes[at] ^= 1;
    }
}
