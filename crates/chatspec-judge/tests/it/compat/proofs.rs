//! Whether everything that one schema accepts another does: each schema of a family against each, and what comes of it. The
//! answers are in a file for each family; and a pool of values, by a validator that knows nothing of the prover, agrees.

use std::fmt::Write;

use chatspec_judge::compat::contain::{Answer, Shape, Verdict, contained};
use serde_json::{Value, json};

use crate::golden;

const NUMBERS: &str = include_str!("proofs/numbers.json");
const STRINGS: &str = include_str!("proofs/strings.json");
const ARRAYS: &str = include_str!("proofs/arrays.json");
const OBJECTS: &str = include_str!("proofs/objects.json");
const MIXED: &str = include_str!("proofs/mixed.json");

#[test]
fn numbers_are_compared_by_their_bounds() {
    let quarters = (-20..=60).map(|quarter| json!(f64::from(quarter) / 4.0));
    let wholes = (-20..=60).map(|number| json!(number));
    let pool: Vec<Value> = quarters.chain(wholes).collect();
    is_answered("numbers", NUMBERS, &pool);
}

#[test]
fn strings_are_compared_by_their_letters() {
    let letters = ["a", "b", "A", "0", " ", "\u{e9}", "\u{1f600}", "\n"];
    let mut pool: Vec<String> = vec![String::new()];
    let mut from = 0;
    for _ in 0..3 {
        let to = pool.len();
        for at in from..to {
            pool.extend(letters.map(|letter| format!("{}{letter}", pool[at])));
        }
        from = to;
    }
    let pool: Vec<Value> = pool.into_iter().map(Value::from).collect();
    is_answered("strings", STRINGS, &pool);
}

#[test]
fn arrays_are_compared_by_their_items() {
    let items = [json!(0), json!(1), json!("a"), json!(null)];
    let mut pool: Vec<Vec<Value>> = vec![vec![]];
    let mut from = 0;
    for _ in 0..4 {
        let to = pool.len();
        for at in from..to {
            for item in &items {
                let longer = [&pool[at][..], std::slice::from_ref(item)].concat();
                pool.push(longer);
            }
        }
        from = to;
    }
    let pool: Vec<Value> = pool.into_iter().map(Value::from).collect();
    is_answered("arrays", ARRAYS, &pool);
}

#[test]
fn objects_are_compared_by_their_keys() {
    let values = [None, Some(json!(0)), Some(json!(7)), Some(json!("a"))];
    let mut pool = vec![json!({})];
    for key in ["a", "b", "x", "y"] {
        let fuller = pool.iter().flat_map(|object| {
            values.iter().map(move |value| {
                let mut object = object.clone();
                if let Some(value) = value {
                    object[key] = value.clone();
                }
                object
            })
        });
        pool = fuller.collect();
    }
    is_answered("objects", OBJECTS, &pool);
}

#[test]
fn alternatives_are_compared_case_by_case() {
    let simple = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(1.5),
        json!(-1),
        json!(12),
        json!(""),
        json!("a"),
        json!("ab"),
        json!("chat"),
        json!("image"),
    ];
    let held = simple.iter().flat_map(|value| {
        [
            json!([value]),
            json!({"a": value}),
            json!({"t": value}),
            json!({"t": "chat", "a": value}),
            json!({"t": "image", "a": value}),
            json!({"t": "image", "b": value}),
        ]
    });
    let pool: Vec<Value> = simple
        .iter()
        .cloned()
        .chain(held)
        .chain([json!([]), json!({})])
        .collect();
    is_answered("mixed", MIXED, &pool);
}

/// Each schema of the family against each is answered as the file says, and no value of the pool says otherwise.
fn is_answered(family: &str, schemas: &str, pool: &[Value]) {
    let schemas: Vec<Value> = serde_json::from_str(schemas).expect("a list of schemas");
    let shapes: Vec<Shape> = schemas
        .iter()
        .map(|schema| Shape::new(document(schema)).expect("within the algebra"))
        .collect();
    let mut text = String::new();
    for (sent, from) in shapes.iter().zip(&schemas) {
        writeln!(text, "{from}").expect("text");
        for ((received, to), number) in shapes.iter().zip(&schemas).zip(1..) {
            let answer = contained(sent, received);
            let shown = pool
                .iter()
                .find(|value| accepts(sent, value) && !accepts(received, value));
            match (&answer.witness, answer.verdict) {
                (Some(witness), Verdict::Break) => {
                    let confirmed = accepts(sent, witness) && !accepts(received, witness);
                    assert!(confirmed, "{witness}: {from} in {to}");
                }
                (_, Verdict::Ok) => assert_eq!(shown, None, "{from} in {to}"),
                _ => {}
            }
            writeln!(text, "  {number} {}", told(&answer)).expect("text");
        }
    }
    golden::is(&format!("compat/proofs/{family}.txt"), &text);
}

fn document(schema: &Value) -> Value {
    json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema]})
}

fn accepts(shape: &Shape, value: &Value) -> bool {
    shape.accepts(value).expect("a schema")
}

fn told(answer: &Answer) -> String {
    let witness = answer.witness.as_ref().map(Value::to_string);
    let witness = witness.unwrap_or_default();
    match (answer.verdict, &*answer.how) {
        (Verdict::Break, "a message, confirmed by the validator") => witness,
        (Verdict::Ok, how) => how.split(';').next().unwrap_or_default().to_owned(),
        (_, how) => format!("{:?}, {how}: {witness}", answer.verdict),
    }
}

/// What cannot be compared, for it is no schema, or one that not every language reads in the same way.
#[test]
fn what_is_outside_the_algebra_is_told_like_this() {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("proofs/outside.json")).expect("a list of schemas");
    let mut text = String::new();
    for schema in &all {
        let told = match Shape::new(document(schema)) {
            Ok(_) => "fine".to_owned(),
            Err(error) => error.to_string(),
        };
        writeln!(text, "{schema}\n  {told}").expect("text");
    }
    golden::is("compat/proofs/outside.txt", &text);
}
