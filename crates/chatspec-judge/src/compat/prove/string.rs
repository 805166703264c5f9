//! Strings, by automata.

use std::rc::Rc;

use serde_json::Value;

use super::{Atom, Found};
use crate::compat::automaton::{Pattern, Strings};

/// The best string to read among the shortest that meet all atoms.
pub(super) fn solve(atoms: &[Atom]) -> Found {
    match strings(atoms).and_then(|strings| strings.shortest()) {
        Ok(Some(text)) => Found::Value(Value::String(text)),
        Ok(None) => Found::Nothing,
        Err(why) => Found::Unknown(why),
    }
}

/// The set of strings that meet all atoms.
pub(in crate::compat) fn strings(atoms: &[Atom]) -> Result<Strings, String> {
    let mut strings = Strings::default();
    for atom in atoms {
        match atom {
            Atom::MinLength(min) => strings.min = strings.min.max(*min),
            Atom::MaxLength(max) => {
                strings.max = Some(strings.max.map_or(*max, |known| known.min(*max)))
            }
            Atom::Matches(pattern, true) => strings.with.push(Rc::clone(pattern)),
            Atom::Matches(pattern, false) => strings.without.push(Rc::clone(pattern)),
            Atom::In(values, false) => {
                for text in values.iter().filter_map(Value::as_str) {
                    strings.without.push(Rc::new(Pattern::literal(text)?));
                }
            }
            _ => {}
        }
    }
    Ok(strings)
}
