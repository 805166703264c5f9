//! `chatspec schema corpus`: is the comparison right about changes whose verdicts are known?

use std::collections::BTreeMap;

use chatspec_judge::compat::contain::Verdict;
use chatspec_judge::compat::corpus::{self, Edit, Proof};
use chatspec_judge::compat::words;

use crate::args::diff::Corpus;
use crate::data::Data;
use crate::exit::{Exit, Failure};
use crate::output::out::outln;
use crate::output::write;

const FOLDER: &str = "conformance/compat/";

/// Plays all edits, and prints a table of the cells.
pub fn run(args: &Corpus) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let base: BTreeMap<String, String> = data
        .below("conformance/compat/base/")
        .map(|(path, text)| {
            (
                path.rsplit('/').next().unwrap_or(path).to_owned(),
                text.to_owned(),
            )
        })
        .collect();
    let mut proofs = Vec::new();
    let edits = list(&data, "edits.json")?;
    outln!(
        "{:<30} {:<10} {:<10} {}",
        "edit",
        "forward",
        "backward",
        "found"
    );
    let (mut right, mut unknown) = (0, 0);
    for edit in &edits {
        let outcome = play(edit, &base, &mut proofs)?;
        // The same two questions are asked in both directions, and have to have the same two answers.
        let [up_old, up_new, down_old, down_new] = outcome.cells;
        let agree = up_old == down_new && up_new == down_old;
        right += [
            up_old == edit.cells[0] && agree,
            up_new == edit.cells[1] && agree,
        ]
        .iter()
        .filter(|cell| **cell)
        .count();
        unknown += [up_old, up_new]
            .iter()
            .filter(|cell| **cell == Verdict::Unknown)
            .count();
        let mark = if outcome.right && agree {
            "right"
        } else {
            "WRONG"
        };
        outln!(
            "{:<30} {:<10} {:<10} {mark}",
            edit.name,
            words::shout(up_old),
            words::shout(up_new)
        );
    }
    let mirrors = edits
        .iter()
        .filter(|edit| edit.inverse.is_some() && edit.mirrored(&edits).is_ok())
        .count();
    let rows = list(&data, "rows.json")?;
    outln!("");
    outln!(
        "{:<38} {:<9} {:<35} {}",
        "row",
        "category",
        "cells",
        "found"
    );
    let mut rows_right = 0;
    for row in &rows {
        let outcome = play(row, &base, &mut proofs)?;
        let cells = outcome.cells.map(words::shout).join(" ");
        rows_right += usize::from(outcome.right);
        let mark = if outcome.right { "right" } else { "WRONG" };
        outln!(
            "{:<38} {:<9} {:<35} {mark}",
            row.name,
            words::category(row.category),
            cells
        );
    }
    outln!("");
    outln!(
        "{right} of {} cells right, {unknown} unknown; {mirrors} of {} edits mirrored; {rows_right} of {} rows right; {} witnesses",
        2 * edits.len(),
        edits.len(),
        rows.len(),
        proofs.len()
    );
    if let Some(path) = &args.proofs {
        write::file(path, &write::json(&proofs)?)?;
    }
    match right == 2 * edits.len() && mirrors == edits.len() && rows_right == rows.len() {
        true => Ok(Exit::Conforms),
        false => Ok(Exit::Violated),
    }
}

fn list(data: &Data, name: &str) -> Result<Vec<Edit>, Failure> {
    let path = format!("{FOLDER}{name}");
    corpus::read(data.file(&path)?).map_err(|error| Failure::usage(format!("read {path}: {error}")))
}

fn play(
    edit: &Edit,
    base: &BTreeMap<String, String>,
    proofs: &mut Vec<Proof>,
) -> Result<corpus::Outcome, Failure> {
    let wrong = |error| Failure::usage(format!("play the corpus: {error}"));
    let outcome = edit.play(base).map_err(wrong)?;
    proofs.extend(edit.proofs(base, &outcome).map_err(wrong)?);
    Ok(outcome)
}
