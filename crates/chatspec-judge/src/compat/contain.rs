//! Is everything that this sender sends taken by that receiver? Asked of several engines, which have to agree.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::Validator;
use jsonschema::canonical::{CanonicalSchema, Containment as Covers, Satisfiability};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fuzz::Fuzz;
use super::prove::{Found, counterexample};
use super::schema::{Schema, SchemaError, parse};

/// Values that the second opinion tries.
const SAMPLES: u32 = 200;
const SEED: u64 = 0x0063_6861_7473_7065;

/// What a comparison comes to. The order is from good to bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Proven: nobody breaks.
    #[default]
    Ok,
    /// Not decided, or the engines do not agree. It fails as a break does.
    Unknown,
    /// Somebody breaks, and there is a message that shows it.
    Break,
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it is.
    pub verdict: Verdict,
    /// For a break, the smallest message that the one sends and the other refuses.
    pub witness: Option<Value>,
    /// How it was found, or why it was not.
    pub how: String,
}

/// A schema, ready for every engine.
pub struct Shape {
    /// The document.
    pub document: Value,
    schema: Rc<Schema>,
    validator: OnceCell<Option<Validator>>,
    canonical: OnceCell<Option<CanonicalSchema>>,
}

impl Shape {
    /// Reads a document.
    ///
    /// # Errors
    /// It is no schema, or has something outside the algebra.
    pub fn new(document: Value) -> Result<Shape, SchemaError> {
        Ok(Shape {
            schema: parse(&document)?,
            document,
            validator: OnceCell::new(),
            canonical: OnceCell::new(),
        })
    }

    /// Whether the validator accepts a value; `None` where it does not take the schema.
    pub fn accepts(&self, value: &Value) -> Option<bool> {
        let validator = self
            .validator
            .get_or_init(|| jsonschema::validator_for(&self.document).ok());
        validator
            .as_ref()
            .map(|validator| validator.is_valid(value))
    }

    fn canonical(&self) -> Option<&CanonicalSchema> {
        let made = self
            .canonical
            .get_or_init(|| jsonschema::canonicalize(&self.document).ok());
        made.as_ref()
    }
}

/// Asks, and remembers what was answered.
#[derive(Default)]
pub struct Engines {
    shapes: HashMap<String, Rc<Shape>>,
    answers: HashMap<(String, String), Answer>,
}

impl Engines {
    /// Whether everything that `sent` accepts, `received` accepts.
    ///
    /// # Errors
    /// One of them is no schema, or has something outside the algebra.
    pub fn contained(&mut self, sent: &Value, received: &Value) -> Result<Answer, SchemaError> {
        let key = (sent.to_string(), received.to_string());
        if let Some(known) = self.answers.get(&key) {
            return Ok(known.clone());
        }
        let (sent, received) = (self.shape(&key.0, sent)?, self.shape(&key.1, received)?);
        let answer = contained(&sent, &received);
        self.answers.insert(key, answer.clone());
        Ok(answer)
    }

    fn shape(&mut self, key: &str, document: &Value) -> Result<Rc<Shape>, SchemaError> {
        if let Some(known) = self.shapes.get(key) {
            return Ok(Rc::clone(known));
        }
        let shape = Rc::new(Shape::new(document.clone())?);
        self.shapes.insert(key.to_owned(), Rc::clone(&shape));
        Ok(shape)
    }
}

/// What the algebra of another library says.
#[derive(PartialEq)]
enum Algebra {
    Proven,
    Refuted,
    Silent,
}

/// Whether everything that `sent` accepts, `received` accepts.
pub fn contained(sent: &Shape, received: &Shape) -> Answer {
    let found = counterexample(&sent.schema, &received.schema);
    let algebra = algebra(sent, received);
    match found {
        Found::Value(witness) if !shows(sent, received, &witness) => unknown(
            "the prover has a message, which the validator does not confirm",
            Some(witness),
        ),
        Found::Value(witness) if algebra == Algebra::Proven => unknown(
            "the prover has a message, and the algebra a proof that there is none",
            Some(witness),
        ),
        Found::Value(witness) => Answer {
            verdict: Verdict::Break,
            witness: Some(witness),
            how: "a message, confirmed by the validator".to_owned(),
        },
        Found::Nothing if algebra == Algebra::Refuted => unknown(
            "the prover finds no message, and the algebra says that there is one",
            None,
        ),
        Found::Nothing => match chance(sent, received) {
            Some(witness) => unknown(
                "the prover finds no message, and chance has found one",
                Some(witness),
            ),
            None => Answer {
                verdict: Verdict::Ok,
                witness: None,
                how: match algebra {
                    Algebra::Proven => format!("proven twice; {SAMPLES} samples agree"),
                    _ => format!("proven, with automata; {SAMPLES} samples agree"),
                },
            },
        },
        Found::Unknown(why) => match (chance(sent, received), algebra) {
            (Some(witness), _) => Answer {
                verdict: Verdict::Break,
                witness: Some(witness),
                how: "a message, found by chance and confirmed by the validator".to_owned(),
            },
            (None, Algebra::Proven) => Answer {
                verdict: Verdict::Ok,
                witness: None,
                how: format!("proven by the algebra; {SAMPLES} samples agree"),
            },
            _ => unknown(&why, None),
        },
    }
}

fn unknown(why: &str, witness: Option<Value>) -> Answer {
    Answer {
        verdict: Verdict::Unknown,
        witness,
        how: why.to_owned(),
    }
}

/// Whether the validator agrees that the one sends it and the other refuses it.
fn shows(sent: &Shape, received: &Shape, witness: &Value) -> bool {
    sent.accepts(witness) == Some(true) && received.accepts(witness) == Some(false)
}

fn algebra(sent: &Shape, received: &Shape) -> Algebra {
    let (Some(inner), Some(outer)) = (sent.canonical(), received.canonical()) else {
        return Algebra::Silent;
    };
    if matches!(outer.covers(inner), Ok(Covers::Yes)) {
        return Algebra::Proven;
    }
    match inner.subtract(outer).map(|rest| rest.satisfiability()) {
        Ok(Satisfiability::No) => Algebra::Proven,
        Ok(Satisfiability::Yes) => Algebra::Refuted,
        _ => Algebra::Silent,
    }
}

/// A message that shows a break, found by chance.
fn chance(sent: &Shape, received: &Shape) -> Option<Value> {
    let mut fuzz = Fuzz::new(SEED);
    let mut value = fuzz.value(&sent.schema);
    for turn in 0..SAMPLES {
        if shows(sent, received, &value) {
            return Some(value);
        }
        value = match turn % 3 {
            0 => fuzz.changed(&value),
            _ => fuzz.value(&sent.schema),
        };
    }
    None
}
