//! A session as a fixture: what clients did, and what was seen to come of it.
//!
//! Names, rooms and texts of the session become those that are fresh in every run. What came is what is expected: whether it is
//! right, a person has to say, which is why the fixture is not [reviewed](crate::fixture::Fixture::reviewed). What was found to be
//! wrong is noted beside the step.

mod acts;
mod names;
mod steps;

use serde_json::{Map, Value, json};

use self::acts::Acts;
use self::names::Names;
use super::{Remark, Seen, What};
use crate::rule::Profile;

/// What is kept of a session: so many things that passed,
const KEPT: usize = 20_000;
/// and so many bytes of them. What comes after is not recorded, and the fixture says so.
const KEPT_BYTES: usize = 32 << 20;
/// Two who talk in a room of their own, before and after: a server that is dead passes nothing.
const COMPANY: [&str; 2] = ["yan", "zoe"];

/// Keeps what passes.
#[derive(Debug, Default)]
pub struct Recorder {
    kept: Vec<Kept>,
    bytes: usize,
    is_full: bool,
}

/// One thing that passed, and what was wrong with it.
#[derive(Debug)]
struct Kept {
    seen: Seen,
    notes: Vec<String>,
}

impl Recorder {
    /// Takes in what passed, and what was said of it.
    pub fn see(&mut self, seen: &Seen, remarks: &[Remark]) {
        let size = match &seen.what {
            What::Event { args, .. } | What::Ack { args, .. } => {
                args.iter().map(size).sum::<usize>()
            }
            _ => 0,
        };
        self.is_full |= self.kept.len() >= KEPT || self.bytes + size > KEPT_BYTES;
        if self.is_full {
            return;
        }
        self.bytes += size;
        let note = |remark: &Remark| {
            let complaint = &remark.complaint;
            let (whose, rule) = (remark.whose.word(), complaint.rule);
            format!("{whose}: {} {} [{rule}]", complaint.path, complaint.why)
        };
        let mut seen = seen.clone();
        // It is written from what was read of it.
        if let What::Event { raw, .. } = &mut seen.what {
            *raw = String::new();
        }
        self.kept.push(Kept {
            seen,
            notes: remarks.iter().map(note).collect(),
        });
    }

    /// How much is kept; it only grows.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether more has passed than is kept.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// The fixture, with this id and title; none where no client has done anything.
    pub fn fixture(&self, profile: Profile, id: &str, title: &str) -> Option<String> {
        let names = Names::of(self.kept.iter().map(|kept| &kept.seen));
        let acts = Acts::of(&self.kept, &names);
        if acts.is_empty() {
            return None;
        }
        let (steps, late, rules) = steps::write(&acts, &names, profile);
        let people: Vec<&str> = names.people().chain(COMPANY).collect();
        let rooms: Vec<&str> = names.rooms().chain(["yard"]).collect();
        let mut text = format!(
            "id: {id}\ntitle: {}\nreviewed: false\nabout: {}\nprofile: {profile}\nrules: {}\n\
             transports: [websocket]\nparticipants: {}\nrooms: {}\nsettings: {}\nsteps:\n",
            json!(title),
            json!(
                "Recorded by `chatspec proxy`: what is expected is what a server did. Read each step, take out what does not matter, \
                 and set `reviewed` to true."
            ),
            json!(rules),
            json!(people),
            json!(rooms),
            Value::Object(acts.settings(&names)),
        );
        text.push_str("  - enter: {who: [yan, zoe], room: $yard}\n");
        for (notes, step) in steps {
            for note in notes {
                let harmless = note.replace(is_refused, " ");
                text.push_str(&format!("  # {harmless}\n"));
            }
            // JSON is YAML, and a step a line is what people can read.
            if let Some(step) = step {
                text.push_str(&format!("  - {}\n", readable(&step)));
            }
        }
        if self.is_full {
            text.push_str("  # More has passed, and is not recorded.\n");
        }
        text.push_str("  - exchange: {from: yan, to: [zoe], room: $yard}\n");
        if !late.is_empty() {
            let late = readable(&Value::Array(late));
            text.push_str(&format!("    expect: {late}\n"));
        }
        Some(text)
    }
}

/// JSON with escapes for what JSON takes as it is, and YAML does not.
fn readable(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        match is_refused(c) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => out.push(c),
        }
    }
    out
}

/// What no YAML may hold: YAML 1.2, section 5.1. None of it is beyond U+FFFF.
fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// About how many bytes a value takes.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => 32 + text.len(),
        Value::Array(items) => 32 + items.iter().map(size).sum::<usize>(),
        Value::Object(map) => {
            let members = map.iter().map(|(key, item)| 64 + key.len() + size(item));
            64 + members.sum::<usize>()
        }
        _ => 32,
    }
}

/// A value in which nothing stands for a variable or a generator; none where that cannot be written.
fn literal(value: &Value) -> Option<Value> {
    Some(match value {
        Value::String(text) => Value::String(text.replace('$', "$$")),
        Value::Array(items) => Value::Array(items.iter().map(literal).collect::<Option<_>>()?),
        Value::Object(map) => {
            if map.len() == 1 && map.keys().any(|key| key.starts_with('$')) {
                return None;
            }
            let members = map
                .iter()
                .map(|(key, item)| Some((key.clone(), literal(item)?)));
            Value::Object(members.collect::<Option<Map<_, _>>>()?)
        }
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests;
