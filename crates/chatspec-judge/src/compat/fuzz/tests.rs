use std::fmt::Write;

use super::*;
use crate::compat::contain::Shape;
use crate::compat::schema::parse;

const FAMILIES: [&str; 5] = [
    include_str!("../../../tests/it/compat/proofs/numbers.json"),
    include_str!("../../../tests/it/compat/proofs/strings.json"),
    include_str!("../../../tests/it/compat/proofs/arrays.json"),
    include_str!("../../../tests/it/compat/proofs/objects.json"),
    include_str!("../../../tests/it/compat/proofs/mixed.json"),
];

/// Values of each schema.
const VALUES: usize = 12;

#[test]
fn values_are_the_same_in_every_run_and_half_of_them_fit() {
    let read =
        |family: &str| -> Vec<Value> { serde_json::from_str(family).expect("a list of schemas") };
    let schemas: Vec<Value> = FAMILIES.into_iter().flat_map(read).collect();
    let mut text = String::new();
    let (mut fit, mut all) = (0, 0);
    for (schema, seed) in schemas.iter().zip(1..) {
        let document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
        });
        let parsed = parse(&document).expect("within the algebra");
        let shape = Shape::new(document).expect("within the algebra");
        let mut fuzz = Fuzz::new(seed);
        writeln!(text, "{schema}").expect("text");
        for _ in 0..VALUES {
            let value = fuzz.value(&parsed);
            let changed = fuzz.changed(&value);
            all += 1;
            fit += usize::from(shape.accepts(&value) == Some(true));
            writeln!(text, "  {value} > {changed}").expect("text");
        }
    }
    // Of every third schema nothing can be true.
    assert!(fit * 2 > all, "{fit} of {all} fit");
    let file = "src/compat/fuzz/values.txt";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let wanted = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text == wanted, "{file} has to be\n{text}");
}
