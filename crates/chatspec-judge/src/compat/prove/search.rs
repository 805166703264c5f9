//! Alternatives, tried one after the other.

use serde_json::Value;

use super::{Atom, Budget, Formula, Found, array, number, object, smaller, string};
use crate::compat::schema::Kind;

/// Atoms that all have to hold.
#[derive(Clone, Default)]
pub(super) struct Case {
    pub(super) atoms: Vec<Atom>,
}

/// The smallest value of this kind that meets all formulas.
pub(super) fn solve(kind: Kind, formulas: Vec<Formula>, budget: &mut Budget) -> Found {
    let mut case = Case::default();
    let mut open = Vec::new();
    for formula in formulas {
        if !case.demand(formula, &mut open) {
            return Found::Nothing;
        }
    }
    search(kind, case, open, budget)
}

fn search(kind: Kind, mut case: Case, mut open: Vec<Vec<Formula>>, budget: &mut Budget) -> Found {
    if !budget.step() {
        return Found::Unknown("the search takes too many steps".to_owned());
    }
    // What is decided already is settled first, so that few alternatives are left to try.
    let mut next = 0;
    while next < open.len() {
        open[next].retain(|part| case.known(part) != Some(false));
        if open[next].iter().any(|part| case.known(part) == Some(true)) {
            open.swap_remove(next);
            continue;
        }
        match open[next].len() {
            0 => return Found::Nothing,
            1 => {
                let only = open.swap_remove(next).remove(0);
                if !case.demand(only, &mut open) {
                    return Found::Nothing;
                }
                next = 0;
            }
            _ => next += 1,
        }
    }
    let fewest = (0..open.len()).min_by_key(|index| open[*index].len());
    let Some(fewest) = fewest else {
        return leaf(kind, &case, budget);
    };
    let alternatives = open.swap_remove(fewest);
    let mut best = Found::Nothing;
    for alternative in alternatives {
        let (mut case, mut open) = (case.clone(), open.clone());
        if case.demand(alternative, &mut open) {
            best = smaller(best, search(kind, case, open, budget));
        }
    }
    best
}

fn leaf(kind: Kind, case: &Case, budget: &mut Budget) -> Found {
    if let Some(listed) = case.listed() {
        let fitting = listed
            .iter()
            .filter(|value| case.atoms.iter().all(|atom| atom.holds(value)));
        let best = fitting.min_by_key(|value| super::size(value));
        return best.map_or(Found::Nothing, |value| Found::Value(value.clone()));
    }
    match kind {
        Kind::Null => first(case, [Value::Null]),
        Kind::Boolean => first(case, [Value::Bool(true), Value::Bool(false)]),
        Kind::Number => number::solve(&case.atoms),
        Kind::String => string::solve(&case.atoms),
        Kind::Array => array::solve(&case.atoms, budget),
        Kind::Object => object::solve(&case.atoms, budget),
    }
}

fn first<const N: usize>(case: &Case, values: [Value; N]) -> Found {
    let mut values = values.into_iter();
    let fitting = values.find(|value| case.atoms.iter().all(|atom| atom.holds(value)));
    fitting.map_or(Found::Nothing, Found::Value)
}

impl Case {
    /// Adds a formula; alternatives go to `open`. False where that cannot be met.
    fn demand(&mut self, formula: Formula, open: &mut Vec<Vec<Formula>>) -> bool {
        match formula {
            Formula::Is(known) => known,
            Formula::And(parts) => parts.into_iter().all(|part| self.demand(part, open)),
            Formula::Or(parts) => {
                open.push(parts);
                true
            }
            Formula::One(atom) => match self.atom(&atom) {
                Some(known) => known,
                None => {
                    self.atoms.push(atom);
                    self.sound()
                }
            },
        }
    }

    /// What is known of a formula already, by a quick look.
    fn known(&self, formula: &Formula) -> Option<bool> {
        match formula {
            Formula::Is(known) => Some(*known),
            Formula::One(atom) => self.atom(atom),
            Formula::And(parts) => {
                let known: Vec<Option<bool>> = parts.iter().map(|part| self.known(part)).collect();
                let all = known.iter().all(|part| *part == Some(true)).then_some(true);
                known.contains(&Some(false)).then_some(false).or(all)
            }
            Formula::Or(parts) => {
                let known: Vec<Option<bool>> = parts.iter().map(|part| self.known(part)).collect();
                let none = known
                    .iter()
                    .all(|part| *part == Some(false))
                    .then_some(false);
                known.contains(&Some(true)).then_some(true).or(none)
            }
        }
    }

    fn atom(&self, atom: &Atom) -> Option<bool> {
        match atom {
            Atom::Has(name, yes) => self.has(name).map(|has| has == *yes),
            Atom::Field(name, demand) => match self.has(name) {
                Some(false) => Some(true),
                has => {
                    // A tag has few values: they tell the messages of a union apart.
                    let values = self.field_values(name)?;
                    let met = values.iter().filter(|value| demand.met(value)).count();
                    match (met, has) {
                        (0, Some(true)) => Some(false),
                        (met, _) if met == values.len() => Some(true),
                        _ => None,
                    }
                }
            },
            _ => None,
        }
    }

    fn has(&self, wanted: &str) -> Option<bool> {
        self.atoms.iter().find_map(|atom| match atom {
            Atom::Has(name, yes) if name == wanted => Some(*yes),
            _ => None,
        })
    }

    /// The values that a key can have, where they are listed.
    fn field_values(&self, wanted: &str) -> Option<Vec<Value>> {
        let demands = self.atoms.iter().filter_map(|atom| match atom {
            Atom::Field(name, demand) if name == wanted => Some(demand),
            _ => None,
        });
        let demands: Vec<_> = demands.collect();
        let listed = demands.iter().find_map(|demand| demand.listed())?;
        let fitting = listed
            .into_iter()
            .filter(|value| demands.iter().all(|demand| demand.met(value)));
        Some(fitting.cloned().collect())
    }

    /// Whether the newest atom leaves a key that has to be there a value.
    fn sound(&self) -> bool {
        match self.atoms.last() {
            Some(Atom::Field(name, _) | Atom::Has(name, true)) if self.has(name) == Some(true) => {
                self.field_values(name)
                    .is_none_or(|values| !values.is_empty())
            }
            _ => true,
        }
    }

    /// The values that the whole case is limited to.
    fn listed(&self) -> Option<&[Value]> {
        self.atoms.iter().find_map(|atom| match atom {
            Atom::In(values, true) => Some(values.as_slice()),
            _ => None,
        })
    }
}
