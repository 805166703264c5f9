//! A second opinion: values that a schema accepts, made by seeded chance.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::automaton::{Strings, Walk};
use super::schema::{Kind, Schema};

/// Makes values; the same ones in every run.
pub struct Fuzz {
    state: u64,
    walks: HashMap<String, Option<Rc<Walk>>>,
}

impl Fuzz {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Fuzz {
        Fuzz {
            state: seed,
            walks: HashMap::new(),
        }
    }

    /// A value that the schema may well accept: where it says `not`, or where two parts of it do not agree, it may not.
    pub fn value(&mut self, schema: &Rc<Schema>) -> Value {
        self.conjunction(vec![Rc::clone(schema)], 0)
    }

    /// The value, with one thing about it changed.
    pub fn changed(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(map) if !map.is_empty() => {
                let mut map = map.clone();
                let at = self.below(map.len());
                let key = map.keys().nth(at).cloned().unwrap_or_default();
                match self.below(4) {
                    0 => _ = map.shift_remove(&key),
                    1 => _ = map.insert(format!("x{}", self.below(3)), self.any()),
                    _ => {
                        let inner = self.changed(&map[&key]);
                        map.insert(key, inner);
                    }
                }
                Value::Object(map)
            }
            Value::Array(items) if !items.is_empty() => {
                let mut items = items.clone();
                let at = self.below(items.len());
                match self.below(3) {
                    0 => _ = items.remove(at),
                    1 => items.push(items[at].clone()),
                    _ => items[at] = self.changed(&items[at]),
                }
                Value::Array(items)
            }
            Value::String(text) => match self.below(4) {
                0 => json!(text.chars().skip(1).collect::<String>()),
                1 => json!(format!(
                    "{text}{}",
                    ["a", "\n", " ", "é", "😀"][self.below(5)]
                )),
                2 => json!(text.to_uppercase()),
                _ => self.any(),
            },
            Value::Number(number) => match self.below(3) {
                0 => json!(number.as_f64().unwrap_or_default() + 1.0),
                1 => json!(number.as_f64().unwrap_or_default() + 0.5),
                _ => self.any(),
            },
            _ => self.any(),
        }
    }

    fn conjunction(&mut self, mut todo: Vec<Rc<Schema>>, depth: u32) -> Value {
        let mut parts: Vec<Rc<Schema>> = Vec::new();
        while let Some(part) = todo.pop() {
            todo.extend(part.all.iter().cloned());
            for choice in part.any.iter().chain(&part.one) {
                todo.push(Rc::clone(&choice[self.below(choice.len())]));
            }
            parts.push(part);
        }
        let listed: Vec<&Value> = parts
            .iter()
            .filter_map(|part| part.values.as_ref())
            .flatten()
            .collect();
        if !listed.is_empty() {
            return listed[self.below(listed.len())].clone();
        }
        let mut kinds: BTreeSet<Kind> = Kind::ALL.into();
        for allowed in parts.iter().filter_map(|part| part.kinds.as_ref()) {
            kinds = kinds.intersection(allowed).copied().collect();
        }
        let kinds: Vec<Kind> = kinds.into_iter().collect();
        if kinds.is_empty() {
            return Value::Null;
        }
        match kinds[self.below(kinds.len())] {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Bool(self.below(2) == 0),
            Kind::Number => self.number(&parts),
            Kind::String => self.string(&parts),
            Kind::Array if depth < 4 => self.array(&parts, depth),
            Kind::Object if depth < 4 => self.object(&parts, depth),
            Kind::Array => json!([]),
            Kind::Object => json!({}),
        }
    }

    fn number(&mut self, parts: &[Rc<Schema>]) -> Value {
        let bounds = |part: &Rc<Schema>| {
            part.at_least
                .iter()
                .chain(&part.at_most)
                .map(|(bound, _)| *bound)
                .collect::<Vec<_>>()
        };
        let mut edges: Vec<f64> = parts.iter().flat_map(bounds).collect();
        edges.push(0.0);
        let edge = edges[self.below(edges.len())];
        let number = edge + self.below(5) as f64 - 2.0;
        match parts.iter().any(|part| part.whole) || self.below(3) > 0 {
            true => json!(number as i64),
            false => json!(number + 0.5),
        }
    }

    fn string(&mut self, parts: &[Rc<Schema>]) -> Value {
        let with: Vec<_> = parts
            .iter()
            .filter_map(|part| part.pattern.clone())
            .collect();
        let min = parts.iter().map(|part| part.min_length).max().unwrap_or(0);
        let max = parts.iter().filter_map(|part| part.max_length).min();
        let key: String = with
            .iter()
            .map(|pattern| format!("{}\n", pattern.source))
            .collect();
        if !self.walks.contains_key(&key) {
            let strings = Strings {
                with,
                ..Strings::default()
            };
            self.walks.insert(key.clone(), Walk::of(&strings).ok());
        }
        let target = match (self.below(8), max) {
            (0, Some(max)) if max < 20_000 => max,
            (1, _) => min,
            _ => min + self.below(12) as u64,
        };
        let mut picks: Vec<usize> = Vec::new();
        for _ in 0..target + 200 {
            picks.push(self.below(1 << 16));
        }
        let text = self.walks[&key]
            .as_ref()
            .map(|walk| stroll(walk, target, &picks));
        Value::String(text.unwrap_or_default())
    }

    fn array(&mut self, parts: &[Rc<Schema>], depth: u32) -> Value {
        let min = parts.iter().map(|part| part.min_items).max().unwrap_or(0);
        let max = parts
            .iter()
            .filter_map(|part| part.max_items)
            .min()
            .unwrap_or(min + 4);
        let length = (min + self.below(5) as u64).min(max).min(1000);
        let items: Vec<Rc<Schema>> = parts.iter().filter_map(|part| part.items.clone()).collect();
        (0..length)
            .map(|_| self.conjunction(items.clone(), depth + 1))
            .collect()
    }

    fn object(&mut self, parts: &[Rc<Schema>], depth: u32) -> Value {
        let mut fields: BTreeMap<&String, Vec<Rc<Schema>>> = BTreeMap::new();
        for (name, inner) in parts.iter().flat_map(|part| &part.properties) {
            fields.entry(name).or_default().push(Rc::clone(inner));
        }
        for name in parts.iter().flat_map(|part| &part.required) {
            fields.entry(name).or_default();
        }
        let mut object = Map::new();
        for (name, inner) in fields {
            if parts.iter().any(|part| part.required.contains(name)) || self.below(2) == 0 {
                object.insert(name.clone(), self.conjunction(inner, depth + 1));
            }
        }
        let closed = parts
            .iter()
            .any(|part| part.extra.as_ref().is_some_and(|extra| extra.never));
        if !closed && self.below(4) == 0 {
            object.insert("x".to_owned(), self.any());
        }
        Value::Object(object)
    }

    /// Some small value.
    fn any(&mut self) -> Value {
        let all = [
            json!(null),
            json!(true),
            json!(0),
            json!(-1),
            json!(0.5),
            json!(""),
            json!("a"),
            json!([]),
            json!({}),
            json!(["a"]),
        ];
        all[self.below(all.len())].clone()
    }

    /// A number below `bound`; SplitMix64.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }
}

/// A string of about this length, by these choices.
fn stroll(walk: &Walk, target: u64, picks: &[usize]) -> String {
    let mut text = String::new();
    let mut state = 0;
    for (length, pick) in picks.iter().enumerate() {
        let next = &walk.next[state];
        if next.is_empty() || (length as u64 >= target && walk.ends[state]) {
            break;
        }
        let (letter, to) = next[pick % next.len()];
        text.push(letter);
        state = to;
    }
    text
}

#[cfg(test)]
mod tests;
