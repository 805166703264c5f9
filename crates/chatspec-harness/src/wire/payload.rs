//! The body of a polling request: Engine.IO packets joined by the record separator.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::packet::{Frame, Malformed, MalformedKind};
use super::quote::quote;

/// The byte between two packets of one body.
pub const SEPARATOR: u8 = 0x1e;

/// One packet of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// A packet in text form.
    Text(&'a str),
    /// A packet that was written as `b` and base64.
    Binary(Vec<u8>),
    /// Neither, with the bytes that it consists of.
    Malformed(&'a [u8], Malformed),
}

/// Takes a body apart, lazily: a body may consist of nothing but separators.
///
/// ```
/// use chatspec_harness::wire::payload::{Part, decode};
///
/// let parts: Vec<_> = decode(b"4hello\x1e2\x1ebAQID").collect();
/// assert_eq!(parts, [Part::Text("4hello"), Part::Text("2"), Part::Binary(vec![1, 2, 3])]);
/// ```
pub fn decode(body: &[u8]) -> impl Iterator<Item = Part<'_>> {
    body.split(|byte| *byte == SEPARATOR).map(part)
}

fn part(bytes: &[u8]) -> Part<'_> {
    let malformed =
        |why: String| Part::Malformed(bytes, Malformed::new(MalformedKind::NotEngineIo, why));
    let Ok(text) = str::from_utf8(bytes) else {
        let shown = quote(&String::from_utf8_lossy(bytes), 20);
        return malformed(format!("not UTF-8: {shown}"));
    };
    match text.strip_prefix('b') {
        None => Part::Text(text),
        Some(encoded) => match STANDARD.decode(encoded) {
            Ok(binary) => Part::Binary(binary),
            Err(_) => malformed(format!("not base64 after the b: {}", quote(encoded, 20))),
        },
    }
}

/// Joins frames to one body, each exactly as it is.
///
/// ```
/// use chatspec_harness::wire::{Frame, payload::encode};
///
/// assert_eq!(encode(&[Frame::from("4a"), Frame::Binary(vec![1])]), b"4a\x1ebAQ==");
/// ```
pub fn encode(frames: &[Frame]) -> Vec<u8> {
    let mut body = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        if index > 0 {
            body.push(SEPARATOR);
        }
        match frame {
            Frame::Text(text) => body.extend_from_slice(text.as_bytes()),
            Frame::RawText(bytes) => body.extend_from_slice(bytes),
            Frame::Binary(bytes) => {
                body.push(b'b');
                body.extend_from_slice(STANDARD.encode(bytes).as_bytes());
            }
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_packet_is_kept() {
        let parts: Vec<_> = decode(b"\xff\x1eb*\x1e").collect();
        assert!(matches!(parts[0], Part::Malformed(b"\xff", _)));
        assert!(matches!(parts[1], Part::Malformed(b"b*", _)));
        // The Engine.IO codec is the one that refuses an empty packet.
        assert_eq!(parts[2], Part::Text(""));
        assert_eq!(decode(b"").count(), 1);
    }

    fn frame() -> impl Strategy<Value = Frame> {
        prop_oneof![
            "[0-6][^\u{1e}]*".prop_map(Frame::Text),
            proptest::collection::vec(any::<u8>(), 0..50).prop_map(Frame::Binary),
        ]
    }

    proptest! {
        #[test]
        fn decoding_never_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            decode(&body).for_each(drop);
        }

        #[test]
        fn encoding_is_undone_by_decoding(frames in proptest::collection::vec(frame(), 1..8)) {
            let body = encode(&frames);
            let back: Vec<Frame> = decode(&body)
                .map(|part| match part {
                    Part::Text(text) => Frame::from(text),
                    Part::Binary(bytes) => Frame::Binary(bytes),
                    Part::Malformed(_, malformed) => panic!("{malformed:?}"),
                })
                .collect();
            prop_assert_eq!(back, frames);
        }
    }
}
