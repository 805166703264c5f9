//! What stands for the people, rooms and texts of a session in a fixture.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::check::Sender;
use crate::proxy::{Seen, What};

const PEOPLE: [&str; 16] = [
    "ada", "bob", "cora", "dan", "eve", "fay", "gil", "hana", "ida", "jon", "kim", "lea", "max",
    "nina", "otto", "pia",
];
const ROOMS: [&str; 8] = [
    "room", "attic", "hall", "loft", "nook", "porch", "cellar", "tower",
];
/// Characters of a name that leave room for what makes it fresh.
const NAME: usize = 40;
/// Bytes of a text to which what makes it fresh is added; a longer one may be about its length.
const TEXT: usize = 4_000;
/// Characters of an image that is written down; of a longer one, its size.
const IMAGE: usize = 2_000;

/// Variables, by what they stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Participants, by session.
    people: BTreeMap<u32, String>,
    /// The variable and its suffix, by the key of a name.
    users: BTreeMap<String, (String, String)>,
    /// How many names each participant has.
    owned: BTreeMap<String, usize>,
    /// The variable, by the key of a room.
    rooms: BTreeMap<String, String>,
    /// In the order in which they came.
    room_order: Vec<String>,
    /// What clients said.
    texts: BTreeSet<String>,
}

impl Names {
    pub(super) fn of<'a>(all: impl Iterator<Item = &'a Seen> + Clone) -> Names {
        let mut names = Names::default();
        for seen in all.clone() {
            let is_connected =
                matches!(&seen.what, What::Connected { namespace } if namespace == "/");
            if is_connected && !names.people.contains_key(&seen.session) {
                let number = names.people.len();
                let person = PEOPLE.get(number).map(|name| (*name).to_owned());
                let person = person.unwrap_or_else(|| format!("p{}", number + 1));
                names.people.insert(seen.session, person);
            }
        }
        for seen in all {
            if let What::Event {
                by: Sender::Client,
                args,
                ..
            } = &seen.what
                && let [message] = args.as_slice()
                && let Some(person) = names.people.get(&seen.session).cloned()
            {
                names.learn(&person, message);
            }
        }
        names
    }

    fn learn(&mut self, person: &str, message: &Value) {
        let text = |key: &str| message.get(key).and_then(Value::as_str);
        if message["event"] == "join"
            && let Some(key) = text("user").and_then(key)
            && !self.users.contains_key(&key)
        {
            let owned = self.owned.entry(person.to_owned()).or_default();
            *owned += 1;
            let suffix = match *owned {
                1 => String::new(),
                number => format!("-{number}"),
            };
            self.users.insert(key, (person.to_owned(), suffix));
        }
        if let Some(key) = text("room").and_then(key)
            && !self.rooms.contains_key(&key)
        {
            let number = self.rooms.len();
            let room = ROOMS.get(number).map(|name| (*name).to_owned());
            let room = room.unwrap_or_else(|| format!("room{}", number + 1));
            self.rooms.insert(key, room.clone());
            self.room_order.push(room);
        }
        for key in ["text", "message"] {
            if let Some(text) = text(key).filter(|text| (1..=TEXT).contains(&text.len())) {
                self.texts.insert(text.to_owned());
            }
        }
    }

    /// The participant of a session.
    pub(super) fn person(&self, session: u32) -> Option<&str> {
        self.people.get(&session).map(String::as_str)
    }

    /// All participants, in the order in which they came.
    pub(super) fn people(&self) -> impl Iterator<Item = &str> {
        // Sessions are numbered as they open, which may not be the order in which they connect.
        let mut people: Vec<&str> = self.people.values().map(String::as_str).collect();
        let place = |name: &str| PEOPLE.iter().position(|known| *known == name);
        people.sort_by_key(|name| (place(name).unwrap_or(usize::MAX), name.len(), *name));
        people.into_iter()
    }

    /// All rooms but the company's.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &str> {
        self.room_order.iter().map(String::as_str)
    }

    /// A user name, as it is to be written.
    pub(super) fn user(&self, name: &str) -> String {
        match key(name).and_then(|key| self.users.get(&key)) {
            Some((variable, suffix)) => spelled(name, variable, suffix),
            None => plain(name),
        }
    }

    /// A room, as it is to be written.
    pub(super) fn room(&self, name: &str) -> String {
        match key(name).and_then(|key| self.rooms.get(&key)) {
            Some(variable) => spelled(name, variable, ""),
            None => plain(name),
        }
    }

    /// What was said, as it is to be written: unique to each run.
    pub(super) fn text(&self, text: &str) -> String {
        match self.texts.contains(text) {
            true => format!("{} $nonce", plain(text)),
            false => plain(text),
        }
    }

    /// An image, as it is to be written.
    pub(super) fn image(&self, image: &str) -> Value {
        let rest = image.strip_prefix("data:image/");
        match rest.and_then(|rest| rest.split_once(";base64,")) {
            Some((media, data)) if image.len() > IMAGE && !media.contains('$') => {
                // What is made up in its place is a PNG.
                json!({"$image": {"type": "png", "bytes": data.len() / 4 * 3}})
            }
            _ => json!(plain(image)),
        }
    }

    /// `New User ADA joined room DEN`, as it is to be written.
    pub(super) fn announcement(&self, text: &str) -> String {
        let parts = [("New User ", " joined room "), ("User ", " left room ")];
        let split = parts.iter().find_map(|(before, between)| {
            let (user, room) = text.strip_prefix(before)?.rsplit_once(between)?;
            Some(format!(
                "{before}{}{between}{}",
                self.user(user),
                self.room(room)
            ))
        });
        split.unwrap_or_else(|| plain(text))
    }

    /// The pattern of a listing.
    pub(super) fn listing(&self, text: &str) -> Value {
        let Some(items) = items(text) else {
            return json!({"$any": "text"});
        };
        let items: Vec<String> = items
            .iter()
            .map(|(quote, name)| format!("{quote}{}{quote}", self.user(name)))
            .collect();
        json!({ "$listing": items })
    }
}

/// The names of a listing that quotes nothing within quotes, each with its quote.
fn items(text: &str) -> Option<Vec<(char, String)>> {
    let mut rest = text.strip_prefix("Users in room: [")?.strip_suffix(']')?;
    let mut items = Vec::new();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (name, after) = rest[1..].split_once(quote)?;
        if name.contains('\\') {
            return None;
        }
        items.push((quote, name.to_owned()));
        rest = match after.strip_prefix(", ") {
            Some(next) if !next.is_empty() => next,
            None if after.is_empty() => "",
            _ => return None,
        };
    }
    Some(items)
}

/// The key of a name that a fresh one can take the place of. The defaults stay what they are.
pub(super) fn key(name: &str) -> Option<String> {
    let name = name.trim();
    let takes = (1..=NAME).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        && !name.contains(['\'', '"', '\\']);
    let key = name.to_uppercase();
    (takes && !matches!(key.as_str(), "JDOE" | "PARKED")).then_some(key)
}

/// A variable in the spelling of a name, with the white space around it.
fn spelled(name: &str, variable: &str, suffix: &str) -> String {
    let inner = name.trim();
    let (before, after) = name.split_once(inner).unwrap_or_default();
    let title = || {
        let mut chars = inner.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        let rest = chars.as_str().to_ascii_lowercase();
        first.map(String::from).unwrap_or_default() + &rest
    };
    let written = match inner {
        _ if inner == inner.to_ascii_uppercase() => format!("${variable}{suffix}"),
        _ if inner == inner.to_ascii_lowercase() => format!("${{{variable}|lower}}{suffix}"),
        _ if inner == title() => format!("${{{variable}|title}}{suffix}"),
        _ => format!("${variable}{suffix}"),
    };
    format!("{before}{written}{after}")
}

/// A text in which nothing stands for a variable.
pub(super) fn plain(text: &str) -> String {
    text.replace('$', "$$")
}
