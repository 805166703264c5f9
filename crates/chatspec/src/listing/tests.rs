use serde_json::Value;

use super::*;

/// The vectors are what Python itself printed.
fn vectors() -> Value {
    let text = include_str!("../../../../fixtures/listing/python-repr.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_name_is_printed_as_python_does() {
    let vectors = vectors();
    let names = vectors["vectors"].as_array().unwrap();
    assert!(names.len() >= 80);
    for vector in names {
        let upper = vector["upper"].as_str().unwrap();
        assert_eq!(vector["name"].as_str().unwrap().to_uppercase(), upper);
        assert_eq!(
            python_repr(upper),
            vector["repr_of_upper"].as_str().unwrap(),
            "{vector}"
        );
    }
}

#[test]
fn every_list_is_printed_as_python_does() {
    let vectors = vectors();
    for vector in vectors["lists"].as_array().unwrap() {
        let names = vector["names"].as_array().unwrap();
        let upper: Vec<String> = names
            .iter()
            .map(|n| n.as_str().unwrap().to_uppercase())
            .collect();
        let text = listing(upper.iter().map(String::as_str));
        assert_eq!(text, vector["text"].as_str().unwrap(), "{vector}");
    }
}

#[test]
fn the_table_is_that_of_the_vectors() {
    let expected: Vec<(u32, u32)> =
        serde_json::from_value(vectors()["nonprintable"].clone()).unwrap();
    assert_eq!(NONPRINTABLE, expected);
    assert!(NONPRINTABLE.is_sorted());
}

#[test]
fn each_width_of_escape() {
    assert_eq!(
        python_repr("\u{7f}\u{a0}\u{200d}\u{e0001}"),
        r"'\x7f\xa0\u200d\U000e0001'"
    );
    assert_eq!(python_repr("é日😀 "), "'é日😀 '");
}
