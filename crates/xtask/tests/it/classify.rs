//! Which of the intended differences a disagreement is, looked for in the value itself.

use chatspec::catalog::Direction;
use chatspec::decode::{decode_client, decode_server};
use chatspec::difference::Difference;
use chatspec::image::{ImageError, ImageUrl};
use chatspec::json::{Flaw, Payload};
use chatspec::limits::{NAME_MAX, TEXT_MAX};
use chatspec::name::{NameError, UserName};
use serde_json::Value;

/// What the decoder of `direction` says: nothing, or the code and the words of its refusal. A client has no codes, and
/// decodes what its Socket.IO library has parsed.
pub fn decoded(
    direction: Direction,
    payload: &Payload,
    value: &Value,
) -> Result<(), (Option<u8>, String)> {
    match direction {
        Direction::ClientToServer => decode_client(payload)
            .map(drop)
            .map_err(|refusal| (Some(refusal.code.number()), refusal.message)),
        Direction::ServerToClient => decode_server(value)
            .map(drop)
            .map_err(|error| (None, error.to_string())),
    }
}

/// The difference that explains why the schema takes `value` and the decoder refuses it with `code`.
pub fn schema_takes_more(code: Option<u8>, payload: &Payload, value: &Value) -> Option<Difference> {
    match code {
        Some(99) => flaw(payload),
        Some(11) => longer_or_other_alphabet(value["user"].as_str()?),
        Some(12) => longer_or_other_alphabet(value["room"].as_str()?),
        Some(14 | 15) if value["event"] == "image" => other_image(value["bimage"].as_str()?),
        Some(15) => longer_in_bytes(value),
        Some(_) => None,
        None => relayed(value),
    }
}

/// The difference that explains why the decoder takes `value` and the schema does not.
pub fn decoder_takes_more(value: &Value) -> Option<Difference> {
    let is_shorter = |field: &&str| {
        let is =
            |name: &str| name.trim().chars().count() > NAME_MAX && UserName::parse(name).is_ok();
        value[*field].as_str().is_some_and(is)
    };
    ["user", "room"]
        .iter()
        .any(is_shorter)
        .then_some(Difference::NormalisedLength)
}

fn flaw(payload: &Payload) -> Option<Difference> {
    match payload.value().err()? {
        Flaw::DuplicateKey { .. } => Some(Difference::DuplicateKeys),
        Flaw::TooDeep { .. } => Some(Difference::Depth),
        _ => None,
    }
}

fn longer_or_other_alphabet(name: &str) -> Option<Difference> {
    match UserName::parse(name) {
        Err(NameError::Forbidden {
            category: "Cf" | "Co" | "Cn",
            ..
        }) => Some(Difference::UnicodeCategories),
        Err(NameError::TooLong { .. }) if name.trim().chars().count() <= NAME_MAX => {
            Some(Difference::NormalisedLength)
        }
        _ => None,
    }
}

fn longer_in_bytes(value: &Value) -> Option<Difference> {
    let text = value["text"].as_str().or(value["message"].as_str())?;
    (text.len() > TEXT_MAX && text.chars().count() <= TEXT_MAX).then_some(Difference::Utf8Length)
}

fn other_image(url: &str) -> Option<Difference> {
    match ImageUrl::parse(url).err()? {
        ImageError::TooLarge { .. } => Some(Difference::ImageSize),
        ImageError::NoImage | ImageError::WrongLabel { .. } | ImageError::Dimensions { .. } => {
            Some(Difference::ImageContent)
        }
        _ => None,
    }
}

fn relayed(value: &Value) -> Option<Difference> {
    let relayed = match value["type"].as_str()? {
        "chat" => &value["message"],
        "image" => &value["bimage"],
        _ => return None,
    };
    (!relayed.is_string()).then_some(Difference::RelayedValue)
}
