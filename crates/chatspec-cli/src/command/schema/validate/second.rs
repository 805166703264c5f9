//! What a schema cannot see in a client's message, by the decoder of the reference server.

use chatspec::decode::decode_client_json;
use chatspec::refusal::{Code, Refusal};
use chatspec_judge::check::Complaint;

/// What a hardened server would refuse in a message that fits its schema: doubled keys, depth, characters by their
/// category, lengths in bytes, what is in an image.
pub(in crate::command) fn opinion(text: &str) -> Option<Complaint> {
    decode_client_json(text)
        .err()
        .map(|refusal| cited(&refusal))
}

fn cited(refusal: &Refusal) -> Complaint {
    let whole = ("$", refusal.message.as_str());
    let (path, why) = refusal.message.split_once(": ").unwrap_or(whole);
    let (rule, mend) = match refusal.code {
        Code::BadUserName | Code::BadRoomName if why.contains("code points") => {
            ("name.length", "send 1 to 64 code points, counted in NFC")
        }
        Code::BadUserName | Code::BadRoomName => (
            "name.alphabet",
            "leave out characters that are not shown, private ones, and those that Unicode has not assigned",
        ),
        Code::TooLarge if path == "$.bimage" => {
            ("image.too-large", "send at most 700 000 bytes, decoded")
        }
        Code::TooLarge => ("chat.text-size", "send at most 8 192 bytes of UTF-8"),
        Code::BadImage => (
            "image.content",
            "send a PNG, JPEG, GIF or WebP, labelled as what it is, at most 4 096 pixels a side",
        ),
        Code::BadPayload if why.starts_with("duplicate") => {
            ("message.duplicate-keys.refused", "send each key once")
        }
        _ => ("message.types.refused", "send what the schema describes"),
    };
    Complaint {
        path: path.to_owned(),
        rule,
        why: why.to_owned(),
        mend: mend.to_owned(),
    }
}
