//! Who is in which room, as a transcript tells.

use std::collections::BTreeMap;

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
    let mut members = Members::new(true);
    for step in 0..steps {
        members.begin();
        let window = entries.iter().filter(|entry| entry.step == step);
        window.for_each(|entry| members.follow(entry));
        members.end();
    }
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

/// Whether the text of a listing has a plain name as an item.
pub fn lists(text: &str, user: &str) -> bool {
    let items = text.split_once('[').map_or("", |(_, items)| items);
    let items = items.trim_end_matches(']').split(", ");
    // A name that holds one kind of quote stands in the other.
    let quoted = [format!("'{user}'"), format!("\"{user}\"")];
    items.into_iter().any(|item| quoted.iter().any(|name| name == item))
}
