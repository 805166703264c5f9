//! Who is in which room, as a transcript tells.

use std::collections::{BTreeMap, BTreeSet};
use std::str::Chars;

use crate::invariant::members::{Members, plain_key};
use crate::transcript::Entry;

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The room, as joined.
    pub room: String,
    /// The key of the name.
    pub user: String,
    /// The key of the room.
    pub key: String,
}

/// Who is in which room after the first so many steps, by participant: those in rooms and under names that are plain.
pub fn present(entries: &[Entry], steps: usize) -> BTreeMap<String, Present> {
    let members = followed(entries, steps);
    let inside = members.inside();
    inside
        .filter_map(|(who, user, room)| {
            let present = Present {
                room: room.to_owned(),
                user: plain_key(user)?,
                key: plain_key(room)?,
            };
            Some((who.to_owned(), present))
        })
        .collect()
}

/// Those of `who` that what is said in a room after the first so many steps may reach: all but those who are known to be
/// elsewhere. `key` is the room's.
pub fn hearers<'w>(
    entries: &[Entry],
    steps: usize,
    key: &str,
    who: impl IntoIterator<Item = &'w str>,
) -> BTreeSet<String> {
    let members = followed(entries, steps);
    let who = who.into_iter().filter(|who| members.may_be_in(who, key));
    who.map(str::to_owned).collect()
}

fn followed(entries: &[Entry], steps: usize) -> Members<'_> {
    let mut members = Members::new(true);
    for step in 0..steps {
        members.begin();
        let window = entries.iter().filter(|entry| entry.step == step);
        window.for_each(|entry| members.follow(entry));
        members.end();
    }
    members
}

/// Whether the text of a listing has a plain name as an item.
///
/// How names are quoted is the matter of another rule: what reads as the name in either quotes counts, with or without escapes.
pub fn lists(text: &str, user: &str) -> bool {
    let Some((_, items)) = text.split_once('[') else {
        return false;
    };
    let as_it_is = ['\'', '"'].into_iter().any(|quote| {
        let item = format!("{quote}{user}{quote}");
        let mut places = items.match_indices(&item);
        places.any(|(at, _)| {
            let (before, after) = (&items[..at], &items[at + item.len()..]);
            (before.is_empty() || before.ends_with(", "))
                && (after.starts_with(", ") || after.starts_with(']'))
        })
    });
    as_it_is || read(items).iter().any(|item| item == user)
}

/// The items of a listing that is written as the spec says, as far as it is.
fn read(items: &str) -> Vec<String> {
    let mut read = Vec::new();
    let mut chars = items.chars();
    while let Some(quote) = chars.next().filter(|quote| matches!(quote, '\'' | '"')) {
        let mut item = String::new();
        loop {
            match chars.next() {
                None => return read,
                Some(end) if end == quote => break,
                Some('\\') => item.extend(escaped(&mut chars)),
                Some(plain) => item.push(plain),
            }
        }
        read.push(item);
        if chars.next() != Some(',') || chars.next() != Some(' ') {
            break;
        }
    }
    read
}

/// What stands behind a backslash.
fn escaped(chars: &mut Chars<'_>) -> Option<char> {
    let digits = match chars.next()? {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        other => return Some(other),
    };
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + chars.next()?.to_digit(16)?;
    }
    char::from_u32(value)
}
