//! Characters in disguise: how a server can be made to keep apart, or to let in, what its names do not allow.
//!
//! A name goes in with the characters in question replaced by signs that no key, normalisation or upper-casing changes
//! and that look like nothing else; on the way out they are replaced back.

use chatspec::name::RoomName;
use serde_json::Value;

use crate::fault::Server;
use crate::hooks::{Object, each_payload};

/// Egyptian hieroglyphs: letters without case, decomposition or lookalikes.
const SIGNS: u32 = 0x1_3000;
/// As many as there are, and as many characters as can be disguised.
const COUNT: u32 = 0x42f;
/// Anatolian hieroglyphs: tags that make equal names differ, and that nobody gets to see.
const TAGS: u32 = 0x1_4400;
const TAG_COUNT: u32 = 0x200;

/// The sign that stands for a character.
fn disguise(c: char) -> char {
    let sign = Some(u32::from(c)).filter(|n| *n < COUNT);
    sign.and_then(|n| char::from_u32(SIGNS + n)).unwrap_or(c)
}

/// The character that a sign stands for; nothing for a tag.
fn reveal(c: char) -> Option<char> {
    let n = u32::from(c);
    match (n.checked_sub(SIGNS), n.checked_sub(TAGS)) {
        (Some(hidden), _) if hidden < COUNT => char::from_u32(hidden),
        (_, Some(tag)) if tag < TAG_COUNT => None,
        _ => Some(c),
    }
}

/// A tag for a name.
pub fn tag(number: u64) -> char {
    let number = u32::try_from(number % u64::from(TAG_COUNT)).unwrap_or_default();
    char::from_u32(TAGS + number).unwrap_or_default()
}

/// Disguises characters in fields of every payload, after bringing them to NFC or not, and reveals them in everything
/// that goes out, upper-cased where names are.
pub fn hide(
    server: &mut Server,
    fields: &'static [&'static str],
    compose: bool,
    chosen: fn(char) -> bool,
) {
    each_payload(server, move |_, payload| {
        let mut found = false;
        for field in fields {
            found |= encode(payload, field, compose, chosen);
        }
        found
    });
    reveal_all(server);
}

/// Reveals what is in disguise in everything that goes out.
pub fn reveal_all(server: &mut Server) {
    server.faults.emission = Box::new(|mut emission| {
        for argument in &mut emission.arguments {
            decode(argument);
        }
        vec![emission]
    });
}

fn encode(payload: &mut Object, field: &str, compose: bool, chosen: fn(char) -> bool) -> bool {
    let Some(Value::String(name)) = payload.get_mut(field) else {
        return false;
    };
    if compose && let Ok(rewritten) = RoomName::parse(name) {
        *name = rewritten.to_string();
    }
    let hidden = name
        .chars()
        .map(|c| if chosen(c) { disguise(c) } else { c });
    *name = hidden.collect();
    true
}

fn decode(argument: &mut Value) {
    let Value::Object(body) = argument else {
        return;
    };
    let listing = body.get("type").and_then(Value::as_str) == Some("users");
    for (key, value) in body.iter_mut() {
        let Value::String(text) = value else {
            continue;
        };
        let shown: String = text.chars().filter_map(reveal).collect();
        if shown == *text {
            continue;
        }
        // Signs have no upper case, so what they stand for is still as it was sent.
        *text = match (key.as_str(), listing) {
            ("from", _) => shown.to_uppercase(),
            ("message", true) => upper_names(&shown),
            _ => shown,
        };
    }
}

/// A listing with its names upper-cased, and not the words before them.
fn upper_names(listing: &str) -> String {
    match listing.split_once('[') {
        Some((words, names)) => format!("{words}[{}", names.to_uppercase()),
        None => listing.to_owned(),
    }
}
