//! Arrays, by what they hold.

use std::rc::Rc;

use serde_json::Value;

use super::{Atom, Budget, Demand, Found, find};
use crate::compat::schema::Schema;

/// No array of more items is made.
const ITEMS_MAX: u64 = 10_000;

/// The smallest array that meets all atoms.
pub(super) fn solve(atoms: &[Atom], budget: &mut Budget) -> Found {
    let (mut min, mut max) = (0, u64::MAX);
    let (mut each, mut some) = (Vec::new(), Vec::new());
    let (mut distinct, mut twins) = (false, false);
    for atom in atoms {
        match atom {
            Atom::MinItems(bound) => min = min.max(*bound),
            Atom::MaxItems(bound) => max = max.min(*bound),
            Atom::Each(demand) => each.push(demand.clone()),
            Atom::Some(demand) => some.push(demand.clone()),
            Atom::Unique(true) => distinct = true,
            Atom::Unique(false) => twins = true,
            _ => {}
        }
    }
    if min > max || (distinct && twins) {
        return Found::Nothing;
    }
    if min > ITEMS_MAX {
        return Found::Unknown(format!("the smallest array has {min} items"));
    }
    // Everything that some item has to meet, in one item; where that fails, in one item each.
    let together = some.clone();
    let mut plans = vec![if some.is_empty() {
        vec![]
    } else {
        vec![together]
    }];
    if some.len() > 1 {
        plans.push(some.iter().map(|demand| vec![demand.clone()]).collect());
    }
    let mut left = Found::Nothing;
    for plan in plans {
        match fill(&plan, &each, (min, max), (distinct, twins), budget) {
            Found::Nothing => {}
            Found::Unknown(why) => left = Found::Unknown(why),
            // Only the smallest of a plan counts: what the case still excludes is looked at here.
            Found::Value(value) if atoms.iter().all(|atom| atom.holds(&value)) => {
                return Found::Value(value);
            }
            Found::Value(_) => {
                left = Found::Unknown("an array was found that is excluded".to_owned())
            }
        }
    }
    match (some.len() > 2, left) {
        (true, Found::Nothing) => Found::Unknown("items can be arranged in other ways".to_owned()),
        (_, left) => left,
    }
}

fn fill(
    plan: &[Vec<Demand>],
    each: &[Demand],
    (min, max): (u64, u64),
    (distinct, twins): (bool, bool),
    budget: &mut Budget,
) -> Found {
    let mut items: Vec<Value> = Vec::new();
    let mut length = min.max(plan.len() as u64);
    if twins {
        length = length.max(2);
    }
    if length > max {
        return Found::Nothing;
    }
    for index in 0..length as usize {
        if twins && index == 1 {
            items.push(items[0].clone());
            continue;
        }
        let mut demands = each.to_vec();
        demands.extend(
            plan.get(if twins && index > 1 { index - 1 } else { index })
                .into_iter()
                .flatten()
                .cloned(),
        );
        if distinct {
            let others = items.iter().cloned().map(Schema::only).map(Rc::new);
            demands.extend(others.map(|other| Demand::refuse(&other)));
        } else if index > 0 && index >= plan.len() + usize::from(twins) {
            // The rest are alike.
            let last = items.last().cloned().unwrap_or(Value::Null);
            if index > plan.len() + usize::from(twins) {
                items.push(last);
                continue;
            }
        }
        match find(&demands, budget) {
            Found::Value(value) => items.push(value),
            // With what came before excluded, a smaller choice there may have left more; that is not followed up.
            Found::Nothing if distinct && index > 0 => {
                return Found::Unknown("no further item differs from those before".to_owned());
            }
            other => return other,
        }
    }
    Found::Value(Value::Array(items))
}
