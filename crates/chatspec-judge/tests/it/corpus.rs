//! The corpus of edits: every cell is right.

use std::collections::BTreeMap;
use std::path::PathBuf;

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

#[test]
fn every_row_of_the_classification_has_its_verdict() {
    let rows = edits("rows.json");
    assert!(rows.len() >= 40, "there are {}", rows.len());
    right(&rows);
}
