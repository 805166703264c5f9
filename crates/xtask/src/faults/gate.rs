//! Whether the committed kill matrix is that of the committed faults, and shows no survivor.

use std::collections::BTreeMap;
use std::path::Path;

use super::matrix::{Row, rows};
use super::table::{Fault, Table};

/// The committed matrix.
const MATRIX: &str = "conformance/kill-matrix.md";
/// What mends one that disagrees.
const MEND: &str = "cargo xtask faults --markdown conformance/kill-matrix.md";

/// Where faults and kill matrix of a checkout disagree, one line each: a fault without a row, a row without a fault, and a fault
/// that was not caught by exactly the rules that it names.
///
/// # Errors
///
/// A file is missing or is not what it should be.
pub fn disagreements(root: &Path) -> Result<Vec<String>, String> {
    let table = Table::read(root)?;
    let text = std::fs::read_to_string(root.join(MATRIX))
        .map_err(|error| format!("read {MATRIX}: {error}"))?;
    Ok(compare(&table.faults, &rows(&text)))
}

fn compare(faults: &[Fault], rows: &BTreeMap<String, Row>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |name: &str, why: &str| wrong.push(format!("{name}: {why}; mend: {MEND}"));
    for fault in faults {
        match rows.get(&fault.name) {
            None => say(&fault.name, "no row in the kill matrix"),
            Some(row) if row.what != fault.what => {
                say(&fault.name, "the kill matrix says something else of it");
            }
            Some(row) if row.caught != fault.rules => {
                say(&fault.name, "it survived, or names other rules now");
            }
            Some(row) if !row.others.is_subset(&fault.may) => {
                say(&fault.name, "other rules failed than may");
            }
            Some(_) => {}
        }
    }
    for name in rows.keys() {
        if !faults.iter().any(|fault| fault.name == *name) {
            say(name, "a row in the kill matrix and no fault");
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::table::Suite;
    use super::*;

    const TEXT: &str = "# Kill matrix\n\n| fault | what goes wrong | caught by | others |\n|---|---|---|---|\n\
        | `mute` | Nobody hears. | `chat.room` | `image.room` |\n| `deaf` | Nobody listens. | `chat.room` |  |\n\n\
        ## Rules\n\n| rule | faults |\n|---|---|\n| `chat.room` | `mute` |\n";

    fn fault(name: &str, what: &str, rules: &[&str]) -> Fault {
        let set = |rules: &[&str]| rules.iter().map(|rule| (*rule).to_owned()).collect();
        Fault {
            name: name.to_owned(),
            what: what.to_owned(),
            topic: "chat".to_owned(),
            unexplored: None,
            transport: "websocket".to_owned(),
            suite: Suite::Conversations,
            only: None,
            cases: Vec::new(),
            rules: set(rules),
            may: set(&["image.room"]),
        }
    }

    #[test]
    fn each_fault_has_its_row_and_each_row_its_fault() {
        let rows = rows(TEXT);
        assert_eq!(rows.len(), 2);
        let mute = || fault("mute", "Nobody hears.", &["chat.room"]);
        let deaf = || fault("deaf", "Nobody listens.", &["chat.room"]);
        assert_eq!(compare(&[mute(), deaf()], &rows), Vec::<String>::new());
        let wrong = |faults: &[Fault]| compare(faults, &rows).join("\n");
        assert!(wrong(&[mute()]).contains("deaf: a row"));
        let third = fault("blind", "Nobody sees.", &["image.room"]);
        assert!(wrong(&[mute(), deaf(), third]).contains("blind: no row"));
        let more = fault("deaf", "Nobody listens.", &["chat.room", "ack.success"]);
        assert!(wrong(&[mute(), more]).contains("deaf: it survived"));
        let other = fault("deaf", "Nobody cares.", &["chat.room"]);
        assert!(wrong(&[mute(), other]).contains("something else"));
        let mut strict = mute();
        strict.may.clear();
        assert!(wrong(&[strict, deaf()]).contains("other rules"));
    }
}
