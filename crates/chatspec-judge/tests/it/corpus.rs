//! The corpus of edits: every cell is right.

mod told;

use std::collections::BTreeMap;
use std::path::PathBuf;

use chatspec_judge::compat::change::Category;
use chatspec_judge::compat::contain::Verdict;
use chatspec_judge::compat::corpus::{self, Edit};
use chatspec_judge::compat::words;

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../conformance/compat"
    ))
}

fn base() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder().join("base")).expect("the base is there");
    let read = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).expect("a file can be read");
        (entry.file_name().to_string_lossy().into_owned(), text)
    };
    entries
        .map(|entry| read(entry.expect("readable")))
        .collect()
}

fn edits(name: &str) -> Vec<Edit> {
    let text = std::fs::read_to_string(folder().join(name)).expect("the list is there");
    corpus::read(&text).expect("the list is well formed")
}

/// Plays all, and gives the number of cells.
fn right(edits: &[Edit]) -> usize {
    let base = base();
    let mut cells = 0;
    let mut wrong = Vec::new();
    for edit in edits {
        let outcome = edit.play(&base).expect("it can be compared");
        if !outcome.right {
            let (found, wanted) = (outcome.cells, edit.cells);
            wrong.push(format!(
                "{}: {found:?} instead of {wanted:?}\n{}",
                edit.name,
                words::human(&outcome.report)
            ));
        }
        cells += outcome.cells.len();
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    cells
}

#[test]
fn every_edit_has_its_verdict_in_both_directions() {
    let edits = edits("edits.json");
    assert_eq!(edits.len(), 26);
    assert_eq!(right(&edits), 2 * 52, "52 cells, once in each direction");
    let unknown = edits
        .iter()
        .flat_map(|edit| edit.cells)
        .filter(|cell| *cell == Verdict::Unknown);
    assert_eq!(unknown.count(), 0);
}

#[test]
fn every_edit_has_its_mirror() {
    let edits = edits("edits.json");
    for edit in &edits {
        assert!(edit.inverse.is_some(), "{} has an inverse", edit.name);
        assert_eq!(edit.mirrored(&edits), Ok(()));
    }
}

/// An edit that is not taken back by the one it names is told.
#[test]
fn what_is_no_mirror_is_told() {
    let edits = edits("edits.json");
    let first = &edits[0];
    let name = first.inverse.as_deref().expect("it has one");
    let place = edits.iter().position(|edit| edit.name == name);
    let place = place.expect("it is in the list");
    type Change = fn(&mut Edit, &Edit);
    let rows: [(&str, Change); 5] = [
        ("its inverse", |twin, _| twin.inverse = None),
        ("its cells", |twin, _| twin.cells[0] = Verdict::Unknown),
        ("its category", |twin, _| {
            twin.category = match twin.category {
                Category::Doc => Category::Wire,
                _ => Category::Doc,
            };
        }),
        ("its operations", |twin, first| {
            let (name, inverse) = (twin.name.clone(), twin.inverse.clone());
            let (cells, category) = (twin.cells, twin.category);
            *twin = first.clone();
            (twin.name, twin.inverse, twin.cells, twin.category) = (name, inverse, cells, category);
        }),
        ("its name", |twin, _| twin.name.push('?')),
    ];
    for (what, change) in rows {
        let mut all = edits.clone();
        change(&mut all[place], first);
        let said = first.mirrored(&all).expect_err(what);
        assert!(said.contains(name), "{what}: {said}");
    }
    // Only one half of the operations is another's.
    let other = edits.iter().find(|edit| {
        edit.category == first.category && edit.name != first.name && edit.name != name
    });
    let mut alone = other.expect("there are more").clone();
    alone.inverse = None;
    assert_eq!(alone.mirrored(&edits), Ok(()), "it names none");
}

/// A validator that is not ours says of every witness what the comparison says of it.
#[test]
fn every_break_of_the_wire_has_a_witness_that_holds() {
    let base = base();
    let mut ways = std::collections::BTreeSet::new();
    for edit in &edits("edits.json") {
        let outcome = edit.play(&base).expect("it can be compared");
        let proofs = edit.proofs(&base, &outcome).expect("as it was played");
        let wire = outcome
            .report
            .changes
            .iter()
            .filter(|change| change.category == Category::Wire);
        let breaks = wire
            .flat_map(|change| &change.findings)
            .filter(|finding| finding.verdict == Verdict::Break && finding.witness.is_some());
        assert_eq!(proofs.len(), breaks.count(), "{}", edit.name);
        for proof in proofs {
            let valid = |schema: &serde_json::Value| {
                let schema = jsonschema::validator_for(schema).expect("a schema");
                schema.is_valid(&proof.message)
            };
            assert!(
                proof.sent.is_object() && proof.received.is_object(),
                "{}",
                proof.name
            );
            assert!(
                valid(&proof.sent),
                "{} may be sent: {}",
                proof.name,
                proof.message
            );
            assert!(
                !valid(&proof.received),
                "{} is refused: {}",
                proof.name,
                proof.message
            );
            let (_, way) = proof.name.split_once(' ').expect("the edit, and the way");
            ways.insert(way.to_owned());
        }
    }
    assert_eq!(ways.len(), 4, "both directions, with both peers: {ways:?}");
}

#[test]
fn every_row_of_the_classification_has_its_verdict() {
    let rows = edits("rows.json");
    assert!(rows.len() >= 40, "there are {}", rows.len());
    right(&rows);
}

/// An outcome is right only where the cells, the category and the soundness of both versions are.
#[test]
fn an_outcome_is_right_in_every_respect() {
    let base = base();
    let edit = edits("edits.json").remove(0);
    let right = |edit: &Edit| edit.play(&base).expect("it can be compared").right;
    assert!(right(&edit));
    let mut other = edit.clone();
    other.category = Category::Doc;
    assert!(!right(&other));
    let mut other = edit.clone();
    other.cells[3] = Verdict::Break;
    assert!(!right(&other));
}

/// Operations that do not apply are no edit.
#[test]
fn what_is_not_there_cannot_be_edited() {
    let base = base();
    let play = |operation: &str| {
        let text = format!(
            "[{{\"name\": \"x\", \"about\": \"x\", \"category\": \"WIRE\", \"old\": [], \"new\": [{operation}], \
             \"cells\": [\"ok\", \"ok\", \"ok\", \"ok\"]}}]"
        );
        let edits = corpus::read(&text).expect("a list of edits");
        edits[0]
            .play(&base)
            .map(|outcome| words::human(&outcome.report))
    };
    for wrong in [
        r#"{"op": "replace", "path": "/$defs/Nobody", "value": {}}"#,
        r#"{"op": "remove", "path": "/$defs/Nobody"}"#,
        r#"{"op": "remove", "path": "/oneOf/2"}"#,
        r#"{"op": "replace", "path": "/oneOf/2", "value": {}}"#,
        r#"{"op": "replace", "path": "/oneOf/-", "value": {}}"#,
    ] {
        assert!(play(wrong).is_err(), "{wrong}");
    }
}
