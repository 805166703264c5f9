//! What the referee reads of people: fixtures, and reports that were saved.

use chatspec_judge::fixture::{Fixture, FixtureError, hostile};
use chatspec_judge::report::Report;
use serde_json::Value;

/// Every mistake has a place in the text, and is told in one short line; a fixture is read the same every time.
pub fn fixture(text: &str, read: impl Fn(&str, &str) -> Result<Fixture, Vec<FixtureError>>) {
    const PATH: &str = "conversations/chat/room.yaml";
    match read(PATH, text) {
        Ok(fixture) => assert_eq!(read(PATH, text), Ok(fixture)),
        Err(errors) => placed(text, &errors),
    }
    if let Err(errors) = hostile::load("hostile/json/bad.yaml", text) {
        placed(text, &errors);
    }
}

fn placed(text: &str, errors: &[FixtureError]) {
    assert!(!errors.is_empty(), "refused without a reason");
    // A carriage return alone ends a line of YAML, too: YAML 1.2, section 5.4.
    let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count() as u64;
    for error in errors {
        assert!((1..=lines + 1).contains(&error.line), "{error}");
        assert!(error.column >= 1, "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

/// A report that is read and written is read as the same.
pub fn report(text: &str, read: impl Fn(&str) -> Option<Report>) {
    let Some(report) = read(text) else {
        return;
    };
    let value = serde_json::to_value(&report).expect("a report is JSON");
    if !has_fraction(&value) {
        assert_eq!(read(&value.to_string()), Some(report), "{value}");
    }
}

/// The parser of JSON does not round a fraction to the nearest, so that one written again may be another.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}
