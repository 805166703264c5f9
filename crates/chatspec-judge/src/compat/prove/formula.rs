//! What a schema demands of a value of one kind.

use std::rc::Rc;

use serde_json::Value;

use crate::compat::automaton::Pattern;
use crate::compat::schema::{Kind, Schema};

/// A schema that has to accept, or to refuse.
#[derive(Clone, Debug)]
pub struct Demand {
    schema: Rc<Schema>,
    accept: bool,
}

/// Demands in negation normal form.
#[derive(Clone, Debug)]
pub enum Formula {
    /// Nothing, or the impossible.
    Is(bool),
    /// One atom.
    One(Atom),
    /// All of these.
    And(Vec<Formula>),
    /// One of these at least.
    Or(Vec<Formula>),
}

/// A demand that has no parts.
#[derive(Clone, Debug)]
pub enum Atom {
    /// One of these, or none of them.
    In(Rc<Vec<Value>>, bool),
    /// A string has at least so many code points.
    MinLength(u64),
    /// At most so many.
    MaxLength(u64),
    /// It matches, or it does not.
    Matches(Rc<Pattern>, bool),
    /// A number is at least this; more than this, where the flag is set.
    AtLeast(f64, bool),
    /// At most, or less.
    AtMost(f64, bool),
    /// Whole, or not.
    Whole(bool),
    /// A multiple, or none.
    Multiple(f64, bool),
    /// An object has this key, or lacks it.
    Has(String, bool),
    /// If the key is there, its value meets the demand.
    Field(String, Demand),
    /// Every key but the known ones meets the demand.
    Extras(Rc<Vec<String>>, Demand),
    /// Some key that is not known meets it.
    SomeExtra(Rc<Vec<String>>, Demand),
    /// At least so many keys.
    MinProperties(u64),
    /// At most.
    MaxProperties(u64),
    /// Every item meets the demand.
    Each(Demand),
    /// Some item does.
    Some(Demand),
    /// At least so many items.
    MinItems(u64),
    /// At most.
    MaxItems(u64),
    /// No two items are equal, or some are.
    Unique(bool),
}

impl Demand {
    /// The schema has to accept.
    pub fn accept(schema: &Rc<Schema>) -> Demand {
        Demand {
            schema: Rc::clone(schema),
            accept: true,
        }
    }

    /// The schema has to refuse.
    pub fn refuse(schema: &Rc<Schema>) -> Demand {
        Demand {
            schema: Rc::clone(schema),
            accept: false,
        }
    }

    fn flipped(&self, accept: bool) -> Demand {
        Demand {
            schema: Rc::clone(&self.schema),
            accept: self.accept == accept,
        }
    }

    /// The values that a demand to accept is limited to, where its schema lists them.
    pub(super) fn listed(&self) -> Option<Vec<&Value>> {
        self.accept.then(|| listed(&self.schema)).flatten()
    }

    /// Whether a value meets the demand.
    pub(super) fn met(&self, value: &Value) -> bool {
        self.formula(Kind::of(value)).holds(value)
    }

    /// What the demand comes to for values of this kind.
    pub(super) fn formula(&self, kind: Kind) -> Formula {
        let schema = &*self.schema;
        let yes = self.accept;
        let mut parts: Vec<Formula> = Vec::new();
        if schema.never
            || schema
                .kinds
                .as_ref()
                .is_some_and(|kinds| !kinds.contains(&kind))
        {
            return Formula::Is(!yes);
        }
        if let Some(values) = &schema.values {
            let of_kind: Vec<Value> = values
                .iter()
                .filter(|value| Kind::of(value) == kind)
                .cloned()
                .collect();
            parts.push(Formula::One(Atom::In(Rc::new(of_kind), yes)));
        }
        self.by_kind(kind, &mut parts);
        let inner = |schema: &Rc<Schema>, accept: bool| {
            let demand = Demand {
                schema: Rc::clone(schema),
                accept,
            };
            demand.formula(kind)
        };
        parts.extend(schema.all.iter().map(|part| inner(part, yes)));
        parts.extend(schema.not.iter().map(|part| inner(part, !yes)));
        if let Some(any) = &schema.any {
            parts.push(join(
                !yes,
                any.iter().map(|part| inner(part, yes)).collect(),
            ));
        }
        if let Some(one) = &schema.one {
            parts.push(exactly_one(one, yes, &inner));
        }
        join(yes, parts)
    }

    fn by_kind(&self, kind: Kind, parts: &mut Vec<Formula>) {
        let (schema, yes) = (&*self.schema, self.accept);
        let mut add = |atom: Atom| parts.push(Formula::One(atom));
        match kind {
            Kind::Null | Kind::Boolean => {}
            Kind::String => {
                match (yes, schema.min_length) {
                    (_, 0) => {}
                    (true, min) => add(Atom::MinLength(min)),
                    (false, min) => add(Atom::MaxLength(min - 1)),
                }
                match (yes, schema.max_length) {
                    (_, None) => {}
                    (true, Some(max)) => add(Atom::MaxLength(max)),
                    (false, Some(max)) => add(Atom::MinLength(max + 1)),
                }
                if let Some(pattern) = &schema.pattern {
                    add(Atom::Matches(Rc::clone(pattern), yes));
                }
            }
            Kind::Number => {
                if schema.whole {
                    add(Atom::Whole(yes));
                }
                for (bound, strict) in &schema.at_least {
                    add(match yes {
                        true => Atom::AtLeast(*bound, *strict),
                        false => Atom::AtMost(*bound, !strict),
                    });
                }
                for (bound, strict) in &schema.at_most {
                    add(match yes {
                        true => Atom::AtMost(*bound, *strict),
                        false => Atom::AtLeast(*bound, !strict),
                    });
                }
                if let Some(step) = schema.multiple {
                    add(Atom::Multiple(step, yes));
                }
            }
            Kind::Object => self.object(parts),
            Kind::Array => self.array(parts),
        }
    }

    fn object(&self, parts: &mut Vec<Formula>) {
        let (schema, yes) = (&*self.schema, self.accept);
        for name in &schema.required {
            parts.push(Formula::One(Atom::Has(name.clone(), yes)));
        }
        for (name, inner) in &schema.properties {
            let field = Formula::One(Atom::Field(
                name.clone(),
                Demand::accept(inner).flipped(yes),
            ));
            parts.push(match yes {
                true => field,
                false => Formula::And(vec![Formula::One(Atom::Has(name.clone(), true)), field]),
            });
        }
        if let Some(extra) = &schema.extra {
            let known = Rc::new(schema.properties.keys().cloned().collect());
            parts.push(Formula::One(match yes {
                true => Atom::Extras(known, Demand::accept(extra)),
                false => Atom::SomeExtra(known, Demand::refuse(extra)),
            }));
        }
        match (yes, schema.min_properties) {
            (_, 0) => {}
            (true, min) => parts.push(Formula::One(Atom::MinProperties(min))),
            (false, min) => parts.push(Formula::One(Atom::MaxProperties(min - 1))),
        }
        match (yes, schema.max_properties) {
            (_, None) => {}
            (true, Some(max)) => parts.push(Formula::One(Atom::MaxProperties(max))),
            (false, Some(max)) => parts.push(Formula::One(Atom::MinProperties(max + 1))),
        }
    }

    fn array(&self, parts: &mut Vec<Formula>) {
        let (schema, yes) = (&*self.schema, self.accept);
        if let Some(items) = &schema.items {
            parts.push(Formula::One(match yes {
                true => Atom::Each(Demand::accept(items)),
                false => Atom::Some(Demand::refuse(items)),
            }));
        }
        match (yes, schema.min_items) {
            (_, 0) => {}
            (true, min) => parts.push(Formula::One(Atom::MinItems(min))),
            (false, min) => parts.push(Formula::One(Atom::MaxItems(min - 1))),
        }
        match (yes, schema.max_items) {
            (_, None) => {}
            (true, Some(max)) => parts.push(Formula::One(Atom::MaxItems(max))),
            (false, Some(max)) => parts.push(Formula::One(Atom::MinItems(max + 1))),
        }
        if schema.unique {
            parts.push(Formula::One(Atom::Unique(yes)));
        }
    }
}

fn listed(schema: &Schema) -> Option<Vec<&Value>> {
    let here = schema.values.as_ref().map(|values| values.iter().collect());
    here.or_else(|| schema.all.iter().find_map(|inner| listed(inner)))
}

fn exactly_one(
    branches: &[Rc<Schema>],
    yes: bool,
    inner: &dyn Fn(&Rc<Schema>, bool) -> Formula,
) -> Formula {
    let numbers = 0..branches.len();
    if yes {
        let alone = numbers.map(|chosen| {
            let each = branches.iter().enumerate();
            join(
                true,
                each.map(|(index, branch)| inner(branch, index == chosen))
                    .collect(),
            )
        });
        return join(false, alone.collect());
    }
    let none = join(
        true,
        branches.iter().map(|branch| inner(branch, false)).collect(),
    );
    let pairs =
        numbers.flat_map(|first| (first + 1..branches.len()).map(move |second| (first, second)));
    let both = pairs.map(|(first, second)| {
        join(
            true,
            vec![
                inner(&branches[first], true),
                inner(&branches[second], true),
            ],
        )
    });
    join(false, std::iter::once(none).chain(both).collect())
}

/// All of the parts, or one of them.
fn join(all: bool, parts: Vec<Formula>) -> Formula {
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Formula::Is(same) if same == all => {}
            Formula::Is(_) => return Formula::Is(!all),
            other => kept.push(other),
        }
    }
    match (kept.len(), all) {
        (0, _) => Formula::Is(all),
        (1, _) => kept.remove(0),
        (_, true) => Formula::And(kept),
        (_, false) => Formula::Or(kept),
    }
}

impl Formula {
    /// Whether a value of the formula's kind meets it.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match self {
            Formula::Is(known) => *known,
            Formula::One(atom) => atom.holds(value),
            Formula::And(parts) => parts.iter().all(|part| part.holds(value)),
            Formula::Or(parts) => parts.iter().any(|part| part.holds(value)),
        }
    }
}

impl Atom {
    /// Whether a value of the atom's kind meets it.
    pub(super) fn holds(&self, value: &Value) -> bool {
        let number = || value.as_f64().unwrap_or(f64::NAN);
        let length = || value.as_str().map_or(0, |text| text.chars().count() as u64);
        let object = || value.as_object().into_iter().flatten();
        let items = || value.as_array().into_iter().flatten();
        match self {
            Atom::In(values, yes) => values.iter().any(|known| same(known, value)) == *yes,
            Atom::MinLength(min) => length() >= *min,
            Atom::MaxLength(max) => length() <= *max,
            Atom::Matches(pattern, yes) => {
                value.as_str().is_some_and(|text| pattern.matches(text)) == *yes
            }
            Atom::AtLeast(bound, strict) => number() > *bound || (!strict && number() == *bound),
            Atom::AtMost(bound, strict) => number() < *bound || (!strict && number() == *bound),
            Atom::Whole(yes) => (number().fract() == 0.0) == *yes,
            Atom::Multiple(step, yes) => ((number() / step).fract() == 0.0) == *yes,
            Atom::Has(name, yes) => value.get(name).is_some() == *yes,
            Atom::Field(name, demand) => value.get(name).is_none_or(|inner| demand.met(inner)),
            Atom::Extras(known, demand) => {
                object().all(|(name, inner)| known.contains(name) || demand.met(inner))
            }
            Atom::SomeExtra(known, demand) => {
                object().any(|(name, inner)| !known.contains(name) && demand.met(inner))
            }
            Atom::MinProperties(min) => object().count() as u64 >= *min,
            Atom::MaxProperties(max) => object().count() as u64 <= *max,
            Atom::Each(demand) => items().all(|item| demand.met(item)),
            Atom::Some(demand) => items().any(|item| demand.met(item)),
            Atom::MinItems(min) => items().count() as u64 >= *min,
            Atom::MaxItems(max) => items().count() as u64 <= *max,
            Atom::Unique(yes) => {
                let all: Vec<&Value> = items().collect();
                let twins = all
                    .iter()
                    .enumerate()
                    .any(|(index, one)| all[..index].iter().any(|other| same(one, other)));
                twins != *yes
            }
        }
    }
}

/// Equal as JSON Schema has it: 1 and 1.0 are one number.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}
