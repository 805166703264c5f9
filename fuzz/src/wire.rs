//! What the harness reads off a server.

use chatspec_harness::wire::frames::Frame as WebSocketFrame;
use chatspec_harness::wire::payload::{Part, SEPARATOR, encode};
use chatspec_harness::wire::{Frame, Malformed, Packet, engine, socket};
use serde_json::Value;

/// A body is taken apart without loss: written again, its parts are the same bytes.
pub fn payload<'a>(body: &'a [u8], read: impl Fn(&'a [u8]) -> Vec<Part<'a>>) {
    let parts = read(body);
    let separators = body.iter().filter(|byte| **byte == SEPARATOR).count();
    assert_eq!(parts.len(), separators + 1, "a part for each packet");
    let frames: Vec<Frame> = parts
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => {
                if let Ok(packet) = engine::decode(text) {
                    assert_eq!(engine::encode(packet.kind, packet.data), text);
                }
                Frame::Text(text.to_owned())
            }
            Part::Binary(bytes) => Frame::Binary(bytes),
            Part::Malformed(bytes, why) => {
                harmless(&why);
                Frame::RawText(bytes.to_owned())
            }
        })
        .collect();
    assert_eq!(encode(&frames), body);
}

/// A packet that is read and written again is read as the same; one that is not says why, harmlessly.
pub fn packet(text: &str, read: impl Fn(&str) -> Result<Packet, Malformed>) {
    let whole = Packet::from_text(&format!("4{text}"));
    match read(text) {
        Err(why) => {
            harmless(&why);
            assert_eq!(whole, Packet::Malformed(why));
        }
        Ok(packet) => {
            assert_eq!(whole, packet);
            if let Some(written) = written(&packet) {
                assert_eq!(read(&written), Ok(packet), "{written}");
            }
        }
    }
}

/// What is printed of a stranger's text is short and moves no cursor.
fn harmless(why: &Malformed) {
    assert!(why.why.chars().count() <= 500, "{} is long", why.why);
    let control = why.why.chars().find(|c| c.is_control());
    assert_eq!(control, None, "{:?}", why.why);
}

/// The packet as the harness would send it; none with attachments, which it does not send, none with fractions, and none whose
/// data is a number, which would be taken for the id of an acknowledgement.
fn written(packet: &Packet) -> Option<String> {
    let (text, values) = match packet {
        Packet::Connect { namespace, data } => {
            (socket::connect(namespace, data.as_ref()), data.as_slice())
        }
        Packet::ConnectError { namespace, data } => {
            let connect = socket::connect(namespace, data.as_ref());
            (connect.replacen('0', "4", 1), data.as_slice())
        }
        Packet::Disconnect { namespace } => (socket::disconnect(namespace), [].as_slice()),
        Packet::Event {
            namespace,
            ack,
            name,
            args,
        } => {
            let text = socket::event(namespace, ack.as_deref(), name, args);
            (text, args.as_slice())
        }
        Packet::Ack {
            namespace,
            id,
            args,
        } => (socket::ack(namespace, id, args), args.as_slice()),
        _ => return None,
    };
    let number = matches!(packet, Packet::Connect { .. } | Packet::ConnectError { .. })
        && values.iter().any(Value::is_number);
    let exact = !number && !values.iter().any(has_fraction);
    exact.then_some(text)
}

/// The parser of JSON does not round a fraction to the nearest, so that one written again may be another.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}

/// Frames are read one after the other: each from whole bytes alone, none of it twice, and as it was written.
pub fn frames(bytes: &[u8], read: impl Fn(&[u8]) -> Option<(WebSocketFrame, usize)>) {
    let mut rest = bytes;
    while let Some((frame, taken)) = read(rest) {
        let size = frame.payload.len();
        assert!(
            size + 2 <= taken && taken <= size + 14,
            "{taken} bytes for {size}"
        );
        let (these, others) = rest.split_at_checked(taken).expect("bytes that are there");
        assert_eq!(
            read(these),
            Some((frame.clone(), taken)),
            "without what follows"
        );
        assert_eq!(read(&these[..taken - 1]), None, "without its last byte");
        let written = write(&frame);
        assert_eq!(read(&written), Some((frame, written.len())));
        rest = others;
    }
}

/// The frame in its shortest form, without a mask.
fn write(frame: &WebSocketFrame) -> Vec<u8> {
    let mut bytes = vec![frame.opcode | (u8::from(frame.fin) << 7)];
    match (
        u8::try_from(frame.payload.len()),
        u16::try_from(frame.payload.len()),
    ) {
        (Ok(short @ ..126), _) => bytes.push(short),
        (_, Ok(middle)) => {
            bytes.push(126);
            bytes.extend(middle.to_be_bytes());
        }
        _ => {
            bytes.push(127);
            bytes.extend((frame.payload.len() as u64).to_be_bytes());
        }
    }
    bytes.extend(&frame.payload);
    bytes
}
