//! Objects, by their keys.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Atom, Budget, Demand, Found, find, smaller};

/// The smallest object that meets all atoms. A key that need not be there is left out.
pub(super) fn solve(atoms: &[Atom], budget: &mut Budget) -> Found {
    let mut present = BTreeSet::new();
    let mut absent = BTreeSet::new();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let mut wanted: Vec<(&[String], &Demand)> = Vec::new();
    let (mut min, mut max) = (0, u64::MAX);
    for atom in atoms {
        match atom {
            Atom::Has(name, true) => _ = present.insert(name.as_str()),
            Atom::Has(name, false) => _ = absent.insert(name.as_str()),
            Atom::Field(name, _) => _ = named.insert(name),
            Atom::Extras(known, _) => named.extend(known.iter().map(String::as_str)),
            Atom::SomeExtra(known, demand) => {
                named.extend(known.iter().map(String::as_str));
                wanted.push((known, demand));
            }
            Atom::MinProperties(bound) => min = min.max(*bound),
            Atom::MaxProperties(bound) => max = max.min(*bound),
            _ => {}
        }
    }
    if present.intersection(&absent).next().is_some() || min > max {
        return Found::Nothing;
    }
    named.extend(&present);
    let mut keys: BTreeMap<String, Vec<Demand>> = BTreeMap::new();
    present
        .iter()
        .for_each(|name| _ = keys.insert((*name).to_owned(), vec![]));
    let free: Vec<&str> = named
        .iter()
        .copied()
        .filter(|name| !absent.contains(name))
        .collect();
    let space = Space {
        atoms,
        free,
        fresh: fresh(&named),
        min,
        max,
    };
    space.place(&wanted, keys, budget)
}

struct Space<'a> {
    atoms: &'a [Atom],
    /// Keys that have a name somewhere, and may be there.
    free: Vec<&'a str>,
    /// Keys that no schema names.
    fresh: Vec<String>,
    min: u64,
    max: u64,
}

impl Space<'_> {
    /// Finds a key for every demand on some key that is not known.
    fn place(
        &self,
        wanted: &[(&[String], &Demand)],
        keys: BTreeMap<String, Vec<Demand>>,
        budget: &mut Budget,
    ) -> Found {
        let Some(((known, demand), rest)) = wanted.split_first() else {
            return self.build(keys, budget);
        };
        let fresh = self.fresh.iter().map(String::as_str).take(wanted.len());
        let names = fresh
            .chain(self.free.iter().copied())
            .filter(|name| !known.iter().any(|k| k == name));
        let mut best = Found::Nothing;
        for name in names.collect::<Vec<_>>() {
            let mut keys = keys.clone();
            keys.entry(name.to_owned())
                .or_default()
                .push((*demand).clone());
            best = smaller(best, self.place(rest, keys, budget));
        }
        best
    }

    fn build(&self, keys: BTreeMap<String, Vec<Demand>>, budget: &mut Budget) -> Found {
        let mut object = Map::new();
        for (name, demands) in keys {
            match self.value(&name, demands, budget) {
                Found::Value(value) => _ = object.insert(name, value),
                other => return other,
            }
        }
        let spare = self
            .free
            .iter()
            .copied()
            .chain(self.fresh.iter().map(String::as_str));
        let mut open = None;
        for name in spare {
            if object.len() as u64 >= self.min {
                break;
            }
            if object.contains_key(name) {
                continue;
            }
            match self.value(name, vec![], budget) {
                Found::Value(value) => _ = object.insert(name.to_owned(), value),
                Found::Unknown(why) => open = Some(why),
                Found::Nothing => {}
            }
        }
        let count = object.len() as u64;
        let value = Value::Object(object);
        match open {
            _ if count >= self.min && count <= self.max => {
                // The rest holds by how the object was built.
                let mut excluded = self
                    .atoms
                    .iter()
                    .filter(|atom| matches!(atom, Atom::In(_, false)));
                match excluded.all(|atom| atom.holds(&value)) {
                    true => Found::Value(value),
                    false => Found::Unknown("an object was found that is excluded".to_owned()),
                }
            }
            Some(why) if count < self.min => Found::Unknown(why),
            // There are as many fresh keys as are tried; if more are wanted, that is left open.
            _ if count < self.min && self.min > self.fresh.len() as u64 => {
                Found::Unknown(format!("an object of {} keys is not built", self.min))
            }
            _ => Found::Nothing,
        }
    }

    /// The smallest value for a key.
    fn value(&self, name: &str, mut demands: Vec<Demand>, budget: &mut Budget) -> Found {
        for atom in self.atoms {
            match atom {
                Atom::Field(other, demand) if other == name => demands.push(demand.clone()),
                Atom::Extras(known, demand) if !known.iter().any(|k| k == name) => {
                    demands.push(demand.clone())
                }
                _ => {}
            }
        }
        find(&demands, budget)
    }
}

/// Keys that nobody has named.
fn fresh(named: &BTreeSet<&str>) -> Vec<String> {
    let names = std::iter::once("x".to_owned()).chain((1..).map(|number| format!("x{number}")));
    names
        .filter(|name| !named.contains(name.as_str()))
        .take(64)
        .collect()
}
