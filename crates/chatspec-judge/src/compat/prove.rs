//! Is there a value that these schemas accept and those refuse? Decided by cases, with the smallest such value.
//!
//! For each kind of value in turn, what is demanded becomes a formula over *atoms* (a key is there, a string matches, a
//! number is at least so much). Alternatives are tried one after the other; a set of atoms without alternatives is solved
//! by its kind: strings by automata, numbers by their bounds, objects and arrays by asking the same question of what they
//! hold. Where no case has a value, that is a proof that there is none.

mod array;
mod formula;
mod number;
mod object;
mod search;
mod string;

use std::rc::Rc;

use serde_json::Value;

pub use self::formula::{Atom, Demand, Formula};
use super::schema::{Kind, Schema};

/// What is known about a set of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Proven to be empty.
    Nothing,
    /// The smallest value that was found.
    Value(Value),
    /// Not decided, and why.
    Unknown(String),
}

/// How much work a question may be.
#[derive(Debug)]
pub struct Budget {
    steps: u32,
}

impl Budget {
    /// Steps of the search, over all levels. Ours take some hundred.
    const STEPS: u32 = 50_000;

    /// A whole one.
    pub fn new() -> Budget {
        Budget { steps: Self::STEPS }
    }

    /// Takes one step; false where none is left.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }
}

impl Default for Budget {
    fn default() -> Self {
        Budget::new()
    }
}

/// A value that the one schema accepts and the other refuses.
pub fn counterexample(accepts: &Rc<Schema>, refuses: &Rc<Schema>) -> Found {
    let demands = [Demand::accept(accepts), Demand::refuse(refuses)];
    find(&demands, &mut Budget::new())
}

/// The smallest value that meets every demand.
fn find(demands: &[Demand], budget: &mut Budget) -> Found {
    let mut best = Found::Nothing;
    for kind in Kind::ALL {
        let formulas = demands.iter().map(|demand| demand.formula(kind)).collect();
        best = smaller(best, search::solve(kind, formulas, budget));
    }
    best
}

/// The better of two answers: the smaller value; and what is not decided only where there is no value.
fn smaller(one: Found, other: Found) -> Found {
    match (one, other) {
        (Found::Value(a), Found::Value(b)) => {
            let rank = |value: &Value| (length(value), value.to_string());
            let second = rank(&b) < rank(&a);
            Found::Value(if second { b } else { a })
        }
        (Found::Value(a), _) | (_, Found::Value(a)) => Found::Value(a),
        (Found::Unknown(why), _) | (_, Found::Unknown(why)) => Found::Unknown(why),
        (Found::Nothing, Found::Nothing) => Found::Nothing,
    }
}

/// The order of witnesses: the shorter one, then the earlier text.
pub(super) fn size(value: &Value) -> (usize, String) {
    (length(value), value.to_string())
}

/// The length of the JSON text in bytes, escapes left out of account: witnesses can be large, and most are compared.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| length(item) + 1).sum::<usize>() + 2,
        Value::Object(map) => {
            map.iter()
                .map(|(key, item)| key.len() + length(item) + 4)
                .sum::<usize>()
                + 2
        }
        other => other.to_string().len(),
    }
}
