//! What the server reads of a client's message.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chatspec::decode::{decode_client, decode_client_args, decode_client_packet};
use chatspec::image::{ImageUrl, MediaType};
use chatspec::json::{Args, Payload};
use chatspec::limits::{IMAGE_PIXELS_MAX, IMAGE_SIDE_MAX};
use chatspec::message::ClientMessage;
use chatspec::refusal::{Code, Refusal};
use serde_json::Value;

/// Both ways of reading come to the same; a message survives being written; a refusal is short and of the list.
pub fn chat(text: &str, read: impl Fn(&str) -> Result<ClientMessage, Refusal>) {
    let found = read(text);
    assert_eq!(found, decode_client(&Payload::parse(text)));
    if let Ok(arguments) = serde_json::from_str::<Args>(&format!("[{text}]"))
        && arguments.count() == 1
    {
        let packet = format!(r#"["chat",{text}]"#);
        assert_eq!(
            decode_client_packet(&packet),
            decode_client_args(&arguments)
        );
    }
    match found {
        Ok(message) => {
            let written = message.to_value().to_string();
            assert_eq!(read(&written), Ok(message));
        }
        Err(refusal) => {
            assert!(refusal.message.len() <= 800, "{refusal}");
            if serde_json::from_str::<Value>(text).is_err() {
                assert_eq!(refusal.code, Code::BadPayload);
            }
        }
    }
}

/// An image that is taken is passed on as it is, and its header, read by hand, keeps the limits.
pub fn image(data: &[u8], read: impl Fn(&str) -> Option<ImageUrl>) {
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let label = MediaType::ALL[usize::from(*first) % MediaType::ALL.len()];
    let url = format!("data:{label};base64,{}", BASE64_STANDARD.encode(bytes));
    let Some(image) = read(&url) else {
        return;
    };
    assert_eq!(image.as_str(), url);
    let size = match label {
        MediaType::Png => {
            assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
            [16, 20].map(|at| big_endian(&bytes[at..at + 4]))
        }
        MediaType::Gif => {
            assert!(bytes.starts_with(b"GIF8"));
            [6, 8].map(|at| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]])))
        }
        MediaType::Jpeg => return assert!(bytes.starts_with(b"\xff\xd8\xff")),
        MediaType::Webp => return assert_eq!(&bytes[8..12], b"WEBP"),
    };
    let fits = size.iter().all(|side| (1..=IMAGE_SIDE_MAX).contains(side));
    assert!(fits && size[0] * size[1] <= IMAGE_PIXELS_MAX, "{size:?}");
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
}
