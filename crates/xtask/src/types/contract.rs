//! What the types of a language make of messages, held against the schemas.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chatspec::catalog::{Direction, messages};
use serde::Deserialize;
use serde_json::Value;

use super::case::{self, Case, Schemas};
use super::language::{Power, Reads};
use super::{Language, script};

/// A line that the program of a language prints.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    /// A message that was built from the types, as it would go out.
    Built { built: Value },
    /// A case that the types have taken, as they would write it again.
    Taken { name: String, taken: Value },
    /// A case that they have not.
    Refused { name: String, refused: String },
    /// A message of a type that they do not know, which a client ignores.
    Ignored {
        name: String,
        #[serde(rename = "ignored")]
        _always: bool,
    },
}

/// Compiles and runs the program of a language, and judges what it prints.
///
/// # Errors
/// One line for each message that the types judge otherwise than the schema, or write otherwise than they have read it, and for
/// each that the program has not looked at or not built.
pub fn hold(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    let schemas = Schemas::load(root).map_err(|problem| vec![problem])?;
    let cases = case::load(root, &schemas).map_err(|problem| vec![problem])?;
    let (built, mut results) = play(root, language, &cases).map_err(|problem| vec![problem])?;
    let mut problems = judge_built(&schemas.sent[0], &built);
    let wanted = |case: &&Case| wanted(language, case).is_some();
    let asked: Vec<&Case> = cases.iter().filter(wanted).collect();
    for case in &asked {
        let result = results.remove(&case.name);
        problems.extend(judge(language, case, result).map(|why| format!("{}: {why}", case.name)));
    }
    problems.extend(results.keys().map(|name| format!("{name}: nobody asked")));
    match problems.is_empty() {
        true => {
            let count = built.len();
            println!(
                "{}: {count} messages built, {} held",
                language.name,
                asked.len()
            );
            Ok(())
        }
        false => Err(problems),
    }
}

/// What becomes of a case.
#[derive(Debug, PartialEq)]
enum Fate {
    Taken(Value),
    Refused(String),
    Ignored,
}

fn play(
    root: &Path,
    language: &Language,
    cases: &[Case],
) -> Result<(Vec<Value>, BTreeMap<String, Fate>), String> {
    let file = script::work(root, language)?.join("cases.jsonl");
    let asked = cases.iter().filter(|case| wanted(language, case).is_some());
    let text: String = asked.map(|case| case.line() + "\n").collect();
    std::fs::write(&file, text).map_err(|error| format!("write {}: {error}", file.display()))?;
    let said = script::run(
        root,
        language,
        "run",
        &["contract".as_ref(), file.as_os_str()],
    )?;
    if !said.well {
        return Err(format!("the program failed:\n{}", script::tail(&said.all)));
    }
    let (mut built, mut results) = (Vec::new(), BTreeMap::new());
    for line in said.out.lines() {
        let line = serde_json::from_str(line)
            .map_err(|error| format!("the program printed {line:.200}: {error}"))?;
        let (name, fate) = match line {
            Line::Built { built: message } => {
                built.push(message);
                continue;
            }
            Line::Taken { name, taken } => (name, Fate::Taken(taken)),
            Line::Refused { name, refused } => (name, Fate::Refused(refused)),
            Line::Ignored { name, .. } => (name, Fate::Ignored),
        };
        if results.insert(name.clone(), fate).is_some() {
            return Err(format!("the program printed {name} twice"));
        }
    }
    Ok((built, results))
}

/// Every message of a client was built, with all of its fields and with those alone that it must have, and is valid.
fn judge_built(schema: &Value, built: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    for message in built {
        match case::misses(schema, Direction::ClientToServer, message) {
            Ok(missed) if missed.is_empty() => {}
            missed => problems.push(format!("built {message:.200}, against {missed:?}")),
        }
    }
    for row in messages(Direction::ClientToServer) {
        let definition = &schema["$defs"][row.type_name];
        let required = definition["required"].as_array().into_iter().flatten();
        let required: BTreeSet<&str> = required.filter_map(Value::as_str).collect();
        for wanted in [required, keys(&definition["properties"])] {
            let as_wanted =
                |message: &Value| message["event"] == row.tag && keys(message) == wanted;
            if !built.iter().any(as_wanted) {
                problems.push(format!("built no {} with {wanted:?}", row.type_name));
            }
        }
    }
    problems
}

fn keys(value: &Value) -> BTreeSet<&str> {
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(key, _)| key.as_str()).collect()
}

/// Which keywords decide over a case, and how far; `None` if it is none for this language.
fn wanted<'a>(language: &Language, case: &'a Case) -> Option<(&'a BTreeSet<String>, Power)> {
    let (missed, power) = match (case.direction, language.reads) {
        (Direction::ClientToServer, _) if language.null_is_absent => {
            (&case.without_nulls.1, language.sends)
        }
        (Direction::ClientToServer, _) => (&case.sent, language.sends),
        (_, Reads::Sent(power)) => (&case.sent, power),
        (_, Reads::Received(power)) => (&case.received, power),
    };
    (power != Power::Built).then_some((missed, power))
}

fn judge(language: &Language, case: &Case, fate: Option<Fate>) -> Option<String> {
    let (missed, power) = wanted(language, case)?;
    let Some(fate) = fate else {
        return Some("the program has not looked at it".to_owned());
    };
    let unknown = case.direction == Direction::ServerToClient
        && case.type_name().is_none()
        && case.message["type"].is_string();
    if unknown && matches!(language.reads, Reads::Received(_)) {
        return (fate != Fate::Ignored).then(|| format!("its type is unknown, and it is {fate:?}"));
    }
    let refuses = match power {
        Power::Shape => case::of_shape(missed),
        _ => !missed.is_empty(),
    };
    match fate {
        Fate::Refused(_) if refuses => None,
        Fate::Taken(value) if !refuses => {
            let expected = match case.direction {
                Direction::ClientToServer if language.null_is_absent => {
                    case.without_nulls.0.clone()
                }
                Direction::ClientToServer => case.message.clone(),
                Direction::ServerToClient => case.known.clone(),
            };
            (value != expected).then(|| format!("is {expected:.200}, and was read as {value:.200}"))
        }
        Fate::Taken(_) => Some(format!(
            "the schema refuses it ({missed:?}), the types take it"
        )),
        Fate::Refused(why) => Some(format!(
            "the schema takes it, the types refuse it: {why:.300}"
        )),
        Fate::Ignored => Some("its type is known, and it is ignored".to_owned()),
    }
}
