//! Numbers, by their bounds.

use serde_json::{Number, Value};

use super::{Atom, Found, size};

/// Whole numbers that are tried, at most, before the question is left open.
const TRIED: u32 = 4096;
/// Whole numbers beyond this are not exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The shortest number that meets all atoms.
pub(super) fn solve(atoms: &[Atom]) -> Found {
    let (mut low, mut high) = ((-EXACT, false), (EXACT, false));
    let (mut whole, mut steps) = (false, 0u32);
    for atom in atoms {
        match atom {
            Atom::AtLeast(bound, strict) if *bound > low.0 || (*bound == low.0 && *strict) => {
                low = (*bound, *strict)
            }
            Atom::AtMost(bound, strict) if *bound < high.0 || (*bound == high.0 && *strict) => {
                high = (*bound, *strict)
            }
            Atom::Whole(true) => whole = true,
            Atom::Multiple(..) => steps += 1,
            _ => {}
        }
    }
    if low.0 > high.0 || (low.0 == high.0 && (low.1 || high.1)) {
        return Found::Nothing;
    }
    let fits = |value: &Value| atoms.iter().all(|atom| atom.holds(value));
    let candidates = near(atoms, low.0, high.0);
    let best = candidates
        .into_iter()
        .map(json)
        .filter(&fits)
        .min_by_key(size);
    if let Some(best) = best {
        return Found::Value(best);
    }
    let (first, last) = (low.0.ceil(), high.0.floor());
    let few = last - first < f64::from(TRIED);
    if few || whole || steps > 0 {
        let from = if few || first > 0.0 {
            first
        } else {
            0.0_f64.max(first)
        };
        let mut found = (0..TRIED)
            .map(|step| from + f64::from(step))
            .take_while(|number| *number <= last);
        if let Some(number) = found.find(|number| fits(&json(*number))) {
            return Found::Value(json(number));
        }
    }
    match (whole, few, low.0 == high.0, steps) {
        // Every whole number within the bounds was looked at, or there is one number alone.
        (true, true, _, _) | (_, _, true, _) => Found::Nothing,
        _ => Found::Unknown("no number was found, and none was excluded".to_owned()),
    }
}

/// Numbers at which something changes, and what lies beside them and between.
fn near(atoms: &[Atom], low: f64, high: f64) -> Vec<f64> {
    let mut edges = vec![0.0, 1.0, -1.0, low, high];
    for atom in atoms {
        match atom {
            Atom::AtLeast(bound, _) | Atom::AtMost(bound, _) => edges.push(*bound),
            Atom::Multiple(step, _) => edges.extend([*step, -*step, (low / step).ceil() * step]),
            Atom::In(values, _) => edges.extend(values.iter().filter_map(Value::as_f64)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    for edge in &edges {
        all.extend([
            *edge,
            edge + 1.0,
            edge - 1.0,
            edge + 0.5,
            edge - 0.5,
            edge.ceil(),
            edge.floor(),
        ]);
    }
    edges.sort_by(f64::total_cmp);
    for pair in edges.windows(2).filter(|pair| pair[0] < pair[1]) {
        all.extend([0.5, 0.25, 0.75].map(|part| pair[0] + (pair[1] - pair[0]) * part));
    }
    all
}

fn json(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        // Exact: the bound is 2^53.
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
