//! Values generated from the published schemas alone: what a sender may emit decodes, and what has been broken in one place is
//! judged alike by schema and decoder.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chatspec::catalog::Direction;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::string::string_regex;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use xtask::codegen::schema;

use crate::agreement::judge;
use crate::schemas::sent;

#[test]
fn what_a_client_may_send_decodes() {
    let tally = tally(
        Direction::ClientToServer,
        emitted(Direction::ClientToServer),
    );
    // Patterns know no categories of Unicode, and no schema what is in an image.
    let known = [
        "both take",
        "unicode-categories",
        "normalised-length",
        "utf8-length",
        "image-content",
    ];
    assert!(
        tally.keys().all(|verdict| known.contains(verdict)),
        "{tally:?}"
    );
    assert!(tally["both take"] > 800, "{tally:?}");
}

#[test]
fn what_a_server_may_send_decodes() {
    let tally = tally(
        Direction::ServerToClient,
        emitted(Direction::ServerToClient),
    );
    assert_eq!(
        tally.keys().collect::<Vec<_>>(),
        [&"both take"],
        "{tally:?}"
    );
}

#[test]
fn what_is_broken_in_one_place_is_judged_alike() {
    for direction in Direction::ALL {
        let broken = (emitted(direction), any::<Index>(), any::<Index>())
            .prop_map(|(value, at, how)| mutated(value, at, how));
        let tally = tally(direction, broken);
        for verdict in ["both take", "both refuse"] {
            assert!(tally[verdict] > 200, "{direction:?}: {tally:?}");
        }
    }
}

/// How schema and decoder judge many such values; it fails where they differ in a way that is not on the closed list.
fn tally(
    direction: Direction,
    values: impl Strategy<Value = Value>,
) -> BTreeMap<&'static str, u32> {
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let tally = RefCell::new(BTreeMap::new());
    let outcome = runner.run(&values, |value| {
        let verdict = judge(direction, &value)?;
        *tally.borrow_mut().entry(verdict).or_default() += 1;
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    tally.into_inner()
}

/// Whatever the schema of senders describes.
fn emitted(direction: Direction) -> impl Strategy<Value = Value> {
    let bundle = schema::sent(direction);
    let branches = bundle["oneOf"].as_array().expect("a union").iter();
    let messages: Vec<_> = branches.map(|branch| values(branch, &bundle)).collect();
    let valid = move |value: &Value| sent(direction).is_valid(value);
    // The generator knows no `not`; few values meet one.
    proptest::strategy::Union::new(messages).prop_filter("valid", valid)
}

/// Values of a schema of objects and strings. Another keyword than these is a gap in the generator, and ends the test.
fn values(schema: &Value, bundle: &Value) -> BoxedStrategy<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/$defs/");
        return values(&bundle["$defs"][name], bundle);
    }
    if let Some(options) = schema["enum"].as_array() {
        return select(options.clone()).boxed();
    }
    match schema["type"].as_str() {
        Some("object") => object(schema, bundle),
        Some("string") => string(schema).prop_map(Value::from).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        other => panic!("no generator for {other:?} in {schema}"),
    }
}

fn object(schema: &Value, bundle: &Value) -> BoxedStrategy<Value> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let fields = schema["properties"].as_object().expect("fields");
    fields
        .iter()
        .map(|(key, field)| {
            let there = required.iter().any(|name| name == key);
            let (key, value) = (key.clone(), values(field, bundle));
            let member = if there {
                value.prop_map(Some).boxed()
            } else {
                proptest::option::of(value).boxed()
            };
            member.prop_map(move |value| Some((key.clone(), value?)))
        })
        .collect::<Vec<_>>()
        .prop_map(|members| members.into_iter().flatten().collect::<Map<_, _>>().into())
        .boxed()
}

fn string(schema: &Value) -> BoxedStrategy<String> {
    let Some(pattern) = schema["pattern"].as_str() else {
        return any::<String>().boxed();
    };
    // The generator cannot follow anchors; all our patterns have one at each end.
    let inner = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'))
        .expect("anchored");
    string_regex(inner).expect("a pattern").boxed()
}

/// One member taken out, of another type, longer than any limit, or one more.
fn mutated(value: Value, at: Index, how: Index) -> Value {
    let Value::Object(mut members) = value else {
        return value;
    };
    let keys: Vec<String> = members.keys().cloned().collect();
    let key = at.get(&keys).clone();
    match how.index(7) {
        0 => drop(members.remove(&key)),
        1 => drop(members.insert(key, Value::Null)),
        2 => drop(members.insert(key, json!(7))),
        3 => drop(members.insert(key, json!(["a"]))),
        4 => drop(members.insert(key, json!("x".repeat(9_000)))),
        5 => drop(members.insert(key, json!(""))),
        _ => drop(members.insert(format!("{key}s"), json!(1))),
    }
    members.into()
}
